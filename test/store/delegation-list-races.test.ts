import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listBeneficiaries } from '../../provider/store/delegation-list.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { untilWaiting } from '../support/lock-waits.ts';
import { manyBeneficiaries } from '../support/many-beneficiaries.ts';
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

/** Somebody, and a delegation that he has accepted and that nobody has confirmed yet. */
async function scene() {
  const giver = await world.account({ familyName: 'Milieu' });
  const site = await world.site();
  const root = await world.enrol(giver, site);
  const on = { siteId: site.id, adherentId: site.adherent.id, root, giver };
  const waiting = (await manyBeneficiaries(world, on, { count: 40, now: NOW })).find(
    ({ status }) => status === 'awaiting_confirmation',
  );
  const person = await world.account({ familyName: 'Zadig' });
  return { site, person, delegationId: waiting?.id ?? '' };
}

const rename = (sql: Knex, id: string) => sql('account').where({ id }).update({ family_name: 'Aabel' });
const bind = (sql: Knex, id: string, person: string) =>
  sql('delegation')
    .where({ id })
    .update({ grantee_account_id: person, status: 'active', changed_at: new Date(NOW).toISOString() });

const waits = () => untilWaiting(database.knex);

/** One act begins, the other follows and waits, the first commits. */
async function both(first: (sql: Knex) => PromiseLike<unknown>, second: (sql: Knex) => PromiseLike<unknown>) {
  const one = await database.knex.transaction();
  await first(one);
  const other = database.knex.transaction(async (sql) => void (await second(sql)));
  await waits();
  await one.commit();
  await other;
}

const firstListed = async (siteId: string) => {
  const query = {
    terms: ['aabel'],
    role: null,
    status: null,
    withoutInactive: false,
    fromAtLeast: null,
    toAtMost: null,
  } as const;
  const order = { sort: 'name', descending: false, limit: 1, offset: 0 } as const;
  const { rows } = await listBeneficiaries(world.store, { siteIds: [siteId], now: NOW, ...query, ...order });
  return rows[0];
};

describe('a person renamed while a delegation becomes his', () => {
  test('is listed by his new name when the renaming comes first', async () => {
    const { site, person, delegationId } = await scene();
    await both(
      (sql) => rename(sql, person),
      (sql) => bind(sql, delegationId, person),
    );
    expect(await firstListed(site.id)).toMatchObject({ delegationId, familyName: 'Aabel', status: 'active' });
  });

  test('and when it comes second', async () => {
    const { site, person, delegationId } = await scene();
    await both(
      (sql) => bind(sql, delegationId, person),
      (sql) => rename(sql, person),
    );
    expect(await firstListed(site.id)).toMatchObject({ delegationId, familyName: 'Aabel', status: 'active' });
  });
});
