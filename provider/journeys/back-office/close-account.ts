/**
 * An account is closed, or open again. Closing ends all that its person held by it, in one act, and whose rights hung on
 * that hear of it; opening it again brings nothing of that back: rights are given by administrators, not by the caisse.
 */
import { Refusal } from '../../refusal.ts';
import { type AuditEvent, appendAudits } from '../../store/audit.ts';
import { closeThroughMemberships, endMemberships } from '../../store/cabinet-leaving.ts';
import { transaction } from '../../store/handle.ts';
import { supersedeLinks } from '../../store/links.ts';
import { closeHeld, listEndings, turnAccount } from '../../store/office-accounts.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';
import { endTaken, type Taken } from '../taken.ts';
import { makeResetLink } from './account-links.ts';
import { holdAsSeen } from './account-subject.ts';
import { noteAct, tellPerson } from './note.ts';
import { tellBelow } from './tell-below.ts';

export type Turning = {
  readonly accountId: string;
  /** What the page showed. */
  readonly seen: string;
  readonly agentId: string;
  readonly reason: string;
};

const LINKS = [
  'activation',
  'password_reset',
  'email_change',
  'email_change_cancel',
  'certification',
] as const;

/** @returns of whom services must hear once it has committed, and the sessions that ended. */
export const closeAccount = (
  scope: Scope,
  { accountId, seen, agentId, reason }: Turning,
): Promise<{ readonly taken: Taken; readonly ended: readonly EndedSession[] }> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const account = await holdAsSeen(inside, accountId, seen);
    if (account.status === 'closed' || account.staffRole !== null) throw new Refusal('changed_meanwhile');
    const { memberships } = await listEndings(inside, accountId, now);
    const membershipIds = idsOf(memberships);
    await endMemberships(inside, membershipIds, now);
    const closed = [
      ...(await closeThroughMemberships(inside, membershipIds, now)),
      ...(await closeHeld(inside, accountId, now)),
    ];
    await turnAccount(inside, accountId, 'closed', now);
    await supersedeLinks(inside, accountId, LINKS, now);
    const ended = await endSessions(inside, accountId, {}, now);
    await noteAct(scope, inside, {
      kind: 'account_closed',
      actorId: agentId,
      subjectId: accountId,
      facts: {
        reason,
        before: account.status,
        after: 'closed',
        delegations: closed.length,
        memberships: memberships.length,
        sessions: ended.length,
      },
    });
    await appendAudits(inside, linesOf(scope, closed, { accountId, agentId, reason }));
    if (account.email !== null) {
      await tellPerson(scope, inside, { ...account, email: account.email }, { act: 'closed' });
    }
    const gave = closed.filter(({ before }) => before === 'active');
    await tellBelow(scope, inside, idsOf(gave));
    const struck = { delegationIds: idsOf(closed), membershipIds };
    return { taken: await endTaken(inside, struck, { now, forGood: true }), ended };
  });

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

const linesOf = (
  { now, address, requestId }: Scope,
  closed: Awaited<ReturnType<typeof closeHeld>>,
  { accountId, agentId, reason }: Pick<Turning, 'accountId' | 'agentId' | 'reason'>,
): AuditEvent[] =>
  closed.map(({ id, siteId, before }) => ({
    kind: 'delegation_closed',
    at: now(),
    actorId: agentId,
    subjectId: accountId,
    siteId,
    address,
    requestId,
    facts: { delegation: id, before, after: 'closed', reason },
  }));

/** The person chooses a new password, by the link of the mail. */
export const reopenAccount = (scope: Scope, { accountId, seen, agentId, reason }: Turning): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const account = await holdAsSeen(inside, accountId, seen);
    const { email } = account;
    if (account.status !== 'closed' || account.staffRole !== null || email === null)
      throw new Refusal('changed_meanwhile');
    await turnAccount(inside, accountId, 'active', scope.now());
    await noteAct(scope, inside, {
      kind: 'account_reopened',
      actorId: agentId,
      subjectId: accountId,
      facts: { reason, before: 'closed', after: 'active' },
    });
    const reset = await makeResetLink(scope, inside, { accountId, email });
    await tellPerson(scope, inside, { ...account, email }, { act: 'reopened', ...reset });
  });
