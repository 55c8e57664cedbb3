/**
 * A site whose administrator has left goes to a successor: at once to somebody who has accepted rights of that company
 * before, else by an invitation. What stands below goes on; nobody gets more than the former administrator holds.
 */
import { randomUUID } from 'node:crypto';
import { chainRights } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, holdAccount } from '../../store/accounts.ts';
import { holdChain } from '../../store/chains.ts';
import type { Delegation } from '../../store/delegation-acts.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { hasAccepted, offeredTo } from '../../store/office-successions.ts';
import { succeed } from '../../store/succession.ts';
import type { Scope } from '../../tenant/scope.ts';
import { awaitedEnrolment } from '../hand-over.ts';
import { invite } from '../invite.ts';
import { endTaken, type Taken } from '../taken.ts';
import { toldOf } from '../tell-delegation.ts';
import { noteAct, tellPerson } from './note.ts';

export type HandingOver = {
  readonly agentId: string;
  readonly reason: string;
  /** The enrolment that ends, and whose it is. */
  readonly enrolment: Delegation;
  readonly former: Account;
};

/** Whoever may take a site over at once. */
export const mayTakeOver = async (
  { now }: Pick<Scope, 'now'>,
  handle: Handle,
  { status, staffRole, emailCertifiedAt, id }: Account,
  adherentId: string,
): Promise<boolean> =>
  status === 'active' &&
  staffRole === null &&
  emailCertifiedAt !== null &&
  (await hasAccepted(handle, { accountId: id, adherentId, now: now() }));

/**
 * @returns of whom services must hear once it has committed.
 * @throws Refusal `changed_meanwhile` when the former administrator holds the site no more, or the successor may not.
 */
export const handOverNow = (scope: Scope, handing: HandingOver, successorId: string): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { enrolment, former } = handing;
    const { site } = enrolment;
    await requireLive(inside, handing, now);
    const successor = await holdAccount(inside, successorId);
    if (!successor || !(await mayTakeOver(scope, inside, successor, site.adherentId)))
      throw new Refusal('changed_meanwhile');
    const succeeding = { formerId: enrolment.id, awaitedId: null, successorId, now };
    const done = await succeed(inside, succeeding);
    if (!done) throw new Refusal('changed_meanwhile');
    await noteAct(scope, inside, {
      kind: 'site_handed_over',
      actorId: handing.agentId,
      subjectId: successorId,
      siteId: site.id,
      facts: {
        giver: done.formerAccountId,
        before: enrolment.id,
        after: done.enrolmentId,
        carried: done.carried,
        reason: handing.reason,
      },
    });
    const about = `${site.raisonSociale} (${site.name})`;
    await tellPerson(scope, inside, former, { act: 'site_taken', about });
    await tellPerson(scope, inside, successor, { act: 'site_received', about });
    return endTaken(inside, { delegationIds: [enrolment.id] }, { now, forGood: true });
  });

/** @throws Refusal `changed_meanwhile` when the former administrator holds it no more, or it is offered already. */
export const offerSuccession = (scope: Scope, handing: HandingOver, email: string): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { enrolment, former, agentId, reason } = handing;
    const { site } = enrolment;
    await requireLive(inside, handing, now);
    const offered = { enrolmentId: enrolment.id, siteId: site.id, adherentId: site.adherentId, now };
    if ((await offeredTo(inside, offered)) !== null) throw new Refusal('changed_meanwhile');
    const giver = `${former.givenName} ${former.familyName}`;
    const invitationId = await invite(scope, inside, {
      kind: 'succession',
      byCaisse: true,
      // The former administrator is who gives: the acceptance asks whether he still holds it.
      inviter: former,
      email,
      adherentId: site.adherentId,
      cabinetId: null,
      needsConfirmation: false,
      told: { ...toldOf([enrolment], scope.caisse), giver },
    });
    const id = randomUUID();
    const succeedsId = enrolment.id;
    await insertDelegations(inside, [awaitedEnrolment({ id, site, succeedsId, invitationId, now })], now);
    await noteAct(scope, inside, {
      kind: 'delegation_given',
      actorId: agentId,
      siteId: site.id,
      facts: {
        delegation: id,
        kind: 'succession',
        giver: former.id,
        invitation: invitationId,
        before: enrolment.id,
        after: 'awaiting_beneficiary',
        reason,
      },
    });
  });

/** Held until the act has committed: live, and his. */
async function requireLive(inside: Handle, { enrolment, former }: HandingOver, now: number): Promise<void> {
  const chain = await holdChain(inside, enrolment.id);
  const [root] = chain;
  const isHis = chain.length === 1 && root?.kind === 'enrolment' && root.granteeId === former.id;
  if (!isHis || chainRights(chain, now) === null) throw new Refusal('changed_meanwhile');
}
