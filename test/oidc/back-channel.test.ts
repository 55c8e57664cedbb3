import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewClient } from '../../provider/oidc/founding.ts';
import { closeServer, RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { answerOn, isSignedIn, signOut, signOutPage } from '../support/sign-out.ts';
import { redeemed, silently } from '../support/tokens.ts';
import {
  claimsOf,
  discover,
  readableText,
  refresh,
  request,
  signInAndRedeem,
  type Tokens,
  Visitor,
} from '../support/visitor.ts';

const GOODBYE = 'http://127.0.0.1:9/au-revoir';

/** What services were told by back channel: the body that each one's address received. */
const told: { path: string; type: string; body: URLSearchParams }[] = [];
let listener: Server;
let app: TestApp;
let issuer: string;
beforeAll(async () => {
  listener = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    told.push({
      path: req.url ?? '',
      type: req.headers['content-type'] ?? '',
      body: new URLSearchParams(body),
    });
    res.writeHead(req.url === '/en-panne' ? 500 : 200).end();
  });
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as AddressInfo;
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  app = await startApp({
    clients: [
      hears('planning', at('/planning')),
      hears('documents', at('/documents')),
      hears('fragile', at('/en-panne')),
      // Nobody listens there.
      hears('absent', 'http://127.0.0.1:1/sortie'),
    ],
  });
  issuer = app.issuerOf('grand-est');
});
beforeEach(() => {
  told.length = 0;
});
afterAll(async () => {
  await app.close();
  await closeServer(listener);
});

const hears = (clientId: string, uri: string): NewClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: `Service ${clientId}`,
    redirect_uris: [RETURN],
    post_logout_redirect_uris: [GOODBYE],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid offline_access',
    backchannel_logout_uri: uri,
    backchannel_logout_session_required: true,
  },
});

const SCOPE = { scope: 'openid offline_access' };

async function signedInAt(clientIds: readonly string[], count = 1) {
  const person = await app.world().administrator(count);
  const visitor = new Visitor();
  const tokens: Tokens[] = [];
  for (const clientId of clientIds) {
    const asked = await request(issuer, clientId, { ...SCOPE, siret_hint: person.sites[0]?.siret ?? '' });
    tokens.push(await signInAndRedeem(visitor, person, asked));
  }
  return { visitor, tokens, sirets: person.sites.map(({ siret }) => siret), ...person };
}

describe('by back channel (OpenID Connect Back-Channel Logout)', () => {
  test('the other services hear of it, in a logout token for each', async () => {
    const { visitor, tokens, accountId } = await signedInAt(['planning', 'documents', 'portail']);
    await signOut(visitor, issuer, { id_token_hint: tokens[2]?.id_token });
    expect(told.map(({ path }) => path).sort()).toEqual(['/documents', '/planning']);
    const keys = createRemoteJWKSet(new URL((await discover(issuer)).jwks_uri as string));
    for (const [i, clientId] of ['planning', 'documents'].entries()) {
      const heard = told.find(({ path }) => path === `/${clientId}`);
      expect(heard?.type).toContain('application/x-www-form-urlencoded');
      const { payload } = await jwtVerify(heard?.body.get('logout_token') ?? '', keys, {
        issuer,
        audience: clientId,
        typ: 'logout+jwt',
        algorithms: ['ES256'],
      });
      expect(payload).toMatchObject({
        sub: accountId,
        sid: claimsOf(tokens[i]?.id_token).sid,
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(payload).not.toHaveProperty('nonce');
    }
  });

  test('a service hears of a session in which it has changed sites', async () => {
    const { visitor, tokens, sirets } = await signedInAt(['planning'], 2);
    await redeemed(visitor, await silently(issuer, 'planning', sirets[1] ?? '', SCOPE));
    await signOut(visitor, issuer);
    const sids = told.map(({ body }) => claimsOf(body.get('logout_token') ?? '').sid);
    expect(sids).toContain(claimsOf(tokens[0]?.id_token).sid);
  });

  test('services of other sessions hear nothing', async () => {
    const mine = await signedInAt(['portail']);
    await signedInAt(['planning']);
    await signOut(mine.visitor, issuer);
    expect(told).toEqual([]);
  });

  test('« Rester connecté » tells the other services nothing', async () => {
    const { visitor, tokens } = await signedInAt(['planning', 'portail']);
    const page = await signOutPage(visitor, issuer, { id_token_hint: tokens[1]?.id_token });
    await answerOn(visitor, page, false);
    expect(told).toEqual([]);
  });

  test('a service that fails or does not answer keeps nobody signed in', async () => {
    const { visitor, tokens } = await signedInAt(['fragile', 'absent', 'planning']);
    expect(readableText(await signOut(visitor, issuer))).toContain('Vous êtes déconnecté');
    expect(told.map(({ path }) => path).sort()).toEqual(['/en-panne', '/planning']);
    expect(await isSignedIn(visitor, issuer)).toBe(false);
    for (const [i, clientId] of ['fragile', 'absent'].entries()) {
      expect((await refresh(issuer, clientId, tokens[i]?.refresh_token ?? '')).error).toBe('invalid_grant');
    }
  });
});
