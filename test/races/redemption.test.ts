import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import {
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
  tokensFrom,
} from '../support/second-node.ts';
import {
  type AuthorizationRequest,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  type Tokens,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

const ROUNDS = [1, 2, 3];
const AT_ONCE = 50;

type Keys = { readonly privateKey: CryptoKey; readonly publicJwk: JWK };

async function makeKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, publicJwk: await exportJWK(publicKey) };
}

let app: TestApp;
let second: SecondNode;
let nodes: readonly Node[];
let issuer: string;
let machine: Keys;
beforeAll(async () => {
  machine = await makeKeys();
  const metadata = {
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...machine.publicJwk, alg: 'ES256' }] },
    scope: 'decisions',
  };
  app = await startApp({
    clients: [{ clientId: 'machine', secret: null, thirdParty: false, defaultService: false, metadata }],
  });
  second = await startSecondNode(app);
  nodes = [app, second];
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await second.close();
  await app.close();
});

const successes = (answers: readonly Tokens[]): Tokens[] => answers.filter(({ status }) => status === 200);

async function codeFor(
  clientId: string,
): Promise<{ readonly asked: AuthorizationRequest; readonly code: string }> {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  const asked = await request(issuer, clientId);
  const back = await signInOn(visitor, await visitor.get(asked.url), person.email);
  return { asked, code: returned(back).get('code') ?? '' };
}

const redemption = ({ verifier }: AuthorizationRequest, code: string) => ({
  grant_type: 'authorization_code',
  redirect_uri: RETURN,
  code_verifier: verifier,
  code,
});

const renewal = (refreshToken: string | undefined) => ({
  grant_type: 'refresh_token',
  refresh_token: refreshToken ?? '',
});

async function expectDead(clientId: string, tokens: Tokens): Promise<void> {
  expect(tokens.refresh_token).toBeTypeOf('string');
  const renewed = await tokensFrom(app, { issuer, clientId, body: renewal(tokens.refresh_token) });
  expect(renewed).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await userinfo(issuer, tokens.access_token)).toMatchObject({ status: 401, error: 'invalid_token' });
}

describe('of many at once over two processes', () => {
  test.each(ROUNDS)(
    'one redemption of a code succeeds, and the others end its family (round %i)',
    async () => {
      const { asked, code } = await codeFor('essai');
      const body = redemption(asked, code);
      const answers = await spread(nodes, AT_ONCE, (node) =>
        tokensFrom(node, { issuer, clientId: 'essai', body }),
      );

      const [winner, ...more] = successes(answers);
      expect(more).toEqual([]);
      expect(new Set(answers.filter(({ status }) => status !== 200).map(({ error }) => error))).toEqual(
        new Set(['invalid_grant']),
      );
      await expectDead('essai', winner as Tokens);
    },
  );

  test.each(ROUNDS)(
    'one use of a rotated refresh token succeeds, and the others end its family (round %i)',
    async () => {
      const person = await app.world().administrator(1);
      const first = await signInAndRedeem(new Visitor(), person, await request(issuer, 'essai'));
      const body = renewal(first.refresh_token);
      const answers = await spread(nodes, AT_ONCE, (node) =>
        tokensFrom(node, { issuer, clientId: 'essai', body }),
      );

      const [winner, ...more] = successes(answers);
      expect(more).toEqual([]);
      await expectDead('essai', winner as Tokens);
    },
  );

  test.each(ROUNDS)('a pushed request leads to one code (round %i)', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
    const asked = await request(issuer, 'portail');
    const pushed = await sendTo(app, `${issuer}/request`, {
      body: {
        ...Object.fromEntries(new URL(asked.url).searchParams),
        client_secret: SECRET,
      },
    });
    expect(pushed.status).toBe(201);
    const url = new URL(asked.url);
    url.search = new URLSearchParams({
      client_id: 'portail',
      request_uri: JSON.parse(pushed.text).request_uri,
    }).toString();
    const headers = { cookie: visitor.cookiesFor(asked.url), accept: 'text/html' };
    const answers = await spread(nodes, 6, (node) => sendTo(node, url.href, { headers }));
    const codes = answers.filter(({ headers: { location } }) => location?.includes('code='));
    expect(codes).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });

  test.each(ROUNDS)('a proof of possession serves once (round %i)', async () => {
    const person = await app.world().administrator(1);
    const first = await signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
    const headers = { DPoP: await proof(await makeKeys(), `${issuer}/token`) };
    const body = renewal(first.refresh_token);
    const answers = await spread(nodes, 6, (node) =>
      tokensFrom(node, { issuer, clientId: 'portail', body, headers }),
    );
    expect(successes(answers)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });

  test.each(ROUNDS)('an assertion of a service serves once (round %i)', async () => {
    const body = {
      grant_type: 'client_credentials',
      scope: 'decisions',
      client_id: 'machine',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(),
    };
    const answers = await spread(nodes, 6, (node) => sendTo(node, `${issuer}/token`, { body }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });
});

const proof = ({ privateKey, publicJwk }: Keys, htu: string): Promise<string> =>
  new SignJWT({ htm: 'POST', htu, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk })
    .setIssuedAt()
    .sign(privateKey);

const assertion = (): Promise<string> =>
  new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('machine')
    .setSubject('machine')
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(machine.privateKey);
