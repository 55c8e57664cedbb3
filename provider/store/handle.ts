/**
 * A caisse-bound handle: what every store function takes. It cannot reach another caisse's rows, because each
 * query starts from `caisseId` and every foreign key is composite.
 */
import type { Knex } from 'knex';

export type CaisseId = string;

export type Handle = { readonly caisseId: CaisseId; readonly sql: Knex };

export const handleOf = (sql: Knex, caisseId: CaisseId): Handle => ({ caisseId, sql });

/** The id of nothing: no row has it, and every other comes after it. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * One transaction per act: the state, its audit line and its outgoing messages, or nothing. Of two acts that wait for one
 * another the database ends one, which then begins again: an act does nothing outside but through `inside`.
 */
export async function transaction<T>(handle: Handle, act: (inside: Handle) => Promise<T>): Promise<T> {
  const run = () => handle.sql.transaction((trx) => act({ caisseId: handle.caisseId, sql: trx }));
  for (let left = MOST_BEGINNINGS - 1; left > 0; left--) {
    try {
      return await run();
    } catch (error) {
      if (!isDeadlock(error) || handle.sql.isTransaction) throw error;
    }
  }
  return run();
}

const MOST_BEGINNINGS = 4;

/** SQLSTATE deadlock_detected. */
const isDeadlock = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '40P01';

/** Whether the text could be an id of ours: the database refuses to compare with anything else. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
