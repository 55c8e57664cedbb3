import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, migrate } from '../../provider/store/database.ts';
import { type PrivateCluster, privateCluster } from '../../provider/store/embedded-private.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  type AuthorizationRequest,
  claimsOf,
  credentialsOf,
  discover,
  type Page,
  readableText,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  type Tokens,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let cluster: PrivateCluster;
let app: TestApp;
let issuer: string;
beforeAll(async () => {
  cluster = await privateCluster();
  const url = cluster.url('postgres');
  const knex = connect(url, { poolSize: 10 });
  await migrate(knex);
  app = await startApp({ database: { url, knex, drop: () => knex.destroy() } });
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await app.close();
  await app.database.drop();
  await cluster.remove();
});

/** Fails rather than waits: people and services must not hang on a database that is away. */
const soon = () => AbortSignal.timeout(12_000);

const asMachine = (path: string, body?: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${issuer}${path}`, {
    headers,
    signal: soon(),
    ...(body ? { method: 'POST', body: new URLSearchParams(body) } : {}),
  });

/** A person in the middle of signing in, and a service with tokens, from before the database went. */
async function before() {
  const person = await app.world().administrator(1);
  const tokens = await signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
  expect(tokens.status).toBe(200);
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const form = await visitor.get(asked.url);
  expect(form.status).toBe(200);
  return { person, tokens, visitor, asked, form };
}

function expectApology(page: Page): void {
  expect(page.status).toBe(503);
  expect(page.headers['retry-after']).toBe('5');
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(readableText(page)).toContain('Service momentanément indisponible');
  expect(page.text).toContain(page.headers['x-request-id']);
}

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await response.json()).toHaveProperty('error');
}

describe('while the database is away', () => {
  let known: Awaited<ReturnType<typeof before>>;
  beforeAll(async () => {
    known = await before();
    await cluster.stop();
  });
  afterAll(() => cluster.start());

  test('people get a page that asks for patience, wherever they are', async () => {
    const { visitor, form, person, asked } = known;
    const nobody = new Visitor();
    expectApology(await nobody.get((await requestAway()).url));
    expectApology(await visitor.get(form.url));
    expectApology(await visitor.post(form.url, { email: person.email, password: PASSWORD }));
    expectApology(await visitor.get(asked.url));
    expectApology(await visitor.get(`${issuer}/session/end`));
  });

  test('services get a 503 to come back to', async () => {
    const { tokens } = known;
    const credentials = credentialsOf('portail');
    const renewal = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    const token = tokens.access_token ?? '';
    await expectUnavailable(await asMachine('/token', { ...credentials, ...renewal }));
    await expectUnavailable(await asMachine('/token/introspection', { ...credentials, token }));
    await expectUnavailable(await asMachine('/token/revocation', { ...credentials, token }));
    await expectUnavailable(await asMachine('/request', { ...credentials, ...pushable }));
    await expectUnavailable(await asMachine('/me', undefined, bearer));
  });

  test('a caisse that nobody has visited yet is unavailable as well, to machines in JSON', async () => {
    const unvisited = app.issuerOf('nord-ouest');
    const machine = await fetch(`${unvisited}/.well-known/openid-configuration`, { signal: soon() });
    await expectUnavailable(machine);
    expectApology(await new Visitor().get(`${unvisited}/`));
  });

  test('discovery and keys are answered from memory', async () => {
    const { jwks_uri } = await discover(issuer);
    const keys = (await (await fetch(String(jwks_uri), { signal: soon() })).json()) as { keys: unknown[] };
    expect(keys.keys).toHaveLength(2);
  });

  test('the process is live, not ready, and says that it is the database that is missing', async () => {
    const at = (path: string) => fetch(`${app.origin}${path}`, { signal: soon() });
    expect((await at('/health/live')).status).toBe(200);
    const ready = await at('/health/ready');
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', missing: ['database'] },
    ]);
  });

  test('many at once are told so within the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 60 }, () => asMachine('/me', undefined, { authorization: 'Bearer x' })),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([503]));
  });

  const pushable = {
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:9/retour',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  };
  const requestAway = (): Promise<AuthorizationRequest> => request(issuer, 'portail');
});

describe('once the database is back, without a restart', () => {
  test('who was signing in goes on where he was, and who had tokens renews them', async () => {
    const { person, tokens, visitor, asked, form } = await before();
    await cluster.stop();
    expect((await visitor.post(form.url, { email: person.email, password: PASSWORD })).status).toBe(503);
    await cluster.start();

    const back = await visitor.post(form.url, { email: person.email, password: PASSWORD });
    const signedIn = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(signedIn.id_token)).toMatchObject({ sub: person.accountId });
    const renewed: Tokens = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
    expect(renewed.status).toBe(200);
    expect(await userinfo(issuer, renewed.access_token)).toMatchObject({ sub: person.accountId });
  });

  test('what changed while nobody could listen is seen, and what changes later too', async () => {
    const nameOnForm = async () => (await new Visitor().get((await request(issuer, 'portail')).url)).text;
    const rename = (name: string) => app.database.knex('caisse').update({ name }).where({ id: 'grand-est' });
    await cluster.stop();
    await cluster.start();
    await rename('CIBTP du Retour');
    await expect.poll(nameOnForm).toContain('CIBTP du Retour');
    await rename('CIBTP du Lendemain');
    await expect.poll(nameOnForm).toContain('CIBTP du Lendemain');
  });

  test('the outage left no fault in the logs but what it was', async () => {
    const faults = app
      .logged()
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level >= 50);
    expect(
      faults.filter(
        ({ err }) =>
          !/ECONN|terminat|shut|connect|Timeout/i.test(`${err?.message} ${err?.code} ${err?.type}`),
      ),
    ).toEqual([]);
  });
});
