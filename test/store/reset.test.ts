import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../provider/store/database.ts';
import { resetDatabase } from '../../provider/store/reset.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function tables(): Promise<string[]> {
  const { rows } = await database.knex.raw(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname !~ '^(pg_|information_schema$)' order by 1`,
  );
  return rows.map(({ name }: { name: string }) => name);
}

test('a reset takes everything away, other schemas too, and migrating brings the tables back', async () => {
  const before = await tables();
  await database.knex.raw('create schema "a queue"');
  await database.knex.raw('create table "a queue".job (id int)');
  await resetDatabase(database.knex);
  expect(await tables()).toEqual([]);
  await migrate(database.knex);
  expect(await tables()).toEqual(before);
});
