/**
 * Giving rights to the firm that the caisse attached to the company: one delegation a site, brought by one invitation
 * to the address that the firm gave its client. Whoever accepts it joins the firm for that client alone (fulfil.ts).
 */
import { randomUUID } from 'node:crypto';
import type { Enforcer } from '../../../policies/enforcer.ts';
import { dayOf } from '../../domain/calendar.ts';
import type { Gift } from '../../domain/delegation.ts';
import { emailKey } from '../../domain/email.ts';
import type { Instant } from '../../domain/instant.ts';
import { sameVector, type Vector } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import type { Account } from '../../store/accounts.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { appendAudits } from '../../store/audit.ts';
import { type FirmDelegation, holdAttachment, listFirmDelegations } from '../../store/cabinet-attached.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { invite } from '../invite.ts';
import type { Period } from '../period-form.ts';
import { auditOf, holdGiver, type Parent, toldOf } from './give.ts';

export type GivingToFirm = {
  readonly giver: Account;
  readonly cabinetId: string;
  /** That the firm gave its client; as parsed (domain/email). */
  readonly email: string;
  /** Of one adhérent, each once; never none. */
  readonly sites: readonly AdministeredSite[];
  readonly period: Period;
  readonly rights: Vector;
};

export type GivenToFirm =
  | { readonly kind: 'given' }
  /** The firm has a delegation on some of the sites already: nothing was done. */
  | { readonly kind: 'standing'; readonly standing: readonly FirmDelegation[] };

/**
 * @throws Refusal `not_found` for a firm that is not attached to the company now, `beyond_giver` when the giver does not
 * hold, on one of the sites, what he gives.
 */
export async function giveToFirm(
  scope: Scope,
  enforcer: Enforcer,
  giving: GivingToFirm,
): Promise<GivenToFirm> {
  const { giver, cabinetId, email, sites, rights } = giving;
  const adherentId = sites[0]?.adherentId;
  if (!adherentId) throw new Refusal('not_found');
  return transaction(scope.store, async (inside) => {
    const now = scope.now();
    const attached = await holdAttachment(inside, { cabinetId, adherentId, now });
    if (!attached) throw new Refusal('not_found');
    const standing = standingOn(sites, cabinetId, await listFirmDelegations(inside, { adherentId, now }));
    if (standing.length > 0) return alreadyGiven(scope, giving, standing);
    const gift: Gift = { kind: 'cabinet', cabinetId, admin: false, vector: rights };
    const parents = await holdGiver(inside, enforcer, { giver, sites, gift, now });
    const invitationId = await invite(scope, inside, {
      kind: 'cabinet',
      cabinetName: attached.name,
      inviter: giver,
      email,
      adherentId,
      cabinetId,
      needsConfirmation: true,
      told: toldOf(scope, { ...giving, rights: { admin: false, vector: rights } }),
    });
    const delegations = parents.map((parent) => delegationOf(giving, parent, attached.id, invitationId));
    await insertDelegations(inside, delegations, now);
    await appendAudits(
      inside,
      delegations.map((delegation) => {
        const event = auditOf(scope, giver, delegation, now);
        return { ...event, facts: { ...event.facts, cabinet: cabinetId } };
      }),
    );
    return { kind: 'given' };
  });
}

export const standingOn = (
  sites: readonly { readonly id: string }[],
  cabinetId: string,
  given: readonly FirmDelegation[],
): FirmDelegation[] =>
  given.filter((one) => one.cabinetId === cabinetId && sites.some(({ id }) => id === one.site.id));

const delegationOf = (
  { giver, cabinetId, rights, period }: GivingToFirm,
  { site, parentId }: Parent,
  attachmentId: string,
  invitationId: string,
) => ({
  kind: 'cabinet' as const,
  id: randomUUID(),
  adherentId: site.adherentId,
  siteId: site.id,
  parentId,
  grantorAccountId: giver.id,
  granteeCabinetId: cabinetId,
  attachmentId,
  admin: false,
  rights,
  status: 'awaiting_beneficiary' as const,
  ...period,
  invitationId,
});

/** Sent twice, the same gift is one: the second click finds what the first has done. */
function alreadyGiven(
  { caisse }: Scope,
  { giver, email, sites, rights, period }: GivingToFirm,
  standing: readonly FirmDelegation[],
): GivenToFirm {
  const day = (at: Instant) => dayOf(at, caisse.timeZone);
  const same = standing.every(
    (one) =>
      one.giverId === giver.id &&
      one.standing === 'awaiting_beneficiary' &&
      one.email !== null &&
      emailKey(one.email) === emailKey(email) &&
      sameVector(one.rights, rights) &&
      day(one.from) === day(period.from) &&
      one.to === period.to,
  );
  return same && standing.length === sites.length ? { kind: 'given' } : { kind: 'standing', standing };
}
