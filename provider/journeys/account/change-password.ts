/** A new password for whoever types the current one; every other session of the account ends in the same act. */
import { setPassword } from '../../store/account-changes.ts';
import type { Account } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { supersedeLinks } from '../../store/links.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';

export type PasswordChange = {
  readonly account: Account;
  /** The session that the person changes it in, and keeps. */
  readonly sessionUid: string;
  /** The hash that the current password was checked against. */
  readonly from: string;
  readonly password: string;
};

/** @returns the sessions that ended; null when the account changed in the meantime, and nothing was done. */
export async function changePassword(
  scope: Scope,
  { account, sessionUid, from, password }: PasswordChange,
): Promise<readonly EndedSession[] | null> {
  const { store, passwords, outbox, address, requestId } = scope;
  const hash = await passwords.hash(password);
  const now = scope.now();
  const { id, email, givenName, familyName } = account;
  return transaction(store, async (inside) => {
    if (!(await setPassword(inside, { accountId: id, hash, now, from }))) return null;
    await supersedeLinks(inside, id, ['password_reset'], now);
    const ended = await endSessions(inside, id, { except: sessionUid }, now);
    await appendAudit(inside, {
      kind: 'password_changed',
      at: now,
      actorId: id,
      address,
      requestId,
      facts: { sessions: ended.length },
    });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'password_changed',
      to: email,
      expiresAt: null,
      givenName,
      familyName,
    });
    return ended;
  });
}
