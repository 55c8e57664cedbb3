/**
 * Inviting somebody by e-mail: to rights, through a firm or not, to a firm, or to succeed. Owns the invitation and its
 * mail, sent and sent again; what hangs on it is written by who invites, what becomes of it is journeys/invitation's.
 */
import { emailKey } from '../domain/email.ts';
import type { Instant } from '../domain/instant.ts';
import type { DelegationTold } from '../domain/message.ts';
import type { Account } from '../store/accounts.ts';
import type { Handle } from '../store/handle.ts';
import { insertInvitation, renewToken } from '../store/invitations.ts';
import type { Limit } from '../store/throttle.ts';
import type { Scope } from '../tenant/scope.ts';
import { countedKey } from './limits.ts';

/** What the mail tells, by kind. */
export type Offer =
  | { readonly kind: 'user'; readonly told: DelegationTold }
  | { readonly kind: 'succession'; readonly told: DelegationTold; readonly byCaisse?: boolean }
  | { readonly kind: 'cabinet'; readonly told: DelegationTold; readonly cabinetName: string }
  /** `byCaisse`: it names a manager. */
  | { readonly kind: 'member'; readonly cabinetName: string; readonly byCaisse?: boolean };

export type Inviting = Offer & {
  readonly inviter: Account;
  /** As parsed (domain/email). */
  readonly email: string;
  readonly adherentId: string | null;
  readonly cabinetId: string | null;
  /** Whether the inviter has the last word. Through a firm he always has: its people are strangers to him. */
  readonly needsConfirmation: boolean;
};

const DAY = 86_400_000;

/** Until when an invitation waits at the step that it enters now. */
export const waitsUntil = ({ caisse }: Pick<Scope, 'caisse'>, now: Instant): Instant =>
  now + caisse.settings.delegations.invitationDays * DAY;

/** Whoever gives rights must not fill a stranger's mailbox with it. */
const MAILBOX: Limit = { name: 'invitation_address', tries: 30, seconds: 86_400 };
const INVITER: Limit = { name: 'invitation_inviter', tries: 500, seconds: 86_400 };

/** Before the transaction of the gift, never inside. @returns seconds to wait, 0 when the mail may leave. */
export const countInvitation = (
  scope: Scope,
  { inviterId, email }: { readonly inviterId: string; readonly email: string },
): Promise<number> =>
  scope.throttle.count([
    [MAILBOX, countedKey(scope, emailKey(email))],
    [INVITER, countedKey(scope, inviterId)],
  ]);

/** In the transaction of the gift, before the delegations that hang on it. @returns the invitation's id. */
export async function invite(scope: Scope, inside: Handle, inviting: Inviting): Promise<string> {
  const { kind, inviter, email, adherentId, cabinetId, needsConfirmation } = inviting;
  const now = scope.now();
  const expiresAt = waitsUntil(scope, now);
  const { id, token } = await insertInvitation(inside, {
    kind,
    inviterAccountId: inviter.id,
    adherentId,
    cabinetId,
    ...(kind === 'member' && { memberRole: inviting.byCaisse ? 'manager' : 'staff' }),
    byCaisse: 'byCaisse' in inviting && inviting.byCaisse === true,
    email,
    emailKey: emailKey(email),
    needsConfirmation: kind === 'cabinet' || needsConfirmation,
    now,
    expiresAt,
    random: scope.random,
  });
  await announce(scope, inside, inviting, { token, expiresAt });
  return id;
}

/** Anew, to the same address; the former link is dead. @returns false when somebody has answered meanwhile. */
export async function inviteAgain(
  scope: Scope,
  inside: Handle,
  again: Offer & Pick<Inviting, 'inviter' | 'email'> & { readonly invitationId: string },
): Promise<boolean> {
  const now = scope.now();
  const expiresAt = waitsUntil(scope, now);
  const token = await renewToken(inside, again.invitationId, { now, expiresAt, random: scope.random });
  if (token === null) return false;
  await announce(scope, inside, again, { token, expiresAt });
  return true;
}

async function announce(
  { caisse, outbox }: Scope,
  inside: Handle,
  offered: Offer & Pick<Inviting, 'inviter' | 'email'>,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: Instant },
): Promise<void> {
  const mail = {
    channel: 'mail',
    to: offered.email,
    expiresAt,
    link: `${caisse.issuer}/invitation?jeton=${token}`,
  } as const;
  if (offered.kind === 'member') {
    const inviter = `${offered.inviter.givenName} ${offered.inviter.familyName}`;
    const { cabinetName, byCaisse = false } = offered;
    return outbox.announce(inside, {
      ...mail,
      template: 'member_invitation',
      cabinetName,
      inviter,
      byCaisse,
    });
  }
  await outbox.announce(inside, {
    ...mail,
    ...offered.told,
    template: 'delegation_invitation',
    kind: offered.kind,
    cabinetName: offered.kind === 'cabinet' ? offered.cabinetName : null,
    byCaisse: offered.kind === 'succession' && offered.byCaisse === true,
  });
}
