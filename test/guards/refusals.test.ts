import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundary } from '../../provider/http/boundary.ts';
import { makeSendPage } from '../../provider/http/page.ts';
import { makeRenderer } from '../../provider/http/render.ts';
import { showError } from '../../provider/journeys/error-page.ts';
import { Refusal } from '../../provider/refusal.ts';
import { closeServer } from '../support/app.ts';
import { sendPath } from '../support/second-node.ts';
import { readableText } from '../support/visitor.ts';

let server: Server;
let thrown: unknown;
const logged: string[] = [];
beforeAll(async () => {
  const send = makeSendPage(makeRenderer({ assetPath: (name) => `/assets/${name}` }));
  const koa = new Koa();
  koa.silent = true;
  koa.use(
    boundary({
      log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
      newId: () => 'reference-1',
      clock: () => 0,
      count: () => {},
      refusalOf: (error) => (error instanceof Refusal ? error : null),
      show: (ctx, refusal, status) =>
        showError(ctx, send, { refusal, status, requestId: 'reference-1', nextStep: null }),
    }),
  );
  koa.use(() => {
    throw thrown;
  });
  server = createServer(koa.callback());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => closeServer(server));

function answerTo(error: unknown, accept: string) {
  thrown = error;
  const { port } = server.address() as AddressInfo;
  return sendPath({ port }, 'exemple.test', { path: '/', headers: { accept } });
}

describe.each([
  [new Refusal('busy'), 503, '5', 'Beaucoup de personnes se connectent en ce moment.'],
  [new Refusal('database_away'), 503, '5', 'Nous rétablissons le service.'],
  [new Refusal('too_many_attempts', { seconds: 42 }), 429, '42', 'les essais sont suspendus un moment'],
  [new Refusal('foreign_origin'), 403, undefined, 'Ce formulaire n’a pas été envoyé depuis notre page.'],
  [new Refusal('host_unknown'), 421, undefined, 'Ce serveur ne répond pas pour cette adresse.'],
  [new Refusal('site_not_held'), 403, undefined, 'Vous n’avez pas, ou plus, de droits sur ce site'],
] as const)('the refusal « %s »', (refusal, status, retryAfter, sentence) => {
  test('is a page with its sentence for people', async () => {
    const answer = await answerTo(refusal, 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(readableText(answer)).toContain(sentence);
    expect(answer.text).toContain('reference-1');
  });

  test.each(['application/json', '*/*', 'image/png'])('is a code for machines (%s)', async (accept) => {
    const answer = await answerTo(refusal, accept);
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(JSON.parse(answer.text)).toEqual({ error: refusal.code, request_id: 'reference-1' });
  });
});

test.each(['text/html', 'application/json'])(
  'a fault shows its reference and nothing of itself (%s)',
  async (accept) => {
    const answer = await answerTo(new Error('connect postgres://caisse:motdepasse@db'), accept);
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('reference-1');
    expect(answer.text).not.toMatch(/motdepasse|postgres|at .*\.ts/);
    expect(logged.some((line) => JSON.parse(line).msg === 'fault' && line.includes('reference-1'))).toBe(
      true,
    );
  },
);

test('a thing thrown that is no error is a fault like another', async () => {
  for (const thing of [undefined, null, 'text', 42]) {
    const answer = await answerTo(thing, 'text/html');
    expect([thing, answer.status]).toEqual([thing, 500]);
    expect(answer.text).toContain('reference-1');
  }
});
