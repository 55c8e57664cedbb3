import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { journeyRoutes } from '../support/routes.ts';
import { type Answer, type Sent, sendPath, sendTo } from '../support/second-node.ts';
import { chooseOn, type Page, request, returned, signInOn, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
let host: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  host = `127.0.0.1:${app.port}`;
});
afterAll(() => app.close());

const MARK = '<img src=x onerror=alert(1)>';
const HOSTILE: readonly string[] = [
  `"'>${MARK}</title></script>`,
  `javascript:alert(1)//${MARK}`,
  `<%= 7*7 %>\${7*7}{{7*7}}${MARK}`,
  "' or 1=1; drop table account; --",
  '%_\\%27',
  '../../../../etc/passwd',
  'a\0b',
  '\u0000',
  '\ufeff\u202e\u200d\u0301\ud83d\udc69\u200d\ud83d\udc67 \u2028\u2029',
  'e\u0301'.repeat(600),
  'x'.repeat(5_000),
  '-1',
  '99999999999999999999',
  '1e309',
  '[object Object]',
  '__proto__',
  'constructor',
  'a\\u0000b',
  '\\\\u0000',
  '{"a":{"$gt":""}}',
  '\r\nSet-Cookie: a=b',
  '//exemple.test',
  'https://exemple.test\\@127.0.0.1',
];

const AT_ONCE = 12;

type Case = { readonly what: string; readonly send: () => Promise<Answer> };

/** What went wrong, one line a case; empty when every answer is a refusal or a page, with nothing of it as HTML. */
async function mishaps(cases: readonly Case[]): Promise<string[]> {
  const found: string[] = [];
  const waiting = [...cases];
  const next = async (): Promise<void> => {
    for (let one = waiting.pop(); one; one = waiting.pop()) await look(one);
  };
  const look = async ({ what, send }: Case): Promise<void> => {
    const answer = await send();
    if (answer.status >= 500) found.push(`${what} → ${answer.status}`);
    const isHtml = answer.headers['content-type']?.includes('html');
    if (isHtml && answer.text.includes(MARK)) found.push(`${what} → reflected`);
    if (answer.headers['set-cookie']?.some((cookie) => cookie.startsWith('a=b')))
      found.push(`${what} → header`);
    const { location } = answer.headers;
    if (location && !isOurs(location)) found.push(`${what} → ${location}`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}

const isOurs = (location: string): boolean =>
  [issuer, RETURN, 'http://127.0.0.1:9/'].some((ours) => new URL(location, issuer).href.startsWith(ours));

const asPerson = { accept: 'text/html' };
const show = (value: string): string => JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);

const withEach = (
  fields: readonly string[],
  send: (given: Record<string, string>) => Promise<Answer>,
): Case[] =>
  fields.flatMap((field) =>
    HOSTILE.map((value) => ({ what: `${field} = ${show(value)}`, send: () => send({ [field]: value }) })),
  );

describe('hostile text in every place that takes text', () => {
  test('of an authorization request', async () => {
    const asked = new URL((await request(issuer, 'portail')).url);
    const fields = [
      ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'prompt'],
      ...['max_age', 'login_hint', 'siret_hint', 'acr_values', 'ui_locales', 'claims', 'resource', 'display'],
      ...[
        'code_challenge',
        'code_challenge_method',
        'request',
        'request_uri',
        'id_token_hint',
        'dpop_jkt',
        'q',
      ],
    ];
    const send = (given: Record<string, string>) => {
      const url = new URL(asked);
      for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
      return sendTo(app, url.href, { headers: asPerson });
    };
    expect(await mishaps(withEach(fields, send))).toEqual([]);
  });

  test('of requests by services', async () => {
    const asked = Object.fromEntries(new URL((await request(issuer, 'portail')).url).searchParams);
    const known = { client_id: 'portail', client_secret: SECRET };
    const to = (path: string, body: Record<string, string>) => (given: Record<string, string>) =>
      sendTo(app, issuer + path, { body: { ...known, ...body, ...given } });
    const code = { grant_type: 'authorization_code', redirect_uri: RETURN, code: 'x', code_verifier: 'x' };
    const cases = [
      ...withEach(
        [
          'client_id',
          'client_secret',
          'grant_type',
          'code',
          'code_verifier',
          'redirect_uri',
          'resource',
          'client_assertion',
        ],
        to('/token', code),
      ),
      ...withEach(
        ['refresh_token', 'scope'],
        to('/token', { grant_type: 'refresh_token', refresh_token: 'x' }),
      ),
      ...withEach(['token', 'token_type_hint'], to('/token/introspection', {})),
      ...withEach(['token', 'token_type_hint'], to('/token/revocation', {})),
      ...withEach(['state', 'nonce', 'login_hint', 'request', 'scope', 'claims'], to('/request', asked)),
    ];
    expect(await mishaps(cases)).toEqual([]);
  });

  test('of a sign-out', async () => {
    const fields = [
      'state',
      'client_id',
      'post_logout_redirect_uri',
      'id_token_hint',
      'logout_hint',
      'ui_locales',
    ];
    const send = (given: Record<string, string>) => {
      const url = new URL(`${issuer}/session/end`);
      url.search = new URLSearchParams({ client_id: 'portail', ...given }).toString();
      return sendTo(app, url.href, { headers: asPerson });
    };
    const confirm = (given: Record<string, string>) =>
      sendTo(app, `${issuer}/session/end/confirm`, {
        headers: { ...asPerson, origin: app.origin },
        body: given,
      });
    expect(await mishaps([...withEach(fields, send), ...withEach(['xsrf', 'logout'], confirm)])).toEqual([]);
  });

  test('of a pushed request that is then used', async () => {
    const visitor = new Visitor();
    for (const value of HOSTILE) {
      const asked = Object.fromEntries(new URL((await request(issuer, 'portail')).url).searchParams);
      const pushed = await sendTo(app, `${issuer}/request`, {
        body: { ...asked, client_secret: SECRET, state: value },
      });
      if (pushed.status !== 201) continue;
      const { request_uri } = JSON.parse(pushed.text);
      const url = new URL(`${issuer}/auth`);
      url.search = new URLSearchParams({ client_id: 'portail', request_uri }).toString();
      expect([value, (await visitor.once(url.href)).status]).toEqual([value, 303]);
    }
  });

  test('of the screens, and each typed e-mail comes back as it was', async () => {
    const person = await app.world().administrator(12);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    const post = postFrom(visitor, form);
    expect(
      await mishaps(
        withEach(['email', 'password'], (given) => post({ email: 'a', password: 'b', ...given })),
      ),
    ).toEqual([]);
    expect((await post({ email: `${MARK}"&`, password: 'x' })).text).toContain(
      'value="&lt;img src=x onerror=alert(1)&gt;&#34;&amp;"',
    );
    expect((await post({ email: MARK, password: 'Secret-Jamais-Montre' })).text).not.toContain(
      'Secret-Jamais',
    );

    const list = await signInOn(visitor, form, person.email);
    const search = (given: Record<string, string>) => {
      const url = new URL(list.url);
      url.search = new URLSearchParams(given).toString();
      return sendTo(app, url.href, { headers: { ...asPerson, cookie: visitor.cookiesFor(list.url) } });
    };
    const choose = postFrom(visitor, list);
    expect(await mishaps(withEach(['q', 'page', 'par_page', 'autre'], search))).toEqual([]);
    expect(await mishaps(withEach(['site', 'autre'], choose))).toEqual([]);
    expect((await search({ q: MARK })).text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect((await search({ page: '100000', par_page: '50' })).text).toContain('Site 12');
    expect(returned(await chooseOn(visitor, list, person.sites[0]?.id ?? '')).get('code')).toBeTruthy();
  });
});

type FormOnPage = { readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** The forms of a page that post, with what they hold when nothing is typed. */
function formsOn(page: Page): FormOnPage[] {
  return [...page.text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)]
    .filter(([, tag]) => /method="post"/i.test(tag ?? ''))
    .map(([, tag = '', inside = '']) => {
      const named = [...inside.matchAll(/<(?:input|select|textarea|button)[^>]*?name="([^"]+)"[^>]*>/g)];
      const fields = named.map(([element, name = '']) => [name, /value="([^"]*)"/.exec(element)?.[1] ?? '']);
      const action = new URL(/action="([^"]+)"/.exec(tag)?.[1] ?? '', page.url).href;
      return { action, fields: Object.fromEntries(fields) };
    });
}

describe.each([
  ['who is signed in', true],
  ['nobody yet', false],
] as const)('every form and address of the journeys, by %s', (_, isSignedIn) => {
  test('takes hostile text without a fault', async () => {
    const visitor = new Visitor();
    const person = await app.world().administrator(1);
    if (isSignedIn)
      await signInOn(visitor, await visitor.get((await request(issuer, 'portail')).url), person.email);
    const gets = (await journeyRoutes()).filter(({ method, path }) => method === 'GET' && path !== '/');
    const cookie = () => visitor.cookiesFor(`${issuer}/mon-compte/x`);
    const forms = new Map<string, FormOnPage>();
    const queries: Case[] = [];
    for (const { path } of gets) {
      const page = await visitor.get(issuer + path);
      for (const form of formsOn(page)) forms.set(form.action, form);
      const send = (given: Record<string, string>) =>
        sendTo(app, `${issuer}${path}?${new URLSearchParams(given)}`, {
          headers: { ...asPerson, cookie: cookie() },
        });
      queries.push(...withEach(['jeton'], send));
    }
    const posts = [...forms.values()].flatMap(({ action, fields }) => {
      const headers = () => ({ ...asPerson, origin: app.origin, cookie: visitor.cookiesFor(action) });
      return withEach(Object.keys(fields), (given) =>
        sendTo(app, action, { headers: headers(), body: { ...fields, ...given } }),
      );
    });
    expect(forms.size).toBeGreaterThan(isSignedIn ? 5 : 2);
    expect(await mishaps(queries)).toEqual([]);
    expect(await mishaps(posts)).toEqual([]);
  });
});

const postFrom =
  (visitor: Visitor, page: Page) =>
  (body: Sent['body'], headers: Record<string, string> = {}): Promise<Answer> =>
    sendTo(app, page.url, {
      method: 'POST',
      headers: { ...asPerson, origin: app.origin, cookie: visitor.cookiesFor(page.url), ...headers },
      ...(body === undefined ? {} : { body }),
    });

describe('a form', () => {
  async function open() {
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    return { visitor, form, post: postFrom(visitor, form) };
  }
  const encoded = { 'content-type': 'application/x-www-form-urlencoded' };

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'x', ''])(
    'of type « %s » is not read',
    async (type) => {
      const { email } = await app.world().administrator(1);
      const { post } = await open();
      const body = type.includes('json')
        ? JSON.stringify({ email, password: PASSWORD })
        : `email=${encodeURIComponent(email)}&password=${PASSWORD}`;
      const answer = await post(body, type === '' ? {} : { 'content-type': type });
      expect([400, 415, 422]).toContain(answer.status);
    },
  );

  test('too large is refused with a page, and the next one is read', async () => {
    const { email } = await app.world().administrator(1);
    const { post } = await open();
    const large = await post(`email=${'x'.repeat(70_000)}`, encoded);
    expect(large.status).toBe(413);
    expect(large.headers['content-type']).toContain('text/html');
    expect((await post({ email, password: PASSWORD })).status).toBe(303);
  });

  const LATIN = 'application/x-www-form-urlencoded; charset=iso-8859-1';
  test.each([
    ['compressed', { ...encoded, 'content-encoding': 'gzip' }, gzipSync],
    ['compressed by something unknown', { ...encoded, 'content-encoding': 'rot13' }, Buffer.from],
    ['coded twice', { ...encoded, 'content-encoding': 'identity, br' }, Buffer.from],
    ['in Latin letters', { 'content-type': LATIN }, (text: string) => Buffer.from(text, 'latin1')],
    ['in an unknown charset', { 'content-type': LATIN.replace('iso-8859-1', '"klingon"') }, Buffer.from],
    ['in two charsets', { 'content-type': `${LATIN.replace('iso-8859-1', 'utf-8')}; charset=` }, Buffer.from],
  ])('%s is refused with a page, and the same page takes it plain', async (_, headers, coded) => {
    const { email } = await app.world().administrator(1);
    const { post } = await open();
    const fields = { email, password: PASSWORD };
    const refused = await post(coded(`${new URLSearchParams(fields)}`), headers);
    expect(refused.status).toBe(415);
    expect(refused.headers['content-type']).toContain('text/html');
    expect(refused.text).toContain('Envoi illisible');
    expect(refused.text).toContain('Rien n’a été enregistré');
    expect((await post(fields)).status).toBe(303);
  });

  test.each(['UTF-8', '"utf-8"', ' utf8'])('in the charset %s is read', async (charset) => {
    const { email } = await app.world().administrator(1);
    const { post } = await open();
    const plain = {
      'content-type': `${encoded['content-type']};charset=${charset}`,
      'content-encoding': 'identity',
    };
    const body = `${new URLSearchParams({ email, password: PASSWORD })}`;
    expect((await post(body, plain)).status).toBe(303);
  });

  test('that a service sends too large is refused in JSON', async () => {
    const answer = await sendTo(app, `${issuer}/token`, { body: { client_id: 'x'.repeat(70_000) } });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toHaveProperty('error', 'invalid_request');
  });

  test.each([
    ['twice the same field', (email: string) => `email=${email}&email=${email}&password=${PASSWORD}`],
    ['a list', (email: string) => `email[]=${email}&password=${PASSWORD}`],
    ['an object', (email: string) => `email[a]=${email}&password[b]=${PASSWORD}`],
    ['prototypes', () => `__proto__[email]=x&constructor[prototype][email]=y&password=${PASSWORD}`],
    ['deep nesting', () => `email${'[a]'.repeat(500)}=x`],
    ['a thousand fields', () => Array.from({ length: 1500 }, (_, index) => `f${index}=x`).join('&')],
    ['bad percent-encoding', () => 'email=%E0%A4%A&password=%'],
    ['bytes that are no UTF-8', () => Buffer.from([...Buffer.from('email='), 0xff, 0xfe, 0xc0, 0x80])],
    ['nothing', () => ''],
  ])('with %s signs nobody in and is answered with the form', async (_, bodyOf) => {
    const { email } = await app.world().administrator(1);
    const { post } = await open();
    const answer = await post(bodyOf(encodeURIComponent(email)), encoded);
    expect([400, 413, 422]).toContain(answer.status);
    expect(answer.headers.location).toBeUndefined();
  });

  test('coming back for our own screens leads to nowhere but this issuer', async () => {
    for (const state of [
      '//exemple.test',
      '/\\exemple.test',
      'https://exemple.test',
      '/../nord-ouest/',
      '/%2e%2E/nord-ouest/',
      '/a/../../nord-ouest/',
      '@exemple.test',
      '/\t/exemple.test',
      '',
    ]) {
      const url = `${issuer}/mon-compte/retour?${new URLSearchParams({ state })}`;
      const { location } = await new Visitor().once(url);
      expect([state, location]).toEqual([state, `${issuer}/`]);
    }
    const honest = await new Visitor().once(`${issuer}/mon-compte/retour?state=/mon-compte%3Fa=b`);
    expect(honest.location).toBe(`${issuer}/mon-compte?a=b`);
  });

  test('with a very long password is told so and nothing is hashed', async () => {
    const { email } = await app.world().administrator(1);
    const { post } = await open();
    const answer = await post({ email, password: 'é'.repeat(5_000) });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Ce mot de passe est trop long.');
  });
});

describe('an address', () => {
  test.each([
    '/grand-est/..%2f..%2fetc/passwd',
    '/grand-est/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/../views/layout/open.ejs',
    '/assets/style.000000000000.css%00.js',
    '/grand-est/%',
    '/grand-est/%E0%A4%A',
    '/grand-est/connexion/%00',
    '/grand-est/connexion/%E0%A4%A',
    '/grand-est/choix-du-site/%/annuler',
    '/grand-est/auth/%E0%A4%A',
    '/grand-est/auth?scope=%E0%A4%A&client_id=%',
    '/grand-est//exemple.test/',
    '//exemple.test/',
    '//grand-est/auth',
    '/grand-est\\auth',
    '/%67rand-est/auth',
    '/.well-known/oauth-authorization-server/',
    '/.well-known/oauth-authorization-server/%',
    '/.well-known/oauth-authorization-server/grand-est/../nord-ouest',
    '/grand-est?',
    '/grand-est/?a[b]=c&a[]=d',
    '/constructor',
    '/__proto__/auth',
    `/${'a'.repeat(7_000)}`,
    '*',
    'http://exemple.test/grand-est/auth',
  ])('%s is found or not, and never a fault', async (path) => {
    const answer = await sendPath(app, host, { path, headers: asPerson });
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('"dependencies"');
    const { location } = answer.headers;
    if (location) expect(isOurs(location)).toBe(true);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD'])(
    'takes no %s',
    async (method) => {
      for (const path of [
        '/grand-est/',
        '/grand-est/connexion/x',
        '/grand-est/token',
        '/grand-est/auth',
        '/assets/x',
        '/',
      ]) {
        const answer = await sendPath(app, host, { path, method, headers: asPerson });
        expect([path, answer.status < 500 && answer.status !== 200]).toEqual([path, true]);
      }
    },
  );

  test.each([
    'exemple.test',
    `exemple.test:${1}`,
    '127.0.0.1',
    `127.0.0.1:1`,
    `a@127.0.0.1`,
    'x'.repeat(3000),
    '127.0.0.1:1, exemple.test',
  ])('of the host « %s » is not served', async (other) => {
    for (const path of ['/grand-est/auth', '/grand-est/.well-known/openid-configuration', '/']) {
      const answer = await sendPath(app, other, { path, headers: { ...asPerson, 'x-forwarded-host': host } });
      expect([400, 421]).toContain(answer.status);
    }
  });
});

describe('what belongs to another browser', () => {
  test('an interaction is nothing without its cookie, to look at or to end', async () => {
    const person = await app.world().administrator(3);
    const victim = new Visitor();
    const list = await signInOn(
      victim,
      await victim.get((await request(issuer, 'portail')).url),
      person.email,
    );
    expect(list.url).toContain('/choix-du-site/');

    const attacker = new Visitor();
    const own = await attacker.get((await request(issuer, 'portail')).url);
    expect((await attacker.once(list.url)).location).toMatch(/^http:\/\/127\.0\.0\.1:9\/connexion/);
    expect((await attacker.post(list.url, { site: person.sites[0]?.id ?? '' })).status).toBe(400);
    const forged = { cookie: attacker.cookiesFor(own.url), origin: app.origin, ...asPerson };
    const posted = await sendTo(app, list.url, {
      headers: forged,
      body: { site: person.sites[0]?.id ?? '' },
    });
    expect(posted.status).toBe(400);

    expect(returned(await chooseOn(victim, list, person.sites[0]?.id ?? '')).get('code')).toBeTruthy();
  });

  test('a cookie that was tampered with is no cookie', async () => {
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    const cookie = visitor.cookiesFor(form.url);
    const send = (changed: string) => sendTo(app, form.url, { headers: { ...asPerson, cookie: changed } });
    expect((await send(cookie)).status).toBe(200);
    const unsigned = cookie
      .split('; ')
      .filter((pair) => !pair.includes('.sig='))
      .join('; ');
    const swapped = cookie.replace(/(?<=caisse_interaction\.sig=)./, (sign) => (sign === '_' ? '-' : '_'));
    for (const changed of [
      unsigned,
      swapped,
      'caisse_interaction=',
      'caisse_interaction=%',
      '=;;=',
      `a=${'x'.repeat(9_000)}`,
    ]) {
      expect([changed.slice(0, 40), (await send(changed)).status]).toEqual([changed.slice(0, 40), 303]);
    }
  });
});

test('nothing of all this was a fault', () => {
  const faults = app
    .logged()
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level >= 50);
  expect(faults.map(({ msg, err }) => `${msg} ${err?.message}`)).toEqual([]);
});
