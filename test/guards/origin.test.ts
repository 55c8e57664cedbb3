import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RETURN, startApp, type TestApp } from '../support/app.ts';
import { journeyRoutes } from '../support/routes.ts';
import { type Answer, sendPath, sendTo } from '../support/second-node.ts';
import {
  credentialsOf,
  type Page,
  readableText,
  refresh,
  request,
  signInAndRedeem,
  signInOn,
  type Tokens,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp({
    clients: [
      {
        clientId: 'appli',
        secret: null,
        thirdParty: false,
        defaultService: false,
        metadata: {
          application_type: 'native',
          redirect_uris: ['fr.exemple.appli:/retour'],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
          scope: 'openid',
        },
      },
    ],
  });
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

type Claims = Readonly<Record<string, string>>;

/** What a page that is not ours could make a browser say, or a browser that says nothing. */
const foreign = (): readonly (readonly [string, Claims])[] => [
  ['another site', { origin: 'https://exemple.test' }],
  ['a sandboxed frame', { origin: 'null' }],
  ['nowhere', {}],
  ['a site that begins like ours', { origin: `${app.origin}.exemple.test` }],
  ['another port', { origin: `http://127.0.0.1:${app.port + 1}` }],
  ['another scheme', { origin: app.origin.replace('http:', 'https:') }],
  ['a caisse at another host', { origin: app.issuerOf('ile-de-france') }],
  ['our path', { origin: `${app.origin}/grand-est` }],
  ['our origin twice', { origin: `${app.origin}, https://exemple.test` }],
  ['a page elsewhere', { referer: `https://exemple.test/?${app.origin}/` }],
  ['a page that is no address', { referer: app.origin.slice(7) }],
  ['our page, in a frame of another site', { origin: 'https://exemple.test', referer: `${app.origin}/x` }],
];

type Form = {
  readonly visitor: Visitor;
  readonly url: string;
  readonly fields: Record<string, string>;
  /** What an honest post of it shows. */
  readonly worked: (answer: Answer) => void;
};

type Person = Awaited<ReturnType<ReturnType<TestApp['world']>['administrator']>>;

async function atSignIn(person: Person): Promise<Form> {
  const visitor = new Visitor();
  const { url } = await visitor.get((await request(issuer, 'portail')).url);
  const fields = { email: person.email, password: PASSWORD };
  return { visitor, url, fields, worked: ({ headers }) => expect(headers.location).toMatch(/\/auth\//) };
}

async function atSites(person: Person): Promise<Form> {
  const visitor = new Visitor();
  const form = await visitor.get((await request(issuer, 'portail')).url);
  const { url } = await signInOn(visitor, form, person.email);
  const fields = { site: person.sites[1]?.id ?? '' };
  return { visitor, url, fields, worked: ({ headers }) => expect(headers.location).toMatch(/\/auth\//) };
}

async function atConsent(person: Person): Promise<Form> {
  const form = await atSites(person);
  const asked = await request(issuer, 'essai-tiers', { siret_hint: person.sites[0]?.siret ?? '' });
  const page = await form.visitor.get(asked.url);
  expect(page.url).toContain('/autorisation/');
  return { ...form, url: page.url, fields: { decision: 'accept' } };
}

async function atSignOut(person: Person, path = '/session/end/confirm'): Promise<Form & { tokens: Tokens }> {
  const visitor = new Visitor();
  const siteId = person.sites[0]?.id ?? '';
  const tokens = await signInAndRedeem(visitor, { ...person, siteId }, await request(issuer, 'portail'));
  const page: Page = await visitor.get(`${issuer}/session/end`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const worked = ({ headers }: Answer) => expect(headers.location).toContain('/session/end/success');
  return { visitor, url: issuer + path, fields: { xsrf, logout: 'yes' }, worked, tokens };
}

const postAs = (form: Form, claims: Claims): Promise<Answer> => {
  const cookie = form.visitor.cookiesFor(form.url);
  const { host, pathname } = new URL(form.url);
  const headers = { accept: 'text/html', cookie, ...claims };
  return sendPath(app, host, { path: pathname, headers, body: form.fields });
};

const state = async () => ({
  audit: await app.database.knex('audit_event').count('*').first(),
  grants: await app.database.knex('oidc_artifact').where({ kind: 'Grant' }).count('*').first(),
  sessions: await app.database
    .knex('oidc_artifact')
    .select('payload')
    .where({ kind: 'Session' })
    .orderBy('id_hash'),
  consents: await app.database.knex('consent').count('*').first(),
  tries: await app.database.knex('throttle').sum('points').first(),
});

describe.each([
  ['sign-in', atSignIn],
  ['choice of the site', atSites],
  ['consent', atConsent],
  ['sign-out', atSignOut],
  ['sign-out, written in capitals', (person: Person) => atSignOut(person, '/SESSION/End/Confirm')],
  ['sign-out, with a slash', (person: Person) => atSignOut(person, '/session/end/confirm/')],
] as const)('the form of the %s', (_, open) => {
  test('is taken from our own page alone, and nothing changes otherwise', async () => {
    const form = await open(await app.world().administrator(3));
    const before = await state();
    for (const [who, claims] of foreign()) {
      const answer = await postAs(form, claims);
      expect([who, answer.status]).toEqual([who, 403]);
      expect(readableText(answer)).toContain('Ce formulaire n’a pas été envoyé depuis notre page.');
    }
    expect(await state()).toEqual(before);
    form.worked(await postAs(form, { origin: app.origin }));
  });

  test('is taken from a browser that tells its page instead of its origin', async () => {
    const form = await open(await app.world().administrator(3));
    form.worked(await postAs(form, { referer: `${app.origin}/grand-est/page` }));
  });
});

test('no form of any journey is taken from elsewhere', async () => {
  const posts = (await journeyRoutes()).filter(({ method }) => method === 'POST');
  expect(posts.map(({ path }) => path)).toContain('/connexion/x');
  for (const { path } of posts) {
    for (const claims of [{}, { origin: 'null' }, { origin: 'https://exemple.test' }]) {
      const headers = { accept: 'text/html', ...claims };
      const answer = await sendTo(app, issuer + path, { headers, body: { a: 'b' } });
      expect([path, claims, answer.status]).toEqual([path, claims, 403]);
    }
  }
});

test('a sign-out that was refused has ended no token', async () => {
  const form = await atSignOut(await app.world().administrator(3));
  expect((await postAs(form, { origin: 'https://exemple.test' })).status).toBe(403);
  expect((await refresh(issuer, 'portail', form.tokens.refresh_token ?? '')).status).toBe(200);
});

test('a sign-out without the secret of its page ends nothing either', async () => {
  const form = await atSignOut(await app.world().administrator(3));
  for (const xsrf of ['', 'x', `${form.fields.xsrf}x`]) {
    const answer = await postAs({ ...form, fields: { xsrf, logout: 'yes' } }, { origin: app.origin });
    expect(answer.status).toBe(400);
  }
  expect((await refresh(issuer, 'portail', form.tokens.refresh_token ?? '')).status).toBe(200);
});

test('services, which have no page, post without an origin', async () => {
  const person = await app.world().administrator(1);
  const tokens = await signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
  const token = tokens.access_token ?? '';
  const asked = new URL((await request(issuer, 'portail')).url).searchParams;
  const posted = [
    ['/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }, 200],
    ['/token/introspection', { token }, 200],
    ['/request', Object.fromEntries(asked), 201],
    ['/token/revocation', { token }, 200],
  ] as const;
  for (const [path, fields, status] of posted) {
    const answer = await sendTo(app, issuer + path, { body: { ...credentialsOf('portail'), ...fields } });
    expect([path, answer.status]).toEqual([path, status]);
  }
});

test('a frame without an origin is no application, though its address has none either', async () => {
  const body = {
    client_id: 'appli',
    grant_type: 'authorization_code',
    code: 'x',
    redirect_uri: 'fr.exemple.appli:/retour',
  };
  const answer = await sendTo(app, `${issuer}/token`, { headers: { origin: 'null' }, body });
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
});

test('a script of another origin gets no answer that it may read, unless a service is registered there', async () => {
  const body = { ...credentialsOf('portail'), grant_type: 'refresh_token', refresh_token: 'x' };
  const from = (origin: string) => sendTo(app, `${issuer}/token`, { headers: { origin }, body });
  expect((await from('https://exemple.test')).headers['access-control-allow-origin']).toBeUndefined();
  expect((await from('null')).headers['access-control-allow-origin']).toBeUndefined();
  const own = new URL(RETURN).origin;
  expect((await from(own)).headers['access-control-allow-origin']).toBe(own);
  expect((await from(own)).headers['access-control-allow-credentials']).toBeUndefined();
});
