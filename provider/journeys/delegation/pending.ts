/**
 * An invitation that still waits, under the hands of whoever stands above what it gives: locked for an act, and which
 * of its sites he may act on. One invitation may cover several; an act is on all those that he may act on.
 */
import type { Enforcer } from '../../../policies/enforcer.ts';
import { Refusal } from '../../refusal.ts';
import { type AuditKind, appendAudit } from '../../store/audit.ts';
import { holdChains } from '../../store/chains.ts';
import type { Delegation } from '../../store/delegation-acts.ts';
import type { Handle } from '../../store/handle.ts';
import { type Invitation, lockInvitation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import type { Ready } from '../fulfil.ts';
import { endingOf, giftOf, mayGiveBy, mayTakeBy } from '../giving.ts';
import { changeInvited, lockInvited } from '../invited.ts';

export type PendingAct = {
  readonly enforcer: Enforcer;
  readonly actorId: string;
  readonly invitationId: string;
  /** The site that the page is of: the invitation must give something there. */
  readonly siteId: string;
  /** `seenOf` what the page showed. */
  readonly seen: string;
};

export type Pending = { readonly invitation: Invitation; readonly invited: readonly Delegation[] };

/** @throws Refusal `not_found` for an invitation of other sites, of a firm or of a succession. */
export async function lockPending(scope: Scope, inside: Handle, act: PendingAct): Promise<Pending> {
  const invitation = await lockInvitation(inside, act.invitationId, scope.now());
  if (!invitation) throw new Refusal('not_found');
  const invited = await lockInvited(inside, invitation.id);
  if (!isPendingOn(invited, act.siteId)) throw new Refusal('not_found');
  return { invitation, invited };
}

export const isPendingOn = (invited: readonly Delegation[], siteId: string): boolean =>
  invited.some(({ site, kind }) => site.id === siteId && (kind === 'user' || kind === 'cabinet'));

/** Those on which who acts may confer, the giver holding what he gives, or may take away; their chains held. */
export async function allowed(
  scope: Scope,
  inside: Handle,
  act: PendingAct,
  { waiting, to }: { readonly waiting: readonly Delegation[]; readonly to: 'confer' | 'take' },
): Promise<Ready[]> {
  const { enforcer, actorId: accountId } = act;
  const chains = await holdChains(
    inside,
    waiting.flatMap(({ parentId }) => parentId ?? []),
  );
  const ready: Ready[] = [];
  for (const delegation of waiting) {
    const chain = chains.get(delegation.parentId ?? '') ?? [];
    const asking = { enforcer, accountId, now: scope.now(), gift: giftOf(delegation) };
    const may =
      to === 'confer'
        ? await mayGiveBy(inside, chain, asking, 'confirm')
        : await mayTakeBy(inside, chain, asking, endingOf(asking.gift));
    if (may) ready.push({ delegation, chain });
  }
  if (ready.length === 0) throw new Refusal('beyond_giver');
  return ready;
}

export type Turn = {
  readonly kind: AuditKind & `delegation_${string}`;
  readonly to: 'refused' | 'closed' | 'awaiting_beneficiary' | null;
};

/** `to` null: the delegation stays as it is, the act is noted. */
export async function turn(
  { now, address, requestId }: Scope,
  inside: Handle,
  { actorId }: PendingAct,
  { invitation, delegation, kind, to }: Turn & Pick<Pending, 'invitation'> & Pick<Ready, 'delegation'>,
): Promise<void> {
  const at = now();
  if (to !== null && to !== delegation.status) {
    await changeInvited(inside, delegation, { status: to }, at);
  }
  await appendAudit(inside, {
    kind,
    at,
    actorId,
    subjectId: invitation.accountId ?? undefined,
    siteId: delegation.site.id,
    address,
    requestId,
    facts: {
      delegation: delegation.id,
      invitation: invitation.id,
      giver: invitation.inviterAccountId,
      before: delegation.status,
      after: to ?? delegation.status,
    },
  });
}
