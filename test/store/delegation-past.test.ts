import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, type LinkStatus, type Vector } from '../../provider/domain/rights.ts';
import { type Change, changeDelegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import { readPast, saidAt } from '../../provider/store/delegation-past.ts';
import { readSiteHolders } from '../../provider/store/site-holders.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const START = Date.UTC(2026, 2, 3, 12);
const MINUTE = 60_000;

let now = START;
let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => now);
  elsewhere = await worldOn(database, 'nord-ouest', () => now);
});
afterAll(() => database.drop());

async function change(id: string, what: Change): Promise<void> {
  const seen = await findDelegation(world.store, id);
  if (!seen || !(await changeDelegation(world.store, seen, what, now))) throw new Error('not changed');
}

/** Four levels of delegations on one site. */
async function line() {
  const people = [
    await world.account(),
    await world.account(),
    await world.account(),
    await world.account(),
  ] as const;
  const site = await world.site();
  const root = await world.enrol(people[0], site);
  const second = await world.delegate(site, root, { from: people[0], to: people[1] }, { admin: true });
  const third = await world.delegate(site, second, { from: people[1], to: people[2] }, { admin: true });
  const last = await world.delegate(site, third, { from: people[2], to: people[3] });
  return { site, ids: [root, second, third, last] as const, last };
}

type Site = Awaited<ReturnType<typeof line>>['site'];

/** What everybody held there at that instant: as told now, or as told of the past. */
async function told(site: Site, at: number, past: boolean): Promise<Record<string, string>> {
  const { holders } = await readSiteHolders(world.store, { siteId: site.id }, past ? saidAt(at) : undefined);
  const held = holders.map(({ accountId, chains }) => {
    const { levels, administrator } = effectiveRights(chains, at);
    return [accountId, `${administrator} ${levels.join(' ')}`] as const;
  });
  return Object.fromEntries(held.filter(([, rights]) => rights !== 'false 0 0 0'));
}

const STATUSES: readonly LinkStatus[] = [
  'active',
  'active',
  'suspended',
  'active',
  'to_renew',
  'active',
  'closed',
];
const RIGHTS: readonly Vector[] = [
  rightsOn({ planning: 'mise_a_jour' }),
  rightsOn({ planning: 'consultation', documents: 'mise_a_jour' }, ['etam']),
  rightsOn({ documents: 'consultation' }),
];

describe('the past of a site', () => {
  test('is told later as it was told then, through any run of changes', async () => {
    const { site, ids, last } = await line();
    const then: { readonly at: number; readonly holders: Record<string, string> }[] = [];
    for (let step = 0; step < 60; step++) {
      now += MINUTE * (1 + (step % 3));
      // The last one most often: closed above, nothing below it tells.
      const id = ids[step % 4 === 0 ? (step / 4) % 3 : 3] as string;
      const status = STATUSES[step % STATUSES.length] as LinkStatus;
      const rights = RIGHTS[step % RIGHTS.length] as Vector;
      const to = step % 11 === 0 ? now + 4 * MINUTE : null;
      await change(id, id === last ? { status, rights, to } : { status, to });
      then.push({ at: now, holders: await told(site, now, false) });
      now += 30_000;
      then.push({ at: now, holders: await told(site, now, false) });
    }
    now += MINUTE;
    for (const { at, holders } of then)
      expect(await told(site, at, true), new Date(at).toISOString()).toEqual(holders);
    expect(new Set(then.map(({ holders }) => JSON.stringify(holders))).size).toBeGreaterThan(3);
  });

  test('begins with the delegation itself: before, nobody held anything by it', async () => {
    const created = now;
    const { site, last } = await line();
    const age = 100 * 86_400_000;
    expect(await told(site, created - age, true)).not.toEqual({});
    expect(await told(site, created - age - 1, true)).toEqual({});
    expect(await readPast(world.store, last, 10)).toEqual([]);
  });

  test('changes at the very instant of the change', async () => {
    const { site, ids, last } = await line();
    now += MINUTE;
    await change(last, { status: 'closed' });
    const before = await told(site, now - 1, true);
    const after = await told(site, now, true);
    expect(Object.keys(before)).toHaveLength(4);
    expect(Object.keys(after)).toHaveLength(3);
    expect(ids).toHaveLength(4);
  });

  test('is undisturbed by a change that changes nothing', async () => {
    const { site, last } = await line();
    now += MINUTE;
    const before = now;
    await change(last, {});
    now += MINUTE;
    await change(last, { status: 'suspended' });
    now += MINUTE;
    for (const at of [before - 1, before, before + MINUTE - 1])
      expect(Object.keys(await told(site, at, true))).toHaveLength(4);
    expect(Object.keys(await told(site, before + MINUTE, true))).toHaveLength(3);
  });

  test('is read state by state, the latest first, each with its time', async () => {
    const { last } = await line();
    const made = (await findDelegation(world.store, last))?.changedAt;
    now += MINUTE;
    const slept = now;
    await change(last, { status: 'suspended' });
    now += MINUTE;
    await change(last, {
      status: 'active',
      rights: rightsOn({ documents: 'consultation' }),
      to: now + MINUTE,
    });
    const past = await readPast(world.store, last, 10);
    expect(past.map(({ saidFrom, saidTo, status }) => ({ saidFrom, saidTo, status }))).toEqual([
      { saidFrom: slept, saidTo: now, status: 'suspended' },
      { saidFrom: made, saidTo: slept, status: 'active' },
    ]);
    expect(past.map(({ rights, to }) => ({ levels: rights.levels, to }))).toEqual([
      { levels: -1n, to: null },
      { levels: -1n, to: null },
    ]);
    expect(await readPast(world.store, last, 1)).toHaveLength(1);
    expect(await readPast(elsewhere.store, last, 10)).toEqual([]);
  });
});
