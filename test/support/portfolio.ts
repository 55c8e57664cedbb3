/** A firm with many clients, its manager and people of its staff. */
import { randomUUID } from 'node:crypto';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { attachClients } from '../../provider/store/cabinets.ts';
import { insertDelegations, type NewDelegation } from '../../provider/store/delegations.ts';
import type { DescribedSite, Given, World } from './world.ts';

const DAY = 86_400_000;

export type Portfolio = Awaited<ReturnType<typeof portfolio>>;

/** `toFirm`: what the firm gets of each, by its place; everything unless told. */
export async function portfolio(
  world: World,
  clients: readonly DescribedSite[],
  { now, toFirm = () => ({}) }: { readonly now: number; readonly toFirm?: (place: number) => Given },
) {
  const from = now - 100 * DAY;
  const [head, manager, staff, other] = await Promise.all([
    world.account(),
    world.account({ givenName: 'Morgane', familyName: 'Responsable' }),
    world.account({ givenName: 'Sacha', familyName: 'Suivi' }),
    world.account({ givenName: 'Alix', familyName: 'Autre' }),
  ]);
  const sites = await world.sites(clients);
  const cabinetId = await world.cabinet('Cabinet des Remparts');
  const attachments = new Map(
    sites.map(({ adherent }) => [
      adherent.id,
      { id: randomUUID(), cabinetId, adherentId: adherent.id, from, to: null },
    ]),
  );
  await attachClients(world.store, [...attachments.values()]);
  const roots = sites.map((site): NewDelegation => root(site, head, from));
  await insertDelegations(world.store, roots, from);
  const firms = sites.map((site, i): NewDelegation => {
    const given = toFirm(i);
    return {
      kind: 'cabinet',
      id: randomUUID(),
      parentId: roots[i]?.id ?? '',
      grantorAccountId: head,
      granteeCabinetId: cabinetId,
      attachmentId: attachments.get(site.adherent.id)?.id ?? '',
      adherentId: site.adherent.id,
      siteId: site.id,
      admin: false,
      rights: given.rights ?? EVERYTHING,
      status: given.status ?? 'active',
      from: given.from ?? from,
      to: given.to ?? null,
    };
  });
  await insertDelegations(world.store, firms, from);
  const managerMembership = await world.join(cabinetId, manager, 'manager');
  const membershipId = await world.join(cabinetId, staff, 'staff');
  const otherMembershipId = await world.join(cabinetId, other, 'staff');
  return {
    ...{ head, manager, staff, other, sites, cabinetId, managerMembership, membershipId, otherMembershipId },
    toFirm: firms.map(({ id }) => id),
    toRoot: roots.map(({ id }) => id),
  };
}

const root = (site: NewSite, head: string, from: number): NewDelegation => ({
  kind: 'enrolment',
  granteeAccountId: head,
  id: randomUUID(),
  adherentId: site.adherent.id,
  siteId: site.id,
  admin: true,
  rights: EVERYTHING,
  status: 'active',
  from,
  to: null,
});

/** Gives one of the firm's people a part of one client. */
export const serve = (
  world: World,
  held: Portfolio,
  {
    place,
    to,
    given = {},
  }: { readonly place: number; readonly to: 'staff' | 'other'; readonly given?: Given },
): Promise<string> =>
  world.link(
    held.sites[place] as NewSite,
    {
      kind: 'staff',
      parentId: held.toFirm[place] ?? '',
      grantorCabinetId: held.cabinetId,
      granteeAccountId: held[to],
      membershipId: to === 'staff' ? held.membershipId : held.otherMembershipId,
    },
    given,
  );
