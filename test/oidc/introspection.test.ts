import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, SECRET, startApp, type TestApp } from '../support/app.ts';
import { everythingOn } from '../support/tokens.ts';
import {
  credentialsOf,
  discover,
  introspect,
  refresh,
  request,
  signInAndRedeem,
  tokenRequest,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

async function held() {
  const person = await app.world().administrator(1);
  const siret = person.sites[0]?.siret ?? '';
  return { ...(await everythingOn(issuer, person.email, siret)), siret, accountId: person.accountId };
}

const INACTIVE = { status: 200, active: false };

describe('who may ask about a token (RFC 7662)', () => {
  test('a service, about its own: access token of either kind and refresh token', async () => {
    const { opaque, jwt, siret, accountId } = await held();
    for (const token of [opaque.access_token, jwt.access_token]) {
      expect(await introspect(issuer, 'portail', token)).toMatchObject({
        active: true,
        client_id: 'portail',
        sub: accountId,
        iss: issuer,
        siret,
        token_type: 'Bearer',
      });
    }
    expect(await introspect(issuer, 'portail', opaque.refresh_token)).toMatchObject({ active: true });
  });

  test('an API, about those of every service', async () => {
    const { opaque, jwt, rotating, siret } = await held();
    for (const token of [opaque.access_token, jwt.access_token, rotating.access_token]) {
      expect(await introspect(issuer, 'api', token)).toMatchObject({ active: true, siret });
    }
  });

  test('a public service, about its own alone', async () => {
    const { opaque, rotating, siret } = await held();
    expect(await introspect(issuer, 'essai', rotating.access_token)).toMatchObject({ active: true, siret });
    expect(await introspect(issuer, 'essai', opaque.access_token)).toEqual(INACTIVE);
  });

  test('no service about another’s', async () => {
    const { opaque, jwt } = await held();
    for (const token of [opaque.access_token, opaque.refresh_token, jwt.access_token]) {
      for (const caller of ['autre', 'essai']) {
        expect(await introspect(issuer, caller, token)).toEqual(INACTIVE);
      }
    }
  });

  test('an API of another caisse learns nothing', async () => {
    const { opaque, jwt } = await held();
    for (const token of [opaque.access_token, opaque.refresh_token, jwt.access_token]) {
      expect(await introspect(app.issuerOf('nord-ouest'), 'api', token)).toEqual(INACTIVE);
    }
  });

  test('nobody without the secret', async () => {
    const { opaque, jwt } = await held();
    const { introspection_endpoint: endpoint } = await discover(issuer);
    for (const token of [opaque.access_token ?? '', jwt.access_token ?? '']) {
      const body = new URLSearchParams({ client_id: 'api', client_secret: `${SECRET}x`, token });
      const response = await fetch(endpoint as string, { method: 'POST', body });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    }
  });
});

describe('what is not a token of ours', () => {
  test.each(['', 'x', 'a.b.c', 'x'.repeat(5_000)])('%j is inactive or a bad request', async (token) => {
    const answer = await introspect(issuer, 'api', token);
    expect(answer.active ?? answer.error).toBeOneOf([false, 'invalid_request']);
  });

  test('a JWT whose signature was changed is inactive', async () => {
    const { jwt } = await held();
    const [head, , signature] = (jwt.access_token ?? '').split('.');
    const claims = Buffer.from(
      JSON.stringify({ iss: issuer, sub: 'x', client_id: 'portail', aud: API, exp: 9_999_999_999 }),
    ).toString('base64url');
    expect(await introspect(issuer, 'api', `${head}.${claims}.${signature}`)).toEqual(INACTIVE);
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    expect(await introspect(issuer, 'api', `${none}.${claims}.`)).toEqual(INACTIVE);
  });

  test('an ID token is no access token', async () => {
    const { opaque } = await held();
    expect(await introspect(issuer, 'api', opaque.id_token)).toEqual(INACTIVE);
    expect((await userinfo(issuer, opaque.id_token)).status).toBe(401);
  });
});

describe('an API’s own token', () => {
  test('is active for the API and for nobody else', async () => {
    const { access_token } = await tokenRequest(issuer, 'api', {
      grant_type: 'client_credentials',
      scope: 'decisions',
    });
    const own = await introspect(issuer, 'api', access_token);
    expect(own).toMatchObject({ active: true, client_id: 'api', scope: 'decisions', caisse: 'grand-est' });
    for (const none of ['siret', 'site', 'roles', 'entitlements', 'sub'])
      expect(own).not.toHaveProperty(none);
    expect(await introspect(issuer, 'portail', access_token)).toEqual(INACTIVE);
  });
});

describe('revocation (RFC 7009)', () => {
  async function revoke(clientId: string, token: string | undefined): Promise<number> {
    const { revocation_endpoint: endpoint } = await discover(issuer);
    const body = new URLSearchParams({ ...credentialsOf(clientId), token: token ?? '' });
    return (await fetch(endpoint as string, { method: 'POST', body })).status;
  }

  /** Two services, each with a grant of its own. */
  async function twoServices() {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const portail = await signInAndRedeem(visitor, { email }, await request(issuer, 'portail'));
    const essai = await signInAndRedeem(visitor, { email }, await request(issuer, 'essai'));
    return { portail, essai };
  }

  test('of a refresh token ends it and what it gave, at its service alone', async () => {
    const { portail, essai } = await twoServices();
    expect(await revoke('portail', portail.refresh_token)).toBe(200);
    expect((await refresh(issuer, 'portail', portail.refresh_token ?? '')).error).toBe('invalid_grant');
    expect(await introspect(issuer, 'api', portail.access_token)).toEqual(INACTIVE);
    expect((await refresh(issuer, 'essai', essai.refresh_token ?? '')).status).toBe(200);
  });

  test('of a refresh token makes the JWT that it gave inactive', async () => {
    const { jwt } = await held();
    expect(await introspect(issuer, 'api', jwt.access_token)).toMatchObject({ active: true });
    expect(await revoke('portail', jwt.refresh_token)).toBe(200);
    expect(await introspect(issuer, 'api', jwt.access_token)).toEqual(INACTIVE);
  });

  test('of an access token ends it', async () => {
    const { essai } = await twoServices();
    expect(await revoke('essai', essai.access_token)).toBe(200);
    expect((await userinfo(issuer, essai.access_token)).status).toBe(401);
  });

  test.each(['autre', 'essai'])(
    'by another service (%s) changes nothing and tells nothing',
    async (thief) => {
      const { portail } = await twoServices();
      for (const token of [portail.access_token, portail.refresh_token]) {
        expect(await revoke(thief, token)).toBe(200);
      }
      expect((await userinfo(issuer, portail.access_token)).status).toBe(200);
      expect((await refresh(issuer, 'portail', portail.refresh_token ?? '')).status).toBe(200);
    },
  );

  test('of an unknown token is no error', async () => {
    expect(await revoke('portail', 'inconnu')).toBe(200);
  });
});
