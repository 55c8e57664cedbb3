/** The kept list of what each delegation reaches, when what it is made of changes at the very moment. */
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handleOf } from '../../provider/store/handle.ts';
import { readPortfolio } from '../../provider/store/portfolio.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { untilWaiting } from '../support/lock-waits.ts';
import { expectReachKept } from '../support/reach.ts';
import { worldOn } from '../support/store-world.ts';
import { makeWorld, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

type Act = (sql: Knex) => PromiseLike<unknown>;

const within = (sql: Knex) => makeWorld(handleOf(sql, 'grand-est'), () => NOW);

const change =
  (...[table, id, columns]: Parameters<World['change']>): Act =>
  (sql) =>
    within(sql).change(table, id, columns);

const suspend = (id: string) => change('delegation', id, { status: 'suspended' });
const resume = (id: string) => change('delegation', id, { status: 'active' });

const waits = () => untilWaiting(database.knex);

/** One begins, the other follows and waits, the first commits. */
async function both(first: Act, second: Act) {
  const one = await database.knex.transaction();
  await first(one);
  const other = database.knex.transaction(async (sql) => void (await second(sql)));
  await waits().finally(() => one.commit());
  await other;
}

const reached = async (accountId: string): Promise<number> =>
  (
    await readPortfolio(world.store, {
      accountId,
      now: NOW,
      terms: [],
      limit: 10,
      offset: 0,
      recent: 0,
    })
  ).reached;

describe.each(['first', 'second'])('of two acts at once, when the one that ends comes %s', (place) => {
  const inOrder = (ends: Act, other: Act) => (place === 'first' ? both(ends, other) : both(other, ends));

  test('whatever is given below a delegation that is put on standby reaches nothing', async () => {
    const { site, user, root, middle, leaf } = await chainOfThree(world);
    const guest = await world.account();
    const give: Act = (sql) => within(sql).delegate(site, leaf, { from: user, to: guest });
    await inOrder(suspend(root), give);
    expect(await reached(guest)).toBe(0);
    await resume(root)(database.knex);
    expect(await reached(guest)).toBe(1);
    await inOrder(suspend(middle), (sql) => within(sql).delegate(site, leaf, { from: user, to: guest }));
    expect(await reached(guest)).toBe(0);
    await expectReachKept(database.knex, [site.id]);
  });

  test('whatever is resumed below a delegation that is put on standby reaches nothing', async () => {
    const { site, user, root, leaf } = await chainOfThree(world, { status: 'suspended' });
    await inOrder(suspend(root), resume(leaf));
    expect(await reached(user)).toBe(0);
    await expectReachKept(database.knex, [site.id]);
  });

  const dates = { ends_at: new Date(NOW).toISOString() };

  test('what a firm gives to its staff while it is detached from its client reaches nothing', async () => {
    const { site, cabinetId, toFirm, attachmentId } = await firm(world);
    const guest = await world.account();
    const membershipId = await world.join(cabinetId, guest, 'staff');
    const staff = { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId } as const;
    const give: Act = (sql) =>
      within(sql).link(site, { ...staff, granteeAccountId: guest, membershipId }, {});
    await inOrder(change('cabinet_client', attachmentId, dates), give);
    expect(await reached(guest)).toBe(0);
    await expectReachKept(database.knex, [site.id]);
  });

  test('what is given to a firm, or to one of its people, that is leaving at that moment reaches nothing', async () => {
    const { site, head, root, toFirm, manager, cabinetId, attachmentId } = await firm(world);
    const guest = await world.account();
    const membershipId = await world.join(cabinetId, guest, 'staff');
    const toStaff = { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId } as const;
    await inOrder(change('cabinet_member', membershipId, dates), (sql) =>
      within(sql).link(site, { ...toStaff, granteeAccountId: guest, membershipId }, {}),
    );
    expect(await reached(guest)).toBe(0);
    const again = { kind: 'cabinet', parentId: root, grantorAccountId: head } as const;
    await inOrder(change('cabinet_client', attachmentId, dates), (sql) =>
      within(sql).link(site, { ...again, granteeCabinetId: cabinetId, attachmentId }, {}),
    );
    expect(await reached(manager)).toBe(0);
    await expectReachKept(database.knex, [site.id]);
  });

  test('a delegation is ordered by the name that its site has from then on', async () => {
    const site = await world.site();
    const rename: Act = async (sql) => {
      await sql('site').where({ id: site.id }).update({ search_text: 'zzz' });
      await sql.raw('set constraints all immediate');
    };
    const me = await world.account();
    await inOrder(rename, (sql) => within(sql).enrol(me, site));
    await expectReachKept(database.knex, [site.id]);
    expect(await database.knex('reach').where({ site_id: site.id }).pluck('place')).toEqual(['zzz']);
  });
});

test('a file that renames sites keeps nobody from taking rights away, or giving them, until it is done', async () => {
  const { site, head, user, root, leaf } = await chainOfThree(world);
  const other = await world.account();
  const file = await database.knex.transaction();
  await file('site').where({ id: site.id }).update({ search_text: 'renamed' });
  const meanwhile = database.knex.transaction(async (sql) => {
    await sql.raw(`set local lock_timeout = '20s'`);
    await suspend(leaf)(sql);
    await within(sql).delegate(site, root, { from: head, to: other });
  });
  await meanwhile.finally(() => file.commit());
  expect([await reached(user), await reached(other)]).toEqual([0, 1]);
  await expectReachKept(database.knex, [site.id]);
});

test('many that are given at once below one another’s givers all come through', async () => {
  const { site, head, deputy, root, middle } = await chainOfThree(world);
  const guests = await Promise.all(Array.from({ length: 12 }, () => world.account()));
  await Promise.all(
    guests.map((to, i) =>
      i % 2 === 0
        ? world.delegate(site, root, { from: head, to })
        : world.delegate(site, middle, { from: deputy, to }),
    ),
  );
  expect(await Promise.all(guests.map(reached))).toEqual(guests.map(() => 1));
  await expectReachKept(database.knex, [site.id]);
});
