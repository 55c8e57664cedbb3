/**
 * A change of address, from the request to its end. The account is deactivated until somebody at the new address
 * confirms; for a week the old address can undo it, confirmed or not. Whether the new address is already somebody's is
 * told to nobody but its owner: only the confirmation finds out.
 */

import {
  abandonEmailChange,
  beginEmailChange,
  findPendingEmail,
  settleEmail,
  supersedeLinksSince,
} from '../../store/account-changes.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { type AuditKind, appendAudit } from '../../store/audit.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { consumeLink, createLink, findLink, type SentLink, supersedeLinks } from '../../store/links.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import { violates } from '../../store/violations.ts';
import type { Scope } from '../../tenant/scope.ts';

const DAY = 86_400_000;
const CONFIRM_LASTS = DAY;
const CANCEL_LASTS = 7 * DAY;
const RESET_LASTS = 3_600_000;

export const CONFIRM_PATH = '/confirmer-mon-adresse';
export const CANCEL_PATH = '/annuler-changement-adresse';

export type EmailChange = {
  readonly account: Account;
  readonly to: string;
  /** The hash that the password was checked against. */
  readonly passwordHash: string;
};

/** @returns the sessions that ended; null when another change came first, and nothing was done. */
export async function askEmailChange(
  scope: Scope,
  { account, to, passwordHash }: EmailChange,
): Promise<readonly EndedSession[] | null> {
  const { caisse, store, outbox, random } = scope;
  const now = scope.now();
  const { id, email, givenName, familyName } = account;
  return transaction(store, async (inside) => {
    if (!(await beginEmailChange(inside, { accountId: id, from: email, to, passwordHash }))) return null;
    await supersedeLinks(inside, id, ['password_reset', 'certification'], now);
    await sendConfirmation(scope, inside, account, to);
    const expiresAt = now + CANCEL_LASTS;
    const token = await createLink(inside, {
      purpose: 'email_change_cancel',
      accountId: id,
      email,
      facts: { newEmail: to },
      now,
      expiresAt,
      random,
    });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'email_change_warning',
      to: email,
      expiresAt,
      givenName,
      familyName,
      newEmail: to,
      link: `${caisse.issuer}${CANCEL_PATH}?jeton=${token}`,
    });
    const ended = await endSessions(inside, id, {}, now);
    await audit(scope, inside, 'email_change_asked', id);
    return ended;
  });
}

async function sendConfirmation(scope: Scope, inside: Handle, account: Account, to: string): Promise<void> {
  const { caisse, outbox, random } = scope;
  const now = scope.now();
  const expiresAt = now + CONFIRM_LASTS;
  const { id: accountId, givenName, familyName } = account;
  const token = await createLink(inside, {
    purpose: 'email_change',
    accountId,
    email: to,
    now,
    expiresAt,
    random,
  });
  await outbox.announce(inside, {
    channel: 'mail',
    template: 'email_change',
    to,
    expiresAt,
    givenName,
    familyName,
    link: `${caisse.issuer}${CONFIRM_PATH}?jeton=${token}`,
  });
}

const audit = ({ now, address, requestId }: Scope, inside: Handle, kind: AuditKind, actorId: string) =>
  appendAudit(inside, { kind, at: now(), actorId, address, requestId });

export type LinkState = SentLink['state'] | 'unknown';

/** Looks without consuming. */
export async function readChangeLink(
  { store, now }: Scope,
  purpose: 'email_change' | 'email_change_cancel',
  token: string,
): Promise<{ readonly state: LinkState; readonly email: string; readonly newEmail: string }> {
  const link = token === '' ? undefined : await findLink(store, purpose, token, now());
  if (!link) return { state: 'unknown', email: '', newEmail: '' };
  return { state: link.state, email: link.email, newEmail: String(link.facts.newEmail ?? link.email) };
}

export type Confirmed = 'confirmed' | 'taken' | 'gone';

/** Somebody else took the address in the same instant: looked at again, the act finds him there. */
const orAgain = <T>(act: () => Promise<T>): Promise<T> =>
  act().catch((error: unknown) => {
    if (!violates(error, 'one_account_per_email')) throw error;
    return act();
  });

/** From the new address. `taken`: somebody else has it by now, and the account is back at its former one. */
export const confirmEmailChange = (scope: Scope, token: string): Promise<Confirmed> =>
  orAgain(() => confirmOnce(scope, token));

async function confirmOnce(scope: Scope, token: string): Promise<Confirmed> {
  const { store, outbox } = scope;
  const now = scope.now();
  return transaction(store, async (inside) => {
    const link = await consumeLink(inside, 'email_change', token, now);
    const before = link && (await findAccount(inside, link.accountId));
    if (!link || !before) return 'gone';
    const { accountId, email } = link;
    const settled = await settleEmail(inside, { accountId, email, now, pending: true });
    if (settled === 'not_waiting') return 'gone';
    if (settled === 'taken') {
      await abandonEmailChange(inside, accountId);
      await audit(scope, inside, 'email_change_cancelled', accountId);
      return 'taken';
    }
    await supersedeLinks(inside, accountId, ['password_reset', 'certification'], now);
    await audit(scope, inside, 'email_changed', accountId);
    const { givenName, familyName } = before;
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'email_changed',
      to: before.email,
      expiresAt: null,
      givenName,
      familyName,
      newEmail: email,
    });
    return 'confirmed';
  });
}

/** Another confirmation for a change that still waits, asked with the expired one. @returns the address that it went to. */
export async function confirmAgain(scope: Scope, token: string): Promise<string | null> {
  const { store, now } = scope;
  return transaction(store, async (inside) => {
    const link = await findLink(inside, 'email_change', token, now());
    if (link?.state !== 'expired') return null;
    const account = await findAccount(inside, link.accountId);
    if (!account || (await findPendingEmail(inside, account.id)) !== link.email) return null;
    await sendConfirmation(scope, inside, account, link.email);
    return link.email;
  });
}

export type Cancelled =
  | { readonly kind: 'gone' | 'taken' }
  | {
      readonly kind: 'cancelled';
      readonly accountId: string;
      readonly ended: readonly EndedSession[];
      /** Of a reset link: whoever asked for the change knew the password. */
      readonly resetToken: string;
    };

/** From the old address: everything as before, and whatever was changed afterwards from elsewhere undone with it. */
export const cancelEmailChange = (scope: Scope, token: string): Promise<Cancelled> =>
  orAgain(() => cancelOnce(scope, token));

async function cancelOnce(scope: Scope, token: string): Promise<Cancelled> {
  const { store, random } = scope;
  const now = scope.now();
  return transaction(store, async (inside) => {
    const link = await consumeLink(inside, 'email_change_cancel', token, now);
    if (!link) return { kind: 'gone' };
    const { accountId, email, createdAt: since } = link;
    const settled = await settleEmail(inside, { accountId, email, now, pending: false });
    if (settled !== 'settled') return { kind: settled === 'taken' ? 'taken' : 'gone' };
    await supersedeLinks(inside, accountId, ['email_change', 'password_reset', 'certification'], now);
    await supersedeLinksSince(inside, accountId, ['email_change_cancel'], { since, now });
    const ended = await endSessions(inside, accountId, {}, now);
    const expiresAt = now + RESET_LASTS;
    const reset = { purpose: 'password_reset', accountId, email, now, expiresAt, random } as const;
    const resetToken = await createLink(inside, reset);
    await audit(scope, inside, 'email_change_cancelled', accountId);
    return { kind: 'cancelled', accountId, ended, resetToken };
  });
}
