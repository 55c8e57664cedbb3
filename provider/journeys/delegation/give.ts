/**
 * Giving rights to a colleague: one delegation a site, each hung on the giver's own chain there, all brought by one
 * invitation. In one act: either every site has its delegation, or none has and no mail leaves.
 */
import { randomUUID } from 'node:crypto';
import type { Enforcer } from '../../../policies/enforcer.ts';
import { dayOf } from '../../domain/calendar.ts';
import type { Gift } from '../../domain/delegation.ts';
import { emailKey } from '../../domain/email.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DelegationTold } from '../../domain/message.ts';
import { sameVector } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import type { Account } from '../../store/accounts.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { type AuditEvent, appendAudits } from '../../store/audit.ts';
import { insertDelegations, type NewDelegation } from '../../store/delegations.ts';
import { findStanding, oneGiftAtATime, type Standing } from '../../store/gifts.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { stateOf } from '../delegation-state.ts';
import { requireGivers } from '../giving.ts';
import { invite } from '../invite.ts';
import type { Period } from '../period-form.ts';
import type { GivenRights } from '../rights-form.ts';
import { tellRights } from '../rights-shown.ts';
import { chainFor, givingsOn } from './giving-sites.ts';

export type Giving = {
  readonly giver: Account;
  /** As parsed (domain/email). */
  readonly email: string;
  /** Of one adhérent, each once; never none. */
  readonly sites: readonly AdministeredSite[];
  readonly period: Period;
  readonly rights: GivenRights;
};

export type Given =
  | { readonly kind: 'given'; readonly invitationId: string }
  /** He has given to that address there already, otherwise than now: nothing was done. */
  | { readonly kind: 'standing'; readonly standing: readonly Standing[] };

/** @throws Refusal `beyond_giver` when he does not hold, on one of the sites, what he gives. */
export async function give(scope: Scope, enforcer: Enforcer, giving: Giving): Promise<Given> {
  const { giver, sites, email } = giving;
  const [first] = sites;
  if (!first) throw new Refusal('not_found');
  const asked = { giverId: giver.id, emailKey: emailKey(email), adherentId: first.adherentId };
  return transaction(scope.store, async (inside) => {
    await oneGiftAtATime(inside, asked);
    const now = scope.now();
    const standing = await findStanding(inside, { ...asked, siteIds: sites.map(({ id }) => id), now });
    if (standing.length > 0) return alreadyGiven(scope, giving, standing);
    const gift: Gift = { kind: 'user', cabinetId: null, ...giving.rights };
    const parents = await holdGiver(inside, enforcer, { giver, sites, gift, now });
    const invitationId = await invite(scope, inside, {
      kind: 'user',
      inviter: giver,
      email,
      adherentId: first.adherentId,
      cabinetId: null,
      needsConfirmation: scope.caisse.settings.delegations.confirmColleagues,
      told: toldOf(scope, giving),
    });
    const delegations = parents.map(({ site, parentId }) =>
      delegationOf(giving, site, parentId, invitationId),
    );
    await insertDelegations(inside, delegations, now);
    await appendAudits(
      inside,
      delegations.map((delegation) => auditOf(scope, giver, delegation, now)),
    );
    return { kind: 'given', invitationId };
  });
}

/** Sent twice, the same gift is one: the second click finds what the first has done. */
function alreadyGiven({ caisse }: Scope, giving: Giving, standing: readonly Standing[]): Given {
  const { rights, period, sites } = giving;
  const [first] = standing;
  const day = (at: Instant) => dayOf(at, caisse.timeZone);
  const same = standing.every(
    (one) =>
      one.invitationId === first?.invitationId &&
      one.admin === rights.admin &&
      sameVector(one.rights, rights.vector) &&
      day(one.from) === day(period.from) &&
      one.to === period.to,
  );
  const invitationId = first?.invitationId;
  return same && invitationId && standing.length === sites.length
    ? { kind: 'given', invitationId }
    : { kind: 'standing', standing };
}

export type Parent = { readonly site: AdministeredSite; readonly parentId: string };

/** On each site the first of his chains that covers the gift, held until the act has committed. */
export async function holdGiver(
  inside: Handle,
  enforcer: Enforcer,
  {
    giver,
    sites,
    gift,
    now,
  }: Pick<Giving, 'giver' | 'sites'> & { readonly gift: Gift; readonly now: Instant },
): Promise<Parent[]> {
  const giving = await givingsOn(inside, sites, { accountId: giver.id, now });
  const parents = giving.map(({ site, givings }): Parent => {
    const parentId = chainFor(givings, gift, now)?.chain.at(-1)?.id;
    if (!parentId) throw new Refusal('beyond_giver');
    return { site, parentId };
  });
  const asking = { enforcer, now, accountId: giver.id, gift };
  await requireGivers(
    inside,
    parents.map(({ parentId }) => ({ ...asking, parentId })),
    'create',
  );
  return parents;
}

const delegationOf = (
  { giver, rights, period }: Giving,
  site: AdministeredSite,
  parentId: string,
  invitationId: string,
): NewDelegation & { readonly parentId: string } => ({
  kind: 'user',
  id: randomUUID(),
  adherentId: site.adherentId,
  siteId: site.id,
  parentId,
  grantorAccountId: giver.id,
  granteeAccountId: null,
  admin: rights.admin,
  rights: rights.vector,
  status: 'awaiting_beneficiary',
  ...period,
  invitationId,
});

/** As the mail of the invitation tells it. */
export function toldOf({ caisse }: Pick<Scope, 'caisse'>, giving: Omit<Giving, 'email'>): DelegationTold {
  const { giver, sites, period, rights } = giving;
  return {
    raisonSociale: sites[0]?.raisonSociale ?? '',
    identifiant: sites[0]?.identifiant ?? '',
    sites: sites.map(({ name, siret }) => ({ name, siret })),
    giver: `${giver.givenName} ${giver.familyName}`,
    startsAt: period.from,
    endsAt: period.to,
    rights: tellRights(rights.vector, { admin: rights.admin, hidden: caisse.settings.hiddenFeatures }),
  };
}

export const auditOf = (
  { address, requestId }: Scope,
  giver: Account,
  delegation: NewDelegation & { readonly parentId: string },
  at: Instant,
): AuditEvent => ({
  kind: 'delegation_given',
  at,
  actorId: giver.id,
  siteId: delegation.siteId,
  address,
  requestId,
  facts: {
    delegation: delegation.id,
    kind: delegation.kind,
    parent: delegation.parentId,
    invitation: delegation.invitationId ?? null,
    giver: giver.id,
    after: stateOf(delegation),
  },
});
