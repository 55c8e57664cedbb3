/** Whether the database can serve this version of the product: it answers, and its schema is up to date. */
import { readdirSync } from 'node:fs';
import { type Database, MIGRATIONS_DIRECTORY } from './database.ts';

/** Names of this version's migrations, in their order. */
const ours = (): string[] =>
  readdirSync(MIGRATIONS_DIRECTORY)
    .filter((name) => name.endsWith('.ts'))
    .sort();

/**
 * Names of the migrations that are not applied; those of a newer version do no harm (expand, migrate, contract).
 * @throws when the database does not answer within `patience` ms.
 */
export async function pendingMigrations(sql: Database, patience: number): Promise<string[]> {
  const { rows } = await sql
    .raw(`select to_regclass('knex_migrations') is not null as begun`)
    .timeout(patience);
  if (!(rows as { begun: boolean }[])[0]?.begun) return ours();
  const applied = new Set(
    (await sql('knex_migrations').select('name').timeout(patience)).map(({ name }: { name: string }) => name),
  );
  return ours().filter((name) => !applied.has(name));
}
