import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { registerClient } from '../../provider/oidc/founding.ts';
import { makeSigningKey } from '../../provider/oidc/keys.ts';
import { insertSigningKey } from '../../provider/store/caisses.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { type SecondNode, sendTo, startSecondNode, tokensFrom } from '../support/second-node.ts';
import { request, signInAndRedeem, type Tokens, Visitor } from '../support/visitor.ts';

let app: TestApp;
let second: SecondNode;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  second = await startSecondNode(app);
  issuer = app.issuerOf('grand-est');
  // Both nodes have built the issuer of the caisse before anything changes.
  expect((await sendTo(second, `${issuer}/jwks`)).status).toBe(200);
});
afterAll(async () => {
  await second.close();
  await app.close();
});

const SOON = { timeout: 10_000, interval: 50 };
const sql = () => app.database.knex;
const sealer = () => makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes);
const onSecond = async (path: string, headers = {}) =>
  (await sendTo(second, issuer + path, { headers })).text;
const signInPage = async (): Promise<string> => {
  const asked = new URL((await request(issuer, 'portail')).url);
  const redirect = await sendTo(second, asked.href, { headers: { accept: 'text/html' } });
  const cookie = (redirect.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const form = new URL(redirect.headers.location ?? '', asked);
  return (await sendTo(second, form.href, { headers: { cookie, accept: 'text/html' } })).text;
};
const nameOnSignIn = async () => /<p class="brand__name">(.*?)<\/p>/.exec(await signInPage())?.[1];

describe('a change made at one node reaches the other, which is not restarted', () => {
  test('the name and the colours of a caisse', async () => {
    const before = await onSecond('/theme.css');
    const changes = { settings: sql().raw(`jsonb_set(settings, '{theme,primary}', '"#5b2c6f"')`) };
    await sql()('caisse')
      .update({ name: 'CIBTP Renommée', ...changes })
      .where({ id: 'grand-est' });

    await expect.poll(() => onSecond('/theme.css'), SOON).toContain('#5b2c6f');
    await expect.poll(nameOnSignIn, SOON).toBe('CIBTP Renommée');
    expect(before).not.toContain('#5b2c6f');
  });

  test('settings that cannot be read hold up neither the other caisses nor their own mending', async () => {
    const settings = (await sql()('caisse').first('settings').where({ id: 'nord-ouest' })).settings;
    await sql()('caisse').update({ settings: '{}' }).where({ id: 'nord-ouest' });
    await sql()('caisse').update({ name: 'CIBTP Intacte' }).where({ id: 'grand-est' });
    await expect.poll(nameOnSignIn, SOON).toBe('CIBTP Intacte');
    const neighbour = () => sendTo(second, `${app.issuerOf('nord-ouest')}/theme.css`);
    expect((await neighbour()).status).toBe(200);
    const mended = { ...settings, theme: { ...settings.theme, primary: '#784212' } };
    await sql()('caisse')
      .update({ settings: JSON.stringify(mended) })
      .where({ id: 'nord-ouest' });
    await expect.poll(async () => (await neighbour()).text, SOON).toContain('#784212');
  });

  test('of many changes at once, the last one stays', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `CIBTP numéro ${index}`);
    for (const name of names) await sql()('caisse').update({ name }).where({ id: 'grand-est' });
    await expect.poll(nameOnSignIn, SOON).toBe('CIBTP numéro 29');
  });

  test('a service that was registered meanwhile', async () => {
    const metadata = {
      client_name: 'Service nouveau',
      redirect_uris: [RETURN],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid',
    };
    const make = { sealer: sealer(), random: randomBytes, now: app.clock.now() };
    const client = {
      clientId: 'nouveau',
      secret: SECRET,
      thirdParty: false,
      defaultService: false,
      metadata,
    };
    const asked = (await request(issuer, 'nouveau', { scope: 'openid' })).url;
    const status = async () => (await sendTo(second, asked, { headers: { accept: 'text/html' } })).status;
    expect(await status()).toBe(400);
    await registerClient(handleOf(sql(), 'grand-est'), client, make);
    await expect.poll(status, SOON).toBe(303);
  });
});

describe('signing keys change hands', () => {
  type Published = JSONWebKeySet;
  const published = async (): Promise<Published> => JSON.parse(await onSecond('/jwks'));
  const kids = async () => (await published()).keys.map(({ kid }) => kid);
  const signedBy = (token = '') =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

  async function tokens(): Promise<Tokens> {
    const person = await app.world().administrator(1);
    return signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
  }

  test('the next one is published before it signs, and what the previous one signed still verifies', async () => {
    const first = await tokens();
    const handle = handleOf(sql(), 'grand-est');
    const key = makeSigningKey('grand-est', 'ES256', sealer());
    await insertSigningKey(handle, { ...key, status: 'next' }, app.clock.now());

    await expect.poll(kids, SOON).toContain(key.kid);
    expect(signedBy((await tokens()).id_token)).toBe(signedBy(first.id_token));

    await sql().transaction(async (trx) => {
      const keys = () => trx('signing_key').where({ caisse_id: 'grand-est', alg: 'ES256' });
      await keys().where({ status: 'current' }).update({ status: 'previous' });
      await keys().where({ status: 'next' }).update({ status: 'current' });
    });
    const renewal = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
    const renewed = () => tokensFrom(second, { issuer, clientId: 'portail', body: renewal });
    await expect.poll(async () => signedBy((await renewed()).id_token), SOON).toBe(key.kid);
    await expect.poll(async () => signedBy((await tokens()).id_token), SOON).toBe(key.kid);

    const keySet = createLocalJWKSet(await published());
    const options = { issuer, audience: 'portail' };
    for (const token of [first.id_token, (await renewed()).id_token]) {
      await expect(jwtVerify(token ?? '', keySet, options)).resolves.toHaveProperty('payload.iss', issuer);
    }
    expect(Object.keys((await published()).keys[0] ?? {})).not.toContain('d');
  });
});
