import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweep } from '../../provider/jobs/sweep.ts';
import {
  type DraftAsked,
  findDraft,
  insertDraft,
  saveDraft,
  takeDraft,
} from '../../provider/store/cabinet-drafts.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

let database: TestDatabase;
let here: Handle;
let elsewhere: Handle;
let who: { readonly cabinetId: string; readonly accountId: string };
let other: typeof who;
beforeAll(async () => {
  database = await testDatabase();
  const world = await worldOn(database, 'grand-est', () => NOW);
  here = world.store;
  elsewhere = (await worldOn(database, 'nord-ouest', () => NOW)).store;
  who = { cabinetId: await world.cabinet(), accountId: await world.account() };
  other = { ...who, accountId: await world.account() };
});
afterAll(() => database.drop());

const begin = (content: object, now = NOW, by = who) =>
  insertDraft(here, by, { kind: 'import', content, now });
const asked = (id: string, not: Partial<DraftAsked> = {}): DraftAsked => ({
  ...who,
  id,
  kind: 'import',
  now: NOW,
  ...not,
});

test('a draft is found by who began it, as it was saved last', async () => {
  const id = await begin({ step: 1 });
  await saveDraft(here, id, { step: 2 });
  expect(await findDraft(here, asked(id))).toEqual({ step: 2 });
});

test.each<[string, Partial<DraftAsked>]>([
  ['somebody else', { accountId: randomUUID() }],
  ['another firm', { cabinetId: randomUUID() }],
  ['another kind of page', { kind: 'entrusting' }],
  ['a day later', { now: NOW + 24 * HOUR }],
  ['an id that is none', { id: 'x' }],
])('it is unknown to %s', async (_, not) => {
  const id = await begin({});
  expect(await findDraft(here, asked(id, not))).toBeUndefined();
});

test('it is unknown to another caisse, which neither changes nor takes it', async () => {
  const id = await begin({ step: 1 });
  await saveDraft(elsewhere, id, { step: 2 });
  expect(await findDraft(elsewhere, asked(id))).toBeUndefined();
  expect(await takeDraft(elsewhere, id)).toBe(false);
  expect(await findDraft(here, asked(id))).toEqual({ step: 1 });
});

test('it is taken once', async () => {
  const id = await begin({});
  expect(await Promise.all([takeDraft(here, id), takeDraft(here, id)])).toContain(true);
  expect(await takeDraft(here, id)).toBe(false);
});

test('of one person the twenty newest are kept', async () => {
  const first = await begin({}, NOW - HOUR);
  for (let i = 0; i < 20; i++) await begin({}, NOW + i);
  expect(await findDraft(here, asked(first))).toBeUndefined();
  const [{ count } = { count: 0 }] = await here.sql('cabinet_draft').count({ count: '*' });
  expect(Number(count)).toBe(20);
});

test('what has outlived its day is swept', async () => {
  const [old, young] = [await begin({}, NOW - 25 * HOUR, other), await begin({}, NOW, other)];
  expect(await sweep(database.knex, NOW)).toBe(1);
  expect(await here.sql('cabinet_draft').whereIn('id', [old, young]).pluck('id')).toEqual([young]);
});
