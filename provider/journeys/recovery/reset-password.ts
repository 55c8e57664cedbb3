/** Sets the password that a reset link allows, once; every session and token of the account ends in the same act. */

import { emailKey } from '../../domain/email.ts';
import { setPassword } from '../../store/account-changes.ts';
import { findAccount, findCredentials, type StaffRole } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { consumeLink, findLink, type SentLink, supersedeLinks } from '../../store/links.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';

export type ResetLink =
  | {
      readonly state: 'live';
      readonly accountId: string;
      readonly email: string;
      readonly known: readonly string[];
      /** Nobody has chosen any yet. */
      readonly isFirst: boolean;
    }
  | { readonly state: Exclude<SentLink['state'], 'live'> | 'unknown' };

/** Looks without consuming. A link outlives neither a change of address nor the end of its account. */
export async function readResetLink({ store, now }: Scope, token: string): Promise<ResetLink> {
  const link = token === '' ? undefined : await findLink(store, 'password_reset', token, now());
  if (!link) return { state: 'unknown' };
  if (link.state !== 'live') return { state: link.state };
  const account = await findAccount(store, link.accountId);
  if (account?.status !== 'active' || account.email !== link.email) return { state: 'superseded' };
  const { id, email, givenName, familyName } = account;
  const credentials = await findCredentials(store, emailKey(email));
  const isFirst = credentials?.passwordHash === null;
  return { state: 'live', accountId: id, email, known: [email, givenName, familyName], isFirst };
}

export type Reset = {
  readonly accountId: string;
  readonly email: string;
  readonly staffRole: StaffRole | null;
  readonly ended: readonly EndedSession[];
};

/** @returns null when the link died in the meantime; nothing has changed then. */
export async function resetPassword(scope: Scope, token: string, password: string): Promise<Reset | null> {
  const { store, passwords, outbox, address, requestId } = scope;
  const hash = await passwords.hash(password);
  const now = scope.now();
  return transaction(store, async (inside) => {
    const link = await consumeLink(inside, 'password_reset', token, now);
    if (!link) return null;
    const { accountId, email } = link;
    const set = await setPassword(inside, { accountId, hash, now, provenEmail: email });
    const account = await findAccount(inside, accountId);
    if (!set || !account) return null;
    await supersedeLinks(inside, accountId, ['password_reset'], now);
    const ended = await endSessions(inside, accountId, {}, now);
    await appendAudit(inside, {
      kind: 'password_reset',
      at: now,
      actorId: accountId,
      address,
      requestId,
      facts: { sessions: ended.length },
    });
    const { givenName, familyName, staffRole } = account;
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'password_changed',
      to: account.email,
      expiresAt: null,
      givenName,
      familyName,
    });
    return { accountId, email, staffRole, ended };
  });
}
