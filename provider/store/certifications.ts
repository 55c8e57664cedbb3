/** Certifications of addresses: who is near the date, and which reminders have been announced. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type Certified = {
  readonly id: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly certifiedAt: Instant;
};

/** Active accounts whose address was certified in [from, before), from the oldest, after a given one. */
export const listCertified = (
  { caisseId, sql }: Handle,
  window: {
    readonly from: Instant;
    readonly before: Instant;
    readonly after: string;
    readonly limit: number;
  },
): Promise<Certified[]> =>
  sql('account')
    .select({
      id: 'id',
      email: 'email',
      givenName: 'given_name',
      familyName: 'family_name',
      certifiedAt: 'email_certified_at',
    })
    .where({ caisse_id: caisseId, status: 'active' })
    .where('email_certified_at', '>=', timestamp(window.from))
    .where('email_certified_at', '<', timestamp(window.before))
    .where('id', '>', window.after)
    .orderBy('id')
    .limit(window.limit);

/** @returns true for the one caller that may announce it. */
export async function claimReminder(
  { caisseId, sql }: Handle,
  reminder: {
    readonly accountId: string;
    readonly certifiedAt: Instant;
    readonly days: number;
    readonly now: Instant;
  },
): Promise<boolean> {
  const inserted = await sql('certification_reminder')
    .insert({
      caisse_id: caisseId,
      account_id: reminder.accountId,
      certified_at: timestamp(reminder.certifiedAt),
      days: reminder.days,
      announced_at: timestamp(reminder.now),
    })
    .onConflict()
    .ignore()
    .returning('days');
  return inserted.length === 1;
}

/** The address is the one that the link was sent to, and still the account's. @returns false when it is not. */
export async function certifyEmail(
  { caisseId, sql }: Handle,
  certified: { readonly accountId: string; readonly email: string; readonly now: Instant },
): Promise<boolean> {
  const changed = await sql('account')
    .update({ email_certified_at: timestamp(certified.now) })
    .where({ caisse_id: caisseId, id: certified.accountId, email: certified.email, status: 'active' });
  return changed === 1;
}

/** When the live link of this purpose was sent, if there is one. */
export async function liveLinkSince(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<{ readonly createdAt: Instant; readonly email: string } | undefined> {
  return sql('link')
    .first({ createdAt: 'created_at', email: 'email' })
    .where({ caisse_id: caisseId, account_id: accountId, purpose: 'certification' })
    .where('expires_at', '>', timestamp(now))
    .whereNull('used_at')
    .whereNull('superseded_at');
}
