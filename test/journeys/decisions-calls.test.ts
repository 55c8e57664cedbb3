import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, SECRET, startApp, type TestApp, type TestClient } from '../support/app.ts';
import { chainOfThree } from '../support/chains.ts';
import { feature, PATHS, type Service, serviceAt, tokenOf, user } from '../support/decisions.ts';
import { type Answer, type Sent, sendPath, sendTo } from '../support/second-node.ts';
import { everythingOn } from '../support/tokens.ts';

const machine = (clientId: string, scope: string, resources: readonly string[] = []): TestClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: clientId,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope,
    resources,
  },
});

let app: TestApp;
let issuer: string;
let service: Service;
let question: object;
let names: readonly string[];
beforeAll(async () => {
  app = await startApp({
    clients: [
      machine('sans-decisions', 'services'),
      machine('restreint', 'decisions'),
      machine('pour-api', 'decisions services', [API]),
    ],
  });
  issuer = app.issuerOf('grand-est');
  service = await serviceAt(app, issuer);
  const { user: of, site } = await chainOfThree(app.world());
  const { siret } = site;
  names = [of, siret];
  question = { subject: user(of), action: { name: 'read' }, resource: feature('documents', { siret }) };
});
afterAll(() => app.close());

const call = (headers: Readonly<Record<string, string>>, sent: Sent = {}): Promise<Answer> =>
  sendTo(app, issuer + PATHS.evaluation, {
    body: JSON.stringify(question),
    ...sent,
    headers: { 'content-type': 'application/json', ...headers },
  });
const bearing = (token: string) => call({ authorization: `Bearer ${token}` });

const REALM = () => `Bearer realm="${issuer}"`;

describe('who calls', () => {
  test('is a service of the caisse with the scope, by its token', async () => {
    const { status, text } = await bearing(await tokenOf(app, issuer));
    expect([status, text]).toEqual([200, '{"decision":true}']);
  });

  test.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['another scheme', { authorization: 'Basic YXBpOmFwaQ==' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['two', { authorization: 'Bearer a, Bearer b' }],
  ])('with %s, is asked for one (RFC 6750 §3)', async (_, headers) => {
    const answer = await call(headers);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, REALM()]);
    expect(answer.text).toBe('An access token is required');
  });

  test('bears it in the header, neither in the address nor in the body', async () => {
    const token = await tokenOf(app, issuer);
    const answer = await sendTo(app, `${issuer}${PATHS.evaluation}?access_token=${token}`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...question, access_token: token }),
    });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, REALM()]);
  });

  test('with a token that is none, of another caisse, of a person or for another API, is nobody', async () => {
    const person = await app.world().administrator(1);
    const held = await everythingOn(issuer, person.email, person.sites[0]?.siret ?? '');
    const forApi = await sendTo(app, `${issuer}/token`, {
      body: {
        grant_type: 'client_credentials',
        client_id: 'pour-api',
        client_secret: SECRET,
        scope: 'decisions',
        resource: API,
      },
    });
    const tokens = {
      'no token': 'x'.repeat(43),
      'another caisse by path': await tokenOf(app, app.issuerOf('nord-ouest')),
      'another caisse by host': await tokenOf(app, app.issuerOf('ile-de-france')),
      'a person': held.opaque.access_token ?? '',
      'a person, for an API': held.jwt.access_token ?? '',
      'a refresh token': held.opaque.refresh_token ?? '',
      'an ID token': held.opaque.id_token ?? '',
      'for another API': JSON.parse(forApi.text).access_token as string,
    };
    for (const [what, token] of Object.entries(tokens)) {
      expect([what, token.length > 20]).toEqual([what, true]);
      const { status, headers, text } = await bearing(token);
      expect([what, status, text]).toEqual([what, 401, 'The access token is not valid here']);
      expect(headers['www-authenticate']).toBe(`${REALM()}, error="invalid_token"`);
    }
  });

  test('with a token that is bound to a key, is nobody: it must not pass for a plain one', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const proof = await new SignJWT({ htm: 'POST', htu: `${issuer}/token`, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey);
    const { text } = await sendTo(app, `${issuer}/token`, {
      headers: { dpop: proof },
      body: {
        grant_type: 'client_credentials',
        client_id: 'api',
        client_secret: SECRET,
        scope: 'decisions',
      },
    });
    const { access_token: token, token_type: type } = JSON.parse(text);
    expect(type).toBe('DPoP');
    for (const scheme of ['Bearer', 'DPoP']) {
      expect((await call({ authorization: `${scheme} ${token}` })).status).toBe(401);
    }
  });

  test('without the scope, is refused', async () => {
    const without = [
      await tokenOf(app, issuer, { scope: '' }),
      await tokenOf(app, issuer, { client: 'sans-decisions', scope: 'services' }),
    ];
    for (const token of without) {
      const { status, headers, text } = await bearing(token);
      expect([status, text]).toEqual([403, 'The access token lacks the scope decisions']);
      expect(headers['www-authenticate']).toBe(`${REALM()}, error="insufficient_scope", scope="decisions"`);
    }
    expect(await tokenOf(app, issuer, { client: 'sans-decisions' })).toBe('');
  });

  test('is known at every endpoint, before anything of its call is read', async () => {
    for (const path of Object.values(PATHS)) {
      const answer = await sendTo(app, issuer + path, {
        body: '{',
        headers: { 'content-type': 'text/plain' },
      });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  test('is refused as soon as its registration lacks the scope, and unknown without one', async () => {
    const token = await tokenOf(app, issuer, { client: 'restreint' });
    const statusNow = async () => (await bearing(token)).status;
    expect(await statusNow()).toBe(200);
    const sql = app.database.knex;
    const row = () => sql('client').where({ caisse_id: 'grand-est', client_id: 'restreint' });
    await row().update({ metadata: sql.raw(`metadata || '{"scope":"services"}'`) });
    await expect.poll(statusNow).toBe(403);
    await row().delete();
    await expect.poll(statusNow).toBe(401);
  });

  test('is asked nothing by the throttle of sign-ins, however often it calls', async () => {
    const counted = () => app.database.knex('throttle').sum('points as n').first();
    const before = await counted();
    for (let i = 0; i < 60; i++) expect((await bearing('y'.repeat(43))).status).toBe(401);
    expect((await service.ask('evaluation', question)).status).toBe(200);
    expect(await counted()).toEqual(before);
  });
});

describe('a call', () => {
  const authorization = async () => ({ authorization: `Bearer ${await tokenOf(app, issuer)}` });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json-patch+json',
    'application/jsonx',
    'multipart/form-data; boundary=x',
    'application',
    '',
  ])('is JSON by its Content-Type, or a bad request: « %s »', async (type) => {
    const answer = await call({ ...(await authorization()), 'content-type': type });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(answer.text).toBe('The Content-Type must be application/json');
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON'])(
    'is taken with the Content-Type « %s »',
    async (type) => {
      const answer = await call({ ...(await authorization()), 'content-type': type });
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
    },
  );

  test.each([
    ['empty', ''],
    ['no JSON', '{'],
    ['two', '{}{}'],
    ['a form', 'subject=x'],
    ['a list', '[]'],
    ['text', '"x"'],
    ['nothing', 'null'],
    ['a number', '1'],
    ['brackets without end', '['.repeat(100_000)],
    ['braces without end', '{"subject":'.repeat(10_000)],
    ['another encoding', Buffer.from(JSON.stringify({ subject: 'é' }), 'utf16le')],
    ['no encoding at all', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('whose body is %s is a bad request, at every endpoint', async (_, body) => {
    const headers = { ...(await authorization()), 'content-type': 'application/json' };
    for (const path of Object.values(PATHS)) {
      const answer = await sendTo(app, issuer + path, { method: 'POST', headers, body });
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.text).not.toBe('');
    }
  });

  test('is taken up to 256 KiB', async () => {
    const padded = (length: number) => {
      const bare = JSON.stringify({ ...question, padding: '' });
      return JSON.stringify({ ...question, padding: 'x'.repeat(length - bare.length) });
    };
    const most = 256 * 1024;
    const headers = await authorization();
    expect((await call(headers, { body: padded(most) })).status).toBe(200);
    const over = await call(headers, { body: padded(most + 1) });
    expect([over.status, over.text]).toEqual([413, 'The body is too large']);
    expect((await call(headers)).status).toBe(200);
  });

  test('is not unfolded: a small body could be a large one', async () => {
    const body = gzipSync(JSON.stringify(question));
    for (const coding of ['gzip', 'deflate', 'br', 'rot13']) {
      const answer = await call({ ...(await authorization()), 'content-encoding': coding }, { body });
      expect([coding, answer.status, answer.text]).toEqual([coding, 415, 'The body must not be compressed']);
    }
    const plain = await call({ ...(await authorization()), 'content-encoding': 'identity' });
    expect(plain.status).toBe(200);
  });

  test('is a POST', async () => {
    const headers = await authorization();
    for (const path of Object.values(PATHS)) {
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
        const answer = await sendTo(app, issuer + path, { method, headers });
        expect([path, method, answer.status, answer.headers.allow]).toEqual([path, method, 405, 'POST']);
      }
    }
  });

  test('needs no page of ours to come from, and no cookie', async () => {
    const headers = { ...(await authorization()), origin: 'https://exemple.test', cookie: 'a=b' };
    const answer = await call(headers);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([200, undefined]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('is answered to its caller alone: nobody keeps it', async () => {
    for (const answer of [await call(await authorization()), await bearing('x'), await call({})]) {
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
    }
  });
});

describe('the reference of a call', () => {
  const REFERENCES = ['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'a', 'un deux; trois=4', '<a>'.repeat(200)];

  test.each(REFERENCES)('comes back as it was sent, whatever the answer: %s', async (reference) => {
    const headers = { 'x-request-id': reference };
    const authorization = `Bearer ${await tokenOf(app, issuer)}`;
    const answers = [
      await call({ authorization, ...headers }),
      await call({ authorization, ...headers }, { body: '{' }),
      await call({ authorization, ...headers }, { body: 'x'.repeat(300_000) }),
      await call(headers),
      await call({ authorization, ...headers }, { method: 'PUT' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 413, 401, 405]);
    for (const answer of answers) expect(answer.headers['x-request-id']).toBe(reference);
  });

  test('is ours when there is none', async () => {
    expect((await service.ask('evaluation', question)).headers['x-request-id']).toMatch(/^[0-9a-f]{16}$/);
  });

  test('is not in the log, and neither is who was asked about', async () => {
    const before = app.logged().length;
    await service.ask('evaluation', question, { 'x-request-id': 'camille.essai@essai.test' });
    await service.ask('evaluation', { ...question, action: { name: 'camille.essai' } });
    const search = { action: { name: 'read' }, resource: (question as { resource: object }).resource };
    await service.ask('subject', { subject: { type: 'user' }, ...search });
    await expect.poll(() => app.logged().length - before).toBe(3);
    const lines = app.logged().slice(before).join('\n');
    for (const text of [...names, 'camille', 'documents']) expect(lines).not.toContain(text);
    expect(lines).toContain(PATHS.evaluation);
  });
});

test('decisions leave no trace in the audit', async () => {
  const lines = () => app.database.knex('audit_event').count('* as n').first();
  const before = await lines();
  await service.ask('evaluation', question);
  expect(await lines()).toEqual(before);
});

describe('what a service needs to know', () => {
  const WELL_KNOWN = '/.well-known/authzen-configuration';
  const metadata = (of: string) => ({
    policy_decision_point: of,
    access_evaluation_endpoint: `${of}/access/v1/evaluation`,
    access_evaluations_endpoint: `${of}/access/v1/evaluations`,
    search_subject_endpoint: `${of}/access/v1/search/subject`,
    search_resource_endpoint: `${of}/access/v1/search/resource`,
    search_action_endpoint: `${of}/access/v1/search/action`,
  });

  test('is under the well-known address, with the path of the issuer behind it (§9.2)', async () => {
    const { host } = new URL(issuer);
    for (const [slug, at, path] of [
      ['grand-est', host, `${WELL_KNOWN}/grand-est`],
      ['nord-ouest', host, `${WELL_KNOWN}/nord-ouest`],
      ['ile-de-france', new URL(app.issuerOf('ile-de-france')).host, WELL_KNOWN],
      // Where whoever appends to the issuer looks.
      ['grand-est', host, `/grand-est${WELL_KNOWN}`],
    ] as const) {
      const answer = await sendPath(app, at, { path, headers: { 'x-request-id': 'a' } });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(JSON.parse(answer.text)).toEqual(metadata(app.issuerOf(slug)));
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'public, max-age=300',
        'x-request-id': 'a',
      });
    }
  });

  test('is told of no caisse that does not exist', async () => {
    const { host } = new URL(issuer);
    for (const path of [`${WELL_KNOWN}/rien`, WELL_KNOWN, `/rien${WELL_KNOWN}`]) {
      expect((await sendPath(app, host, { path })).status).toBe(404);
    }
  });

  test('is what whoever forges the Host cannot change', async () => {
    const answer = await sendPath(app, 'exemple.test', { path: `${WELL_KNOWN}/grand-est` });
    expect(answer.status).toBe(421);
    const claimed = await sendTo(app, `${issuer}${WELL_KNOWN}`, {
      headers: { 'x-forwarded-host': 'exemple.test', 'x-forwarded-proto': 'https' },
    });
    expect(JSON.parse(claimed.text)).toEqual(metadata(issuer));
  });

  test('leads where the answers are', async () => {
    const told = JSON.parse((await sendTo(app, issuer + WELL_KNOWN)).text);
    const headers = {
      authorization: `Bearer ${await tokenOf(app, issuer)}`,
      'content-type': 'application/json',
    };
    const answer = await sendTo(app, told.access_evaluation_endpoint, {
      headers,
      body: JSON.stringify(question),
    });
    expect([answer.status, answer.text]).toEqual([200, '{"decision":true}']);
  });
});

test('a token that has expired is none', async () => {
  const token = await tokenOf(app, issuer);
  app.clock.advance(299_000);
  expect((await bearing(token)).status).toBe(200);
  app.clock.advance(2_000);
  expect((await bearing(token)).status).toBe(401);
});
