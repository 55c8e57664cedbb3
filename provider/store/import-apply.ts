/**
 * What is wrong with a staged file against what is there, and doing what it says. Whoever calls holds the import
 * (`holdImports`) in the transaction that ends with its new state, so that a process that dies leaves nothing behind.
 */
import type { ImportKind } from '../domain/import.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { KINDS } from './import-kinds/all.ts';
import { LINES } from './import-kinds/kind.ts';

/**
 * Until the transaction ends, or its session with the process that holds it. false: another process works for this
 * caisse, on this import or on another.
 */
export async function holdImports({ caisseId, sql }: Handle): Promise<boolean> {
  // A file of 300,000 lines takes longer than any request may.
  await sql.raw('set local statement_timeout = 0');
  const { rows } = await sql.raw(
    `select pg_try_advisory_xact_lock(hashtextextended('import ' || ?, 0)) as held`,
    [caisseId],
  );
  return rows[0].held;
}

export type Staged = { readonly id: string; readonly kind: ImportKind; readonly now: Instant };

const REPEATED = `
  select line, 'repeated', first::text from (
    select l.line, first_value(l.line) over (partition by l.key order by l.line) as first
    from import_line l where ${LINES}) said
  where line <> first`;

/** Writes the faults that no line shows by itself. Reads them against what is there now. */
export async function findFaults({ caisseId, sql }: Handle, { id, kind, now }: Staged): Promise<void> {
  // Filled a moment ago: without statistics the planner would read the caisse for every line.
  await sql.raw('analyze import_line');
  for (const faults of [REPEATED, ...KINDS[kind].faults]) {
    await sql.raw(
      `insert into import_fault (caisse_id, import_id, line, code, about)
       select :caisse, :import, found.line, found.code, found.about from (${faults}) found (line, code, about)`,
      { caisse: caisseId, import: id, now: timestamp(now) },
    );
  }
}

const SLICE = 20_000;

/** All lines, in slices; `onSlice` hears how many lines are done. */
export async function applyLines(
  { caisseId, sql }: Handle,
  { id, kind, now }: Staged,
  onSlice: (done: number) => Promise<unknown>,
): Promise<void> {
  const { apply, tables } = KINDS[kind];
  const analyze = async () => {
    for (const table of tables) await sql.raw('analyze ??', [table]);
  };
  const [last] = await sql('import_line').where({ caisse_id: caisseId, import_id: id }).max({ line: 'line' });
  await analyze();
  for (let slice = 0; slice * SLICE <= Number(last?.line ?? 0); slice++) {
    const from = slice * SLICE;
    const given = { caisse: caisseId, import: id, now: timestamp(now), from, to: from + SLICE - 1 };
    for (const statement of apply) await sql.raw(statement, given);
    // Each time there is twice as much: planned for a table that was all but empty, a slice reads it for every line.
    if (Number.isInteger(Math.log2(slice + 1))) await analyze();
    await onSlice(from + SLICE);
  }
  await analyze();
}
