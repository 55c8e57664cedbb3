/**
 * For the `knex` command (`npx knex migrate:status`, `npx knex migrate:make …`); the server itself brings the schema
 * up to date when it starts. Uses DATABASE_URL, or the embedded PostgreSQL.
 */
import type { Knex } from 'knex';
import { embeddedDatabase, readConfig } from './provider/config.ts';
import { knexConfig } from './provider/store/database.ts';
import { openDatabaseServer } from './provider/store/embedded.ts';

export default async function knexfile(): Promise<Knex.Config> {
  const root = import.meta.dirname;
  const { databaseUrl } = readConfig(process.env, { root });
  if (databaseUrl) return commandConfig(databaseUrl);
  const server = await openDatabaseServer({ root, log: console.error });
  const url = await server.ensureDatabase(embeddedDatabase);
  // The command ends by process.exit(): its presence at the server ends with it, and the next to leave stops the server.
  return commandConfig(url);
}

function commandConfig(url: string): Knex.Config {
  const { log: _, ...config } = knexConfig(url, {
    poolSize: 2,
    applicationName: 'knex',
    statementTimeout: 0,
  });
  return config;
}
