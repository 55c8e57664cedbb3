import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, type Link } from '../../provider/domain/rights.ts';
import { readHolding } from '../../provider/store/holdings.ts';
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

const chainsOf = async (accountId: string, siteId: string) =>
  (await readHolding(world.store, accountId, { siteId }))?.chains ?? [];

const kinds = (chain: readonly Link[] | undefined) => chain?.map(({ kind }) => kind);

describe('the chains of a person on a site', () => {
  test('begin at the enrolment and end at the person’s own link', async () => {
    const { site, head, deputy, user, root, middle, leaf } = await chainOfThree(world);
    const [chain, ...others] = await chainsOf(user, site.id);
    expect(others).toEqual([]);
    expect(chain?.map(({ id }) => id)).toEqual([root, middle, leaf]);
    expect(chain?.map(({ granteeId }) => granteeId)).toEqual([head, deputy, user]);
    expect(chain?.map(({ grantorId }) => grantorId)).toEqual([null, head, deputy]);
    expect(chain?.map(({ parentId }) => parentId)).toEqual([null, root, middle]);
  });

  test('carry rights, dates and status exactly', async () => {
    const rights = rightsOn({ transmission_fichiers: 'mise_a_jour', planning: 'consultation' }, ['etam']);
    const window = { from: NOW - 1, to: NOW + 123 };
    const { site, user } = await chainOfThree(world, { rights, ...window });
    const [chain] = await chainsOf(user, site.id);
    expect(chain?.at(-1)).toMatchObject({
      ...rights,
      ...window,
      status: 'active',
      admin: false,
      standsOn: [],
    });
    expect(chain?.[0]).toMatchObject({ levels: -1n, colleges: 7, admin: true, to: null });
  });

  test('bring links above that are dead, for domain/rights to judge', async () => {
    const { site, user, root } = await chainOfThree(world);
    await world.close(root);
    const chains = await chainsOf(user, site.id);
    expect(chains[0]?.map(({ status }) => status)).toEqual(['closed', 'active', 'active']);
    expect(effectiveRights(chains, NOW).levels).toEqual([0n, 0n, 0n]);
  });

  test('are as many as reach him, each whole', async () => {
    const { site, head, user, root } = await chainOfThree(world);
    await world.delegate(site, root, { from: head, to: user });
    await world.enrol(user, site);
    const lengths = (await chainsOf(user, site.id)).map((chain) => chain.length);
    expect(lengths.sort()).toEqual([1, 2, 3]);
  });

  test('leave out those of his other sites and those of other people there', async () => {
    const { site, head, deputy, user } = await chainOfThree(world);
    await world.enrol(user, await world.site());
    expect(await chainsOf(user, site.id)).toHaveLength(1);
    expect((await chainsOf(head, site.id)).map(kinds)).toEqual([['enrolment']]);
    expect((await chainsOf(deputy, site.id)).map(kinds)).toEqual([['enrolment', 'user']]);
  });
});

describe('through a firm', () => {
  test('a manager’s chain ends with his membership, which has its dates', async () => {
    const { site, manager, managerMembership, cabinetId } = await firm(world);
    await world.change('cabinet_member', managerMembership, { ends_at: new Date(NOW + 5).toISOString() });
    const [chain] = await chainsOf(manager, site.id);
    expect(kinds(chain)).toEqual(['enrolment', 'cabinet', 'membership']);
    expect(chain?.at(-1)).toMatchObject({ grantorId: cabinetId, granteeId: manager, to: NOW + 5 });
  });

  test('the firm’s link stands on its attachment, the staff’s on their membership', async () => {
    const { site, staff, attachmentId, membershipId } = await firm(world);
    await world.change('cabinet_client', attachmentId, { ends_at: new Date(NOW + 7).toISOString() });
    await world.change('cabinet_member', membershipId, { ends_at: new Date(NOW + 9).toISOString() });
    const [chain] = await chainsOf(staff, site.id);
    expect(kinds(chain)).toEqual(['enrolment', 'cabinet', 'staff']);
    expect(chain?.map(({ standsOn }) => standsOn.map(({ to }) => to))).toEqual([[], [NOW + 7], [NOW + 9]]);
  });

  test('staff get nothing from a membership alone', async () => {
    const { site, cabinetId } = await firm(world);
    const newcomer = await world.account();
    await world.join(cabinetId, newcomer, 'staff');
    expect(await chainsOf(newcomer, site.id)).toEqual([]);
  });

  test('the firms of the chains are named', async () => {
    const { site, manager, cabinetId } = await firm(world);
    const holding = await readHolding(world.store, manager, { siteId: site.id });
    expect(holding?.cabinets).toEqual({ [cabinetId]: 'Cabinet Essai' });
  });
});

describe('who and where', () => {
  test('a SIRET names the site as its id does', async () => {
    const { site, user } = await chainOfThree(world);
    expect(await readHolding(world.store, user, { siret: site.siret })).toEqual(
      await readHolding(world.store, user, { siteId: site.id }),
    );
  });

  test('the account and the site come as they are now', async () => {
    const site = await world.site({ name: 'Dépôt', raisonSociale: 'Bâti', identifiant: '57-9' });
    const accountId = await world.account({
      mobile: '+33612345678',
      mobileCertifiedAt: NOW,
      status: 'deactivated',
    });
    const holding = await readHolding(world.store, accountId, { siteId: site.id });
    expect(holding?.site).toEqual({
      id: site.id,
      siret: site.siret,
      name: 'Dépôt',
      identifiant: '57-9',
      raisonSociale: 'Bâti',
    });
    expect(holding?.account).toMatchObject({
      id: accountId,
      status: 'deactivated',
      mobile: '+33612345678',
      mobileCertified: true,
      landline: null,
    });
  });

  test('an unknown account is none; an unknown site is none, with no chain', async () => {
    const { site, user } = await chainOfThree(world);
    expect(await readHolding(world.store, randomUUID(), { siteId: site.id })).toBeNull();
    const nowhere = await readHolding(world.store, user, { siteId: randomUUID() });
    expect(nowhere).toMatchObject({ site: null, chains: [] });
  });

  test('another caisse’s account and site are unknown', async () => {
    const { site, user } = await chainOfThree(world);
    expect(await readHolding(elsewhere.store, user, { siteId: site.id })).toBeNull();
    const there = await elsewhere.account();
    for (const place of [{ siteId: site.id }, { siret: site.siret }]) {
      expect(await readHolding(elsewhere.store, there, place)).toMatchObject({ site: null, chains: [] });
    }
  });

  test('one SIRET at two caisses is two sites', async () => {
    const { site, user } = await chainOfThree(world);
    const twin = await elsewhere.site();
    await elsewhere.store.sql('site').update({ siret: site.siret }).where({ id: twin.id });
    await elsewhere.account({ id: user });
    const there = await readHolding(elsewhere.store, user, { siret: site.siret });
    expect(there?.site?.id).toBe(twin.id);
    expect(there?.chains).toEqual([]);
  });
});

test('reading is one query', async () => {
  const { site, user } = await chainOfThree(world);
  let queries = 0;
  const count = () => {
    queries += 1;
  };
  database.knex.on('query', count);
  await chainsOf(user, site.id);
  database.knex.off('query', count);
  expect(queries).toBe(1);
});
