import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, startApp, type TestApp } from '../support/app.ts';
import {
  type AuthorizationRequest,
  chooseOn,
  claimsOf,
  credentialsOf,
  discover,
  readableText,
  redeem,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** The request with those parameters taken away or put in place. */
function altered(asked: AuthorizationRequest, changes: Record<string, string | null>): string {
  const url = new URL(asked.url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

describe('PKCE', () => {
  test.each(['portail', 'essai'])('is required of %s, with a secret or not', async (clientId) => {
    const asked = await request(issuer, clientId);
    const page = await new Visitor().get(
      altered(asked, { code_challenge: null, code_challenge_method: null }),
    );
    expect(returned(page).get('error')).toBe('invalid_request');
  });

  test('takes S256 and nothing weaker', async () => {
    const asked = await request(issuer, 'portail', { code_challenge_method: 'plain' });
    expect(returned(await new Visitor().get(asked.url)).get('error')).toBe('invalid_request');
    expect((await discover(issuer)).code_challenge_methods_supported).toEqual(['S256']);
  });
});

test.each(['nobody', 'somebody'])('a NUL is bad input, with %s signed in', async (who) => {
  const visitor = new Visitor();
  const person = await app.world().administrator(1);
  if (who === 'somebody') await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
  const asked = await request(issuer, 'portail');
  expect((await visitor.once(altered(asked, { client_id: '\0' }))).status).toBe(400);
  const hinted = await visitor.once(altered(asked, { siret_hint: '\0' }));
  expect(new URL(hinted.location ?? '').searchParams.get('error')).toBe('invalid_request');
});

describe('where the answer goes', () => {
  test.each([
    'http://127.0.0.1:9/retour/',
    'http://127.0.0.1:9/retour?x=1',
    'http://127.0.0.1:9/Retour',
    'http://127.0.0.1:9',
    'https://ailleurs.test/retour',
    'javascript:alert(1)',
  ])('never to %s, which is not the registered address', async (redirect) => {
    const page = await new Visitor().get(
      altered(await request(issuer, 'portail'), { redirect_uri: redirect }),
    );
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(readableText(page)).toContain('Demande incomprise');
    expect(page.text).not.toContain('ailleurs.test');
  });

  test('never without the address in the request', async () => {
    const page = await new Visitor().get(altered(await request(issuer, 'portail'), { redirect_uri: null }));
    expect(page).toMatchObject({ status: 400, location: null });
  });

  test('never for a service that the caisse does not know', async () => {
    const page = await new Visitor().get(altered(await request(issuer, 'portail'), { client_id: 'inconnu' }));
    expect(page).toMatchObject({ status: 400, location: null });
    expect(readableText(page)).toContain('Demande incomprise');
  });

  test('with the issuer and the state, code or error (RFC 9207)', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail', { state: 's-1' });
    const back = returned(await signInOn(visitor, await visitor.get(asked.url), email));
    expect(Object.fromEntries(back)).toEqual({ code: expect.any(String), state: 's-1', iss: issuer });
    const refused = await request(issuer, 'portail', { state: 's-2', scope: 'openid decisions' });
    expect(Object.fromEntries(returned(await visitor.get(refused.url)))).toMatchObject({
      error: expect.any(String),
      state: 's-2',
      iss: issuer,
    });
  });

  test('a refused request is told on a page that shows a reference and not the cause', async () => {
    const page = await new Visitor().get(altered(await request(issuer, 'portail'), { client_id: 'inconnu' }));
    const reference = page.headers['x-request-id'] ?? 'none';
    expect(readableText(page)).toContain(reference);
    expect(app.logged().some((line) => line.includes(reference) && line.includes('protocol error'))).toBe(
      true,
    );
  });
});

describe('what may be asked', () => {
  test.each(['token', 'id_token', 'code id_token', 'none'])(
    'response_type %s is not offered',
    async (response_type) => {
      const asked = await request(issuer, 'portail', { response_type, response_mode: 'query' });
      const page = await new Visitor().get(asked.url);
      expect(new URL(page.location ?? 'about:blank').searchParams.get('error') ?? page.status).not.toBe(200);
      expect(page.location ?? '').not.toMatch(/[?&#](code|access_token|id_token)=/);
    },
  );

  test('a scope that the service was not registered with is refused', async () => {
    const asked = await request(issuer, 'portail', { scope: 'openid decisions' });
    expect(returned(await new Visitor().get(asked.url)).get('error')).toBe('invalid_scope');
  });

  test('login_hint fills in the address', async () => {
    const form = await new Visitor().get(
      (await request(issuer, 'portail', { login_hint: 'camille@essai.test' })).url,
    );
    expect(form.text).toMatch(/value="camille@essai\.test"/);
  });

  test('max_age=0 asks for the password again', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    await signInAndRedeem(visitor, { email }, await request(issuer, 'portail'));
    const again = await visitor.get((await request(issuer, 'portail', { max_age: '0' })).url);
    expect(again.url).toContain('/connexion/');
  });

  test('an authorization detail of a service’s own making gives no site', async () => {
    const { email, sites } = await app.world().administrator(1);
    const stranger = await app.world().site();
    const detail = JSON.stringify([{ type: 'site_declarant', siteId: stranger.id, sessionUid: 'x' }]);
    const asked = await request(issuer, 'portail', { authorization_details: detail });
    const tokens = await signInAndRedeem(new Visitor(), { email }, asked);
    expect(claimsOf(tokens.id_token).siret).toBe(sites[0]?.siret);
  });
});

describe('a pushed request (RFC 9126)', () => {
  async function push(clientId: string, extra: Record<string, string> = {}, at = issuer) {
    const asked = await request(at, clientId, extra);
    const { pushed_authorization_request_endpoint: endpoint } = await discover(at);
    const response = await fetch(endpoint as string, {
      method: 'POST',
      body: new URLSearchParams({
        ...Object.fromEntries(new URL(asked.url).searchParams),
        ...credentialsOf(clientId),
      }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    const uri = String(answer.request_uri);
    return { asked, answer, status: response.status, url: addressWith(asked, uri, clientId) };
  }

  const addressWith = ({ url }: AuthorizationRequest, uri: string, clientId: string): string => {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname}?${new URLSearchParams({ client_id: clientId, request_uri: uri })}`;
  };

  test('carries its siret_hint to the tokens', async () => {
    const { email, sites } = await app.world().administrator(3);
    const { asked, url, status } = await push('portail', { siret_hint: sites[1]?.siret ?? '' });
    expect(status).toBe(201);
    const visitor = new Visitor();
    const back = await signInOn(visitor, await visitor.get(url), email);
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token).siret).toBe(sites[1]?.siret);
  });

  test('carries the choice of a site through its screens', async () => {
    const { email, sites } = await app.world().administrator(2);
    const { asked, url } = await push('portail', { resource: API, scope: 'openid services' });
    const visitor = new Visitor();
    const list = await signInOn(visitor, await visitor.get(url), email);
    const back = await chooseOn(visitor, list, sites[1]?.id ?? '');
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.access_token)).toMatchObject({ aud: API, siret: sites[1]?.siret });
  });

  test('with a malformed siret_hint is refused at once', async () => {
    const { status, answer } = await push('portail', { siret_hint: '123' });
    expect([status, answer.error]).toEqual([400, 'invalid_request']);
  });

  test('serves once', async () => {
    const { email } = await app.world().administrator(1);
    const { url } = await push('portail');
    const visitor = new Visitor();
    const back = await signInOn(visitor, await visitor.get(url), email);
    expect(returned(back).get('code')).toBeTruthy();
    const again = await visitor.get(url);
    expect(again.location ?? '').not.toContain('code=');
    expect(again.status).toBe(400);
  });

  test('of one service does not serve another', async () => {
    const { asked, answer } = await push('portail');
    const page = await new Visitor().get(addressWith(asked, String(answer.request_uri), 'autre'));
    expect(page).toMatchObject({ status: 400, location: null });
  });

  test('needs the service’s secret', async () => {
    const asked = await request(issuer, 'portail');
    const { pushed_authorization_request_endpoint: endpoint } = await discover(issuer);
    const response = await fetch(endpoint as string, {
      method: 'POST',
      body: new URLSearchParams({
        ...Object.fromEntries(new URL(asked.url).searchParams),
        client_secret: 'x',
      }),
    });
    expect(response.status).toBe(401);
  });
});

describe('discovery', () => {
  test('lists what is there, at addresses of the issuer', async () => {
    const metadata = await discover(issuer);
    expect(metadata).toMatchObject({
      issuer,
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      response_types_supported: expect.arrayContaining(['code']),
      subject_types_supported: ['public'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
      acr_values_supported: expect.arrayContaining(['urn:caisse-id:acr:password']),
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'phone', 'offline_access']),
      claims_supported: expect.arrayContaining(['siret', 'site', 'roles', 'entitlements', 'cabinet']),
    });
    const endpoints = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(endpoints.map(([name]) => name).sort()).toEqual([
      'authorization_endpoint',
      'end_session_endpoint',
      'introspection_endpoint',
      'jwks_uri',
      'pushed_authorization_request_endpoint',
      'revocation_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ]);
    for (const [, address] of endpoints) expect(address).toMatch(new RegExp(`^${issuer}/`));
  });

  test('promises nothing that is off', async () => {
    const metadata = await discover(issuer);
    expect(metadata).not.toHaveProperty('registration_endpoint');
    expect(metadata).not.toHaveProperty('device_authorization_endpoint');
    expect(metadata.grant_types_supported).not.toContain('implicit');
    expect(String(metadata.response_types_supported)).not.toMatch(/token/);
    expect(metadata.id_token_signing_alg_values_supported).not.toContain('none');
    expect(metadata.claims_parameter_supported ?? false).toBe(false);
    expect(metadata.request_parameter_supported ?? false).toBe(false);
  });
});
