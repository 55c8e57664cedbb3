/** What a handed-over site must look like afterwards, and the plan of offering one. */
import { offerSites } from '../../provider/journeys/delegation/offer-sites.ts';
import { listOwnSites } from '../../provider/store/succession-offers.ts';
import { done, nameOf } from './rights-gifts.ts';
import { ALL, contains, type Facts, heldBy, isOpen, type Row, standingOf } from './rights-oracle.ts';
import type { Plan } from './rights-plans.ts';
import { accountOf, type Person, type Scene } from './rights-scene.ts';

export type Handed = {
  readonly offered: readonly Row[];
  readonly lost: readonly Row[];
  readonly successorId: string;
};

/** Everybody else holds on the site what he held, now and at every date that lies ahead; the successor holds everything. */
export const checkHandedOver =
  ({ offered, lost, successorId }: Handed) =>
  (before: Facts, after: Facts): readonly string[] => {
    for (const { siteId, succeedsId } of offered) {
      const former = before.rows.get(succeedsId ?? '');
      if (after.rows.get(former?.id ?? '')?.status !== 'closed')
        throw new Error('the former enrolment stands');
      if (!contains(heldBy(after, successorId, siteId).rights, ALL))
        throw new Error('the successor lacks something');
      for (const now of momentsAhead(after)) {
        for (const personId of peopleIn(before)) {
          const [was, is] = [
            heldBy({ ...before, now }, personId, siteId),
            heldBy({ ...after, now }, personId, siteId),
          ];
          const isFormer = personId === former?.granteeId;
          const kept = contains(is.rights, was.rights) && is.administers === was.administers;
          if (personId === successorId) continue;
          if (!contains(was.rights, is.rights))
            throw new Error(`somebody has gained by a handover, ${isFormer}`);
          if (!isFormer && !kept) throw new Error('somebody has lost by a handover');
        }
      }
    }
    const sites = offered.map(({ siteId }) => siteId);
    const there = [...after.rows.values()].filter(({ siteId }) => sites.includes(siteId));
    for (const { id } of lost)
      if (after.rows.get(id)?.status !== 'refused')
        throw new Error('what was not his to hand over is not refused');
    return [...there, ...lost].map(({ id }) => id);
  };

function momentsAhead({ rows, now, memberships, attachments }: Facts): number[] {
  const dates = [...rows.values(), ...memberships, ...attachments].flatMap(({ from, to }) => [
    from,
    to ?? now,
  ]);
  return [now, ...new Set(dates.filter((date) => date > now))];
}

const peopleIn = ({ rows, memberships }: Facts): ReadonlySet<string> =>
  new Set([
    ...[...rows.values()].flatMap(({ kind, granteeId }) =>
      kind === 'cabinet' || !granteeId ? [] : [granteeId],
    ),
    ...memberships.map(({ accountId }) => accountId),
  ]);

export type Offering = { readonly by: Person; readonly to: Person; readonly siteIds: readonly string[] };

export function planOffer(scene: Scene, facts: Facts, { by, to, siteIds }: Offering): Plan {
  const own = [...facts.rows.values()].filter(
    (row) =>
      row.kind === 'enrolment' &&
      row.granteeId === by.id &&
      siteIds.includes(row.siteId) &&
      row.status === 'active' &&
      isOpen(row, facts.now),
  );
  const offered = own.some(({ id }) =>
    [...facts.rows.values()].some(
      (row) => row.succeedsId === id && standingOf(row, facts.now) === 'awaiting_beneficiary',
    ),
  );
  const added = own.map(({ id, siteId }) => {
    const row = {
      kind: 'enrolment' as const,
      siteId,
      succeedsId: id,
      granteeId: null,
      admin: true,
      rights: ALL,
    };
    return { ...row, status: 'awaiting_beneficiary', invitedEmail: to.email };
  });
  return {
    label: `${nameOf(scene, by)} offers ${own.length} to ${nameOf(scene, to)}`,
    writes: own.length > 0 && !offered ? { added } : null,
    act: async () => {
      const { scope } = scene;
      const about = { accountId: by.id, siteId: siteIds[0] ?? '', now: scope.now() };
      const sites = (await listOwnSites(scope.store, about)).filter(({ id }) => siteIds.includes(id));
      return done(offerSites(scope, { account: await accountOf(scene, by), email: to.email, sites }));
    },
  };
}
