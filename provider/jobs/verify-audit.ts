/**
 * Verifies the audit against its seals: every segment's seal and place in its chain, every line of it, the end of each
 * chain against an anchor that lay elsewhere. Changes nothing, and takes the memory of one segment.
 */
import {
  type AuditSealer,
  compareMarks,
  digestOf,
  MARK_BYTES,
  sameBytes,
  sealersSince,
} from '../domain/audit-seal.ts';
import type { Instant } from '../domain/instant.ts';
import { AUDIT_REGISTERS, type AuditRegister } from '../store/audit-registers.ts';
import {
  BELOW_ALL,
  countUnsealed,
  type LineToSeal,
  listLinesToSeal,
  listSeals,
  readMarks,
  type Seal,
} from '../store/audit-seals.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { type Handle, handleOf } from '../store/handle.ts';
import type { Anchor } from './anchor-audit.ts';

export type AuditFault = {
  readonly caisseId: string;
  readonly register: string;
  /** Of the segment; null where there is none. */
  readonly number: number | null;
} & (
  | { readonly fault: 'changed' | 'removed' | 'inserted' | 'backdated'; readonly lineId: bigint }
  /** The seal was not made of what it says, or does not follow the one before. */
  | { readonly fault: 'seal_broken' | 'seal_missing' | 'unknown_key' | 'former_key' | 'drop_forged' }
  /** The chain ends before the anchor, or is another one there. */
  | { readonly fault: 'cut' | 'other_than_anchor' }
  | { readonly fault: 'unsealed'; readonly lines: number; readonly since: Instant }
);

export type AuditVerification = {
  readonly segments: number;
  readonly lines: number;
  readonly dropped: number;
  readonly faults: number;
};

export type Verifying = {
  readonly sql: Database;
  readonly sealer: AuditSealer;
  readonly now: Instant;
  readonly anchor?: Anchor | undefined;
  readonly onFault: (fault: AuditFault) => void;
};

/** After so long a line without a seal, or one that says that it is that much older than the seal before it, is told. */
export const EXPECTED_WITHIN = 3_600_000;

const SEALS_AT_ONCE = 100;

export async function verifyAudit(verifying: Verifying): Promise<AuditVerification> {
  const { sql, anchor, onFault } = verifying;
  const sum = { segments: 0, lines: 0, dropped: 0, faults: 0 };
  const told: Verifying = {
    ...verifying,
    onFault(fault) {
      sum.faults += 1;
      onFault(fault);
    },
  };
  for (const { id } of await listCaisses(sql)) {
    for (const register of AUDIT_REGISTERS) {
      const checked = await verifyRegister(told, handleOf(sql, id), register);
      sum.segments += checked.segments;
      sum.lines += checked.lines;
      sum.dropped += checked.dropped;
    }
  }
  for (const { caisse, register, number } of anchor?.heads ?? [])
    if (!(await hasChain(sql, caisse, register)))
      told.onFault({ fault: 'cut', caisseId: caisse, register, number });
  return sum;
}

/** Of an anchor, what names no chain that is looked at otherwise: its caisse is gone. */
async function hasChain(sql: Database, caisseId: string, register: string): Promise<boolean> {
  const known = (await listCaisses(sql)).some(({ id }) => id === caisseId);
  return known && AUDIT_REGISTERS.some((one) => one === register);
}

async function verifyRegister(verifying: Verifying, handle: Handle, register: AuditRegister) {
  const sum = { segments: 0, lines: 0, dropped: 0 };
  const { caisseId } = handle;
  let former: Seal | undefined;
  for (;;) {
    const seals = await listSeals(handle, register, { after: former?.number ?? 0, limit: SEALS_AT_ONCE });
    for (const seal of seals) {
      await verifySegment(verifying, handle, { seal, former });
      tellAnchor(verifying, seal);
      sum.segments += 1;
      sum.lines += seal.droppedAt === null ? seal.lines : 0;
      sum.dropped += seal.droppedAt === null ? 0 : 1;
      former = seal;
    }
    if (seals.length < SEALS_AT_ONCE) break;
  }
  const head = verifying.anchor?.heads.find((one) => one.caisse === caisseId && one.register === register);
  if (head && head.number > (former?.number ?? 0))
    verifying.onFault({ fault: 'cut', caisseId, register, number: head.number });
  const { lines, since } = await countUnsealed(handle, register, verifying.now - EXPECTED_WITHIN);
  if (lines > 0 && since !== null)
    verifying.onFault({ fault: 'unsealed', caisseId, register, number: null, lines, since });
  return sum;
}

function tellAnchor({ anchor, onFault }: Verifying, { caisseId, register, number, mac }: Seal): void {
  const head = anchor?.heads.find(
    (one) => one.caisse === caisseId && one.register === register && one.number === number,
  );
  if (head && !sameBytes(Buffer.from(head.mac, 'hex'), mac))
    onFault({ fault: 'other_than_anchor', caisseId, register, number });
}

type Place = { readonly seal: Seal; readonly former: Seal | undefined };

async function verifySegment(verifying: Verifying, handle: Handle, { seal, former }: Place): Promise<void> {
  const { onFault } = verifying;
  const { caisseId, register, number } = seal;
  const sealers = sealersSince(verifying.sealer, seal.keyId);
  const sealer = sealers.at(-1);
  const tell = (fault: 'seal_broken' | 'seal_missing' | 'unknown_key' | 'former_key' | 'drop_forged') =>
    onFault({ fault, caisseId, register, number });
  if (number !== (former?.number ?? 0) + 1) tell('seal_missing');
  if (!sealer) return tell('unknown_key');
  // Who got hold of a key that was replaced seals nothing more with it.
  const before = former ? sealersSince(verifying.sealer, former.keyId).length : 0;
  if (before > 0 && before < sealers.length) tell('former_key');
  const mac = sealer.seal({ ...seal, formerMac: former?.mac ?? Buffer.alloc(0) });
  const follows = seal.afterId === (former?.untilId ?? BELOW_ALL);
  if (!follows || !sameBytes(mac, seal.mac)) tell('seal_broken');
  if (seal.droppedAt !== null) {
    const { droppedAt, dropMac } = seal;
    const isOurs = (one: AuditSealer) => sameBytes(one.drop(seal.mac, droppedAt), dropMac ?? Buffer.alloc(0));
    if (!sealers.some(isOurs)) tell('drop_forged');
  }
  const marks = await readMarks(handle, seal);
  if (seal.droppedAt === null && !sameBytes(digestOf(marks), seal.digest)) tell('seal_broken');
  await verifyLines({ ...verifying, sealer }, handle, { seal, former, marks });
}

/** In bites: a segment in which a million lines were put by hand is no larger in memory than another. */
async function verifyLines(
  { sealer, onFault }: Verifying,
  handle: Handle,
  { seal, former, marks }: Place & { readonly marks: Buffer },
): Promise<void> {
  const { caisseId, register, number, untilId } = seal;
  const about = { caisseId, register, number };
  const earliest = former ? former.sealedAt - EXPECTED_WITHIN : Number.NEGATIVE_INFINITY;
  let { afterId } = seal;
  let rest = marks;
  for (;;) {
    const lines = await listLinesToSeal(handle, register, { afterId, untilId, limit: LINES_AT_ONCE });
    const last = lines.length < LINES_AT_ONCE ? undefined : lines.at(-1);
    const until = last?.id ?? untilId;
    const [those, beyond] = splitMarks(rest, until);
    const now = Buffer.concat(lines.map(({ id, told }) => sealer.mark({ caisseId, id, told })));
    for (const { fault, id } of compareMarks(those, now)) onFault({ ...about, fault, lineId: id });
    for (const { id, at } of lines as readonly LineToSeal[])
      if (at < earliest) onFault({ ...about, fault: 'backdated', lineId: id });
    if (!last) return;
    [afterId, rest] = [last.id, beyond];
  }
}

const LINES_AT_ONCE = 5_000;

function splitMarks(marks: Buffer, until: bigint): readonly [Buffer, Buffer] {
  let end = 0;
  while (end < marks.length && marks.readBigInt64BE(end) <= until) end += MARK_BYTES;
  return [marks.subarray(0, end), marks.subarray(end)];
}
