import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { perRequest } from '../../provider/tenant/per-request.ts';

const request = () => new IncomingMessage(new Socket());

test('each room finds what it noted of a request, and of that one alone', () => {
  const [one, other] = [perRequest<string>(), perRequest<number>()];
  const [here, elsewhere] = [request(), request()];
  one.set(here, 'a');
  other.set(here, 1);
  expect([one.get(here), other.get(here), one.has(here)]).toEqual(['a', 1, true]);
  expect([one.get(elsewhere), other.get(elsewhere), one.has(elsewhere)]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  one.set(here, 'b');
  other.delete(here);
  expect([one.get(here), other.get(here), other.has(here)]).toEqual(['b', undefined, false]);
});

test('nothing of it is met by whoever goes through the request', () => {
  const [noted, untouched] = [request(), request()];
  perRequest<string>().set(noted, 'secret');
  expect(Object.keys(noted)).toEqual(Object.keys(untouched));
  expect(JSON.stringify({ ...noted.headers })).not.toContain('secret');
});
