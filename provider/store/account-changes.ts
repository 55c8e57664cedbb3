/**
 * What a person changes of an account: password, address, contact details. Every function is one statement that says in
 * its WHERE what must still be true, so that of two at once only one wins. Who may ask is decided by the journeys.
 */
import { emailKey } from '../domain/email.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import type { LinkPurpose } from './links.ts';
import { nextSecond } from './sessions.ts';

export const findPasswordHash = async (
  { caisseId, sql }: Handle,
  accountId: string,
): Promise<string | null> =>
  (await sql('account').first('password_hash').where({ caisse_id: caisseId, id: accountId }))
    ?.password_hash ?? null;

/** `from`: the hash that it replaces, if it must be that one. @returns false when something else came in between. */
export async function setPassword(
  { caisseId, sql }: Handle,
  change: {
    readonly accountId: string;
    readonly hash: string;
    readonly now: Instant;
    readonly from?: string;
    /** The address that proved to be the person's, when one did. */
    readonly provenEmail?: string;
  },
): Promise<boolean> {
  const query = sql('account').where({ caisse_id: caisseId, id: change.accountId, status: 'active' });
  if (change.from !== undefined) query.where({ password_hash: change.from });
  if (change.provenEmail !== undefined) query.where({ email_key: emailKey(change.provenEmail) });
  const changed = await query.update({
    password_hash: change.hash,
    sessions_valid_from: timestamp(nextSecond(change.now)),
    ...(change.provenEmail === undefined ? {} : { email_certified_at: timestamp(change.now) }),
  });
  return changed === 1;
}

/** @returns false when the account is not active any more, or its address or password is not the one that was seen. */
export async function beginEmailChange(
  { caisseId, sql }: Handle,
  change: {
    readonly accountId: string;
    readonly from: string;
    readonly to: string;
    readonly passwordHash: string;
  },
): Promise<boolean> {
  const changed = await sql('account')
    .where({
      caisse_id: caisseId,
      id: change.accountId,
      status: 'active',
      email_key: emailKey(change.from),
      password_hash: change.passwordHash,
    })
    .update({ status: 'deactivated', pending_email: change.to });
  return changed === 1;
}

/** The account that waits for this very address. */
export const findPendingEmail = async (
  { caisseId, sql }: Handle,
  accountId: string,
): Promise<string | null> =>
  (await sql('account').first('pending_email').where({ caisse_id: caisseId, id: accountId }))
    ?.pending_email ?? null;

/**
 * Gives the account an address and makes it active. `pending`: only while it waits for that address; otherwise from
 * whatever address it has (a change undone). @returns `taken` when another account has it by now.
 */
export async function settleEmail(
  { caisseId, sql }: Handle,
  settled: {
    readonly accountId: string;
    readonly email: string;
    readonly now: Instant;
    readonly pending: boolean;
  },
): Promise<'settled' | 'taken' | 'not_waiting'> {
  const { rows } = await sql.raw(
    `update account set email = :email, email_key = :key, status = 'active', pending_email = null,
       email_certified_at = :now, sessions_valid_from = :from
     where caisse_id = :caisse and id = :account
       and (case when :pending then status = 'deactivated' and pending_email = :email
            else status = 'active' or pending_email is not null end)
       and not exists (select 1 from account o where o.caisse_id = :caisse and o.email_key = :key and o.id <> :account)
     returning id`,
    {
      caisse: caisseId,
      account: settled.accountId,
      email: settled.email,
      key: emailKey(settled.email),
      now: timestamp(settled.now),
      from: timestamp(nextSecond(settled.now)),
      pending: settled.pending,
    },
  );
  if (rows.length === 1) return 'settled';
  const other = await sql('account')
    .first('id')
    .where({ caisse_id: caisseId, email_key: emailKey(settled.email) })
    .whereNot({ id: settled.accountId });
  return other ? 'taken' : 'not_waiting';
}

/** Back to the address that it had, the one that it waited for being somebody else's. */
export async function abandonEmailChange({ caisseId, sql }: Handle, accountId: string): Promise<void> {
  await sql('account')
    .where({ caisse_id: caisseId, id: accountId, status: 'deactivated' })
    .whereNotNull('pending_email')
    .update({ status: 'active', pending_email: null });
}

/** Whoever undoes a change undoes what was changed after it: those later addresses may be the intruder's. */
export async function supersedeLinksSince(
  { caisseId, sql }: Handle,
  accountId: string,
  purposes: readonly LinkPurpose[],
  { since, now }: { readonly since: Instant; readonly now: Instant },
): Promise<void> {
  await sql('link')
    .update({ superseded_at: timestamp(now) })
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereIn('purpose', [...purposes])
    .where('created_at', '>=', timestamp(since))
    .whereNull('used_at')
    .whereNull('superseded_at');
}

export type Contact = {
  readonly givenName: string;
  readonly familyName: string;
  /** E.164. */
  readonly landline: string | null;
  readonly mobile: string | null;
};

/** A mobile that changes is not certified any more. */
export async function changeContact(
  { caisseId, sql }: Handle,
  accountId: string,
  contact: Contact,
): Promise<void> {
  await sql('account')
    .where({ caisse_id: caisseId, id: accountId, status: 'active' })
    .update({
      given_name: contact.givenName,
      family_name: contact.familyName,
      landline: contact.landline,
      mobile: contact.mobile,
      mobile_certified_at: sql.raw(
        'case when mobile is not distinct from ?::text then mobile_certified_at end',
        [contact.mobile],
      ),
    });
}

/** @returns false when the account has another mobile by now. */
export async function certifyMobile(
  { caisseId, sql }: Handle,
  { accountId, mobile, now }: { readonly accountId: string; readonly mobile: string; readonly now: Instant },
): Promise<boolean> {
  const changed = await sql('account')
    .where({ caisse_id: caisseId, id: accountId, status: 'active', mobile })
    .update({ mobile_certified_at: timestamp(now) });
  return changed === 1;
}
