/** Links that an agent has sent: only the person gets them, at an address that is his, and chooses the password. */
import type { Handle } from '../../store/handle.ts';
import { createLink, supersedeLinks } from '../../store/links.ts';
import { type AccountSeen, awaitEmail } from '../../store/office-accounts.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';
import { noteAct, tellPerson } from './note.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const RESET_PATH = '/nouveau-mot-de-passe';
const CONFIRM_PATH = '/confirmer-mon-adresse';
const CANCEL_PATH = '/annuler-changement-adresse';

/** @returns the address of the page where he chooses his password; every former one is dead. */
export async function makeResetLink(
  { caisse, now, random }: Scope,
  inside: Handle,
  {
    accountId,
    email,
    lasts = HOUR,
  }: { readonly accountId: string; readonly email: string; readonly lasts?: number },
): Promise<{ readonly link: string; readonly expiresAt: number }> {
  const expiresAt = now() + lasts;
  const token = await createLink(inside, {
    purpose: 'password_reset',
    accountId,
    email,
    now: now(),
    expiresAt,
    random,
  });
  return { link: `${caisse.issuer}${RESET_PATH}?jeton=${token}`, expiresAt };
}

export async function sendReset(
  scope: Scope,
  inside: Handle,
  { id, email, givenName, familyName }: AccountSeen & { readonly email: string },
): Promise<void> {
  const { link, expiresAt } = await makeResetLink(scope, inside, { accountId: id, email });
  await scope.outbox.announce(inside, {
    channel: 'mail',
    template: 'password_reset',
    to: email,
    expiresAt,
    givenName,
    familyName,
    link,
  });
}

/** The new address certifies itself, the old one is warned and may undo it for a week. @returns the sessions that ended. */
export async function changeAddress(
  scope: Scope,
  inside: Handle,
  {
    account,
    to,
    agentId,
    reason,
  }: {
    readonly account: AccountSeen & { readonly email: string };
    readonly to: string;
    readonly agentId: string;
    readonly reason: string;
  },
): Promise<readonly EndedSession[]> {
  const { caisse, outbox, random } = scope;
  const now = scope.now();
  const { id: accountId, email, givenName, familyName } = account;
  await awaitEmail(inside, accountId, to);
  await supersedeLinks(inside, accountId, ['password_reset', 'certification'], now);
  const made = { accountId, now, random } as const;
  const confirming = { ...made, purpose: 'email_change', email: to, expiresAt: now + DAY } as const;
  await outbox.announce(inside, {
    channel: 'mail',
    template: 'email_change',
    to,
    expiresAt: confirming.expiresAt,
    givenName,
    familyName,
    link: `${caisse.issuer}${CONFIRM_PATH}?jeton=${await createLink(inside, confirming)}`,
  });
  const undoing = {
    ...made,
    purpose: 'email_change_cancel',
    email,
    facts: { newEmail: to },
    expiresAt: now + 7 * DAY,
  } as const;
  await tellPerson(scope, inside, account, {
    act: 'email_changing',
    about: to,
    link: `${caisse.issuer}${CANCEL_PATH}?jeton=${await createLink(inside, undoing)}`,
    expiresAt: undoing.expiresAt,
  });
  await noteAct(scope, inside, {
    kind: 'email_change_by_agent',
    actorId: agentId,
    subjectId: accountId,
    facts: { reason, before: email, after: to },
  });
  return endSessions(inside, accountId, {}, now);
}
