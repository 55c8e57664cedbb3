import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChain, readChains } from '../../provider/store/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import type { World } from '../support/world.ts';

let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est');
  elsewhere = await worldOn(database, 'nord-ouest');
});
afterAll(() => database.drop());

async function line() {
  const [boss, middle, last] = [
    await world.account({ givenName: 'Alix', familyName: 'Haut' }),
    await world.account(),
    await world.account(),
  ];
  const site = await world.site();
  const root = await world.enrol(boss, site);
  const below = await world.delegate(site, root, { from: boss, to: middle }, { admin: true });
  const leaf = await world.delegate(site, below, { from: middle, to: last });
  return { root, below, leaf };
}

describe('the chain that a delegation hangs on', () => {
  test('goes from the enrolment to itself, and names who gave', async () => {
    const { root, below, leaf } = await line();
    const chain = await readChain(world.store, leaf);
    expect(chain.map(({ id }) => id)).toEqual([root, below, leaf]);
    expect(chain.map(({ grantorName }) => grantorName)).toEqual([null, 'Alix Haut', 'Camille Essai']);
  });

  test('is read for many at once as for each alone', async () => {
    const [one, other] = [await line(), await line()];
    const ids = [one.leaf, other.below, one.leaf, randomUUID()];
    const chains = await readChains(world.store, ids);
    expect([...chains.keys()].sort()).toEqual([one.leaf, other.below].sort());
    for (const [id, chain] of chains) expect(chain).toEqual(await readChain(world.store, id));
  });

  test('is nothing for an unknown one, another caisse’s included', async () => {
    const { leaf } = await line();
    expect(await readChain(elsewhere.store, leaf)).toEqual([]);
    expect(await readChains(world.store, [])).toEqual(new Map());
  });
});
