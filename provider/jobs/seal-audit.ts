/**
 * Seals the lines of the audit afterwards, in segments of each register of each caisse, chained. Owns the rhythm of
 * segments; which lines may be sealed is the horizon's to say (store/audit-horizon).
 *
 * Any number of processes may run it: one seals, the others go home. A segment is one short transaction, so that a
 * process which dies goes on where it was, and a million lines take no more memory than one segment.
 */
import { type AuditSealer, digestOf } from '../domain/audit-seal.ts';
import type { Instant } from '../domain/instant.ts';
import { moveHorizon, takeSealingLock } from '../store/audit-horizon.ts';
import { AUDIT_REGISTERS, type AuditRegister } from '../store/audit-registers.ts';
import { BELOW_ALL, insertSeal, lastSeal, listLinesToSeal } from '../store/audit-seals.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { type Handle, handleOf } from '../store/handle.ts';

export type AuditSealing = {
  readonly sql: Database;
  readonly sealer: AuditSealer;
  readonly now: () => Instant;
};

const SEGMENT_LINES = 5_000;

/** @returns how many lines were sealed; 0 as well while another process seals. */
export async function sealAudit(sealing: AuditSealing, segmentLines = SEGMENT_LINES): Promise<number> {
  const { sql } = sealing;
  const safeId = await moveHorizon(sql);
  if (safeId === null) return 0;
  let sealed = 0;
  for (const { id } of await listCaisses(sql)) {
    for (const register of AUDIT_REGISTERS) {
      for (;;) {
        const lines = await sealSegment(sealing, { caisseId: id, register, safeId, segmentLines });
        sealed += lines;
        if (lines < segmentLines) break;
      }
    }
  }
  return sealed;
}

type Next = {
  readonly caisseId: string;
  readonly register: AuditRegister;
  readonly safeId: bigint;
  readonly segmentLines: number;
};

const sealSegment = ({ sql, sealer, now }: AuditSealing, next: Next): Promise<number> =>
  sql.transaction(async (trx) => {
    if (!(await takeSealingLock(trx))) return 0;
    const handle = handleOf(trx, next.caisseId);
    return sealNext(handle, sealer, { ...next, sealedAt: now() });
  });

async function sealNext(
  handle: Handle,
  sealer: AuditSealer,
  { caisseId, register, safeId, segmentLines, sealedAt }: Next & { readonly sealedAt: Instant },
): Promise<number> {
  const former = await lastSeal(handle, register);
  const afterId = former?.untilId ?? BELOW_ALL;
  const lines = await listLinesToSeal(handle, register, { afterId, untilId: safeId, limit: segmentLines });
  const last = lines.at(-1);
  if (!last) return 0;
  const marks = Buffer.concat(lines.map(({ id, told }) => sealer.mark({ caisseId, id, told })));
  const segment = {
    caisseId,
    register,
    number: (former?.number ?? 0) + 1,
    afterId,
    untilId: lines.length < segmentLines ? safeId : last.id,
    lines: lines.length,
    firstAt: lines.reduce((first, { at }) => Math.min(first, at), last.at),
    lastAt: lines.reduce((latest, { at }) => Math.max(latest, at), last.at),
    sealedAt,
    digest: digestOf(marks),
  };
  const mac = sealer.seal({ ...segment, formerMac: former?.mac ?? Buffer.alloc(0) });
  await insertSeal(handle, { ...segment, marks, keyId: sealer.keyId, mac });
  return lines.length;
}
