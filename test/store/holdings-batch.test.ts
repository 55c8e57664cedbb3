import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Pair,
  readHolding,
  readHoldings,
  readPortfolioHoldings,
} from '../../provider/store/holdings.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { newSiret, type World } from '../support/world.ts';

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

async function queriesOf<T>(act: () => Promise<T>): Promise<{ answer: T; queries: number }> {
  let queries = 0;
  const count = () => {
    queries += 1;
  };
  database.knex.on('query', count);
  const answer = await act();
  database.knex.off('query', count);
  return { answer, queries };
}

/** Everybody of a chain of people and of a firm, at both sites and at none. */
async function everyPair(): Promise<Pair[]> {
  const [people, throughFirm] = [await chainOfThree(world), await firm(world)];
  await world.delegate(
    people.site,
    people.root,
    { from: people.head, to: throughFirm.staff },
    { to: NOW + 1 },
  );
  await world.close(people.middle);
  const { head, manager, staff } = throughFirm;
  const accounts = [people.head, people.deputy, people.user, head, manager, staff, randomUUID()];
  const sirets = [people.site.siret, throughFirm.site.siret, newSiret()];
  return accounts.flatMap((accountId) => sirets.map((siret) => ({ accountId, siret })));
}

describe('several holdings at once', () => {
  test('are those read one by one, in the order asked, each as often as asked', async () => {
    const pairs = await everyPair();
    const asked = [...pairs, ...pairs.toReversed()];
    const oneByOne = [];
    for (const { accountId, siret } of asked) {
      oneByOne.push(await readHolding(world.store, accountId, { siret }));
    }
    expect(oneByOne.filter((holding) => (holding?.chains.length ?? 0) > 0)).toHaveLength(12);
    expect(await readHoldings(world.store, asked)).toEqual(oneByOne);
  });

  test('are one query for a hundred people and sites, and none for nobody', async () => {
    const pairs = await everyPair();
    const hundred = Array.from({ length: 100 }, (_, i) => pairs[i % pairs.length] as Pair);
    const { answer, queries } = await queriesOf(() => readHoldings(world.store, hundred));
    expect([answer.length, queries]).toEqual([100, 1]);
    expect(await queriesOf(() => readHoldings(world.store, []))).toEqual({ answer: [], queries: 0 });
  });

  test('know nobody of another caisse', async () => {
    const { user, site } = await chainOfThree(world);
    const pair = { accountId: user, siret: site.siret };
    expect(await readHoldings(elsewhere.store, [pair])).toEqual([null]);
    await elsewhere.account({ id: user });
    expect(await readHoldings(elsewhere.store, [pair])).toMatchObject([{ site: null, chains: [] }]);
  });
});

describe('the holdings of a portfolio', () => {
  const sirets = async (accountId: string, from: string, limit = 10, at = world) =>
    (await readPortfolioHoldings(at.store, { accountId, from, limit })).map(({ site }) => site?.siret);

  test('come by SIRET, from any one on, as many as asked, in one query', async () => {
    const { accountId, sites } = await world.administrator(5);
    const ordered = sites.map(({ siret }) => siret).sort();
    expect(await sirets(accountId, '')).toEqual(ordered);
    expect(await sirets(accountId, ordered[2] ?? '', 2)).toEqual(ordered.slice(2, 4));
    expect(await sirets(accountId, `${ordered[4]}0`)).toEqual([]);
    expect((await queriesOf(() => sirets(accountId, ''))).queries).toBe(1);
  });

  test('are those that the site alone would show, through a firm as well', async () => {
    const { manager, staff, head, site } = await firm(world);
    for (const accountId of [manager, staff, head]) {
      const alone = await readHolding(world.store, accountId, { siteId: site.id });
      expect(alone?.chains).toHaveLength(1);
      expect(await readPortfolioHoldings(world.store, { accountId, from: '', limit: 10 })).toEqual([alone]);
    }
  });

  test('leave out sites of other people and of other caisses', async () => {
    const { accountId, sites } = await world.administrator(1);
    await world.administrator(1);
    await elsewhere.account({ id: accountId });
    await elsewhere.enrol(accountId, await elsewhere.site());
    expect(await sirets(accountId, '')).toEqual(sites.map(({ siret }) => siret));
    expect(await sirets(randomUUID(), '')).toEqual([]);
    expect(await sirets(accountId, '', 10, elsewhere)).toHaveLength(1);
  });
});
