import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewClient } from '../../provider/oidc/founding.ts';
import { API, RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { redeemed, silently } from '../support/tokens.ts';
import {
  claimsOf,
  discover,
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

const OTHER_API = 'https://autre-api.test/v1';

const client = (clientId: string, metadata: Record<string, unknown>): NewClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    redirect_uris: [RETURN],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid offline_access services',
    ...metadata,
  },
});

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp({
    clients: [
      client('ancien', { id_token_signed_response_alg: 'RS256', resources: [API] }),
      client('deux-api', { resources: [API, OTHER_API] }),
      client('sans-rafraichissement', { grant_types: ['authorization_code'] }),
    ],
  });
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const forApi = { resource: API, scope: 'openid offline_access services' };

async function tokensOf(clientId: string, extra: Record<string, string> = {}) {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  const tokens = await signInAndRedeem(visitor, person, await request(issuer, clientId, extra));
  return { tokens, visitor, siret: person.sites[0]?.siret ?? '', ...person };
}

async function verify(jwt: string | undefined, options: Parameters<typeof jwtVerify>[2]) {
  const { jwks_uri } = await discover(issuer);
  const keys = (await (await fetch(jwks_uri as string)).json()) as JSONWebKeySet;
  return jwtVerify(jwt ?? '', createLocalJWKSet(keys), options);
}

const errorOf = async (clientId: string, extra: Record<string, string>): Promise<string | null> =>
  returned(await new Visitor().get((await request(issuer, clientId, extra)).url)).get('error');

describe('with a resource', () => {
  test('the access token is a JWT that the published keys verify (RFC 9068)', async () => {
    const { tokens, accountId } = await tokensOf('portail', forApi);
    const { payload, protectedHeader } = await verify(tokens.access_token, {
      issuer,
      audience: API,
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ sub: accountId, client_id: 'portail', scope: 'services' });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  });

  test('it lives five minutes and says so', async () => {
    const { tokens } = await tokensOf('portail', forApi);
    const { iat, exp } = claimsOf(tokens.access_token);
    expect(Number(exp) - Number(iat)).toBe(300);
    expect(tokens.expires_in).toBe(300);
  });

  test('a resource that the service was not registered with is an invalid target', async () => {
    for (const resource of [OTHER_API, `${API}/`, 'https://inconnue.test']) {
      expect(await errorOf('portail', { ...forApi, resource })).toBe('invalid_target');
    }
  });

  test('a code for one API is not redeemed for another', async () => {
    const { visitor, siret } = await tokensOf('deux-api', forApi);
    const asked = await silently(issuer, 'deux-api', siret, forApi);
    const code = returned(await visitor.get(asked.url)).get('code') ?? '';
    expect((await redeem(asked, code, { resource: OTHER_API })).error).toBe('invalid_target');
  });

  test('userinfo refuses it: it is meant for the API', async () => {
    const { tokens } = await tokensOf('portail', forApi);
    expect((await userinfo(issuer, tokens.access_token)).status).toBe(401);
  });

  test('a refresh gives another one for the same API', async () => {
    const { tokens, siret } = await tokensOf('portail', forApi);
    const fresh = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
    const { payload } = await verify(fresh.access_token, { issuer, audience: API, typ: 'at+jwt' });
    expect(payload).toMatchObject({ siret, scope: 'services' });
    expect(payload.jti).not.toBe(claimsOf(tokens.access_token).jti);
  });

  test('the keys of another caisse do not verify it', async () => {
    const { tokens } = await tokensOf('portail', forApi);
    const { jwks_uri } = await discover(app.issuerOf('nord-ouest'));
    const keys = (await (await fetch(jwks_uri as string)).json()) as JSONWebKeySet;
    await expect(jwtVerify(tokens.access_token ?? '', createLocalJWKSet(keys))).rejects.toThrow();
  });

  test('without the scope services it gives nothing to do there', async () => {
    const { tokens } = await tokensOf('portail', { resource: API, scope: 'openid' });
    expect(claimsOf(tokens.access_token)).not.toHaveProperty('scope');
  });
});

describe('without a resource', () => {
  test('the access token is opaque and serves at userinfo', async () => {
    const { tokens, siret } = await tokensOf('portail');
    expect(tokens.access_token).not.toContain('.');
    expect(await userinfo(issuer, tokens.access_token)).toMatchObject({ status: 200, siret });
  });

  test('it is kept as a hash only, like the refresh token, and never logged', async () => {
    const { tokens } = await tokensOf('portail');
    const rows = await app.database.knex('oidc_artifact').select('payload');
    const stored = JSON.stringify(rows);
    for (const secret of [tokens.access_token, tokens.refresh_token]) {
      expect(stored).not.toContain(secret);
      expect(app.logged().join('\n')).not.toContain(secret);
    }
  });
});

describe('the ID token', () => {
  test('is signed with ES256 and verifies for its service alone', async () => {
    const { tokens } = await tokensOf('portail');
    const { protectedHeader } = await verify(tokens.id_token, { issuer, audience: 'portail' });
    expect(protectedHeader.alg).toBe('ES256');
    await expect(verify(tokens.id_token, { issuer, audience: 'autre' })).rejects.toThrow('aud');
  });

  test('is signed with RS256 for a service that was registered so, its access token is not', async () => {
    const { tokens } = await tokensOf('ancien', forApi);
    const { protectedHeader } = await verify(tokens.id_token, { issuer, algorithms: ['RS256'] });
    expect(protectedHeader.alg).toBe('RS256');
    await verify(tokens.access_token, { issuer, algorithms: ['ES256'] });
  });

  test('the published keys hold nothing private', async () => {
    const { jwks_uri } = await discover(issuer);
    const { keys } = (await (await fetch(jwks_uri as string)).json()) as JSONWebKeySet;
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
    for (const key of keys)
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(part);
  });
});

describe('refresh tokens', () => {
  test.each(['openid', 'openid offline_access'])(
    'are issued to a service registered for them, whatever it asks (%s)',
    async (scope) => {
      const { tokens } = await tokensOf('portail', { scope });
      expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).status).toBe(200);
    },
  );

  test('are not issued to a service that may not refresh', async () => {
    const { tokens } = await tokensOf('sans-rafraichissement', { scope: 'openid offline_access' });
    expect(tokens.status).toBe(200);
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  test('do not serve another service', async () => {
    const { tokens } = await tokensOf('portail');
    for (const thief of ['autre', 'essai']) {
      expect((await refresh(issuer, thief, tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    }
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).status).toBe(200);
  });

  test('of a confidential service stay the same', async () => {
    const { tokens } = await tokensOf('portail');
    const fresh = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
    expect(fresh.refresh_token).toBe(tokens.refresh_token);
  });

  test('of a public service are replaced at each use', async () => {
    const { tokens } = await tokensOf('essai');
    const second = await refresh(issuer, 'essai', tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await refresh(issuer, 'essai', second.refresh_token ?? '')).status).toBe(200);
  });

  test('of a public service used twice end the whole family', async () => {
    const { tokens } = await tokensOf('essai');
    const second = await refresh(issuer, 'essai', tokens.refresh_token ?? '');
    expect((await refresh(issuer, 'essai', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await refresh(issuer, 'essai', second.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await userinfo(issuer, second.access_token)).status).toBe(401);
  });

  test('used twice leave the family of another site alone', async () => {
    const person = await app.world().administrator(2);
    const visitor = new Visitor();
    const [one = '', two = ''] = person.sites.map(({ siret }) => siret);
    const first = await signInAndRedeem(visitor, person, await request(issuer, 'essai', { siret_hint: one }));
    const other = await redeemed(visitor, await silently(issuer, 'essai', two));
    for (let time = 0; time < 2; time++) await refresh(issuer, 'essai', first.refresh_token ?? '');
    expect((await refresh(issuer, 'essai', other.refresh_token ?? '')).status).toBe(200);
  });
});

describe('a code', () => {
  test('works once; a second use ends what the first one gave', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), email);
    const code = returned(back).get('code') ?? '';
    const tokens = await redeem(asked, code);
    expect((await redeem(asked, code)).error).toBe('invalid_grant');
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await userinfo(issuer, tokens.access_token)).status).toBe(401);
  });

  test('does not serve another service, nor without its verifier', async () => {
    const { visitor, siret } = await tokensOf('portail');
    const attempts: [string, Record<string, string>][] = [
      ['autre', {}],
      ['portail', { code_verifier: 'x'.repeat(43) }],
      ['portail', { redirect_uri: 'http://127.0.0.1:9/ailleurs' }],
      ['portail', { client_secret: 'faux' }],
    ];
    for (const [clientId, wrong] of attempts) {
      const asked = await silently(issuer, 'portail', siret);
      const code = returned(await visitor.get(asked.url)).get('code') ?? '';
      const tokens = await redeem({ ...asked, clientId }, code, wrong);
      expect(tokens.error).toMatch(/^invalid_(grant|client)$/);
      expect(tokens).not.toHaveProperty('access_token');
    }
  });
});

describe('client credentials', () => {
  const ask = (clientId: string, extra: Record<string, string> = {}) =>
    tokenRequest(issuer, clientId, { grant_type: 'client_credentials', scope: 'decisions', ...extra });

  test('give an API a token with decisions, and no person', async () => {
    const tokens = await ask('api');
    expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 300, scope: 'decisions' });
    for (const none of ['id_token', 'refresh_token']) expect(tokens).not.toHaveProperty(none);
  });

  test('do not serve at userinfo', async () => {
    expect((await userinfo(issuer, (await ask('api')).access_token)).status).toBe(401);
  });

  test('are refused to a wrong secret and to a service that signs people in', async () => {
    expect((await ask('api', { client_secret: 'faux' })).error).toBe('invalid_client');
    for (const clientId of ['portail', 'essai']) {
      const tokens = await ask(clientId);
      expect(tokens.status).toBe(400);
      expect(tokens).not.toHaveProperty('access_token');
    }
  });

  test('give no scope that the API was not registered with', async () => {
    for (const scope of ['services', 'openid']) {
      expect((await ask('api', { scope })).error).toBe('invalid_scope');
    }
  });
});
