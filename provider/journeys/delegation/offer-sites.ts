/** An administrator offers his sites to a successor, or takes the offer back. Nothing changes until that one accepts. */
import { randomUUID } from 'node:crypto';
import { chainRights, EVERYTHING } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import type { Account } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { holdChain } from '../../store/chains.ts';
import { changeDelegation, type Delegation, lockDelegations } from '../../store/delegation-acts.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { dropDrafts } from '../../store/invitation-drafts.ts';
import { endInvitation, lockInvitation } from '../../store/invitations.ts';
import { listOwnSites, type OwnSite } from '../../store/succession-offers.ts';
import type { Scope } from '../../tenant/scope.ts';
import { awaitedEnrolment } from '../hand-over.ts';
import { invite } from '../invite.ts';
import { lockInvited, standing } from '../invited.ts';
import { tellRights } from '../rights-shown.ts';
import { toldOf } from '../tell-delegation.ts';

export type Offering = {
  readonly account: Account;
  /** As parsed (domain/email). */
  readonly email: string;
  /** Of one adhérent. */
  readonly sites: readonly OwnSite[];
};

/** @throws Refusal `beyond_giver` when one of the sites is not his to hand over, now; `changed_meanwhile` when it is offered already. */
export const offerSites = (scope: Scope, { account, email, sites }: Offering): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const [first] = sites;
    if (!first) throw new Refusal('not_found');
    // Of two offers at once, one goes first and the other sees it.
    await lockDelegations(
      inside,
      sites.map(({ enrolmentId }) => enrolmentId),
    );
    for (const site of sites) await requireHolder(inside, site, { accountId: account.id, now });
    await requireUnoffered(inside, sites, { accountId: account.id, now });
    const from = now;
    const invitationId = await invite(scope, inside, {
      kind: 'succession',
      inviter: account,
      email,
      adherentId: first.adherentId,
      cabinetId: null,
      // Handing over is the inviter's word already; the successor's is the last.
      needsConfirmation: false,
      told: {
        raisonSociale: first.raisonSociale,
        identifiant: first.identifiant,
        sites: sites.map(({ name, siret }) => ({ name, siret })),
        giver: `${account.givenName} ${account.familyName}`,
        startsAt: from,
        endsAt: null,
        rights: tellRights(EVERYTHING, { admin: true, hidden: scope.caisse.settings.hiddenFeatures }),
      },
    });
    for (const site of sites) await offer(scope, inside, { account, site, invitationId });
  });

type Holder = { readonly accountId: string; readonly now: number };

/** The enrolment itself, live and his, until the act has committed. */
async function requireHolder(inside: Handle, { enrolmentId }: OwnSite, { accountId, now }: Holder) {
  const chain = await holdChain(inside, enrolmentId);
  const [root] = chain;
  const isHis = chain.length === 1 && root?.kind === 'enrolment' && root.granteeId === accountId;
  if (!isHis || chainRights(chain, now) === null) throw new Refusal('beyond_giver');
}

async function requireUnoffered(inside: Handle, sites: readonly OwnSite[], { accountId, now }: Holder) {
  const own = await listOwnSites(inside, { accountId, siteId: sites[0]?.id ?? '', now });
  const offered = own.some(({ id, offered }) => offered !== null && sites.some((site) => site.id === id));
  if (offered) throw new Refusal('changed_meanwhile');
}

async function offer(
  { now, address, requestId }: Scope,
  inside: Handle,
  {
    account,
    site,
    invitationId,
  }: { readonly account: Account; readonly site: OwnSite; readonly invitationId: string },
): Promise<void> {
  const id = randomUUID();
  const at = now();
  const succeedsId = site.enrolmentId;
  await insertDelegations(inside, [awaitedEnrolment({ id, site, succeedsId, invitationId, now: at })], at);
  await appendAudit(inside, {
    kind: 'delegation_given',
    at,
    actorId: account.id,
    siteId: site.id,
    address,
    requestId,
    facts: {
      delegation: id,
      kind: 'succession',
      giver: account.id,
      invitation: invitationId,
      before: site.enrolmentId,
      after: 'awaiting_beneficiary',
    },
  });
}

/** The whole offer, on all its sites. @throws Refusal `not_found` for an offer that is not his, `changed_meanwhile` once it is answered. */
export const withdrawOffer = (
  scope: Scope,
  { account, invitationId }: { readonly account: Account; readonly invitationId: string },
): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const invitation = await lockInvitation(inside, invitationId, now);
    if (invitation?.kind !== 'succession' || invitation.inviterAccountId !== account.id)
      throw new Refusal('not_found');
    const waiting = standing(await lockInvited(inside, invitation.id), ['awaiting_beneficiary'], now);
    const [first, ...others] = waiting;
    if (invitation.state !== 'awaiting_beneficiary' || !first) throw new Refusal('changed_meanwhile');
    for (const one of waiting) await takeBack(scope, inside, { account, one, invitationId });
    await endInvitation(inside, invitation.id, 'withdrawn', { now });
    await dropDrafts(inside, invitation.id);
    await scope.outbox.announce(inside, {
      ...toldOf([first, ...others], scope.caisse),
      giver: `${account.givenName} ${account.familyName}`,
      channel: 'mail',
      template: 'delegation_withdrawn',
      to: invitation.email,
      expiresAt: null,
    });
  });

async function takeBack(
  { now, address, requestId }: Scope,
  inside: Handle,
  {
    account,
    one,
    invitationId,
  }: { readonly account: Account; readonly one: Delegation; readonly invitationId: string },
): Promise<void> {
  const at = now();
  if (!(await changeDelegation(inside, one, { status: 'closed' }, at)))
    throw new Refusal('changed_meanwhile');
  await appendAudit(inside, {
    kind: 'delegation_withdrawn',
    at,
    actorId: account.id,
    siteId: one.site.id,
    address,
    requestId,
    facts: {
      delegation: one.id,
      invitation: invitationId,
      giver: account.id,
      before: one.status,
      after: 'closed',
    },
  });
}
