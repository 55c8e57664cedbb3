/**
 * Up to which line of the audit nothing can come any more. Ids are given out as lines are written and seen when their
 * transaction commits: a lower id may appear after a higher one. Whoever writes a line holds a lock on the table from
 * before its id was given until its transaction has ended, so once every writer of a moment has let go, all the ids
 * given out by that moment are there, or never will be. Nobody is made to wait.
 */
import type { Database } from './database.ts';

// In this database alone: what others of the server do is no concern of ours.
const WRITERS = `
  select distinct virtualtransaction from pg_locks
  where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
    and relation = 'audit_event'::regclass
    and database = (select oid from pg_database where datname = current_database())`;

type Horizon = {
  readonly safe_id: bigint;
  readonly noted_id: bigint | null;
  readonly writers: string[] | null;
};

// Any number does, as long as every version of the product keeps it.
const SEALING_LOCK = 7_214_905_337;

/** For the rest of the transaction. @returns false while another process seals. */
export async function takeSealingLock(inside: Database): Promise<boolean> {
  const { rows } = await inside.raw('select pg_try_advisory_xact_lock(?) as taken', [SEALING_LOCK]);
  return rows[0].taken;
}

/** The id up to which lines may be sealed, moved on as far as it goes. null: another process seals. */
export async function moveHorizon(sql: Database): Promise<bigint | null> {
  const moved = await step(sql);
  // What was noted a moment ago is mostly over by now.
  return moved === null ? null : step(sql);
}

const step = (sql: Database): Promise<bigint | null> =>
  sql.transaction(async (trx) => {
    if (!(await takeSealingLock(trx))) return null;
    let { safe_id: safe, noted_id: noted, writers } = await readHorizon(trx);
    if (noted !== null && (await haveLetGo(trx, writers ?? []))) {
      [safe, noted, writers] = [noted, null, null];
    }
    if (noted === null) {
      // In this order: who is given an id after the first question is a writer of the second or over.
      const lastId = await lastGiven(trx);
      if (lastId > safe) [noted, writers] = [lastId, await listWriters(trx)];
    }
    await trx('audit_horizon').update({ safe_id: safe, noted_id: noted, writers });
    return safe;
  });

const readHorizon = async (trx: Database): Promise<Horizon> =>
  (await trx('audit_horizon').first('safe_id', 'noted_id', 'writers')) as Horizon;

async function lastGiven(trx: Database): Promise<bigint> {
  const { rows } = await trx.raw('select last_value, is_called from audit_event_id_seq');
  return rows[0].is_called ? rows[0].last_value : 0n;
}

const listWriters = async (trx: Database): Promise<string[]> =>
  (await trx.raw(WRITERS)).rows.map((row: { virtualtransaction: string }) => row.virtualtransaction);

async function haveLetGo(trx: Database, writers: readonly string[]): Promise<boolean> {
  const writing = new Set(await listWriters(trx));
  return !writers.some((writer) => writing.has(writer));
}
