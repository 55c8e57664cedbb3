import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database, migrate, timestamp } from '../../provider/store/database.ts';
import { privateCluster } from '../../provider/store/embedded-private.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function read(expression: string, ...bindings: string[]): Promise<unknown> {
  const { rows } = await database.knex.raw(`select ${expression} as value`, bindings);
  return rows[0].value;
}

test('a bigint reads as a BigInt, to the last bit', async () => {
  expect(await read('9007199254740993::bigint')).toBe(9_007_199_254_740_993n);
});

test('a moment comes back as the milliseconds that went in, infinity included', async () => {
  const moment = Date.UTC(2026, 1, 28, 22, 59, 59, 999);
  expect(await read('?::timestamptz', timestamp(moment))).toBe(moment);
  expect(await read('?::timestamptz', timestamp(Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
});

test('a date has no zone, so it stays the day that was written', async () => {
  expect(await read(`'2026-03-29'::date`)).toBe('2026-03-29');
});

test('the message of a database error leaves out the values that were bound', async () => {
  const error = await database.knex
    .raw('select ?::text, 1/0', ['secret@demo.test'])
    .catch((thrown) => thrown);
  expect(error.message).toBe('select $1::text, 1/0 - division by zero');
});

test('servers that start together on an empty database all find it migrated', async () => {
  const cluster = await privateCluster();
  const pools = Array.from({ length: 3 }, () => connect(cluster.url('postgres'), { poolSize: 2 }));
  try {
    await Promise.all(pools.map((pool) => migrate(pool)));
    const [pool] = pools as [Database];
    const { rows } = await pool.raw('select name from knex_migrations order by name');
    const expected = await database.knex.raw('select name from knex_migrations order by name');
    expect(rows).toEqual(expected.rows);
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
    await cluster.remove();
  }
});
