import type { Database } from './database.ts';

/** The major version of the PostgreSQL that answers: 15, 16 … */
export async function serverVersion(database: Database): Promise<number> {
  const { rows } = await database.raw('show server_version_num');
  return Math.floor(Number(rows[0].server_version_num) / 10_000);
}
