/**
 * The arithmetic of sealing the audit: a mark a line, a digest of a segment's marks, and a seal that holds the former
 * one's. HMAC-SHA256 throughout, with a key that the database does not know; what is sealed is named at its head, so
 * that nothing sealed as one thing passes for another. Pure: reading and writing are the store's.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from './instant.ts';

export type AuditSealer = {
  /** Tells by which key a seal was made: 4 bytes. */
  readonly keyId: Buffer;
  /** 24 bytes: the line's id, and the head of the HMAC of all that it says. */
  readonly mark: (line: SealedLine) => Buffer;
  readonly seal: (segment: Segment) => Buffer;
  /** Of a segment whose lines retention drops at that moment. */
  readonly drop: (mac: Uint8Array, at: Instant) => Buffer;
  /** The former keys, newest first: they verify what they sealed. */
  readonly former: readonly AuditSealer[];
};

export type SealedLine = {
  readonly caisseId: string;
  readonly id: bigint;
  /** Everything else that the line holds, as the database writes it in JSON. */
  readonly told: string;
};

export type Segment = {
  readonly caisseId: string;
  readonly register: string;
  /** From 1 in each register of each caisse. */
  readonly number: number;
  /** Every line of the register above this id … */
  readonly afterId: bigint;
  /** … and up to this one. */
  readonly untilId: bigint;
  readonly lines: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly sealedAt: Instant;
  /** sha256 of the marks, in the order of the ids. */
  readonly digest: Buffer;
  /** The seal of the segment before; empty for the first. */
  readonly formerMac: Buffer;
};

export const MARK_BYTES = 24;
const ID_BYTES = 8;
const VERSION = 1;

export function makeAuditSealer(key: Buffer, formerKeys: readonly Buffer[] = []): AuditSealer {
  const hmac = (what: string, parts: readonly unknown[]): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([what, VERSION, ...parts]))
      .digest();
  return {
    keyId: createHash('sha256').update('caisse-id audit key').update(key).digest().subarray(0, 4),
    mark({ caisseId, id, told }) {
      const mark = Buffer.alloc(MARK_BYTES);
      mark.writeBigInt64BE(id);
      hmac('line', [caisseId, String(id), told]).copy(mark, ID_BYTES, 0, MARK_BYTES - ID_BYTES);
      return mark;
    },
    seal: (segment) =>
      hmac('segment', [
        segment.caisseId,
        segment.register,
        segment.number,
        String(segment.afterId),
        String(segment.untilId),
        segment.lines,
        segment.firstAt,
        segment.lastAt,
        segment.sealedAt,
        segment.digest.toString('hex'),
        segment.formerMac.toString('hex'),
      ]),
    drop: (mac, at) => hmac('drop', [Buffer.from(mac).toString('hex'), at]),
    former: formerKeys.map((former) => makeAuditSealer(former)),
  };
}

/** By the key that made a seal, and those that came after it, the newest first; empty: none of ours made it. */
export function sealersSince(sealer: AuditSealer, keyId: Uint8Array): readonly AuditSealer[] {
  const ring = [sealer, ...sealer.former];
  return ring.slice(0, ring.findIndex((one) => sameBytes(one.keyId, keyId)) + 1);
}

export const digestOf = (marks: Uint8Array): Buffer => createHash('sha256').update(marks).digest();

const idOfMark = (mark: Buffer): bigint => mark.readBigInt64BE();

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b);

export type LineFault = { readonly fault: 'changed' | 'removed' | 'inserted'; readonly id: bigint };

/** What differs between the marks of the sealing and those of the lines as they are now, both in the order of the ids. */
export function compareMarks(sealed: Buffer, now: Buffer): LineFault[] {
  const faults: LineFault[] = [];
  let left = 0;
  let right = 0;
  while (left < sealed.length || right < now.length) {
    const was = left < sealed.length ? sealed.subarray(left, left + MARK_BYTES) : null;
    const is = right < now.length ? now.subarray(right, right + MARK_BYTES) : null;
    const order = orderOf(was, is);
    if (was && order < 0) faults.push({ fault: 'removed', id: idOfMark(was) });
    if (is && order > 0) faults.push({ fault: 'inserted', id: idOfMark(is) });
    if (was && is && order === 0 && !was.equals(is)) faults.push({ fault: 'changed', id: idOfMark(is) });
    if (order <= 0) left += MARK_BYTES;
    if (order >= 0) right += MARK_BYTES;
  }
  return faults;
}

function orderOf(was: Buffer | null, is: Buffer | null): number {
  if (!was) return 1;
  if (!is) return -1;
  const [a, b] = [idOfMark(was), idOfMark(is)];
  return a < b ? -1 : a > b ? 1 : 0;
}
