/**
 * Somebody leaves a firm: his memberships end and all that came to him through it is closed, in one act, also what
 * clients had named him for. Managers are named and removed by the caisse alone.
 */
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { type AuditEvent, appendAudits } from '../../store/audit.ts';
import {
  type ClosedDelegation,
  closeThroughMemberships,
  endMemberships,
  lockMemberships,
  type OpenMembership,
} from '../../store/cabinet-leaving.ts';
import { type Handle, isId, transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { endTaken, type Taken } from '../taken.ts';
import type { Managing } from './invite-member.ts';
import { requireManager } from './require-manager.ts';

export const REASONS = ['departure', 'other_duties', 'mistake'] as const;
export type Reason = (typeof REASONS)[number];

/**
 * @returns of whom services must hear once it has committed (journeys/taken).
 * @throws Refusal `not_found` for whoever is none of the firm's people, `only_the_caisse` for a manager, oneself included.
 */
export const removePerson = (
  scope: Scope,
  managing: Managing,
  { accountId, reason }: { readonly accountId: string; readonly reason: Reason | null },
): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { account, cabinet } = managing;
    await requireManager(inside, { accountId: account.id, cabinetId: cabinet.id, now });
    const memberships = isId(accountId)
      ? await lockMemberships(inside, { cabinetId: cabinet.id, accountId, now })
      : [];
    requireStaff(memberships);
    const ids = memberships.map(({ id }) => id);
    await endMemberships(inside, ids, now);
    const closed = await closeThroughMemberships(inside, ids, now);
    await appendAudits(inside, auditOf(scope, managing, { accountId, reason, memberships: ids, closed }));
    await tellWhoLeft(scope, inside, cabinet.name, await findAccount(inside, accountId));
    const struck = { delegationIds: closed.map(({ id }) => id), membershipIds: ids };
    return endTaken(inside, struck, { now, forGood: true });
  });

/** The departure, and a line for each site that it closes something on. */
function auditOf(
  { now, address, requestId }: Scope,
  { account, cabinet }: Managing,
  left: {
    readonly accountId: string;
    readonly reason: Reason | null;
    readonly memberships: readonly string[];
    readonly closed: readonly ClosedDelegation[];
  },
): readonly AuditEvent[] {
  const { accountId: subjectId, reason, memberships, closed } = left;
  const about = { at: now(), actorId: account.id, subjectId, address, requestId };
  const facts = {
    cabinet: cabinet.id,
    memberships: memberships.length,
    delegations: closed.length,
    sites: new Set(closed.map(({ siteId }) => siteId)).size,
    reason,
  };
  const lines = closed.map(
    ({ id, siteId, before }): AuditEvent => ({
      ...about,
      kind: 'delegation_closed',
      siteId,
      facts: { cabinet: cabinet.id, delegation: id, before, after: 'closed' },
    }),
  );
  return [{ ...about, kind: 'member_left', facts }, ...lines];
}

function requireStaff(memberships: readonly OpenMembership[]): void {
  if (memberships.length === 0) throw new Refusal('not_found');
  if (memberships.some(({ role }) => role === 'manager')) throw new Refusal('only_the_caisse');
}

async function tellWhoLeft(
  { outbox }: Scope,
  inside: Handle,
  cabinetName: string,
  account: Account | undefined,
): Promise<void> {
  // A provisional account has no address of its own; a closed one is nobody's any more.
  if (!account || account.status === 'provisional' || account.status === 'closed') return;
  const { email: to, givenName, familyName } = account;
  await outbox.announce(inside, {
    channel: 'mail',
    template: 'member_left',
    to,
    expiresAt: null,
    givenName,
    familyName,
    cabinetName,
  });
}
