import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { up } from '../../migrations/20261121170000_list_what_goes_on_once.ts';
import { EVERYTHING, effectiveRights } from '../../provider/domain/rights.ts';
import { insertDelegations } from '../../provider/store/delegations.ts';
import { type Handle, transaction } from '../../provider/store/handle.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { succeed } from '../../provider/store/succession.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { refusedBy } from '../support/delegation-rows.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

const handOver = (formerId: string, successorId: string, awaitedId: string | null = null, now = NOW) =>
  transaction(world.store, (inside) => succeed(inside, { formerId, successorId, awaitedId, now }));

const rightsOf = async (accountId: string, siteId: string) => {
  const { administrator, levels, until } = effectiveRights(
    (await readHolding(world.store, accountId, { siteId }))?.chains ?? [],
    NOW,
  );
  return { administrator, levels, until };
};
const row = (id: string) => database.knex('delegation').first().where({ id });
const standing = (siteId: string) =>
  database.knex('delegation').where({ site_id: siteId }).whereNot('status', 'closed').orderBy('created_at');
const NOTHING_HELD = { administrator: false, levels: [0n, 0n, 0n], until: null };

describe('a site handed over', () => {
  test('leaves everybody below exactly what he held, and the former administrator nothing', async () => {
    const { site, head, deputy, user, root, middle } = await chainOfThree(world, {
      rights: rightsOn({ documents: 'consultation', planning: 'mise_a_jour' }, ['etam']),
      to: NOW + 1000,
    });
    const ofFirm = await firm(world);
    const successor = await world.account();
    const before = [await rightsOf(deputy, site.id), await rightsOf(user, site.id)];
    const result = await handOver(root, successor);
    expect(result).toMatchObject({ formerAccountId: head, siteId: site.id, carried: 2 });
    expect([await rightsOf(deputy, site.id), await rightsOf(user, site.id)]).toEqual(before);
    expect(await rightsOf(head, site.id)).toEqual(NOTHING_HELD);
    expect(await rightsOf(successor, site.id)).toMatchObject({
      administrator: true,
      levels: [-1n, -1n, -1n],
    });
    expect((await row(root)).status).toBe('closed');
    expect((await row(middle)).status).toBe('closed');
    expect((await row(ofFirm.root)).status).toBe('active');
  });

  test('carries a firm and its staff along', async () => {
    const { site, manager, staff, root } = await firm(world, {
      toStaff: { rights: rightsOn({ salaries: 'consultation' }) },
    });
    const before = [await rightsOf(manager, site.id), await rightsOf(staff, site.id)];
    await handOver(root, await world.account());
    expect([await rightsOf(manager, site.id), await rightsOf(staff, site.id)]).toEqual(before);
  });

  test('leaves with each of them by what it was succeeded, once and for all', async () => {
    const { site, root, middle, leaf, head, deputy, user } = await chainOfThree(world);
    const ofFormer = await world.delegate(site, middle, { from: deputy, to: head });
    await handOver(root, deputy);
    const by = async (id: string) => (await row(id)).succeeded_by_id;
    const rows = await standing(site.id);
    const [enrolment, below] = [deputy, user].map(
      (who) => rows.find(({ grantee_account_id }) => grantee_account_id === who)?.id,
    );
    expect([await by(root), await by(middle), await by(leaf)]).toEqual([enrolment, enrolment, below]);
    expect(await by(ofFormer)).toBeNull();
    const moving = database.knex('delegation').where({ id: leaf }).update({ succeeded_by_id: enrolment });
    expect(await refusedBy(moving)).toBe('succession_never_moves');
    const forgetting = database.knex('delegation').where({ id: leaf }).update({ succeeded_by_id: null });
    expect(await refusedBy(forgetting)).toBe('succession_never_moves');
    const living = database.knex('delegation').where({ id: below }).update({ succeeded_by_id: leaf });
    expect(await refusedBy(living)).toBe('what_was_succeeded_is_closed');
  });

  test('says so of those of before as well, wherever it can be told', async () => {
    const { site, root, middle, deputy, user } = await chainOfThree(world);
    await world.delegate(
      site,
      middle,
      { from: deputy, to: user },
      { rights: rightsOn({ planning: 'consultation' }) },
    );
    const ofFirm = await firm(world);
    await handOver(root, deputy, null, NOW + 5);
    await handOver(ofFirm.root, await world.account(), null, NOW + 6);
    const rows = await standing(site.id);
    const changed = rows.find(({ kind }) => kind === 'user');
    await world.change('delegation', changed.id, {
      status: 'suspended',
      changed_at: new Date(NOW + 10).toISOString(),
    });
    const sites = [site.id, ofFirm.site.id];
    const told = (sql: Handle['sql']) =>
      sql('delegation').select('id', 'succeeded_by_id').whereIn('site_id', sites).orderBy('id');
    const listOf = (sql: Handle['sql']) =>
      sql('beneficiary').whereIn('site_id', sites).orderBy('delegation_id');
    const [before, listed] = [await told(database.knex), await listOf(database.knex)];
    const undone = database.knex.transaction(async (inside) => {
      await inside.raw(`
        drop trigger listed_as_delegations_say on delegation;
        drop view beneficiary_no_more;
        drop trigger succession_never_moves on delegation;
        drop function refuse_to_move_a_succession;
        alter table delegation drop column succeeded_by_id;
        insert into beneficiary select * from beneficiary_now on conflict do nothing`);
      expect(await listOf(inside)).not.toHaveLength(listed.length);
      await up(inside);
      expect(await told(inside)).toEqual(before);
      expect(await listOf(inside)).toEqual(listed);
      throw new Error('as it was');
    });
    await expect(undone).rejects.toThrow('as it was');
  });

  test('keeps dates, rights and status, and what is over stays where it was', async () => {
    const { site, root, head, leaf, middle, deputy, user } = await chainOfThree(world, { from: NOW - 5000 });
    const other = await world.account();
    const given = { from: head, to: other };
    const suspended = await world.delegate(site, root, given, { status: 'suspended', to: NOW + 9000 });
    await world.delegate(site, root, given, { status: 'to_renew' });
    const refused = await world.delegate(site, root, given, { status: 'refused' });
    const expired = await world.delegate(site, root, given, { to: NOW });
    await handOver(root, await world.account());
    const carried = await standing(site.id);
    const told = carried.map(({ kind, grantee_account_id, status, effective_at, ends_at, admin }) =>
      [kind, grantee_account_id, status, effective_at, ends_at, admin].join(' '),
    );
    for (const id of [leaf, middle, suspended]) {
      const { kind, grantee_account_id, effective_at, ends_at, admin } = await row(id);
      const status = id === suspended ? 'suspended' : 'active';
      expect(told).toContain([kind, grantee_account_id, status, effective_at, ends_at, admin].join(' '));
    }
    expect(carried.map(({ status }) => status).sort()).toEqual([
      'active',
      'active',
      'active',
      'active',
      'refused',
      'suspended',
      'to_renew',
    ]);
    expect([(await row(refused)).parent_id, (await row(expired)).status]).toEqual([root, 'active']);
    expect(await rightsOf(user, site.id)).not.toEqual(NOTHING_HELD);
    expect((await rightsOf(deputy, site.id)).administrator).toBe(true);
  });

  test('hangs below an enrolment that the successor has there already', async () => {
    const { site, root, user } = await chainOfThree(world);
    const successor = await world.account();
    const own = await world.enrol(successor, site);
    const before = await rightsOf(user, site.id);
    const result = await handOver(root, successor);
    expect(result?.enrolmentId).toBe(own);
    expect(await rightsOf(user, site.id)).toEqual(before);
    expect((await standing(site.id)).filter(({ kind }) => kind === 'enrolment')).toHaveLength(1);
  });

  test('to somebody who stood below makes redundant what he held there, and keeps what he gave', async () => {
    const { site, root, deputy, user, middle } = await chainOfThree(world);
    const before = await rightsOf(user, site.id);
    await handOver(root, deputy);
    const rows = await standing(site.id);
    expect(rows.map(({ kind, grantee_account_id }) => [kind, grantee_account_id]).sort()).toEqual(
      [
        ['enrolment', deputy],
        ['user', user],
      ].sort(),
    );
    expect(rows.find(({ kind }) => kind === 'user')).toMatchObject({ grantor_account_id: deputy });
    expect(await rightsOf(user, site.id)).toEqual(before);
    expect((await row(middle)).status).toBe('closed');
  });

  test('never widens what hung on a delegation of the successor’s that had an end', async () => {
    const site = await world.site();
    const [head, deputy, user] = [await world.account(), await world.account(), await world.account()];
    const root = await world.enrol(head, site);
    const middle = await world.delegate(
      site,
      root,
      { from: head, to: deputy },
      { admin: true, to: NOW + 777 },
    );
    await world.delegate(site, middle, { from: deputy, to: user });
    const before = await rightsOf(user, site.id);
    expect(before.until).toBe(NOW + 777);
    await handOver(root, deputy);
    expect(await rightsOf(user, site.id)).toEqual(before);
  });

  test('to the person who holds it, or from one who holds it no more, changes nothing', async () => {
    const { site, root, head } = await chainOfThree(world);
    expect(await handOver(root, head)).toBeNull();
    await world.close(root);
    const before = await standing(site.id);
    expect(await handOver(root, await world.account())).toBeNull();
    expect(await standing(site.id)).toEqual(before);
  });

  test('is nobody’s of another caisse', async () => {
    const { site, root } = await chainOfThree(world);
    const elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
    const asked = { formerId: root, successorId: await elsewhere.account(), awaitedId: null, now: NOW };
    expect(await transaction(elsewhere.store, (inside) => succeed(inside, asked))).toBeNull();
    expect((await standing(site.id)).map(({ status }) => status)).toEqual(['active', 'active', 'active']);
  });

  test('twice at once has one successor', async () => {
    const { site, root } = await chainOfThree(world);
    const successors = [await world.account(), await world.account(), await world.account()];
    const results = await Promise.all(successors.map((one) => handOver(root, one)));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    const roots = (await standing(site.id)).filter(({ kind }) => kind === 'enrolment');
    expect(roots).toHaveLength(1);
  });

  test('carries ten thousand people below in one act', async () => {
    const site = await world.site();
    const [head, successor] = [await world.account(), await world.account()];
    const root = await world.enrol(head, site);
    const people = await Promise.all(Array.from({ length: 20 }, () => world.account()));
    const under = {
      adherentId: site.adherent.id,
      siteId: site.id,
      status: 'active' as const,
      from: NOW - 1,
      to: null,
    };
    const deputies = Array.from({ length: 100 }, (_, i) => ({
      ...under,
      kind: 'user' as const,
      id: randomUUID(),
      parentId: root,
      grantorAccountId: head,
      granteeAccountId: people[i % 20] ?? '',
      admin: true,
      rights: EVERYTHING,
    }));
    await insertDelegations(world.store, deputies, NOW - 1);
    const below = deputies.flatMap((deputy) =>
      Array.from({ length: 99 }, (_, i) => ({
        ...under,
        kind: 'user' as const,
        id: randomUUID(),
        parentId: deputy.id,
        grantorAccountId: deputy.granteeAccountId,
        granteeAccountId: people[i % 20] ?? '',
        admin: false,
        rights: EVERYTHING,
      })),
    );
    await insertDelegations(world.store, below, NOW - 1);
    // As the database does by itself, a moment after so many rows.
    await database.knex.raw('analyze delegation');
    expect((await handOver(root, successor))?.carried).toBe(10_000);
    const past = await database.knex('delegation_past').whereIn(
      'delegation_id',
      below.map(({ id }) => id),
    );
    expect(past).toHaveLength(9_900);
  });
});
