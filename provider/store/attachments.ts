/** A firm attached to a company, from a day on or until one: written by the caisse alone, never deleted. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import type { ClosedDelegation } from './cabinet-leaving.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { contains } from './portfolio.ts';

export const findCabinetsNamed = (
  { caisseId, sql }: Handle,
  terms: readonly string[],
  limit: number,
): Promise<readonly { readonly id: string; readonly name: string }[]> => {
  const query = sql('cabinet').select('id', 'name').where({ caisse_id: caisseId });
  for (const term of terms) query.whereRaw('search_text like ?', [contains(term)]);
  return query.orderBy(['search_text', 'id']).limit(limit);
};

export type Period = { readonly from: Instant; readonly to: Instant | null };

/** Of two acts at once on a company the second sees the first. @returns false, and nothing written, when it is attached already. */
export async function attachOnce(
  { caisseId, sql }: Handle,
  { cabinetId, adherentId, from, to }: Period & { readonly cabinetId: string; readonly adherentId: string },
): Promise<boolean> {
  await sql('adherent').select('id').where({ caisse_id: caisseId, id: adherentId }).forNoKeyUpdate();
  const overlapping = await sql('cabinet_client')
    .first('id')
    .where({ caisse_id: caisseId, cabinet_id: cabinetId, adherent_id: adherentId })
    .whereRaw('(ends_at is null or ends_at > greatest(?::timestamptz, effective_at))', [timestamp(from)])
    .where((later) => (to === null ? later : later.where('effective_at', '<', timestamp(to))));
  if (overlapping) return false;
  await sql('cabinet_client').insert({
    caisse_id: caisseId,
    id: randomUUID(),
    cabinet_id: cabinetId,
    adherent_id: adherentId,
    effective_at: timestamp(from),
    ends_at: to === null ? null : timestamp(to),
  });
  return true;
}

export type Attached = {
  readonly id: string;
  readonly cabinetId: string;
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant | null;
};

/** Of that company. undefined also for one that has ended. */
export async function findOpenAttachment(
  { caisseId, sql }: Handle,
  { id, adherentId, now }: { readonly id: string; readonly adherentId: string; readonly now: Instant },
  lock = false,
): Promise<Attached | undefined> {
  if (!isId(id)) return undefined;
  const query = sql('cabinet_client as k')
    .join('cabinet as c', (on) => on.on('c.caisse_id', 'k.caisse_id').andOn('c.id', 'k.cabinet_id'))
    .first({ id: 'k.id', cabinetId: 'c.id', name: 'c.name', from: 'k.effective_at', to: 'k.ends_at' })
    .where({ 'k.caisse_id': caisseId, 'k.id': id, 'k.adherent_id': adherentId })
    .whereRaw('(k.ends_at is null or k.ends_at > greatest(?::timestamptz, k.effective_at))', [
      timestamp(now),
    ]);
  return lock ? query.forUpdate('k') : query;
}

const STANDING = `('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended')`;

/** The delegations that stand on it. */
export const listStandingOn = async (
  { caisseId, sql }: Handle,
  { id, adherentId }: { readonly id: string; readonly adherentId: string },
): Promise<readonly string[]> =>
  sql('delegation')
    .where({ caisse_id: caisseId, adherent_id: adherentId, cabinet_client_id: id })
    .whereRaw(`status in ${STANDING}`)
    .orderBy('id')
    .pluck('id');

// As closeThroughMemberships.
const CLOSE = `
  with struck as materialized (
    select id, status from delegation
    where caisse_id = :caisse and adherent_id = :adherent and cabinet_client_id = :attachment and status in ${STANDING}
    order by id for no key update
  )
  update delegation d set status = 'closed',
    changed_at = greatest(:now::timestamptz, date_trunc('milliseconds', d.changed_at) + interval '1 millisecond')
  from struck where d.caisse_id = :caisse and d.id = struck.id
  returning d.id, d.site_id as "siteId", struck.status as before`;

/** Ends it now, and closes what stood on it. The caller has locked it. */
export async function endAttachment(
  { caisseId, sql }: Handle,
  { id, adherentId, now }: { readonly id: string; readonly adherentId: string; readonly now: Instant },
): Promise<readonly ClosedDelegation[]> {
  const { rows } = await sql.raw(CLOSE, {
    caisse: caisseId,
    adherent: adherentId,
    attachment: id,
    now: timestamp(now),
  });
  await sql('cabinet_client')
    .update({ ends_at: sql.raw('greatest(effective_at, ?::timestamptz)', [timestamp(now)]) })
    .where({ caisse_id: caisseId, id });
  return rows as ClosedDelegation[];
}

export type Recipient = { readonly email: string; readonly givenName: string; readonly familyName: string };

/** Whom the end of an attachment concerns: the firm's managers, and who had given to it. */
export async function listConcerned(
  { caisseId, sql }: Handle,
  { cabinetId, delegationIds, now }: { cabinetId: string; delegationIds: readonly string[]; now: Instant },
): Promise<readonly Recipient[]> {
  const { rows } = await sql.raw(
    `select email, given_name as "givenName", family_name as "familyName" from account
     where caisse_id = :caisse and status = 'active' and id in (
       select account_id from cabinet_member
       where caisse_id = :caisse and cabinet_id = :cabinet and role = 'manager'
         and effective_at <= :now and (ends_at is null or ends_at > :now)
       union
       select grantor_account_id from delegation where caisse_id = :caisse and id = any(:ids::uuid[]))
     order by id`,
    { caisse: caisseId, cabinet: cabinetId, ids: [...delegationIds], now: timestamp(now) },
  );
  return rows;
}
