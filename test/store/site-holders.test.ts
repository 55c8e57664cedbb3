import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights } from '../../provider/domain/rights.ts';
import type { Place } from '../../provider/store/holdings.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { type DelegationSource, readSiteHolders } from '../../provider/store/site-holders.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
});
afterAll(() => database.drop());

const holdersOf = async (place: Place) => (await readSiteHolders(world.store, place)).holders;

/** The same site in the words of both readings: what each person is left with. */
async function compared(siteId: string, others: readonly string[]) {
  const holders = await holdersOf({ siteId });
  const everybody = [...new Set([...holders.map(({ accountId }) => accountId), ...others])];
  return Promise.all(
    everybody.map(async (accountId) => {
      const own = holders.find((holder) => holder.accountId === accountId)?.chains ?? [];
      const alone = await readHolding(world.store, accountId, { siteId });
      const worth = (chains: typeof own) => {
        const { until: _, ...rights } = effectiveRights(chains, NOW);
        return { ...rights, chains: chains.length };
      };
      return { here: worth(own), alone: worth(alone?.chains ?? []) };
    }),
  );
}

describe('everybody who holds something on a site', () => {
  test('is there with the chains that his own reading brings, firms’ managers and staff as well', async () => {
    const held = await firm(world, { toFirm: { rights: rightsOn({ planning: 'mise_a_jour' }, ['etam']) } });
    const [deputy, second] = [await world.account(), await world.account()];
    await world.join(held.cabinetId, second, 'manager');
    await world.delegate(held.site, held.root, { from: held.head, to: deputy }, { admin: true });
    await world.delegate(held.site, held.root, { from: held.head, to: held.staff });
    const holders = await holdersOf({ siteId: held.site.id });
    const { head, manager, staff } = held;
    expect(holders.map(({ accountId }) => accountId)).toEqual(
      [head, manager, staff, deputy, second].toSorted(),
    );
    for (const { accountId, chains } of holders) {
      const alone = await readHolding(world.store, accountId, { siteId: held.site.id });
      const byLength = (list: typeof chains) => list.toSorted((a, b) => a.length - b.length);
      expect(byLength(chains)).toEqual(byLength(alone?.chains ?? []));
    }
  });

  test('keeps a chain through each link that his firm was given twice', async () => {
    const held = await firm(world);
    await world.link(
      held.site,
      {
        kind: 'cabinet',
        parentId: held.root,
        grantorAccountId: held.head,
        granteeCabinetId: held.cabinetId,
        attachmentId: held.attachmentId,
      },
      { rights: rightsOn({ planning: 'mise_a_jour' }) },
    );
    const manager = (await holdersOf({ siteId: held.site.id })).find(
      ({ accountId }) => accountId === held.manager,
    );
    expect(manager?.chains.map((chain) => chain.map(({ kind }) => kind))).toEqual([
      ['enrolment', 'cabinet', 'membership'],
      ['enrolment', 'cabinet', 'membership'],
    ]);
    expect(new Set(manager?.chains.map((chain) => chain[1]?.id)).size).toBe(2);
  });

  test.each(['suspended', 'closed', 'lapsed'] as const)(
    'holds nothing under a link that is %s, as in his own reading',
    async (status) => {
      const { site, root, middle, head, user } = await chainOfThree(world);
      await world.change('delegation', middle, { status });
      await world.delegate(
        site,
        root,
        { from: head, to: user },
        { rights: rightsOn({ documents: 'consultation' }) },
      );
      for (const { here, alone } of await compared(site.id, [])) expect(here).toEqual(alone);
    },
  );

  test('comes with what his account is now', async () => {
    const site = await world.site();
    const [left, agent] = [
      await world.account({ status: 'deactivated' }),
      await world.account({ staffRole: 'agent' }),
    ];
    await world.enrol(left, site);
    await world.enrol(agent, site);
    const told = (await holdersOf({ siteId: site.id })).map(({ chains: _, ...account }) => account);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual({ accountId: left, status: 'deactivated', staffRole: null });
    expect(told).toContainEqual({ accountId: agent, status: 'active', staffRole: 'agent' });
  });
});

describe('the site', () => {
  test('is named by its id or by its SIRET', async () => {
    const { site } = await chainOfThree(world);
    const byId = await readSiteHolders(world.store, { siteId: site.id });
    expect(byId.siteId).toBe(site.id);
    expect(await readSiteHolders(world.store, { siret: site.siret })).toEqual(byId);
  });

  test('may be nobody’s, or none', async () => {
    const { id } = await world.site();
    expect(await readSiteHolders(world.store, { siteId: id })).toEqual({ siteId: id, holders: [] });
    expect(await readSiteHolders(world.store, { siteId: randomUUID() })).toEqual({
      siteId: null,
      holders: [],
    });
  });

  test('of another caisse is none, also under the same SIRET', async () => {
    const { site } = await chainOfThree(world);
    expect(await readSiteHolders(elsewhere.store, { siteId: site.id })).toEqual({
      siteId: null,
      holders: [],
    });
    const twin = await elsewhere.site();
    await elsewhere.store.sql('site').update({ siret: site.siret }).where({ id: twin.id });
    expect(await readSiteHolders(elsewhere.store, { siret: site.siret })).toEqual({
      siteId: twin.id,
      holders: [],
    });
  });
});

test('another source of delegations tells another moment', async () => {
  const { site, head, deputy, user, middle } = await chainOfThree(world);
  const without: DelegationSource = {
    relation: '(select * from delegation where id <> :left_out)',
    bindings: { left_out: middle },
  };
  const { holders } = await readSiteHolders(world.store, { siteId: site.id }, without);
  expect(holders.map(({ accountId }) => accountId)).toEqual([head, user].toSorted());
  expect(holders.map(({ accountId }) => accountId)).not.toContain(deputy);
  const left = holders.find(({ accountId }) => accountId === user);
  expect(effectiveRights(left?.chains ?? [], NOW).levels).toEqual([0n, 0n, 0n]);
});

test('reading is one query', async () => {
  const { site } = await firm(world);
  let queries = 0;
  const count = () => {
    queries += 1;
  };
  database.knex.on('query', count);
  await holdersOf({ siret: site.siret });
  database.knex.off('query', count);
  expect(queries).toBe(1);
});
