import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
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

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

test('whoever signs in on a shared machine takes the place of the one before, in one step', async () => {
  const issuer = app.issuerOf('grand-est');
  const first = await app.world().administrator(1);
  const second = await app.world().administrator(1);
  const visitor = new Visitor();
  const held = await signInAndRedeem(visitor, first, await request(issuer, 'portail'));

  const asked = await request(issuer, 'portail', { prompt: 'login' });
  const back = await signInOn(visitor, await visitor.get(asked.url), second.email);
  const tokens = await redeem(asked, returned(back).get('code') ?? '');

  expect(claimsOf(tokens.id_token)).toMatchObject({ sub: second.accountId, siret: second.sites[0]?.siret });
  expect(await refresh(issuer, 'portail', held.refresh_token ?? '')).toMatchObject({
    error: 'invalid_grant',
  });
});
