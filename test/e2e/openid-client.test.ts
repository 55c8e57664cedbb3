/** A certified client library that is told one address, the issuer's: everything else it learns by discovery. */
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, RETURN, SECRET, type Slug, startApp, type TestApp } from '../support/app.ts';
import { chooseOn, claimsOf, signInOn, Visitor } from '../support/visitor.ts';
import type { World } from '../support/world.ts';

const SCOPE = 'openid profile email offline_access';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const discover = (slug: Slug, clientId = 'portail'): Promise<client.Configuration> =>
  client.discovery(
    new URL(app.issuerOf(slug)),
    clientId,
    { id_token_signed_response_alg: 'ES256' },
    client.ClientSecretPost(SECRET),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );

type Person = Awaited<ReturnType<World['administrator']>>;
type Asked = { readonly site: number; readonly resource?: string; readonly dpop?: client.DPoPHandle };

/** From the service's link to its tokens; the person's clicks are played, the rest is the library's. */
async function obtain(config: client.Configuration, person: Person, asked: Asked, pushed = false) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: 'nonce' };
  const resource: Record<string, string> = asked.resource ? { resource: asked.resource } : {};
  const parameters = {
    redirect_uri: RETURN,
    scope: asked.resource ? `${SCOPE} services` : SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...resource,
  };
  const options = asked.dpop ? { DPoP: asked.dpop } : {};
  const address = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, options)
    : client.buildAuthorizationUrl(config, parameters);
  const visitor = new Visitor();
  const list = await signInOn(visitor, await visitor.get(address.href), person.email);
  const back = await chooseOn(visitor, list, person.sites[asked.site]?.id ?? '');
  const returned = new URL(back.location ?? 'about:blank');
  const tokens = await client.authorizationCodeGrant(
    config,
    returned,
    { ...checks, idTokenExpected: true },
    resource,
    options,
  );
  return { address, visitor, tokens };
}

describe.each(['grand-est', 'ile-de-france'] as const)('told the issuer of %s and nothing else', (slug) => {
  let config: client.Configuration;
  let person: Person;
  beforeAll(async () => {
    config = await discover(slug);
    person = await app.world(slug).administrator(2);
  });

  test('signs a person in, for the site chosen, and asks who it is', async () => {
    const { tokens } = await obtain(config, person, { site: 1 });
    const site = { caisse: slug, siret: person.sites[1]?.siret, roles: ['administrateur'] };
    expect(tokens.claims()).toMatchObject({ iss: app.issuerOf(slug), sub: person.accountId, ...site });
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, person.accountId);
    expect(userinfo).toMatchObject({ email: person.email, ...site });
    expect(userinfo.entitlements).toEqual(tokens.claims()?.entitlements);
  });

  test('refreshes to the same site, with an ID token of its own', async () => {
    const { tokens } = await obtain(config, person, { site: 0 });
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.claims()).toMatchObject({ sub: person.accountId, siret: person.sites[0]?.siret });
    expect(renewed.access_token).not.toBe(tokens.access_token);
  });

  test('pushes its request first, so that the address says nothing of it (RFC 9126)', async () => {
    const { address, tokens } = await obtain(config, person, { site: 1 }, true);
    expect([...address.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(tokens.claims()).toMatchObject({ siret: person.sites[1]?.siret });
  });

  test('binds its tokens to a key (RFC 9449), without which they are worth nothing', async () => {
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const { tokens } = await obtain(config, person, { site: 0, dpop }, true);
    expect(tokens.token_type).toBe('dpop');
    const { access_token } = tokens;
    const told = await client.fetchUserInfo(config, access_token, person.accountId, { DPoP: dpop });
    expect(told).toMatchObject({ siret: person.sites[0]?.siret });
    await expect(client.fetchUserInfo(config, access_token, person.accountId)).rejects.toThrow();
  });

  test('has a token for an API looked up, and revokes it with its refresh token', async () => {
    const { tokens } = await obtain(config, person, { site: 0, resource: API });
    const look = () => client.tokenIntrospection(config, tokens.access_token);
    const { jti, ...told } = claimsOf(tokens.access_token);
    expect(jti).toEqual(expect.any(String));
    expect(told).toMatchObject({ aud: API, scope: 'services', siret: person.sites[0]?.siret });
    expect(await look()).toMatchObject({ active: true, aud: API, siret: person.sites[0]?.siret });
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    expect(await look()).toEqual({ active: false });
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('signs the person out: confirmed on our page, back at the service, nothing left alive', async () => {
    const { visitor, tokens } = await obtain(config, person, { site: 0 });
    const address = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:9/au-revoir',
      state: 'suite',
    });
    const page = await visitor.get(address.href);
    expect(page.text).toContain('Se déconnecter');
    const [, action = ''] = /action="([^"]+)"/.exec(page.text) ?? [];
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
    const back = await visitor.post(new URL(action, page.url).href, { xsrf, logout: 'yes' });
    expect(back.location).toBe('http://127.0.0.1:9/au-revoir?state=suite');
    await expect(client.fetchUserInfo(config, tokens.access_token, person.accountId)).rejects.toThrow();
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('acts in its own name with client credentials, for no person and no site', async () => {
    const machine = await discover(slug, 'api');
    const { access_token } = await client.clientCredentialsGrant(machine, { scope: 'decisions' });
    const looked = await client.tokenIntrospection(machine, access_token);
    expect(looked).toMatchObject({ active: true, client_id: 'api', scope: 'decisions' });
    expect(looked).not.toHaveProperty('siret');
    expect(looked).not.toHaveProperty('entitlements');
  });
});
