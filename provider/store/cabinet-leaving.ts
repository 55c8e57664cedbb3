/**
 * Leaving a firm: memberships end and whatever the firm gave through them is closed. The rows stay and are dated, so
 * that the past can be told.
 */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type OpenMembership = {
  readonly id: string;
  readonly role: 'manager' | 'staff';
  /** null: belongs to the firm; else whom a client named. */
  readonly adherentId: string | null;
};

type Whom = { readonly cabinetId: string; readonly accountId: string; readonly now: Instant };

/**
 * The memberships of a person in a firm that have not ended, until the act has committed. `for update`: whoever is
 * giving through one of them now (a foreign key holds it) finishes first, and is seen.
 */
export async function lockMemberships(
  { caisseId, sql }: Handle,
  { cabinetId, accountId, now }: Whom,
): Promise<readonly OpenMembership[]> {
  return sql('cabinet_member')
    .select({ id: 'id', role: 'role', adherentId: 'adherent_id' })
    .where({ caisse_id: caisseId, cabinet_id: cabinetId, account_id: accountId })
    .whereRaw('(ends_at is null or ends_at > greatest(?::timestamptz, effective_at))', [timestamp(now)])
    .orderBy('id')
    .forUpdate();
}

export async function endMemberships(
  { caisseId, sql }: Handle,
  ids: readonly string[],
  now: Instant,
): Promise<void> {
  await sql('cabinet_member')
    .update({ ends_at: sql.raw('greatest(effective_at, ?::timestamptz)', [timestamp(now)]) })
    .where({ caisse_id: caisseId })
    .whereIn('id', [...ids]);
}

export type ClosedDelegation = { readonly id: string; readonly siteId: string; readonly before: LinkStatus };

// As changeDelegation does for one: dated a millisecond later than what it said at least.
const CLOSE = `
  with struck as materialized (
    select id, status from delegation
    where caisse_id = :caisse and cabinet_member_id = any (:memberships::uuid[])
      and status in ('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended')
    order by id for no key update
  )
  update delegation d set status = 'closed',
    changed_at = greatest(:now::timestamptz, date_trunc('milliseconds', d.changed_at) + interval '1 millisecond')
  from struck where d.caisse_id = :caisse and d.id = struck.id
  returning d.id, d.site_id as "siteId", struck.status as before`;

/** Whatever hangs on those memberships, in one statement: a person of a firm may serve thousands of sites. */
export async function closeThroughMemberships(
  { caisseId, sql }: Handle,
  memberships: readonly string[],
  now: Instant,
): Promise<readonly ClosedDelegation[]> {
  const { rows } = await sql.raw(CLOSE, { caisse: caisseId, memberships, now: timestamp(now) });
  return rows as ClosedDelegation[];
}
