/** An invitation that nobody has answered yet: its mail goes out once more, with another link, or it is taken back. */
import { findAccount } from '../../store/accounts.ts';
import { type Delegation, isFirm } from '../../store/delegation-acts.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { dropDrafts } from '../../store/invitation-drafts.ts';
import { endInvitation, type Invitation, prolongConfirmation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { inviteAgain, type Offer, waitsUntil } from '../invite.ts';
import { leavesSome, seenOf, standing } from '../invited.ts';
import { toldOf } from '../tell-delegation.ts';
import { allowed, lockPending, type PendingAct, turn } from './pending.ts';

export type SentAgain =
  /** `reopened`: it had been accepted, and waits for the confirmation once more. */
  'sent' | 'reopened' | 'answered' | 'changed';

/** What may be sent again: what waits for the beneficiary, and what waited in vain. */
export const sendable = (invited: readonly Delegation[], now: number): Delegation[] =>
  standing(invited, ['awaiting_beneficiary', 'lapsed'], now).filter(({ to }) => to === null || to > now);

/** What the page of sending again showed: until when it waited, too, which each sending moves. */
export const seenToSend = (seen: string, { expiresAt }: Pick<Invitation, 'expiresAt'>): string =>
  `${seen}~${expiresAt.toString(36)}`;

/**
 * Once for each page: pressed twice, the second finds it sent.
 * @throws Refusal `beyond_giver` when who acts could not give it himself, or no giver holds what he gives, now.
 */
export function sendAgain(scope: Scope, act: PendingAct): Promise<SentAgain> {
  return transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { invitation, invited } = await lockPending(scope, inside, act);
    const waiting = sendable(invited, now);
    const open = invitation.state === 'awaiting_beneficiary' || invitation.state === 'lapsed';
    if (!open || waiting.length === 0) return 'answered';
    const seen = seenOf(waiting);
    if (act.seen.split('~')[0] !== seen) return 'changed';
    const ready = await allowed(scope, inside, act, { waiting, to: 'confer' });
    const [first, ...others] = ready.map(({ delegation }) => delegation);
    if (!first) return 'answered';
    const accepted = invitation.acceptedAt !== null;
    if (act.seen !== seenToSend(seen, invitation)) return accepted ? 'reopened' : 'sent';
    for (const delegation of [first, ...others]) {
      const to = accepted ? null : 'awaiting_beneficiary';
      await turn(scope, inside, act, { invitation, delegation, kind: 'delegation_sent_again', to });
    }
    if (accepted) {
      await prolongConfirmation(inside, invitation.id, waitsUntil(scope, now));
      return 'reopened';
    }
    await mailAgain(scope, inside, invitation, [first, ...others]);
    return 'sent';
  });
}

async function mailAgain(
  scope: Scope,
  inside: Handle,
  invitation: Invitation,
  offered: readonly [Delegation, ...Delegation[]],
): Promise<void> {
  const inviter = await findAccount(inside, invitation.inviterAccountId);
  if (!inviter) throw new Error('nobody invited');
  const told = toldOf(offered, scope.caisse);
  const { beneficiary } = offered[0];
  const offer: Offer = isFirm(beneficiary)
    ? { kind: 'cabinet', told, cabinetName: beneficiary.name }
    : { kind: 'user', told };
  const { id: invitationId, email } = invitation;
  await inviteAgain(scope, inside, { ...offer, inviter, email, invitationId });
}

export type Withdrawn = { readonly kind: 'done'; readonly left: boolean } | 'answered' | 'changed';

/** @throws Refusal `beyond_giver` when who acts stands above none of it. */
export function withdraw(scope: Scope, act: PendingAct): Promise<Withdrawn> {
  return transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { invitation, invited } = await lockPending(scope, inside, act);
    const waiting = standing(invited, ['awaiting_beneficiary', 'awaiting_confirmation'], now);
    if (waiting.length === 0) return 'answered';
    if (seenOf(waiting) !== act.seen) return 'changed';
    const ready = await allowed(scope, inside, act, { waiting, to: 'take' });
    for (const { delegation } of ready) {
      await turn(scope, inside, act, { invitation, delegation, kind: 'delegation_withdrawn', to: 'closed' });
    }
    const [first, ...others] = ready.map(({ delegation }) => delegation);
    const left = leavesSome(invited, first ? [first, ...others] : [], now);
    if (!left) {
      await endInvitation(inside, invitation.id, 'withdrawn', { now });
      await dropDrafts(inside, invitation.id);
    }
    if (first) {
      await scope.outbox.announce(inside, {
        ...toldOf([first, ...others], scope.caisse),
        channel: 'mail',
        template: 'delegation_withdrawn',
        to: invitation.email,
        expiresAt: null,
      });
    }
    return { kind: 'done', left };
  });
}
