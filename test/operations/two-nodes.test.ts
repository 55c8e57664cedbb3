/** Two processes on one database, no session kept at either: whole journeys whose every request meets the other node. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AlternatingProxy, alternatingProxy } from '../support/alternating-proxy.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type SecondNode, startSecondNode } from '../support/second-node.ts';
import {
  chooseOn,
  claimsOf,
  introspect,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let proxy: AlternatingProxy;
let app: TestApp;
let second: SecondNode;
let issuer: string;
beforeAll(async () => {
  proxy = await alternatingProxy();
  app = await startApp({ publicOrigin: proxy.origin });
  second = await startSecondNode(app);
  proxy.forwardTo([app.port, second.port]);
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await proxy.close();
  await second.close();
  await app.close();
});

let before: readonly number[] = [0, 0];
afterEach(() => {
  const [here = 0, there = 0] = proxy.sent().map((sent, i) => sent - (before[i] ?? 0));
  before = [...proxy.sent()];
  // Otherwise the test has shown nothing.
  expect(Math.abs(here - there)).toBeLessThanOrEqual(1);
  expect(Math.min(here, there)).toBeGreaterThanOrEqual(3);
});

test('a sign-in, the choice of a site, tokens, their renewal, userinfo and introspection', async () => {
  const person = await app.world().administrator(3);
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const form = await visitor.get(asked.url);
  const list = await signInOn(visitor, form, person.email);
  const [, site] = person.sites;
  const tokens = await redeem(
    asked,
    returned(await chooseOn(visitor, list, site?.id ?? '')).get('code') ?? '',
  );
  expect(claimsOf(tokens.id_token).siret).toBe(site?.siret);
  const renewed = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
  expect(renewed.status).toBe(200);
  expect((await userinfo(issuer, renewed.access_token)).siret).toBe(site?.siret);
  expect((await introspect(issuer, 'api', renewed.access_token)).active).toBe(true);
});

test('a wrong password at one node is counted at the other', async () => {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  let page = await visitor.get((await request(issuer, 'portail')).url);
  const statuses: number[] = [];
  for (let i = 0; i < 12 && !statuses.includes(429); i++) {
    page = await signInOn(visitor, page, person.email, `${PASSWORD}-non`);
    statuses.push(page.status);
  }
  expect(statuses.at(-1)).toBe(429);
});

test('a change of password ends at both what it ends', async () => {
  const person = await app.world().administrator(1);
  const [here, elsewhere] = [new Visitor(), new Visitor()];
  for (const visitor of [here, elsewhere]) {
    expect((await signInAndRedeem(visitor, person, await request(issuer, 'portail'))).status).toBe(200);
  }
  const page = await here.get(`${issuer}/mon-compte/mot-de-passe`);
  const fresh = 'Tout-Autre-Chose-2027';
  const changed = await here.post(page.url, {
    current: PASSWORD,
    password: fresh,
    password_confirmation: fresh,
  });
  expect(changed.status).toBe(200);
  const asked = await request(issuer, 'portail');
  for (let i = 0; i < 2; i++) {
    expect((await elsewhere.get(asked.url)).url).toContain('/connexion/');
    expect((await here.get(`${issuer}/mon-compte`)).url).toBe(`${issuer}/mon-compte`);
  }
});
