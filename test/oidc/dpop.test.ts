import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, RETURN, startApp, type TestApp } from '../support/app.ts';
import {
  type AuthorizationRequest,
  claimsOf,
  credentialsOf,
  introspect,
  request,
  returned,
  signInOn,
  type Tokens,
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

type Keys = { readonly privateKey: CryptoKey; readonly jwk: JWK };

async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, jwk: await exportJWK(publicKey) };
}

type Proved = { readonly method: string; readonly url: string; readonly accessToken?: string };

/** A DPoP proof (RFC 9449 §4.2). */
const proofOf = ({ privateKey, jwk }: Keys, { method, url, accessToken }: Proved): Promise<string> =>
  new SignJWT({
    htm: method,
    htu: url,
    jti: randomUUID(),
    ...(accessToken === undefined
      ? {}
      : { ath: createHash('sha256').update(accessToken).digest('base64url') }),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(privateKey);

const atToken = (keys: Keys): Promise<string> => proofOf(keys, { method: 'POST', url: `${issuer}/token` });

async function codeFor(clientId: string, extra: Record<string, string> = {}) {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  const asked = await request(issuer, clientId, extra);
  const back = await signInOn(visitor, await visitor.get(asked.url), person.email);
  return { asked, code: returned(back).get('code') ?? '', ...person };
}

async function tokenWithProof(
  clientId: string,
  body: Record<string, string>,
  proof: string | null,
): Promise<Tokens> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: proof === null ? {} : { DPoP: proof },
    body: new URLSearchParams({ ...credentialsOf(clientId), ...body }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const codeBody = (asked: AuthorizationRequest, code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: RETURN,
  code_verifier: asked.verifier,
});

async function boundTokens(clientId: string, keys: Keys, extra: Record<string, string> = {}) {
  const { asked, code, sites } = await codeFor(clientId, extra);
  const tokens = await tokenWithProof(clientId, codeBody(asked, code), await atToken(keys));
  return { tokens, siret: sites[0]?.siret };
}

async function userinfoWith(accessToken: string, proof: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuer}/me`, {
    headers: { Authorization: `DPoP ${accessToken}`, DPoP: proof },
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const atUserinfo = (keys: Keys, accessToken: string): Promise<string> =>
  proofOf(keys, { method: 'GET', url: `${issuer}/me`, accessToken });

describe('a token bound to a key (RFC 9449)', () => {
  test('is told as such, and its introspection names the key', async () => {
    const keys = await newKeys();
    const { tokens } = await boundTokens('portail', keys);
    expect(tokens).toMatchObject({ status: 200, token_type: 'DPoP' });
    expect(await introspect(issuer, 'portail', tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: await calculateJwkThumbprint(keys.jwk) },
    });
  });

  test('for an API carries the key in itself', async () => {
    const keys = await newKeys();
    const { tokens, siret } = await boundTokens('essai', keys, { resource: API, scope: 'openid services' });
    const cnf = { jkt: await calculateJwkThumbprint(keys.jwk) };
    expect(claimsOf(tokens.access_token)).toMatchObject({ siret, cnf });
    expect(await introspect(issuer, 'api', tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf,
    });
  });

  test('works at userinfo with a fresh proof of that key', async () => {
    const keys = await newKeys();
    const { tokens, siret } = await boundTokens('portail', keys);
    const accessToken = tokens.access_token ?? '';
    expect(await userinfoWith(accessToken, await atUserinfo(keys, accessToken))).toMatchObject({
      status: 200,
      siret,
    });
  });

  test('is refused as a plain bearer token', async () => {
    const { tokens } = await boundTokens('portail', await newKeys());
    expect(await userinfo(issuer, tokens.access_token)).toMatchObject({
      status: 401,
      error: 'invalid_token',
    });
  });

  test('is refused with a proof of another key', async () => {
    const { tokens } = await boundTokens('portail', await newKeys());
    const accessToken = tokens.access_token ?? '';
    const answer = await userinfoWith(accessToken, await atUserinfo(await newKeys(), accessToken));
    expect(answer.status).toBe(401);
  });

  test('is refused with a proof seen before', async () => {
    const keys = await newKeys();
    const { tokens } = await boundTokens('portail', keys);
    const accessToken = tokens.access_token ?? '';
    const proof = await atUserinfo(keys, accessToken);
    expect((await userinfoWith(accessToken, proof)).status).toBe(200);
    const again = await userinfoWith(accessToken, proof);
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(again.status).toBeLessThan(500);
    expect(again).not.toHaveProperty('sub');
  });

  test.each([
    [
      'another token',
      (accessToken: string) => ({ method: 'GET', url: `${issuer}/me`, accessToken: `${accessToken}x` }),
    ],
    ['another address', (accessToken: string) => ({ method: 'GET', url: `${issuer}/token`, accessToken })],
    [
      'another caisse',
      (accessToken: string) => ({ method: 'GET', url: `${app.issuerOf('nord-ouest')}/me`, accessToken }),
    ],
    ['another method', (accessToken: string) => ({ method: 'POST', url: `${issuer}/me`, accessToken })],
  ])('is refused with a proof made for %s', async (_, proved) => {
    const keys = await newKeys();
    const { tokens } = await boundTokens('portail', keys);
    const accessToken = tokens.access_token ?? '';
    expect((await userinfoWith(accessToken, await proofOf(keys, proved(accessToken)))).status).toBe(401);
  });
});

describe('at the token endpoint', () => {
  test('a proof seen before is refused', async () => {
    const keys = await newKeys();
    const proof = await atToken(keys);
    const [first, second] = [await codeFor('portail'), await codeFor('portail')];
    expect((await tokenWithProof('portail', codeBody(first.asked, first.code), proof)).status).toBe(200);
    const refused = await tokenWithProof('portail', codeBody(second.asked, second.code), proof);
    expect(refused.status).toBe(400);
    expect(refused).not.toHaveProperty('access_token');
  });

  test('garbage in place of a proof is refused, and burns no code', async () => {
    const { asked, code } = await codeFor('portail');
    expect((await tokenWithProof('portail', codeBody(asked, code), 'x.y.z')).error).toBe(
      'invalid_dpop_proof',
    );
    expect((await tokenWithProof('portail', codeBody(asked, code), null)).status).toBe(200);
  });

  test('a public service’s refresh token serves with its own key alone', async () => {
    const keys = await newKeys();
    const { tokens, siret } = await boundTokens('essai', keys);
    const body = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect((await tokenWithProof('essai', body, null)).error).toMatch(/^invalid_/);
    expect((await tokenWithProof('essai', body, await atToken(await newKeys()))).error).toBe('invalid_grant');
    const fresh = await tokenWithProof('essai', body, await atToken(keys));
    expect(fresh).toMatchObject({ status: 200, token_type: 'DPoP' });
    expect(claimsOf(fresh.id_token).siret).toBe(siret);
  });

  test('a code asked with dpop_jkt serves with that key alone', async () => {
    const keys = await newKeys();
    const thumbprint = await calculateJwkThumbprint(keys.jwk);
    const thief = await codeFor('essai', { dpop_jkt: thumbprint });
    const stolen = await tokenWithProof(
      'essai',
      codeBody(thief.asked, thief.code),
      await atToken(await newKeys()),
    );
    expect(stolen.error).toBe('invalid_grant');
    const own = await codeFor('essai', { dpop_jkt: thumbprint });
    const tokens = await tokenWithProof('essai', codeBody(own.asked, own.code), await atToken(keys));
    expect(tokens.status).toBe(200);
  });
});
