/**
 * A manager asks somebody to join his firm, asks again, or takes it back. What becomes of an answer is
 * journeys/invitation's: whoever accepts joins the firm, and holds nothing until a client is entrusted to him.
 */
import { emailKey } from '../../domain/email.ts';
import { Refusal } from '../../refusal.ts';
import type { Account } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { belongsToCabinet, isInvitedToCabinet, lockCabinet } from '../../store/cabinet-joining.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { endInvitation, findInvitation, type Invitation, lockInvitation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { invite, inviteAgain } from '../invite.ts';
import { requireManager } from './require-manager.ts';

export type Managing = {
  readonly account: Account;
  readonly cabinet: { readonly id: string; readonly name: string };
};

/** `belongs`, `waiting`: nothing was written. */
export type Asked = 'invited' | 'belongs' | 'waiting';

/** `email`: as parsed (domain/email). */
export const inviteMember = (scope: Scope, { account, cabinet }: Managing, email: string): Promise<Asked> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const asked = { cabinetId: cabinet.id, emailKey: emailKey(email), now };
    await requireManager(inside, { accountId: account.id, cabinetId: cabinet.id, now });
    await lockCabinet(inside, cabinet.id);
    if (await belongsToCabinet(inside, asked)) return 'belongs';
    if (await isInvitedToCabinet(inside, asked)) return 'waiting';
    const invitation = await invite(scope, inside, {
      kind: 'member',
      cabinetName: cabinet.name,
      inviter: account,
      email,
      adherentId: null,
      cabinetId: cabinet.id,
      needsConfirmation: false,
    });
    await note(scope, inside, { account, cabinet }, { kind: 'member_invited', invitation });
    return 'invited';
  });

/** Whom an invitation of that firm asked. @throws Refusal `not_found` for any other, and for none. */
export async function invitedMember(
  { store, now }: Pick<Scope, 'store' | 'now'>,
  { cabinet }: Managing,
  invitationId: string,
): Promise<string> {
  const invitation = await findInvitation(store, invitationId, now());
  if (!isOf(cabinet.id, invitation)) throw new Refusal('not_found');
  return invitation.email;
}

/** What the caisse has asked is not the firm's to send again or take back. */
const isOf = (cabinetId: string, invitation: Invitation | undefined): invitation is Invitation =>
  invitation?.kind === 'member' && invitation.cabinetId === cabinetId && invitation.memberRole !== 'manager';

/** What the list of a firm's people showed of an invitation: when it was sent last, which each sending moves. */
export const seenToInvite = ({ sentAt }: Pick<Invitation, 'sentAt'>): string => sentAt.toString(36);

/**
 * Once for each page: pressed twice, the second finds it sent.
 * @throws Refusal `changed_meanwhile` when somebody has answered.
 */
export const inviteMemberAgain = (
  scope: Scope,
  managing: Managing,
  { invitationId, seen }: { readonly invitationId: string; readonly seen: string },
): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const { account, cabinet } = managing;
    const invitation = await openInvitation(scope, inside, managing, invitationId);
    if (seen !== seenToInvite(invitation)) return;
    const { email } = invitation;
    const sent = await inviteAgain(scope, inside, {
      kind: 'member',
      cabinetName: cabinet.name,
      inviter: account,
      email,
      invitationId,
    });
    if (!sent) throw new Refusal('changed_meanwhile');
    await note(scope, inside, managing, { kind: 'delegation_sent_again', invitation: invitationId });
  });

/** The link of its mail is dead from then on. @throws as `inviteMemberAgain`. */
export const withdrawMember = (scope: Scope, managing: Managing, invitationId: string): Promise<void> =>
  transaction(scope.store, async (inside) => {
    await openInvitation(scope, inside, managing, invitationId);
    await endInvitation(inside, invitationId, 'withdrawn', { now: scope.now() });
    await note(scope, inside, managing, { kind: 'delegation_withdrawn', invitation: invitationId });
  });

async function openInvitation(
  scope: Scope,
  inside: Handle,
  { account, cabinet }: Managing,
  invitationId: string,
): Promise<Invitation> {
  const now = scope.now();
  await requireManager(inside, { accountId: account.id, cabinetId: cabinet.id, now });
  const invitation = await lockInvitation(inside, invitationId, now);
  if (!isOf(cabinet.id, invitation)) throw new Refusal('not_found');
  const isOpen = invitation.state === 'awaiting_beneficiary' || invitation.state === 'lapsed';
  if (!isOpen || invitation.acceptedAt !== null) throw new Refusal('changed_meanwhile');
  return invitation;
}

const note = (
  { now, address, requestId }: Scope,
  inside: Handle,
  { account, cabinet }: Managing,
  told: {
    readonly kind: 'member_invited' | 'delegation_sent_again' | 'delegation_withdrawn';
    readonly invitation: string;
  },
): Promise<void> =>
  appendAudit(inside, {
    kind: told.kind,
    at: now(),
    actorId: account.id,
    address,
    requestId,
    facts: { cabinet: cabinet.id, invitation: told.invitation },
  });
