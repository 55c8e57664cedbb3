import type { Database } from './database.ts';

/**
 * Empties a database: every schema goes, of the job queue too. `migrate` and the seed come after.
 * Schemas rather than the database, since the owner of a hosted one may not drop it.
 */
export async function resetDatabase(database: Database): Promise<void> {
  await database.transaction(async (trx) => {
    await trx.raw(`set local lock_timeout = '10s'`);
    const { rows } = await trx.raw(
      `select quote_ident(nspname) as schema from pg_namespace
       where nspname !~ '^pg_' and nspname <> 'information_schema'`,
    );
    for (const { schema } of rows) await trx.raw(`drop schema ${schema} cascade`);
    await trx.raw('create schema public');
  });
}
