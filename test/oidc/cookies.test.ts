import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { cookieKeysContext } from '../../provider/oidc/founding.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

const SESSION = 'caisse_session';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const sessionIn = (cookies: string): string => new RegExp(`${SESSION}=([^;]*)`).exec(cookies)?.[1] ?? '';

/** As the issuer of that caisse signs its cookies. */
async function signedBy(slug: Slug, value: string): Promise<string> {
  const row = await app.database.knex('caisse').first('cookie_keys').where({ id: slug });
  const sealer = makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes);
  const [key = ''] = JSON.parse(sealer.open(row.cookie_keys, cookieKeysContext(slug))) as string[];
  const cookie = `${SESSION}=${value}`;
  return `${cookie}; ${SESSION}.sig=${createHmac('sha1', key).update(cookie).digest('base64url')}`;
}

/** What a silent request with these cookies brings: sent by hand, as no path keeps them back. */
async function silently(slug: Slug, cookie: string): Promise<string> {
  const { url } = await request(app.issuerOf(slug), 'portail', { prompt: 'none' });
  const answer = await fetch(url, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' });
  const told = new URL(answer.headers.get('location') ?? '').searchParams;
  return told.has('code') ? 'code' : (told.get('error') ?? '');
}

test('a cookie signed by one caisse is nothing to another that has the very same session', async () => {
  const id = randomUUID();
  for (const slug of ['grand-est', 'nord-ouest'] as const) await app.world(slug).administrator(1, { id });
  const visitor = new Visitor();
  const asked = await request(app.issuerOf('grand-est'), 'portail');
  await signInAndRedeem(visitor, { email: emailOf(id) }, asked);
  await app.database.knex.raw(
    `insert into oidc_artifact (caisse_id, kind, id_hash, payload, account_id, uid, expires_at)
     select 'nord-ouest', kind, id_hash, payload - 'authorizations', account_id, uid, expires_at
     from oidc_artifact where caisse_id = 'grand-est' and kind = 'Session' and account_id = ?`,
    [id],
  );
  const cookies = visitor.cookiesFor(asked.url);
  const ofGrandEst = await signedBy('grand-est', sessionIn(cookies));
  expect(cookies).toContain(ofGrandEst.split('; ')[1]);

  expect(await silently('grand-est', ofGrandEst)).toBe('code');
  expect(await silently('nord-ouest', ofGrandEst)).toBe('login_required');
  expect(await silently('nord-ouest', await signedBy('nord-ouest', sessionIn(cookies)))).toBe('code');
});
