/** What work costs: processor time of a server and of its database, statements, memory. Linux alone tells so. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from '../../provider/store/database.ts';

const TICKS = 100;

type Stat = { readonly ppid: number; readonly own: number; readonly reaped: number };

/** Seconds of processor, user and system; null when the process is gone. */
function statOf(pid: number | string): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything.
    const fields = line
      .slice(line.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (n: number) => fields[n - 3] ?? 0;
    return { ppid: at(4), own: (at(14) + at(15)) / TICKS, reaped: (at(16) + at(17)) / TICKS };
  } catch {
    return null;
  }
}

export const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (statOf(pid)?.own ?? 0), 0);

/** A postmaster with all its backends, those that have ended included. */
export function cpuOfTree(parent: number): number {
  const own = statOf(parent);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.ppid === parent);
  return (own ? own.own + own.reaped : 0) + children.reduce((sum, stat) => sum + (stat?.own ?? 0), 0);
}

/** MiB. */
export function memoryOf(pids: readonly number[], field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const kib = pids.map((pid) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  );
  return kib.reduce((sum, one) => sum + one, 0) / 1024;
}

/** Statements that a database has run since the last reset, those of transactions' begin and end included. */
export async function statements(sql: Database, databases: readonly string[]): Promise<number> {
  const { rows } = await sql.raw(
    `select coalesce(sum(s.calls), 0)::float8 as calls from pg_stat_statements s
     join pg_database d on d.oid = s.dbid where d.datname = any(?) and s.toplevel`,
    [[...databases]] as never,
  );
  return (rows as { calls: number }[])[0]?.calls ?? 0;
}
