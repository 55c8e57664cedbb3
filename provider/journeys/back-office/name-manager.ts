/** A firm's managers are named, asked and let go here, and nowhere else. */
import { emailKey } from '../../domain/email.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount, holdAccount } from '../../store/accounts.ts';
import { appendAudits } from '../../store/audit.ts';
import { lockCabinet } from '../../store/cabinet-joining.ts';
import { closeThroughMemberships, endMemberships, lockMemberships } from '../../store/cabinet-leaving.ts';
import { transaction } from '../../store/handle.ts';
import { endInvitation, lockInvitation } from '../../store/invitations.ts';
import { nameManager } from '../../store/manager-naming.ts';
import { isInvitedToManage, isOfFirm } from '../../store/office-firms.ts';
import type { Scope } from '../../tenant/scope.ts';
import { invite } from '../invite.ts';
import { endTaken, type Taken } from '../taken.ts';
import { noteAct, tellPerson } from './note.ts';

export type Firm = { readonly id: string; readonly name: string };

export type Naming = { readonly cabinet: Firm; readonly agent: Account; readonly reason: string };

/**
 * Of the firm's own staff, who has agreed to belong to it.
 * @throws Refusal `changed_meanwhile` for whoever is none of them, or manages it already.
 */
export const raise = (scope: Scope, { cabinet, agent, reason }: Naming, accountId: string): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    await lockCabinet(inside, cabinet.id);
    const account = await holdAccount(inside, accountId);
    const asked = { cabinetId: cabinet.id, accountId, now };
    const fits = account?.status === 'active' && account.staffRole === null;
    if (!fits || (await isOfFirm(inside, asked)) !== 'staff') throw new Refusal('changed_meanwhile');
    if (!(await nameManager(inside, asked))) throw new Refusal('changed_meanwhile');
    await noteAct(scope, inside, {
      kind: 'manager_named',
      actorId: agent.id,
      subjectId: accountId,
      facts: { cabinet: cabinet.id, reason, before: 'staff', after: 'manager' },
    });
    await tellPerson(scope, inside, account, { act: 'manager_named', about: cabinet.name });
  });

/** @throws Refusal `changed_meanwhile` when that address is asked already. */
export const askToManage = (scope: Scope, { cabinet, agent, reason }: Naming, email: string): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    await lockCabinet(inside, cabinet.id);
    const asked = { cabinetId: cabinet.id, emailKey: emailKey(email), now };
    if (await isInvitedToManage(inside, asked)) throw new Refusal('changed_meanwhile');
    const invitation = await invite(scope, inside, {
      kind: 'member',
      byCaisse: true,
      cabinetName: cabinet.name,
      inviter: agent,
      email,
      adherentId: null,
      cabinetId: cabinet.id,
      needsConfirmation: false,
    });
    await noteAct(scope, inside, {
      kind: 'member_invited',
      actorId: agent.id,
      facts: { cabinet: cabinet.id, invitation, reason, before: null, after: 'manager' },
    });
  });

/** @throws Refusal `not_found` for what is no such invitation of that firm, `changed_meanwhile` once it is answered. */
export const takeBack = (
  scope: Scope,
  { cabinet, agent, reason }: Naming,
  invitationId: string,
): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const invitation = await lockInvitation(inside, invitationId, now);
    if (invitation?.cabinetId !== cabinet.id || invitation.memberRole !== 'manager')
      throw new Refusal('not_found');
    const isOpen = invitation.state === 'awaiting_beneficiary' || invitation.state === 'lapsed';
    if (!isOpen || invitation.acceptedAt !== null) throw new Refusal('changed_meanwhile');
    await endInvitation(inside, invitationId, 'withdrawn', { now });
    await noteAct(scope, inside, {
      kind: 'delegation_withdrawn',
      actorId: agent.id,
      facts: {
        cabinet: cabinet.id,
        invitation: invitationId,
        reason,
        before: 'awaiting_beneficiary',
        after: 'withdrawn',
      },
    });
  });

/**
 * He leaves the firm: what he held by it ends.
 * @returns of whom services must hear once it has committed.
 * @throws Refusal `changed_meanwhile` when he manages it no more.
 */
export const letGo = (scope: Scope, { cabinet, agent, reason }: Naming, accountId: string): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const open = await lockMemberships(inside, { cabinetId: cabinet.id, accountId, now });
    if (!open.some(({ role }) => role === 'manager')) throw new Refusal('changed_meanwhile');
    const membershipIds = open.map(({ id }) => id);
    await endMemberships(inside, membershipIds, now);
    const closed = await closeThroughMemberships(inside, membershipIds, now);
    const { address, requestId } = scope;
    await noteAct(scope, inside, {
      kind: 'manager_ended',
      actorId: agent.id,
      subjectId: accountId,
      facts: { cabinet: cabinet.id, reason, before: 'manager', after: null, delegations: closed.length },
    });
    await appendAudits(
      inside,
      closed.map(({ id, siteId, before }) => ({
        kind: 'delegation_closed' as const,
        at: now,
        actorId: agent.id,
        subjectId: accountId,
        siteId,
        address,
        requestId,
        facts: { cabinet: cabinet.id, delegation: id, before, after: 'closed', reason },
      })),
    );
    const account = await findAccount(inside, accountId);
    if (account?.status === 'active') {
      await tellPerson(scope, inside, account, { act: 'manager_ended', about: cabinet.name });
    }
    return endTaken(
      inside,
      { delegationIds: closed.map(({ id }) => id), membershipIds },
      { now, forGood: true },
    );
  });
