import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAffected } from '../../provider/store/affected.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import type { World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

const people = async (...delegationIds: string[]) =>
  (await readAffected(world.store, { delegationIds })).map(({ accountId }) => accountId).sort();

/** Chains as holdings read them, which know no membership by its id; in the order of their links. */
const plain = (chains: readonly (readonly { readonly id: string }[])[]) =>
  chains
    .map((chain) => chain.map((link) => ({ ...link, membershipId: undefined })))
    .sort((a, b) => (a.map(({ id }) => id).join() < b.map(({ id }) => id).join() ? -1 : 1));

describe('whom an act concerns', () => {
  test('is everybody at or below the delegation, and nobody above', async () => {
    const { head, deputy, user, root, middle, leaf } = await chainOfThree(world);
    expect(await people(leaf)).toEqual([user]);
    expect(await people(middle)).toEqual([deputy, user].sort());
    expect(await people(root, leaf)).toEqual([head, deputy, user].sort());
  });

  test('is, of a firm, its managers and those of its staff who hold something there', async () => {
    const { manager, staff, cabinetId, toFirm } = await firm(world);
    await world.join(cabinetId, await world.account(), 'staff');
    expect(await people(toFirm)).toEqual([manager, staff].sort());
  });

  test('is nobody below a link that gives nothing already, but for whoever was struck', async () => {
    const { deputy, user, middle, leaf } = await chainOfThree(world);
    await world.close(leaf);
    expect(await people(middle)).toEqual([deputy]);
    expect(await people(leaf)).toEqual([user]);
  });

  test('comes with all the chains that he has there, as his holding has them', async () => {
    const one = await chainOfThree(world);
    const other = await firm(world);
    await world.delegate(other.site, other.root, { from: other.head, to: other.manager });
    await world.delegate(one.site, one.root, { from: one.head, to: one.user }, { to: NOW + 1 });
    const affected = await readAffected(world.store, { delegationIds: [one.middle, other.toFirm] });
    expect(affected.map(({ chains }) => chains.length).sort()).toEqual([1, 1, 2, 2]);
    for (const { accountId, siteId, chains } of affected) {
      const holding = await readHolding(world.store, accountId, { siteId });
      expect(plain(chains)).toEqual(plain(holding?.chains ?? []));
    }
  });

  test('is, when somebody leaves a firm, himself wherever the firm reaches him', async () => {
    const { manager, staff, site, membershipId, managerMembership } = await firm(world);
    const leaving = async (...membershipIds: string[]) =>
      (await readAffected(world.store, { membershipIds })).map(({ accountId, siteId }) => [
        accountId,
        siteId,
      ]);
    expect(await leaving(membershipId)).toEqual([[staff, site.id]]);
    expect(await leaving(managerMembership)).toEqual([[manager, site.id]]);
  });

  test('leaves out, where asked, whoever never entered the site', async () => {
    const { middle } = await chainOfThree(world);
    expect(await readAffected(world.store, { delegationIds: [middle], entered: true })).toEqual([]);
  });

  test('knows nothing of another caisse', async () => {
    const elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
    const { middle } = await chainOfThree(world);
    expect(await readAffected(elsewhere.store, { delegationIds: [middle] })).toEqual([]);
  });
});
