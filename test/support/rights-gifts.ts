/** Plans of giving: to colleagues and administrators, to the firm, by the firm to its people, and who answers. */
import { FEATURES } from '../../policies/catalogue.ts';
import { vectorOf } from '../../provider/domain/rights.ts';
import { inviteMember } from '../../provider/journeys/cabinet/invite-member.ts';
import { give } from '../../provider/journeys/delegation/give.ts';
import { giveToFirm } from '../../provider/journeys/delegation/give-to-firm.ts';
import { accept } from '../../provider/journeys/invitation/accept.ts';
import { Refusal } from '../../provider/refusal.ts';
import {
  ALL,
  type College,
  type Facts,
  type Gift,
  isOpen,
  type Level,
  mayCreate,
  type Row,
  rightsFrom,
  standingOf,
} from './rights-oracle.ts';
import type { Plan } from './rights-plans.ts';
import { accountOf, asked, type Person, type Scene } from './rights-scene.ts';

export type Said = {
  readonly levels: Readonly<Record<string, Level | 'none'>>;
  readonly colleges: readonly College[];
};

export const setOf = ({ levels, colleges }: Said) => rightsFrom(levels, colleges);
export const vector = ({ levels, colleges }: Said) =>
  vectorOf(
    FEATURES.map(({ slug }) => levels[slug] ?? 'none'),
    colleges,
  );
export const EVERYTHING_SAID = { levels: -1n, colleges: 7 };

/** What the product says no to has changed nothing; whatever else it throws is a fault. */
export const done = (act: Promise<unknown>): Promise<boolean> =>
  act.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refusal) return false;
      throw error;
    },
  );

const OVER = ['lapsed', 'expired', 'refused', 'closed'];
const standsNow = (row: Row, now: number): boolean => !OVER.includes(standingOf(row, now));

export type Giving = {
  readonly by: Person;
  readonly to: Person;
  readonly siteIds: readonly string[];
  readonly admin: boolean;
  readonly said: Said;
  readonly from: number;
  readonly to_: number | null;
};

const sitesIn = ({ sites }: Scene, siteIds: readonly string[]) =>
  sites.filter(({ id }) => siteIds.includes(id));

export function planGift(scene: Scene, facts: Facts, giving: Giving): Plan {
  const { by, to, siteIds, admin, said, from, to_ } = giving;
  const gift: Gift = { kind: 'user', admin, rights: admin ? ALL : setOf(said) };
  const rows = [...facts.rows.values()].filter(({ siteId }) => siteIds.includes(siteId));
  const stands = rows.some(
    (row) =>
      row.kind === 'user' &&
      row.giverId === by.id &&
      (row.granteeId ?? row.invitedEmail) === (row.granteeId === null ? to.email : to.id) &&
      standsNow(row, facts.now),
  );
  const every = siteIds.every((siteId) =>
    rows.some(
      (row) => row.siteId === siteId && row.granteeId === by.id && mayCreate(facts, row, by.id, gift),
    ),
  );
  const writes = !stands && every;
  return {
    label: `${nameOf(scene, by)} gives ${admin ? 'all' : gift.rights.size} on ${siteIds.length} to ${nameOf(scene, to)}`,
    writes: writes
      ? {
          added: siteIds.map((siteId) => ({
            kind: 'user',
            siteId,
            giverId: by.id,
            granteeId: null,
            admin,
            rights: gift.rights,
            status: 'awaiting_beneficiary',
            from,
            to: to_,
            invitedEmail: to.email,
          })),
        }
      : null,
    act: async () => {
      const rights = { admin, vector: admin ? EVERYTHING_SAID : vector(said) };
      const giver = await accountOf(scene, by);
      const sites = sitesIn(scene, siteIds).map(asked);
      const period = { from, to: to_ };
      return done(give(scene.scope, scene.enforcer, { giver, email: to.email, sites, period, rights }));
    },
  };
}

export const nameOf = ({ people }: Scene, { id }: Person): string =>
  ['Head', 'Other head', 'Manager', 'Staff', 'Former', 'Guest', 'Second guest'][
    people.findIndex((one) => one.id === id)
  ] ?? id;

export function planFirmGift(scene: Scene, facts: Facts, giving: Omit<Giving, 'admin'>): Plan {
  const { by, to, siteIds, said, from, to_ } = giving;
  const gift: Gift = { kind: 'cabinet', admin: false, rights: setOf(said) };
  const rows = [...facts.rows.values()].filter(({ siteId }) => siteIds.includes(siteId));
  const stands = rows.some((row) => row.kind === 'cabinet' && standsNow(row, facts.now));
  const every = siteIds.every((siteId) =>
    rows.some(
      (row) => row.siteId === siteId && row.granteeId === by.id && mayCreate(facts, row, by.id, gift),
    ),
  );
  return {
    label: `${nameOf(scene, by)} gives ${gift.rights.size} on ${siteIds.length} to the firm by ${nameOf(scene, to)}`,
    writes:
      !stands && every
        ? {
            added: siteIds.map((siteId) => ({
              kind: 'cabinet',
              siteId,
              giverId: by.id,
              granteeId: scene.cabinetId,
              admin: false,
              rights: gift.rights,
              status: 'awaiting_beneficiary',
              from,
              to: to_,
            })),
          }
        : null,
    act: async () => {
      const giver = await accountOf(scene, by);
      const sites = sitesIn(scene, siteIds).map(asked);
      const { cabinetId } = scene;
      const period = { from, to: to_ };
      return done(
        giveToFirm(scene.scope, scene.enforcer, {
          giver,
          cabinetId,
          email: to.email,
          sites,
          period,
          rights: vector(said),
        }),
      );
    },
  };
}

/** A manager names somebody of the firm, who accepts. He holds nothing by that. */
export function planMember(scene: Scene, facts: Facts, person: Person): Plan {
  const belongs = facts.memberships.some(
    (one) => one.accountId === person.id && one.adherentId === null && isOpen(one, facts.now),
  );
  return {
    label: `the firm takes ${nameOf(scene, person)} in`,
    writes: belongs ? null : {},
    act: async () => {
      const { scope, manager, cabinetId } = scene;
      const managing = {
        account: await accountOf(scene, manager),
        cabinet: { id: cabinetId, name: 'Cabinet Essai' },
      };
      if ((await inviteMember(scope, managing, person.email)) !== 'invited') return false;
      const [invitation] = await scope.store
        .sql('invitation')
        .where({
          caisse_id: scope.store.caisseId,
          kind: 'member',
          cabinet_id: cabinetId,
          email: person.email,
        })
        .whereNull('accepted_at')
        .orderBy('created_at', 'desc');
      const accepted = await accept(scope, {
        invitationId: invitation.id,
        seen: '',
        by: { accountId: person.id },
        signInHref: null,
      });
      if (accepted.kind !== 'open') throw new Error(`${accepted.kind} instead of joining`);
      return true;
    },
  };
}

export const isStaff = ({ memberships, now }: Facts, { id }: Person, adherentId: string): boolean =>
  memberships.some(
    (one) =>
      one.accountId === id &&
      one.role === 'staff' &&
      isOpen(one, now) &&
      (one.adherentId === null || one.adherentId === adherentId),
  );
