import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../clients/api/api.ts';
import { listen, type Running, startIssuer, type TestIssuer } from './issuer.ts';

const AUDIENCE = 'http://localhost:3002';
const SITE = '73282932000074';
const RIGHTS = {
  sub: 'alice',
  siret: SITE,
  scope: 'services',
  entitlements: [
    'documents:consultation',
    'comptes_bancaires:mise_a_jour',
    'planning:mise_a_jour:ouvrier+etam',
    'planning:consultation:cadre',
  ],
};

let east: TestIssuer;
let north: TestIssuer;
let api: Running;

beforeAll(async () => {
  east = await startIssuer('grand-est', { resource: AUDIENCE });
  north = await startIssuer('nord-ouest', { resource: AUDIENCE });
  const { app } = createApi({
    issuers: [east, north],
    audience: AUDIENCE,
    allowInsecure: true,
    dsnAlerts: (slug, siret) => [`DSN ${slug} ${siret}`],
  });
  api = await listen(app);
});

afterAll(async () => {
  await Promise.all([api.close(), east.close(), north.close()]);
});

type Call = { readonly token?: string; readonly headers?: Record<string, string>; readonly body?: unknown };

async function call(method: string, path: string, { token, headers, body }: Call = {}) {
  const response = await fetch(api.origin + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenge, body: (await response.json()) as Record<string, unknown> };
}

const feature = (name: string, { slug = 'grand-est', siret = SITE, query = '' } = {}) =>
  `/${slug}/sites/${siret}/features/${name}${query}`;

const DOCUMENTS = feature('documents');

describe('a caller without a good token', () => {
  it('is told which schemes exist, and no error code, when it sends no credentials', async () => {
    const answer = await call('GET', DOCUMENTS);
    expect(answer.status).toBe(401);
    expect(answer.challenge).toMatch(/^Bearer realm="[^"]+", DPoP realm=/);
    expect(answer.challenge).not.toContain('error');
  });

  it('gets 400 for credentials of an unknown kind or in the address', async () => {
    const basic = await call('GET', DOCUMENTS, { headers: { authorization: 'Basic YTpi' } });
    expect([basic.status, basic.body.error]).toEqual([400, 'invalid_request']);
    const token = await east.accessToken(RIGHTS);
    expect((await call('GET', `${DOCUMENTS}?access_token=${token}`, { token })).status).toBe(400);
  });

  const wrong: readonly (readonly [string, () => Promise<string>])[] = [
    ['not a JWT', async () => 'opaque'],
    ['of the wrong type', () => east.accessToken(RIGHTS, { typ: 'JWT' })],
    ['for another audience', () => east.accessToken({ ...RIGHTS, aud: 'https://autre.example' })],
    ['expired', () => east.accessToken({ ...RIGHTS, exp: Math.floor(Date.now() / 1000) - 60 })],
    ['not valid yet', () => east.accessToken({ ...RIGHTS, nbf: Math.floor(Date.now() / 1000) + 600 })],
    [
      'without an expiry',
      () => east.sign({ ...RIGHTS, aud: AUDIENCE, client_id: 'c', jti: 'j' }, { typ: 'at+jwt' }),
    ],
    ['of an unknown issuer', () => east.accessToken({ ...RIGHTS, iss: 'https://ailleurs.example' })],
    ['signed by another caisse', () => north.accessToken({ ...RIGHTS, iss: east.issuer })],
    ['of another caisse', () => north.accessToken(RIGHTS)],
    ['without a signature', async () => unsigned(await east.accessToken(RIGHTS))],
    ['bound to a key', () => east.accessToken({ ...RIGHTS, cnf: { jkt: 'abc' } })],
  ];

  it.each(wrong)('gets 401 invalid_token when the token is %s', async (_, make) => {
    const answer = await call('GET', DOCUMENTS, { token: await make() });
    expect(answer.status).toBe(401);
    expect(answer.body.error).toBe('invalid_token');
    expect(answer.challenge).toMatch(
      /error="invalid_token", error_description="[\x20-\x21\x23-\x5b\x5d-\x7e]+"/,
    );
  });

  function unsigned(token: string): string {
    const [, payload] = token.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    return `${header}.${payload}.`;
  }
});

describe('a caller with a good token', () => {
  it('reads what it may read and writes what it may write', async () => {
    const token = await east.accessToken(RIGHTS);
    const path = feature('comptes_bancaires');
    const written = await call('PUT', path, { token, body: { note: 'Vérifié' } });
    expect(written.status).toBe(200);
    expect((await call('GET', path, { token })).body).toMatchObject({ siret: SITE, note: 'Vérifié' });
    expect((await call('GET', DOCUMENTS, { token })).body).toMatchObject({ note: '', updated_at: null });
  });

  const refused: readonly (readonly [string, JWTPayload, string, string])[] = [
    ['the scope services is missing', { ...RIGHTS, scope: 'openid' }, 'GET', DOCUMENTS],
    ['the token has no site', { ...RIGHTS, siret: undefined }, 'GET', DOCUMENTS],
    ['the site is another one', RIGHTS, 'GET', feature('documents', { siret: '35600000000048' })],
    ['the feature is not held', RIGHTS, 'GET', feature('telepaiements')],
    ['the right is only to read', RIGHTS, 'PUT', DOCUMENTS],
    ['that collège is only to read', RIGHTS, 'PUT', feature('planning', { query: '?college=cadre' })],
    ['entitlements are not a list', { ...RIGHTS, entitlements: 'documents:mise_a_jour' }, 'GET', DOCUMENTS],
  ];

  it.each(refused)('gets 403 insufficient_scope when %s', async (_, claims, method, path) => {
    const token = await east.accessToken(claims);
    const answer = await call(method, path, { token, ...(method === 'PUT' && { body: { note: 'x' } }) });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('error="insufficient_scope"');
    expect(answer.body.error).toBe('insufficient_scope');
  });

  it('reaches a collège with the level held on that collège', async () => {
    const token = await east.accessToken(RIGHTS);
    const path = (college: string) => feature('planning', { query: `?college=${college}` });
    expect((await call('PUT', path('etam'), { token, body: { note: 'Août' } })).status).toBe(200);
    expect((await call('GET', path('cadre'), { token })).status).toBe(200);
    expect((await call('GET', feature('planning'), { token })).status).toBe(400);
    expect((await call('GET', path('patron'), { token })).status).toBe(400);
  });

  it('gets clear answers for addresses, methods and bodies that make no sense', async () => {
    const token = await east.accessToken(RIGHTS);
    const bank = feature('comptes_bancaires');
    expect((await call('GET', feature('inconnue'), { token })).status).toBe(404);
    expect((await call('GET', feature('documents', { slug: 'ailleurs' }), { token })).status).toBe(404);
    expect((await call('GET', '/rien', { token })).status).toBe(404);
    expect((await call('DELETE', DOCUMENTS, { token })).status).toBe(405);
    expect((await call('PUT', bank, { token, body: { note: 3 } })).status).toBe(400);
    expect((await call('PUT', bank, { token, body: { note: 'x'.repeat(20_000) } })).status).toBe(413);
    const json = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const broken = await fetch(api.origin + bank, { method: 'PUT', headers: json, body: '{"note":' });
    expect(broken.status).toBe(400);
  });

  it('gets the DSN alerts of the token’s own site', async () => {
    const token = await north.accessToken(RIGHTS);
    const answer = await call('GET', '/dsn-alertes', { token });
    expect(answer.body.messages).toEqual([`DSN nord-ouest ${SITE}`]);
    expect((await call('GET', '/dsn-alertes')).status).toBe(401);
    const staff = await east.accessToken({ ...RIGHTS, siret: undefined, entitlements: [] });
    expect((await call('GET', '/dsn-alertes', { token: staff })).status).toBe(403);
  });
});

describe('a token bound to a key (DPoP)', () => {
  async function holder() {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const token = await east.accessToken({ ...RIGHTS, cnf: { jkt: await calculateJwkThumbprint(jwk) } });
    const prove = (claims: JWTPayload = {}, header = {}) =>
      new SignJWT({
        jti: randomUUID(),
        htm: 'GET',
        htu: AUDIENCE + DOCUMENTS,
        ath: createHash('sha256').update(token).digest('base64url'),
        iat: Math.floor(Date.now() / 1000),
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey);
    const use = (proof: string, path = DOCUMENTS) =>
      call('GET', path, { headers: { authorization: `DPoP ${token}`, ...(proof && { dpop: proof }) } });
    return { token, prove, use };
  }

  it('is accepted with a proof of its key', async () => {
    const { prove, use } = await holder();
    expect((await use(await prove())).status).toBe(200);
  });

  it('is refused as a plain Bearer, and a plain token as DPoP', async () => {
    const { token, prove } = await holder();
    const bearer = await call('GET', DOCUMENTS, { token });
    expect([bearer.status, bearer.body.error]).toEqual([401, 'invalid_token']);
    expect(bearer.challenge).toMatch(/^DPoP .*algs="ES256/);
    const plain = await east.accessToken(RIGHTS);
    const headers = { authorization: `DPoP ${plain}`, dpop: await prove() };
    expect((await call('GET', DOCUMENTS, { headers })).status).toBe(401);
  });

  it('accepts a proof once', async () => {
    const { prove, use } = await holder();
    const proof = await prove();
    expect((await use(proof)).status).toBe(200);
    expect((await use(proof)).body.error).toBe('invalid_dpop_proof');
  });

  const wrong: readonly (readonly [string, JWTPayload, object])[] = [
    ['for another method', { htm: 'PUT' }, {}],
    ['for another address', { htu: `${AUDIENCE}/dsn-alertes` }, {}],
    ['for another token', { ath: 'abc' }, {}],
    ['too old', { iat: Math.floor(Date.now() / 1000) - 300 }, {}],
    ['of another type', {}, { typ: 'JWT' }],
  ];

  it.each(wrong)('is refused with a proof %s', async (_, claims, header) => {
    const { prove, use } = await holder();
    const answer = await use(await prove(claims, header));
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_dpop_proof']);
  });

  it('is refused without a proof, or with a proof by another key', async () => {
    const { use } = await holder();
    const thief = await holder();
    expect((await use('')).body.error).toBe('invalid_dpop_proof');
    const stolen = { authorization: `DPoP ${(await holder()).token}`, dpop: await thief.prove() };
    expect((await call('GET', DOCUMENTS, { headers: stolen })).body.error).toBe('invalid_dpop_proof');
  });
});

describe('an issuer that cannot be reached', () => {
  it('makes the API answer 503, and serves again once it is back', async () => {
    const late = await startIssuer('grand-est', { resource: AUDIENCE });
    const token = await late.accessToken(RIGHTS);
    const port = Number(new URL(late.origin).port);
    await late.close();
    const { app } = createApi({ issuers: [late], audience: AUDIENCE, allowInsecure: true });
    const alone = await listen(app);
    const ask = () => fetch(alone.origin + DOCUMENTS, { headers: { authorization: `Bearer ${token}` } });
    const away = await ask();
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    const { default: Koa } = await import('koa');
    const back = new Koa();
    back.use((ctx) => {
      ctx.body = ctx.path.endsWith('/jwks')
        ? { keys: [late.key] }
        : { issuer: late.issuer, jwks_uri: `${late.issuer}/jwks` };
    });
    const served = await listen(back, port);
    expect((await ask()).status).toBe(200);
    await Promise.all([alone.close(), served.close()]);
  });

  it('must speak https unless the integrator allows otherwise', () => {
    expect(() => createApi({ issuers: [east], audience: AUDIENCE })).toThrow(/https/);
  });
});
