/**
 * Imports: who sent which file, how far it is, what it would do. Owns the row and its states; the lines and faults are
 * import-lines', what a kind of file does import-kinds'.
 */
import type { ImportKind, ImportState } from '../domain/import.ts';
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import { type CaisseId, type Handle, isId } from './handle.ts';

export type ImportCounts = {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Of the table that the file speaks of, before and after. */
  readonly totalBefore: number;
  readonly totalAfter: number;
};

export type Import = ImportCounts & {
  readonly id: string;
  readonly kind: ImportKind;
  readonly state: ImportState;
  readonly actorId: string | null;
  readonly clientId: string | null;
  /** Who sat at the shell; null for an agent's or a service's. */
  readonly operator: string | null;
  /** Who said that it be applied or abandoned; null as long as nobody has. */
  readonly decidedActorId: string | null;
  readonly decidedClientId: string | null;
  readonly appliesItself: boolean;
  readonly sha256: Buffer | null;
  readonly lines: number;
  readonly linesDone: number;
  readonly faults: number;
  readonly shownAgain: boolean;
  /** What the rows that it brought bear as their beginning. */
  readonly appliedAt: Instant | null;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
};

const COLUMNS = {
  id: 'id',
  kind: 'kind',
  state: 'state',
  actorId: 'actor_id',
  clientId: 'client_id',
  operator: 'operator',
  decidedActorId: 'decided_actor_id',
  decidedClientId: 'decided_client_id',
  appliesItself: 'applies_itself',
  sha256: 'sha256',
  lines: 'lines',
  linesDone: 'lines_done',
  faults: 'faults',
  added: 'added',
  changed: 'changed',
  unchanged: 'unchanged',
  totalBefore: 'total_before',
  totalAfter: 'total_after',
  shownAgain: 'shown_again',
  appliedAt: 'applied_at',
  createdAt: 'created_at',
  changedAt: 'changed_at',
};

export type NewImport = {
  readonly id: string;
  readonly kind: ImportKind;
  readonly actorId: string | null;
  readonly clientId: string | null;
  readonly operator: string | null;
  readonly appliesItself: boolean;
};

export async function insertImport({ caisseId, sql }: Handle, given: NewImport, now: Instant): Promise<void> {
  await sql('import').insert({
    caisse_id: caisseId,
    id: given.id,
    kind: given.kind,
    actor_id: given.actorId,
    client_id: given.clientId,
    operator: given.operator,
    applies_itself: given.appliesItself,
    state: 'receiving',
    created_at: timestamp(now),
    changed_at: timestamp(now),
  });
}

export const findImport = async ({ caisseId, sql }: Handle, id: string): Promise<Import | undefined> =>
  isId(id) ? sql('import').first(COLUMNS).where({ caisse_id: caisseId, id }) : undefined;

/** With the names of the agents who sent them, latest first. */
export async function listImports({ caisseId, sql }: Handle, limit: number) {
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, `i.${column}`]));
  const rows: readonly (Import & { givenName: string | null; familyName: string | null })[] = await sql(
    'import as i',
  )
    .leftJoin('account as a', (on) => on.on('a.caisse_id', 'i.caisse_id').andOn('a.id', 'i.actor_id'))
    .select({ ...columns, givenName: 'a.given_name', familyName: 'a.family_name' })
    .where({ 'i.caisse_id': caisseId })
    .orderBy([{ column: 'i.created_at', order: 'desc' }, 'i.id'])
    .limit(limit);
  return rows;
}

export type Turn = {
  readonly id: string;
  readonly from: ImportState;
  readonly to: ImportState;
  readonly now: Instant;
};

/** @returns whether it was in that state: of two who turn it at once, one does. */
export async function turnImport(
  { caisseId, sql }: Handle,
  { id, from, to, now }: Turn,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const turned = await sql('import')
    .update({ ...facts, state: to, lines_done: 0, changed_at: timestamp(now) })
    .where({ caisse_id: caisseId, id, state: from });
  return turned === 1;
}

export const countsAsColumns = (counts: ImportCounts) => ({
  added: counts.added,
  changed: counts.changed,
  unchanged: counts.unchanged,
  total_before: counts.totalBefore,
  total_after: counts.totalAfter,
});

/** A sign of life, and how far it is. @returns false once it is no longer in that state. */
export async function noteProgress(
  { caisseId, sql }: Handle,
  { id, state, now }: { readonly id: string; readonly state: ImportState; readonly now: Instant },
  done: { readonly lines?: number; readonly linesDone?: number; readonly bytes?: number },
): Promise<boolean> {
  const noted = await sql('import')
    .update({
      ...(done.lines === undefined ? {} : { lines: done.lines }),
      ...(done.linesDone === undefined ? {} : { lines_done: done.linesDone }),
      ...(done.bytes === undefined ? {} : { bytes: done.bytes }),
      changed_at: timestamp(now),
    })
    .where({ caisse_id: caisseId, id, state });
  return noted === 1;
}

const MOST_FAILURES = 5;

/** A step broke, which is nobody's fault in the file; too often, and it is given up. */
export async function noteFailure({ caisseId, sql }: Handle, id: string, now: Instant): Promise<void> {
  await sql('import').increment('failures', 1).where({ caisse_id: caisseId, id });
  await sql('import')
    .update({ state: 'failed', changed_at: timestamp(now) })
    .where({ caisse_id: caisseId, id })
    .whereIn('state', ['received', 'approved'])
    .where('failures', '>=', MOST_FAILURES);
}

export type Waiting = { readonly caisseId: CaisseId; readonly id: string };

/** Those to be checked or applied, of every caisse, oldest first. */
export const listWaitingImports = (sql: Database): Promise<readonly Waiting[]> =>
  sql('import')
    .select({ caisseId: 'caisse_id', id: 'id' })
    .whereIn('state', ['received', 'approved'])
    .orderBy(['changed_at', 'id'])
    .limit(20);

const HOUR = 3_600_000;
/** Since the last batch of a file that was being sent. */
const SENDER_VANISHED = HOUR / 6;
const NOBODY_DECIDED = 48 * HOUR;
const FAULTS_KEPT = 30 * 24 * HOUR;

/** Gives up what nobody sends any more or decided on, and forgets lines and faults past their use. @returns how many rows went. */
export async function sweepImports(sql: Database, now: Instant): Promise<number> {
  const since = (ms: number) => timestamp(now - ms);
  await sql('import')
    .update({ state: 'failed', changed_at: timestamp(now) })
    .where({ state: 'receiving' })
    .where('changed_at', '<', since(SENDER_VANISHED));
  await sql('import')
    .update({ state: 'abandoned', changed_at: timestamp(now) })
    .where({ state: 'checked' })
    .where('changed_at', '<', since(NOBODY_DECIDED));
  const ended = (table: string) =>
    sql(`${table} as l`)
      .delete()
      .whereExists(
        sql('import as i')
          .select(sql.raw('1'))
          .whereRaw('i.caisse_id = l.caisse_id and i.id = l.import_id')
          .whereIn('i.state', ['faulty', 'applied', 'abandoned', 'failed']),
      );
  const lines = (await ended('import_change')) + (await ended('import_line'));
  const faults = await sql('import_fault as f')
    .delete()
    .whereExists(
      sql('import as i')
        .select(sql.raw('1'))
        .whereRaw('i.caisse_id = f.caisse_id and i.id = f.import_id')
        .where('i.changed_at', '<', since(FAULTS_KEPT)),
    );
  return lines + faults;
}
