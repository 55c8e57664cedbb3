/** Accounts that the caisse made: they have an identifiant and an initial password until their person gives an address. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { endSessions } from './sessions.ts';

export type ProvisionalCredentials = {
  readonly id: string;
  readonly passwordHash: string;
  readonly expiresAt: Instant;
};

/** `login`: see domain/provisional. */
export const findProvisional = (
  { caisseId, sql }: Handle,
  login: string,
): Promise<ProvisionalCredentials | undefined> =>
  sql('provisional_credential')
    .first({ id: 'account_id', passwordHash: 'password_hash', expiresAt: 'expires_at' })
    .where({ caisse_id: caisseId, login })
    .whereNull('used_at');

/** The same, of an account. */
export const findProvisionalOf = (
  { caisseId, sql }: Handle,
  accountId: string,
): Promise<(ProvisionalCredentials & { readonly login: string }) | undefined> =>
  sql('provisional_credential')
    .first({ id: 'account_id', passwordHash: 'password_hash', expiresAt: 'expires_at', login: 'login' })
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereNull('used_at');

export type NewProvisional = {
  readonly accountId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly login: string;
  readonly passwordHash: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
};

/** An account that signs in once. @throws when the login belongs to another one that was not used. */
export async function insertProvisional({ caisseId, sql }: Handle, made: NewProvisional): Promise<void> {
  await sql('account').insert({
    caisse_id: caisseId,
    id: made.accountId,
    given_name: made.givenName,
    family_name: made.familyName,
    status: 'provisional',
    created_at: timestamp(made.now),
  });
  await sql('provisional_credential').insert({
    caisse_id: caisseId,
    account_id: made.accountId,
    login: made.login,
    password_hash: made.passwordHash,
    created_at: timestamp(made.now),
    expires_at: timestamp(made.expiresAt),
  });
}

export type Opening = {
  readonly accountId: string;
  readonly email: string;
  readonly emailKey: string;
  readonly passwordHash: string;
  readonly now: Instant;
};

/**
 * From now on only the address and the new password open the account. @returns false when it was opened before, or
 * when another account has taken the address meanwhile.
 */
export async function openProvisional(handle: Handle, opened: Opening): Promise<boolean> {
  const { caisseId, sql } = handle;
  const at = timestamp(opened.now);
  const used = await sql('provisional_credential')
    .update({ used_at: at })
    .where({ caisse_id: caisseId, account_id: opened.accountId })
    .whereNull('used_at');
  if (used !== 1) return false;
  const changed = await sql('account')
    .update({
      email: opened.email,
      email_key: opened.emailKey,
      password_hash: opened.passwordHash,
      email_certified_at: at,
      status: 'active',
      sessions_valid_from: timestamp(beginningOfSecond(opened.now)),
    })
    .where({ caisse_id: caisseId, id: opened.accountId, status: 'provisional' })
    .whereNotExists(
      sql('account as other')
        .select(sql.raw('1'))
        .where({ 'other.caisse_id': caisseId, 'other.email_key': opened.emailKey }),
    );
  if (changed !== 1) return false;
  // Whoever signed in with the letter, be it a thief of it, signs in anew with what its person chose.
  await endSessions(handle, opened.accountId, {}, opened.now);
  return true;
}

/** Sign-ins are known to the second, and the first one by address may follow at once. */
const beginningOfSecond = (now: Instant): Instant => Math.floor(now / 1000) * 1000;
