import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SECRET, type Slug, startApp, type TestApp, type TestClient } from '../support/app.ts';
import { signOut } from '../support/sign-out.ts';
import { everythingOn } from '../support/tokens.ts';
import {
  claimsOf,
  credentialsOf,
  discover,
  introspect,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  tokenRequest,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const machine = await generateKeyPair('ES256');
const machineKey = { ...(await exportJWK(machine.publicKey)), alg: 'ES256' };

const api = (given: Partial<TestClient> & Pick<TestClient, 'clientId'>): TestClient => ({
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  ...given,
  metadata: {
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'decisions',
    ...given.metadata,
  },
});

let app: TestApp;
const HERE = 'grand-est';
/** A caisse on the same host, and one on a host of its own. */
const ELSEWHERE = ['nord-ouest', 'ile-de-france'] as const;
beforeAll(async () => {
  app = await startApp({
    clients: [
      api({ clientId: 'double', at: HERE }),
      ...ELSEWHERE.map((at) => api({ clientId: 'double', at, secret: `${SECRET} de ${at}` })),
      api({ clientId: 'locale', at: HERE }),
      api({
        clientId: 'machine',
        secret: null,
        metadata: {
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'ES256',
          jwks: { keys: [machineKey] },
        },
      }),
    ],
  });
});
afterAll(() => app.close());

const issuerOf = (slug: Slug): string => app.issuerOf(slug);

/** The same person, by id and address, at both caisses, with a site of her own at each. */
async function atBoth(other: Slug) {
  const accountId = crypto.randomUUID();
  const email = `${accountId.slice(0, 8)}@deux-caisses.test`;
  const here = await app.world(HERE).administrator(1, { id: accountId, email });
  const there = await app.world(other).administrator(1, { id: accountId, email });
  return { accountId, email, here: here.sites[0]?.siret ?? '', there: there.sites[0]?.siret ?? '' };
}

describe.each(ELSEWHERE)('grand-est and %s', (other) => {
  test('keep two accounts of one address apart, with their own passwords', async () => {
    const email = `meme-adresse-${other}@essai.test`;
    for (const [slug, password] of [
      [HERE, 'Premiere-Caisse-1'],
      [other, 'Seconde-Caisse-2'],
    ] as const) {
      const world = app.world(slug);
      await world.enrol(await world.account({ email, password }), await world.site());
    }
    const enter = async (slug: Slug, password: string) => {
      const visitor = new Visitor();
      const form = await visitor.get((await request(issuerOf(slug), 'portail')).url);
      return signInOn(visitor, form, email, password);
    };
    expect((await enter(HERE, 'Seconde-Caisse-2')).status).toBe(422);
    expect((await enter(other, 'Premiere-Caisse-1')).status).toBe(422);
    expect(returned(await enter(HERE, 'Premiere-Caisse-1')).get('iss')).toBe(issuerOf(HERE));
    expect(returned(await enter(other, 'Seconde-Caisse-2')).get('iss')).toBe(issuerOf(other));
  });

  test('an account of one cannot sign in at the other', async () => {
    const { email } = await app.world(HERE).administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuerOf(other), 'portail')).url);
    expect((await signInOn(visitor, form, email, PASSWORD)).status).toBe(422);
  });

  test('a session of one is none at the other, even with its cookies carried over by hand', async () => {
    const { email } = await atBoth(other);
    const visitor = new Visitor();
    await signInAndRedeem(visitor, { email }, await request(issuerOf(HERE), 'portail'));
    const own = await request(issuerOf(HERE), 'portail', { prompt: 'none' });
    const asked = await request(issuerOf(other), 'portail', { prompt: 'none' });
    expect(visitor.cookiesFor(asked.url)).toBe('');
    expect(returned(await visitor.get(asked.url)).get('error')).toBe('login_required');

    const cookies = visitor.cookiesFor(own.url);
    expect(await locationWith(cookies, own.url)).toContain('code=');
    expect(await locationWith(cookies, asked.url)).toContain('error=login_required');
  });

  test('signed in at both in one browser, a sign-out of one leaves the other', async () => {
    const { email } = await atBoth(other);
    const visitor = new Visitor();
    await signInAndRedeem(visitor, { email }, await request(issuerOf(HERE), 'portail'));
    const there = await signInAndRedeem(visitor, { email }, await request(issuerOf(other), 'portail'));
    await signOut(visitor, issuerOf(HERE));
    expect((await refresh(issuerOf(other), 'portail', there.refresh_token ?? '')).status).toBe(200);
    const silent = await request(issuerOf(other), 'portail', { prompt: 'none' });
    expect(returned(await visitor.get(silent.url)).get('code')).toBeTruthy();
  });

  test('a code of one is nothing at the other', async () => {
    const { email } = await atBoth(other);
    const visitor = new Visitor();
    const asked = await request(issuerOf(HERE), 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), email);
    const code = returned(back).get('code') ?? '';
    expect((await redeem({ ...asked, issuer: issuerOf(other) }, code)).error).toBe('invalid_grant');
    expect((await redeem(asked, code)).status).toBe(200);
  });

  test('tokens of one are nothing at the other, and it cannot revoke them', async () => {
    const { email, here } = await atBoth(other);
    const { opaque, jwt } = await everythingOn(issuerOf(HERE), email, here);
    const { revocation_endpoint } = await discover(issuerOf(other));
    expect((await refresh(issuerOf(other), 'portail', opaque.refresh_token ?? '')).error).toBe(
      'invalid_grant',
    );
    expect((await userinfo(issuerOf(other), opaque.access_token)).status).toBe(401);
    for (const token of [opaque.access_token, opaque.refresh_token, jwt.access_token]) {
      for (const caller of ['portail', 'api']) {
        expect(await introspect(issuerOf(other), caller, token)).toEqual({ status: 200, active: false });
      }
      const body = new URLSearchParams({ ...credentialsOf('portail'), token: token ?? '' });
      await fetch(revocation_endpoint as string, { method: 'POST', body });
      expect(await introspect(issuerOf(HERE), 'portail', token)).toMatchObject({ active: true });
    }
  });

  test('a service’s secret of one is nothing at the other', async () => {
    const ask = (slug: Slug, secret: string) =>
      tokenRequest(issuerOf(slug), 'double', { grant_type: 'client_credentials', client_secret: secret });
    expect((await ask(HERE, SECRET)).status).toBe(200);
    expect((await ask(other, SECRET)).error).toBe('invalid_client');
    expect((await ask(HERE, `${SECRET} de ${other}`)).error).toBe('invalid_client');
    expect((await ask(other, `${SECRET} de ${other}`)).status).toBe(200);
  });

  test('a service of one is none at the other', async () => {
    const body = { grant_type: 'client_credentials' };
    expect((await tokenRequest(issuerOf(HERE), 'locale', body)).status).toBe(200);
    expect((await tokenRequest(issuerOf(other), 'locale', body)).error).toBe('invalid_client');
  });

  test('a service’s assertion for one is refused by the other', async () => {
    const assertionFor = (audience: string) =>
      new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer('machine')
        .setSubject('machine')
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(machine.privateKey);
    const ask = async (slug: Slug, audience: string): Promise<number> => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertionFor(audience),
      });
      return (await fetch(`${issuerOf(slug)}/token`, { method: 'POST', body })).status;
    };
    expect(await ask(HERE, issuerOf(HERE))).toBe(200);
    expect(await ask(other, issuerOf(HERE))).toBe(401);
  });

  test('a sign-in begun at one cannot be looked at, ended or resumed at the other', async () => {
    const { email } = await atBoth(other);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuerOf(HERE), 'portail')).url);
    const uid = form.url.split('/').at(-1) ?? '';
    const cookies = visitor.cookiesFor(form.url);
    expect(cookies).toContain('caisse_interaction');
    const page = `${issuerOf(other)}/connexion/${uid}`;
    expect(await locationWith(cookies, page)).toMatch(/^http:\/\/127\.0\.0\.1:9\/connexion\?iss=/);
    const posted = await fetch(page, {
      method: 'POST',
      headers: { Cookie: cookies, Origin: new URL(page).origin, Accept: 'text/html' },
      body: new URLSearchParams({ email, password: PASSWORD }),
      redirect: 'manual',
    });
    expect(posted.status).toBe(400);
    const resumed = visitor.cookiesFor(`${issuerOf(HERE)}/auth/${uid}`);
    expect(await locationWith(resumed, `${issuerOf(other)}/auth/${uid}`)).not.toContain('code=');
    // It is still there where it began.
    expect(returned(await signInOn(visitor, form, email)).get('code')).toBeTruthy();
  });

  test('a pushed request of one is none at the other', async () => {
    const asked = await request(issuerOf(HERE), 'portail');
    const { pushed_authorization_request_endpoint: endpoint } = await discover(issuerOf(HERE));
    const response = await fetch(endpoint as string, {
      method: 'POST',
      body: new URLSearchParams({
        ...Object.fromEntries(new URL(asked.url).searchParams),
        ...credentialsOf('portail'),
      }),
    });
    const { request_uri } = (await response.json()) as { request_uri: string };
    const query = new URLSearchParams({ client_id: 'portail', request_uri });
    const page = await new Visitor().get(`${issuerOf(other)}/auth?${query}`);
    expect(page).toMatchObject({ status: 400, location: null });
  });

  test('a consent given at one is asked again at the other', async () => {
    const { email } = await atBoth(other);
    const askedAt = async (slug: Slug) => {
      const visitor = new Visitor();
      const { url } = await request(issuerOf(slug), 'essai-tiers', { scope: 'openid' });
      const page = await signInOn(visitor, await visitor.get(url), email);
      return { visitor, page };
    };
    const { visitor, page } = await askedAt(HERE);
    await visitor.post(page.url, { decision: 'accept' });
    expect((await askedAt(HERE)).page.location).toContain('code=');
    expect((await askedAt(other)).page.url).toContain('/autorisation/');
  });

  test('each signs with keys of its own', async () => {
    const kidsOf = async (slug: Slug) => {
      const { jwks_uri } = await discover(issuerOf(slug));
      const { keys } = (await (await fetch(jwks_uri as string)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    const [here, there] = [await kidsOf(HERE), await kidsOf(other)];
    expect(here.filter((kid) => there.includes(kid))).toEqual([]);
  });

  test('a hint for a site of the other is a hint without rights', async () => {
    const { email, there } = await atBoth(other);
    const visitor = new Visitor();
    const tokens = await signInAndRedeem(visitor, { email }, await request(issuerOf(HERE), 'portail'));
    expect(claimsOf(tokens.id_token).caisse).toBe(HERE);
    const asked = await request(issuerOf(HERE), 'portail', { prompt: 'none', siret_hint: there });
    expect(returned(await visitor.get(asked.url)).get('error')).toBe('interaction_required');
  });
});

/** Where an address redirects a browser that presents those cookies. */
async function locationWith(cookies: string, url: string): Promise<string> {
  const headers = { Cookie: cookies, Accept: 'text/html' };
  return (await fetch(url, { headers, redirect: 'manual' })).headers.get('location') ?? '';
}
