import type { Database } from './database.ts';

/** The major version of the PostgreSQL that answers: 15, 16 … */
export async function serverVersion(database: Database): Promise<number> {
  const { rows } = await database.raw('show server_version_num');
  return Math.floor(Number(rows[0].server_version_num) / 10_000);
}

/** What the clock of the server says, in ms since 1970. */
export async function readClock(database: Database): Promise<number> {
  const { rows } = await database.raw('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  return rows[0].now;
}
