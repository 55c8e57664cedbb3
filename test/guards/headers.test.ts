import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { foundCaisse, registerClient } from '../../provider/oidc/founding.ts';
import { RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { journeyRoutes } from '../support/routes.ts';
import { type Answer, sendPath, sendTo } from '../support/second-node.ts';
import { chooseOn, type Page, request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';
import { makeWorld, PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp({
    clients: [
      {
        clientId: 'plusieurs-adresses',
        secret: SECRET,
        thirdParty: true,
        defaultService: false,
        metadata: {
          client_name: 'Plusieurs adresses',
          application_type: 'native',
          redirect_uris: [RETURN, 'https://exemple.test/retour?a=b', 'fr.exemple.appli:/retour'],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
          scope: 'openid',
        },
      },
    ],
  });
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const directives = (page: Pick<Page, 'headers'>): Record<string, string> =>
  Object.fromEntries(
    (page.headers['content-security-policy'] ?? '').split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }),
  );

const INERT = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

function expectGuarded(page: Pick<Page, 'headers'>): void {
  expect(page.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(page.headers).not.toHaveProperty('x-powered-by');
  expect(page.headers).not.toHaveProperty('strict-transport-security');
  expect(page.headers['content-security-policy']).not.toContain('unsafe');
}

type Opened = { readonly page: Page; readonly formAction: string; readonly status: number };
const SERVICE = "'self' http://127.0.0.1:9";

/** Every screen that a person can meet, with where its form may lead. */
const screens: Record<string, () => Promise<Opened>> = {
  'sign-in': async () => ({ ...(await atSignIn()), status: 200 }),
  'sign-in, refused': async () => {
    const { visitor, page } = await atSignIn();
    return { page: await signInOn(visitor, page, 'x@essai.test', 'faux'), formAction: SERVICE, status: 422 };
  },
  'choice of the site': async () => ({ ...(await atSites()), status: 200 }),
  'choice of the site, refused': async () => {
    const { visitor, page } = await atSites();
    return { page: await chooseOn(visitor, page, 'x'), formAction: SERVICE, status: 422 };
  },
  consent: async () => {
    const { visitor, page, person } = await atSites();
    await chooseOn(visitor, page, person.sites[0]?.id ?? '');
    const asked = await request(issuer, 'plusieurs-adresses', {
      scope: 'openid',
      siret_hint: person.sites[0]?.siret ?? '',
    });
    const formAction = `${SERVICE} https://exemple.test fr.exemple.appli:`;
    return { page: await visitor.get(asked.url), formAction, status: 200 };
  },
  'sign-out': async () => {
    const { visitor } = await signedIn();
    return { page: await visitor.get(`${issuer}/session/end`), formAction: "'self'", status: 200 };
  },
  'sign-out, back to a service': async () => {
    const { visitor } = await signedIn();
    const query = 'client_id=portail&post_logout_redirect_uri=http://127.0.0.1:9/au-revoir';
    return { page: await visitor.get(`${issuer}/session/end?${query}`), formAction: SERVICE, status: 200 };
  },
  'signed out': () => at(`${issuer}/session/end/success`, 200),
  'a page that does not exist': () => at(`${issuer}/rien`, 404),
  'a caisse that does not exist': () => at(`${app.origin}/rien`, 404),
  'a host that is nobody’s': async () => {
    const answer = await sendPath(app, 'exemple.test', { path: '/', headers: { accept: 'text/html' } });
    return { page: answer as unknown as Page, formAction: "'self'", status: 421 };
  },
  'a request that no service can be told about': () => at(`${issuer}/auth?client_id=inconnu`, 400),
  'a form from elsewhere': async () => {
    const { visitor, page } = await atSignIn();
    const posted = await visitor.post(page.url, { email: 'x' }, { Origin: 'https://exemple.test' });
    return { page: posted, formAction: "'self'", status: 403 };
  },
};

const at = async (url: string, status: number): Promise<Opened> => ({
  page: await new Visitor().get(url),
  formAction: "'self'",
  status,
});

async function atSignIn() {
  const visitor = new Visitor();
  return { visitor, page: await visitor.get((await request(issuer, 'portail')).url), formAction: SERVICE };
}

async function atSites() {
  const person = await app.world().administrator(3);
  const { visitor, page, formAction } = await atSignIn();
  return { visitor, person, page: await signInOn(visitor, page, person.email), formAction };
}

async function signedIn() {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
  return { visitor, person };
}

describe.each(Object.entries(screens))('the page « %s »', (_, open) => {
  test('is private, inert, and posts to us and its service alone', async () => {
    const { page, formAction, status } = await open();
    expect(page.status).toBe(status);
    expectGuarded(page);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(directives(page)).toEqual({ ...INERT, 'form-action': formAction });
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:/i);
  });
});

const IMPERSONAL = new Set(['/', '/theme.css', '/logo', '/.well-known/change-password']);

test('every screen of every journey is guarded, whoever asks for it', async () => {
  const gets = (await journeyRoutes()).filter(({ method }) => method === 'GET');
  const paths = gets.map(({ path }) => path);
  expect(paths).toContain('/choix-du-site/x/annuler');
  for (const path of paths.filter((one) => !IMPERSONAL.has(one))) {
    const page = await new Visitor().once(issuer + path);
    expectGuarded(page);
    expect([path, page.status < 500, page.headers['cache-control']]).toEqual([path, true, 'no-store']);
  }
});

describe('answers that are no page', () => {
  test.each([
    '/jwks',
    '/.well-known/openid-configuration',
    '/theme.css',
    '/auth',
    '/',
    '/me',
    '/choix-du-site',
  ])('%s is guarded too', async (path) => {
    expectGuarded(await new Visitor().once(issuer + path));
  });

  test('redirects on the way of a sign-in are kept by nobody', async () => {
    const { visitor, page, person } = await atSites();
    const answer = await sendTo(app, page.url, {
      headers: { cookie: visitor.cookiesFor(page.url), origin: app.origin },
      body: { site: person.sites[0]?.id ?? '' },
    });
    expect([answer.status, answer.headers['cache-control']]).toEqual([303, 'no-store']);
    const resumed = await visitor.once(new URL(answer.headers.location ?? '', page.url).href);
    expect(resumed.location).toContain('code=');
    expect(resumed.headers['cache-control']).toBe('no-store');
  });

  test('tokens are kept by nobody', async () => {
    const answer = await sendTo(app, `${issuer}/token`, { body: { client_id: 'portail' } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('each has a reference of its own, which is nobody else’s to choose', async () => {
    const ask = () => sendTo(app, `${issuer}/jwks`, { headers: { 'x-request-id': 'a'.repeat(24) } });
    const [one, other] = [await ask(), await ask()];
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
    expect(one.headers['x-request-id']).not.toBe('a'.repeat(24));
  });
});

type Cookie = { readonly name: string; readonly value: string; readonly attributes: readonly string[] };

const cookiesOf = (answer: Pick<Answer, 'headers'>): Cookie[] =>
  (answer.headers['set-cookie'] ?? []).map((line) => {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const lasting = /^(expires|max-age)=/i;
    return { name, value, attributes: attributes.filter((one) => !lasting.test(one)).sort() };
  });

/** Every cookie set from the service's link to its code, by name, with the path of each. */
async function cookiesOnTheWay(at: string, email: string): Promise<Cookie[]> {
  const { host, origin, pathname } = new URL(at);
  const base = pathname === '/' ? '' : pathname;
  const jar = new Map<string, string>();
  const seen: Cookie[] = [];
  const send = async (path: string, body?: Record<string, string>): Promise<Answer> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie, ...(body ? { origin } : {}) };
    const answer = await sendPath(app, host, { path, headers, ...(body ? { body } : {}) });
    for (const one of cookiesOf(answer)) {
      seen.push(one);
      jar.set(one.name, one.value);
    }
    return answer;
  };
  const pathOf = ({ headers }: Answer) => {
    const { pathname: path, search } = new URL(headers.location ?? '', at);
    return path + search;
  };
  const query = new URLSearchParams({
    client_id: 'portail',
    response_type: 'code',
    redirect_uri: RETURN,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const form = pathOf(await send(`${base}/auth?${query}`));
  const resumed = await send(pathOf(await send(form, { email, password: PASSWORD })));
  expect(resumed.headers.location).toContain('code=');
  return seen.filter(({ value }) => value !== '');
}

describe('cookies', () => {
  test.each([
    ['a path issuer', () => app.issuerOf('grand-est'), 'grand-est', '/grand-est'],
    ['a host issuer', () => app.issuerOf('ile-de-france'), 'ile-de-france', '/'],
  ] as const)(
    'of %s are signed, closed to scripts and other sites, and stay in its path',
    async (_, at, slug, path) => {
      const { email } = await app.world(slug).administrator(1);
      const cookies = await cookiesOnTheWay(at(), email);
      const names = new Set(cookies.map(({ name }) => name));
      for (const name of ['caisse_session', 'caisse_interaction', 'caisse_resume']) {
        expect(names).toContain(name);
        expect(names).toContain(`${name}.sig`);
      }
      for (const { name, attributes } of cookies) {
        const [where] = attributes.filter((attribute) => attribute.startsWith('path='));
        expect([name, attributes.filter((one) => one !== where)]).toEqual([
          name,
          ['httponly', 'samesite=lax'],
        ]);
        expect(`${where}/`.startsWith(path === '/' ? 'path=/' : `path=${path}/`)).toBe(true);
      }
      const session = cookies.find(({ name }) => name === 'caisse_session');
      expect(session?.attributes).toContain(`path=${path}`);
    },
  );

  test('of a caisse are nothing at another one whose name begins alike', async () => {
    const found = await newCaisse('grand', `${app.origin}/grand`);
    const { email } = await found.administrator(1);
    const cookies = await cookiesOnTheWay(`${app.origin}/grand`, email);
    const header = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const silent = await request(issuer, 'portail', { prompt: 'none', scope: 'openid' });
    const carried = await sendTo(app, silent.url, { headers: { accept: 'text/html', cookie: header } });
    expect(carried.headers.location).toContain('error=login_required');
    const own = await sendTo(app, silent.url.replace('/grand-est/', '/grand/'), {
      headers: { accept: 'text/html', cookie: header },
    });
    expect(own.headers.location).toContain('code=');
    expect(
      new Set(cookies.flatMap(({ attributes }) => attributes.filter((one) => one.startsWith('path=')))),
    ).toContain('path=/grand');
  });

  test.each([
    ['path', 'savoie', 'https://partage.exemple.test/savoie', '__Secure-caisse_session', '/savoie'],
    ['host', 'reunion', 'https://reunion.exemple.test', '__Host-caisse_session', '/'],
  ])(
    'of an https issuer by %s say so in their names and travel over https alone',
    async (_, id, at, name, path) => {
      const world = await newCaisse(id, at);
      const { email } = await world.administrator(1);
      const cookies = await cookiesOnTheWay(at, email);
      for (const cookie of cookies) {
        expect(cookie.name).toMatch(/^__(Host|Secure)-/);
        expect(cookie.attributes).toContain('secure');
        expect(cookie.attributes.filter((one) => one.startsWith('domain='))).toEqual([]);
        if (cookie.name.startsWith('__Host-')) expect(cookie.attributes).toContain('path=/');
      }
      expect(cookies.find((cookie) => cookie.name === name)?.attributes).toContain(`path=${path}`);
    },
  );
});

/** A further caisse, founded while the provider runs. */
async function newCaisse(id: string, at: string) {
  const sql = app.database.knex;
  const sealer = makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes);
  const make = { sealer, random: randomBytes, now: app.clock.now() };
  const theme = { primary: '#1b4f72', accent: '#b9770e' };
  const caisse = {
    id,
    name: `CIBTP ${id}`,
    issuer: at,
    timeZone: 'Europe/Paris',
    settings: { shortName: id, theme },
  };
  const handle = await foundCaisse(sql, caisse, make);
  await registerClient(
    handle,
    {
      clientId: 'portail',
      secret: SECRET,
      thirdParty: false,
      defaultService: false,
      metadata: {
        client_name: 'Portail',
        redirect_uris: [RETURN],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        scope: 'openid',
      },
    },
    make,
  );
  const discovery = `${at}/.well-known/openid-configuration`;
  await expect.poll(async () => (await sendTo(app, discovery)).status).toBe(200);
  const told = JSON.parse((await sendTo(app, discovery)).text);
  expect(told).toMatchObject({ issuer: at, token_endpoint: `${at}/token` });
  return makeWorld(handle, app.clock.now);
}

test('over https, browsers are told to come back over https', async () => {
  const secure = await startApp({ publicOrigin: 'https://exemple.test' });
  try {
    const answer = await sendTo(secure, 'https://exemple.test/grand-est/jwks');
    expect(answer.status).toBe(200);
    expect(answer.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  } finally {
    await secure.close();
  }
});
