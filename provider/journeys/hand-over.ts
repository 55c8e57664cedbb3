/**
 * A successor has accepted: his enrolments stand, what stood below the former administrator's goes on below them, and
 * that one keeps nothing of it. One act, in the transaction of the acceptance.
 */
import { rootOf } from '../domain/enrolment.ts';
import type { Instant } from '../domain/instant.ts';
import { Refusal } from '../refusal.ts';
import { type Account, findAccount } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import type { Delegation } from '../store/delegation-acts.ts';
import type { NewDelegation } from '../store/delegations.ts';
import type { Handle } from '../store/handle.ts';
import type { Invitation } from '../store/invitations.ts';
import { type Succeeded, succeed } from '../store/succession.ts';
import type { Scope } from '../tenant/scope.ts';
import { endTaken, type Taken } from './taken.ts';
import { toldOf } from './tell-delegation.ts';

export type HandingOver = {
  readonly invitation: Invitation;
  /** The enrolments that waited for him, each with the one that it succeeds. */
  readonly offered: readonly Delegation[];
  readonly successor: Account;
};

/** What waits for a successor to accept: an enrolment like any other, which brings everything. */
export const awaitedEnrolment = (offered: {
  readonly id: string;
  readonly site: Pick<Delegation['site'], 'id' | 'adherentId'>;
  readonly succeedsId: string;
  readonly invitationId: string;
  readonly now: Instant;
}): NewDelegation => ({
  ...rootOf(offered.now),
  kind: 'enrolment',
  id: offered.id,
  granteeAccountId: null,
  adherentId: offered.site.adherentId,
  siteId: offered.site.id,
  status: 'awaiting_beneficiary',
  invitationId: offered.invitationId,
  succeedsId: offered.succeedsId,
});

/**
 * @returns of whom services must hear once it has committed.
 * @throws Refusal `changed_meanwhile` when the former administrator holds one of them no more.
 */
export async function handOver(
  scope: Scope,
  inside: Handle,
  { invitation, offered, successor }: HandingOver,
): Promise<Taken> {
  const now = scope.now();
  // In the order of the sites: two acts never wait for one another in a circle.
  for (const one of offered.toSorted((a, b) => (a.site.id < b.site.id ? -1 : 1))) {
    const succeeding = {
      formerId: one.succeedsId ?? '',
      awaitedId: one.id,
      successorId: successor.id,
      now,
    };
    const done = await succeed(inside, succeeding);
    if (!done) throw new Refusal('changed_meanwhile');
    await note(scope, inside, { invitation, offer: one, done, successor });
  }
  await tellBoth(scope, inside, { invitation, offered, successor });
  const delegationIds = offered.flatMap(({ succeedsId }) => succeedsId ?? []);
  return endTaken(inside, { delegationIds }, { now, forGood: true });
}

async function note(
  { now, address, requestId }: Scope,
  inside: Handle,
  {
    invitation,
    offer,
    done,
    successor,
  }: Pick<HandingOver, 'invitation' | 'successor'> & {
    readonly offer: Delegation;
    readonly done: Succeeded;
  },
): Promise<void> {
  await appendAudit(inside, {
    kind: 'site_handed_over',
    at: now(),
    actorId: successor.id,
    subjectId: successor.id,
    siteId: done.siteId,
    address,
    requestId,
    facts: {
      giver: done.formerAccountId,
      invitation: invitation.id,
      before: offer.succeedsId,
      after: done.enrolmentId,
      carried: done.carried,
    },
  });
}

async function tellBoth(
  { caisse, outbox }: Scope,
  inside: Handle,
  { invitation, offered: [first, ...others], successor }: HandingOver,
): Promise<void> {
  const former = await findAccount(inside, invitation.inviterAccountId);
  if (!first || !former) return;
  const nameOf = ({ givenName, familyName }: Account) => `${givenName} ${familyName}`;
  const told = { ...toldOf([first, ...others], caisse), giver: nameOf(former) };
  for (const [side, to, other] of [
    ['former', former, successor],
    ['successor', successor, former],
  ] as const) {
    await outbox.announce(inside, {
      ...told,
      channel: 'mail',
      template: 'site_handed_over',
      to: to.email,
      expiresAt: null,
      givenName: to.givenName,
      familyName: to.familyName,
      side,
      other: nameOf(other),
      byCaisse: invitation.byCaisse,
    });
  }
}
