/** A migrated database of one's own, cloned in some 40 ms. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, type Database } from '../../provider/store/database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly database: { readonly adminUrl: string; readonly template: string; readonly run: string };
  }
}

export interface TestDatabase {
  readonly url: string;
  readonly knex: Database;
  /** Ends the pool and every other session, and drops the database. */
  drop(): Promise<void>;
}

/** One per test file, in `beforeAll`; `drop()` in `afterAll`. */
export async function testDatabase({ poolSize = 10 } = {}): Promise<TestDatabase> {
  const { adminUrl, template, run } = inject('database');
  const name = `test_${run}_${randomBytes(4).toString('hex')}`;
  await administer(adminUrl, `create database ${name} template ${template} strategy wal_log`);
  const url = databaseAt(adminUrl, name);
  const knex = connect(url, { poolSize, applicationName: name });
  return {
    url,
    knex,
    drop: async () => {
      await knex.destroy();
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'tests' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server's database of that name; its commits do not wait for the disk, since no test outlives a crash. */
export function databaseAt(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  if (!url.searchParams.has('options')) url.searchParams.set('options', '-c synchronous_commit=off');
  return url.href;
}
