/** Somebody declines: nothing of it comes true, and whoever invited hears of it. */
import { appendAudit } from '../../store/audit.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { dropDrafts } from '../../store/invitation-drafts.ts';
import { endInvitation, type Invitation, lockInvitation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { changeInvited, giverOf, lockInvited, standing } from '../invited.ts';
import { toldOf } from '../tell-delegation.ts';

/** `accountId`: who declines, when he is signed in. @returns false when there is nothing to decline any more. */
export function refuse(scope: Scope, invitationId: string, accountId: string | null): Promise<boolean> {
  const { store, now: clock, address, requestId } = scope;
  return transaction(store, async (inside) => {
    const now = clock();
    const invitation = await lockInvitation(inside, invitationId, now);
    if (invitation?.state !== 'awaiting_beneficiary') return false;
    const invited = standing(await lockInvited(inside, invitationId), ['awaiting_beneficiary'], now);
    const event = {
      kind: 'delegation_refused',
      at: now,
      actorId: accountId ?? undefined,
      subjectId: accountId ?? undefined,
      address,
      requestId,
    } as const;
    for (const delegation of invited) {
      await changeInvited(inside, delegation, { status: 'refused' }, now);
      const facts = {
        delegation: delegation.id,
        invitation: invitationId,
        giver: invitation.inviterAccountId,
        before: delegation.status,
        after: 'refused',
      };
      await appendAudit(inside, { ...event, siteId: delegation.site.id, facts });
    }
    if (invitation.kind === 'member') {
      await appendAudit(inside, {
        ...event,
        facts: { invitation: invitationId, cabinet: invitation.cabinetId },
      });
    }
    await endInvitation(inside, invitationId, 'refused', { now });
    await dropDrafts(inside, invitationId);
    const [first, ...others] = invited;
    if (first) await tellGiver(scope, inside, invitation, [first, ...others]);
    return true;
  });
}

async function tellGiver(
  { caisse, outbox }: Scope,
  inside: Handle,
  invitation: Invitation,
  declined: Parameters<typeof toldOf>[0],
): Promise<void> {
  const giver = await giverOf(inside, invitation, declined[0]);
  await outbox.announce(inside, {
    ...toldOf(declined, caisse),
    channel: 'mail',
    template: 'delegation_declined',
    to: giver.email,
    expiresAt: null,
    givenName: giver.givenName,
    familyName: giver.familyName,
    beneficiaryEmail: invitation.email,
    byCaisse: invitation.byCaisse,
  });
}
