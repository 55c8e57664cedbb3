/** Discovery and the key set are kept as they are first told: whoever asks later must not be able to tell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rotateKey } from '../../provider/oidc/rotation.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type Answer, type SecondNode, sendPath, sendTo, startSecondNode } from '../support/second-node.ts';

let app: TestApp;
let second: SecondNode;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  second = await startSecondNode(app);
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await second.close();
  await app.close();
});

const PATHS = ['/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];
const ELSEWHERE = { origin: 'https://exemple.test' };

const told = ({ status, text, headers }: Answer) => {
  const { date: _, 'x-request-id': __, ...others } = headers;
  return { status, text, headers: others };
};

describe.each(PATHS)('%s', (path) => {
  test('is told word for word and header for header as it was the first time', async () => {
    // Written otherwise, an address is answered by the library each time.
    const first = told(await sendTo(app, `${issuer}${path}/`));
    for (let i = 0; i < 3; i++) {
      expect(told(await sendTo(app, issuer + path))).toEqual(first);
    }
    expect(first.status).toBe(200);
  });

  test('is read from any origin, each by its own name', async () => {
    const origins = [undefined, 'https://exemple.test', 'null', 'https://autre.test', undefined];
    const allowed: unknown[] = [];
    for (const origin of origins) {
      const { headers } = await sendTo(
        app,
        issuer + path,
        origin === undefined ? {} : { headers: { origin } },
      );
      allowed.push(headers['access-control-allow-origin']);
      expect(headers.vary).toBe('Origin');
    }
    expect(allowed).toEqual(origins.map((origin) => origin ?? '*'));
  });

  test('is asked for beforehand, and by its head alone, as before', async () => {
    const asked = { ...ELSEWHERE, 'access-control-request-method': 'GET' };
    const before = await sendTo(app, issuer + path, { method: 'OPTIONS', headers: asked });
    expect([before.status, before.headers['access-control-allow-methods'], before.text]).toEqual([
      204,
      'GET',
      '',
    ]);
    const whole = told(await sendTo(app, issuer + path));
    const head = told(await sendTo(app, issuer + path, { method: 'HEAD' }));
    expect(head).toEqual({ ...whole, text: '' });
    expect((await sendTo(app, issuer + path, { body: { a: 'b' } })).status).toBe(404);
  });
});

test('what a request claims of its host and scheme is never told to others', async () => {
  const { host, pathname } = new URL(issuer);
  const headers = { 'x-forwarded-host': 'exemple.test', 'x-forwarded-proto': 'https', accept: 'text/html' };
  const path = '/.well-known/openid-configuration';
  for (const node of [app, second]) {
    for (let i = 0; i < 2; i++) {
      const answer = await sendPath(node, host, { path: `${pathname}${path}?a=b`, headers });
      expect(JSON.parse(answer.text).jwks_uri).toBe(`${issuer}/jwks`);
    }
  }
});

test('every caisse tells its own', async () => {
  const other = app.issuerOf('ile-de-france');
  for (const path of PATHS) {
    const answers = [];
    for (const at of [issuer, other, issuer, other]) answers.push((await sendTo(app, at + path)).text);
    expect(answers[0]).toBe(answers[2]);
    expect(answers[1]).toBe(answers[3]);
    expect(answers[0]).not.toBe(answers[1]);
  }
});

test('a key that is published is told at once, by every node', async () => {
  const kids = async (node: { readonly port: number }) => {
    const { keys } = JSON.parse((await sendTo(node, `${issuer}/jwks`)).text) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const before = await Promise.all([app, second].map(kids));
  const rotating = { alg: 'ES256', sealer: app.sealer, now: app.clock.now(), force: false } as const;
  const handle = handleOf(app.database.knex, 'grand-est');
  const { kid } = (await transaction(handle, (inside) => rotateKey(inside, rotating))) as { kid: string };
  for (const node of [app, second]) await expect.poll(() => kids(node), { timeout: 10_000 }).toContain(kid);
  expect(before.flat()).not.toContain(kid);
});
