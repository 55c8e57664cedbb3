/**
 * Checks and applies staged imports in the background, each step in one transaction: a process that dies changes
 * nothing, and another takes the import up where it was. Hangs what the former space gave once it can.
 */
import type { Logger } from 'pino';
import type { Instant } from '../domain/instant.ts';
import { type AuditKind, appendAudit, appendAudits } from '../store/audit.ts';
import { type Database, isDatabaseAway, timestamp } from '../store/database.ts';
import { type Handle, handleOf, transaction } from '../store/handle.ts';
import { applyLines, findFaults, holdImports } from '../store/import-apply.ts';
import { countDifference, noteDifference } from '../store/import-difference.ts';
import { countFaults, deleteLines } from '../store/import-lines.ts';
import {
  countsAsColumns,
  findImport,
  type Import,
  type ImportCounts,
  listWaitingImports,
  noteFailure,
  noteProgress,
  sweepImports,
  turnImport,
  type Waiting,
} from '../store/imports.ts';
import { hangLegacyDelegations, listCaissesAwaiting } from '../store/legacy-delegations.ts';
import { startWorker, type Worker } from './worker.ts';

export type Importing = { readonly sql: Database; readonly now: () => Instant };

/** @throws the first fault, once every other import was looked at. */
export async function runImports(importing: Importing): Promise<void> {
  const faults: unknown[] = [];
  for (const waiting of await listWaitingImports(importing.sql)) {
    await runImport(importing, waiting).catch((error: unknown) => faults.push(error));
  }
  if (faults.length > 0) throw faults[0];
}

/** One step of one import, if nobody else is at it; one that keeps breaking is given up. */
export async function runImport(importing: Importing, { caisseId, id }: Waiting): Promise<void> {
  const store = handleOf(importing.sql, caisseId);
  try {
    await transaction(store, async (inside) => {
      if (!(await holdImports(inside))) return;
      const row = await findImport(inside, id);
      if (row?.state === 'received') await check(importing, { store, inside, row });
      if (row?.state === 'approved') await apply(importing, { store, inside, row });
    });
  } catch (error) {
    if (!isDatabaseAway(error)) await noteFailure(store, id, importing.now());
    throw error;
  }
}

/** `store`: outside the transaction, where the progress of it can be seen. */
type Step = { readonly store: Handle; readonly inside: Handle; readonly row: Import };

async function check({ now }: Importing, { store, inside, row }: Step): Promise<void> {
  const at = now();
  if (await hasFaults(inside, row, at)) return refuse(inside, row, at);
  const staged = { ...row, now: at };
  if (row.appliesItself) return write({ store, inside, row }, await countDifference(inside, staged), now);
  const counts = await noteDifference(inside, staged);
  await turnImport(inside, { id: row.id, from: 'received', to: 'checked', now: at }, countsAsColumns(counts));
}

async function apply({ now }: Importing, { store, inside, row }: Step): Promise<void> {
  const at = now();
  if (await hasFaults(inside, row, at)) return refuse(inside, row, at);
  const staged = { ...row, now: at };
  const counts = await countDifference(inside, staged);
  if (!sameCounts(counts, row)) {
    const again = { ...countsAsColumns(await noteDifference(inside, staged)), shown_again: true };
    await turnImport(inside, { id: row.id, from: 'approved', to: 'checked', now: at }, again);
    return;
  }
  await write({ store, inside, row }, counts, now);
}

const sameCounts = (a: ImportCounts, b: ImportCounts): boolean =>
  a.added === b.added && a.changed === b.changed && a.unchanged === b.unchanged;

async function hasFaults(inside: Handle, row: Import, now: Instant): Promise<boolean> {
  await findFaults(inside, { ...row, now });
  return (await countFaults(inside, row.id)) > 0;
}

async function refuse(inside: Handle, row: Import, now: Instant): Promise<void> {
  const faults = await countFaults(inside, row.id);
  await deleteLines(inside, row.id);
  await turnImport(inside, { id: row.id, from: row.state, to: 'faulty', now }, { faults });
  const facts = { faults, before: row.state, after: 'faulty' };
  await appendLine(inside, { kind: 'import_refused', row, now, facts });
}

async function write({ store, inside, row }: Step, counts: ImportCounts, now: () => Instant): Promise<void> {
  const { id, state } = row;
  const at = now();
  if (counts.added + counts.changed > 0) {
    await applyLines(inside, { ...row, now: at }, (done) =>
      noteProgress(store, { id, state, now: now() }, { linesDone: Math.min(done, row.lines) }),
    );
  }
  await deleteLines(inside, id);
  const columns = { ...countsAsColumns(counts), applied_at: timestamp(at) };
  await turnImport(inside, { id, from: state, to: 'applied', now: now() }, columns);
  const { added, changed, unchanged, totalBefore, totalAfter } = counts;
  const totals = { total_before: totalBefore, total_after: totalAfter };
  const facts = { added, changed, unchanged, ...totals, before: state, after: 'applied' };
  await appendLine(inside, { kind: 'import_applied', row, now: at, facts });
}

type Line = {
  readonly kind: AuditKind;
  readonly row: Import;
  readonly now: Instant;
  readonly facts: Readonly<Record<string, number | string>>;
};

/** Who decided it, else who sent it: to be applied without a look, or refused for its faults. */
const whoOf = (row: Import) =>
  row.decidedActorId === null && row.decidedClientId === null
    ? { actorId: row.actorId ?? undefined, clientId: row.clientId ?? undefined }
    : { actorId: row.decidedActorId ?? undefined, clientId: row.decidedClientId ?? undefined };

const appendLine = (inside: Handle, { kind, row, now, facts }: Line): Promise<void> =>
  appendAudit(inside, {
    kind,
    at: now,
    ...whoOf(row),
    facts: {
      import: row.id,
      of: row.kind,
      sha256: row.sha256?.toString('hex') ?? null,
      lines: row.lines,
      ...(row.operator !== null && row.decidedActorId === null && { operator: row.operator }),
      ...facts,
    },
  });

const AT_ONCE = 500;

/** @returns how many were hung, in every caisse. */
export async function hangWhatWaits({ sql, now }: Importing): Promise<number> {
  let all = 0;
  for (const caisseId of await listCaissesAwaiting(sql)) {
    for (let more = true; more; ) {
      const hung = await transaction(handleOf(sql, caisseId), async (inside) => {
        const at = now();
        const rows = await hangLegacyDelegations(inside, { now: at, limit: AT_ONCE });
        await appendAudits(
          inside,
          rows.map(({ id, siteId, accountId }) => ({
            kind: 'delegation_carried_over' as const,
            at,
            siteId,
            subjectId: accountId ?? undefined,
            facts: { delegation: id, before: null, after: 'to_renew' },
          })),
        );
        return rows.length;
      });
      all += hung;
      more = hung === AT_ONCE;
    }
  }
  return all;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function startImporting({ log, ...importing }: Importing & { readonly log: Logger }): Worker {
  const { sql, now } = importing;
  const workers = [
    { name: 'run imports', every: 2 * SECOND, run: () => runImports(importing) },
    { name: 'carry delegations over', every: MINUTE, run: () => hangWhatWaits(importing) },
    { name: 'sweep imports', every: MINUTE, run: () => sweepImports(sql, now()) },
  ].map((work) => startWorker(work, log));
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
