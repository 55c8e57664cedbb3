import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeServer, RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import {
  claimsOf,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';

/** The logout tokens that the service « planning » got by back channel. */
const told: string[] = [];
let listener: Server;
let app: TestApp;
let issuer: string;
beforeAll(async () => {
  listener = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    told.push(new URLSearchParams(body).get('logout_token') ?? '');
    res.end();
  });
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as AddressInfo;
  const metadata = {
    client_name: 'Service planning',
    redirect_uris: [RETURN],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid offline_access',
    backchannel_logout_uri: `http://127.0.0.1:${port}/planning`,
    backchannel_logout_session_required: true,
  };
  const planning = { clientId: 'planning', secret: SECRET, thirdParty: false, defaultService: false };
  app = await startApp({ clients: [{ ...planning, metadata }] });
  issuer = app.issuerOf('grand-est');
});
beforeEach(() => {
  told.length = 0;
});
afterAll(async () => {
  await app.close();
  await closeServer(listener);
});

/** One person signed in at `portail` and `planning`, then another who takes over the browser. */
async function oneAfterTheOther() {
  const [first, second] = [await app.world().administrator(1), await app.world().administrator(1)];
  const visitor = new Visitor();
  const held = await signInAndRedeem(visitor, first, await request(issuer, 'portail'));
  const planning = await signInAndRedeem(
    visitor,
    first,
    await request(issuer, 'planning', { scope: 'openid offline_access' }),
  );
  expect(told).toEqual([]);
  const asked = await request(issuer, 'portail', { prompt: 'login' });
  const back = await signInOn(visitor, await visitor.get(asked.url), second.email);
  const tokens = await redeem(asked, returned(back).get('code') ?? '');
  return { first, second, held, planning, tokens };
}

test('whoever signs in on a shared machine takes the place of the one before, in one step', async () => {
  const { second, held, tokens } = await oneAfterTheOther();
  expect(claimsOf(tokens.id_token)).toMatchObject({ sub: second.accountId, siret: second.sites[0]?.siret });
  expect(await refresh(issuer, 'portail', held.refresh_token ?? '')).toMatchObject({
    error: 'invalid_grant',
  });
});

test('the services of the one before hear of it by back channel, and hold nothing any more', async () => {
  const { first, planning } = await oneAfterTheOther();
  expect(told.map(claimsOf)).toMatchObject([
    {
      aud: 'planning',
      sub: first.accountId,
      sid: claimsOf(planning.id_token).sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
  ]);
  expect(await refresh(issuer, 'planning', planning.refresh_token ?? '')).toMatchObject({
    error: 'invalid_grant',
  });
});
