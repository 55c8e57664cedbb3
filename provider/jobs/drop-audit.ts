/**
 * Retention: what the caisse no longer keeps of its audit goes, a sealed segment at a time, and its seal stays. Each
 * one is a line of the audit itself, in a register that is kept longer or for ever.
 */
import type { AuditSealer } from '../domain/audit-seal.ts';
import type { Instant } from '../domain/instant.ts';
import { appendAudit } from '../store/audit.ts';
import type { AuditRegister } from '../store/audit-registers.ts';
import { AUDIT_REGISTERS } from '../store/audit-registers.ts';
import { dropSegment, listSealsBefore, type Seal } from '../store/audit-seals.ts';
import { type Handle, transaction } from '../store/handle.ts';

/** How many days the lines of each register are kept; null: for ever. */
export type AuditDays = Readonly<Record<AuditRegister, number | null>>;

export type Dropping = {
  readonly store: Handle;
  readonly sealer: AuditSealer;
  readonly days: AuditDays;
  readonly now: Instant;
  /** Who asked, where it was not the time alone. */
  readonly operator?: string | undefined;
};

const DAY = 86_400_000;
const AT_ONCE = 50;

/** @returns how many segments went. A segment is kept until its last line has had its time. */
export async function dropOldAudit(dropping: Dropping): Promise<number> {
  let dropped = 0;
  for (const register of AUDIT_REGISTERS) {
    for (;;) {
      const seals = await listOldSegments(dropping, register, AT_ONCE);
      for (const seal of seals) if (await dropOne(dropping, seal)) dropped += 1;
      if (seals.length < AT_ONCE) break;
    }
  }
  return dropped;
}

export async function listOldSegments(
  { store, days, now }: Pick<Dropping, 'store' | 'days' | 'now'>,
  register: AuditRegister,
  limit: number,
): Promise<Seal[]> {
  const kept = days[register];
  return kept === null ? [] : listSealsBefore(store, register, { before: now - kept * DAY, limit });
}

const dropOne = ({ store, sealer, now, operator }: Dropping, seal: Seal): Promise<boolean> =>
  transaction(store, async (inside) => {
    const gone = await dropSegment(inside, seal, { at: now, mac: sealer.drop(seal.mac, now) });
    if (!gone) return false;
    const { register, number, lines } = seal;
    const until = new Date(seal.lastAt).toISOString();
    const turned = { before: 'kept', after: 'erased' };
    const facts = { register, number, lines, until, ...turned, ...(operator !== undefined && { operator }) };
    await appendAudit(inside, { kind: 'audit_dropped', at: now, facts });
    return true;
  });
