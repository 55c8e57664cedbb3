import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database, isDatabaseAway } from '../../provider/store/database.ts';
import { type PrivateCluster, privateCluster } from '../../provider/store/embedded-private.ts';

let cluster: PrivateCluster;
let database: Database;
beforeAll(async () => {
  cluster = await privateCluster();
  database = connect(cluster.url('postgres'), { poolSize: 3 });
});
afterAll(async () => {
  await database.destroy();
  await cluster.remove();
});

const one = async (): Promise<number> => (await database.raw('select 1 as one')).rows[0].one;
const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => 'it succeeded',
    (error) => error,
  );

test('a pool with idle, busy and reserved connections outlives a restart of the database', async () => {
  await Promise.all([one(), one(), one()]);
  const reserved = await database.transaction();
  const busy = failureOf(database.raw('select pg_sleep(60)'));
  await expect.poll(async () => sleepers(reserved)).toBe(1);

  await cluster.stop();
  expect(isDatabaseAway(await busy)).toBe(true);
  expect(isDatabaseAway(await failureOf(reserved.raw('select 1')))).toBe(true);
  expect(isDatabaseAway(await failureOf(one()))).toBe(true);
  expect(isDatabaseAway(await failureOf(database.transaction(async () => undefined)))).toBe(true);
  await reserved.rollback();

  await cluster.start();
  expect(await Promise.all(Array.from({ length: 9 }, one))).toEqual(Array(9).fill(1));
});

async function sleepers(connection: Database): Promise<number> {
  const { rows } = await connection.raw(
    `select count(*)::int as count from pg_stat_activity where wait_event = 'PgSleep'`,
  );
  return rows[0].count;
}

test('a pool with no connection left to give counts as a database that is away', async () => {
  const small = connect(cluster.url('postgres'), { poolSize: 1, acquireTimeout: 50 });
  const holder = await small.transaction();
  expect(isDatabaseAway(await failureOf(small.raw('select 1')))).toBe(true);
  await holder.rollback();
  await small.destroy();
});

test.each([
  ['a mistake in a query', () => database.raw('select nothing')],
  ['a value that does not fit', () => database.raw('select 1/0')],
  [
    'a file that is missing',
    () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' })),
  ],
])('%s says nothing about the database being away', async (_, act) => {
  expect(isDatabaseAway(await failureOf(act()))).toBe(false);
});
