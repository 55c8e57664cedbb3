import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from '../../provider/jobs/sweep.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { identifyOn, letters, sendDetails } from '../support/enrolment.ts';
import { refresh, request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const HOUR = 3_600_000;
const kinds = async (): Promise<string[]> =>
  (await app.database.knex('oidc_artifact').distinct('kind').orderBy('kind')).map(({ kind }) => kind);

test('what has expired goes, in bites, and what lives stays', async () => {
  const issuer = app.issuerOf('grand-est');
  const person = await app.world().administrator(2);
  const visitor = new Visitor();
  await signInOn(visitor, await visitor.get((await request(issuer, 'essai')).url), person.email);
  const siteId = person.sites[0]?.id ?? '';
  const tokens = await signInAndRedeem(visitor, { ...person, siteId }, await request(issuer, 'essai'));
  for (let visits = 0; visits < 5; visits++) await new Visitor().get((await request(issuer, 'essai')).url);
  const before = await kinds();
  expect(before).toEqual([
    'AccessToken',
    'AuthorizationCode',
    'Grant',
    'Interaction',
    'RefreshToken',
    'Session',
  ]);

  expect(await sweep(app.database.knex, app.clock.now(), 2)).toBe(0);
  expect(await sweep(app.database.knex, app.clock.now() + 2 * HOUR, 2)).toBeGreaterThanOrEqual(8);
  expect(await kinds()).toEqual(['Grant', 'RefreshToken', 'Session']);
  expect(await refresh(issuer, 'essai', tokens.refresh_token ?? '')).toMatchObject({ status: 200 });

  await sweep(app.database.knex, app.clock.now() + 48 * HOUR);
  expect(await kinds()).toEqual([]);
});

test('several processes at once sweep everything once', async () => {
  const issuer = app.issuerOf('grand-est');
  for (let visits = 0; visits < 12; visits++) await new Visitor().get((await request(issuer, 'essai')).url);
  const later = app.clock.now() + 2 * HOUR;
  const swept = await Promise.all(Array.from({ length: 4 }, () => sweep(app.database.knex, later, 3)));
  expect(swept.reduce((sum, one) => sum + one, 0)).toBe(12);
  expect(await kinds()).toEqual([]);
});

test('what was typed to open an account goes with it, once nobody can go on from it', async () => {
  const { database, clock } = app;
  const issuer = app.issuerOf('grand-est');
  const rowsOf = async (table: string) => (await database.knex(table)).length;
  const visitor = new Visitor();
  const form = await identifyOn(visitor, issuer, await letters(app.world(), clock.now()));
  const email = 'balayee@essai.test';
  await sendDetails(visitor, form, { email, mobile: '06 39 98 77 88', step: 'certifier' });
  await sendDetails(visitor, form, { email, mobile: '06 39 98 77 88' });
  const tables = ['identification_ticket', 'sms_code', 'enrolment', 'activation_link'];
  const left = () => Promise.all(tables.map(rowsOf));

  await sweep(database.knex, clock.now() + 24 * HOUR);
  expect(await left()).toEqual([1, 1, 1, 1]);
  await sweep(database.knex, clock.now() + 26 * HOUR);
  expect(await left()).toEqual([0, 0, 1, 1]);
  await sweep(database.knex, clock.now() + 59 * 24 * HOUR);
  expect(await left()).toEqual([0, 0, 1, 1]);
  await sweep(database.knex, clock.now() + 61 * 24 * HOUR);
  expect(await left()).toEqual([0, 0, 0, 0]);
});
