/** Acts that fast-check draws, played on a scene one after the other; each is planned by the rules and checked against them. */
import fc from 'fast-check';
import {
  broughtBy,
  planAcceptance,
  planConfirmation,
  planRefusal,
  planSentAgain,
  planTaking,
} from './rights-answers.ts';
import { planAttachment, planEntrusting, planRemoval, planTime } from './rights-firm.ts';
import { planFirmGift, planGift, planMember, type Said } from './rights-gifts.ts';
import { planOffer } from './rights-handing.ts';
import {
  COLLEGES,
  type Facts,
  givesPower,
  isOpen,
  type Level,
  type Row,
  standsAbove,
} from './rights-oracle.ts';
import { checkWritten, type Plan } from './rights-plans.ts';
import { DAY, type Person, type Scene, STEP } from './rights-scene.ts';
import { planModification, planTurn, type Verb } from './rights-turns.ts';

export type Played = { readonly act: string; readonly label: string; readonly done: boolean };

export type Real = {
  readonly scene: Scene;
  /** Every face against the rules. `before`: as the tables stood before the act. */
  readonly compare: (before: Facts, after: Facts) => Promise<void>;
};

const level = fc.constantFrom<Level | 'none'>('none', 'consultation', 'mise_a_jour', 'mise_a_jour');
const said: fc.Arbitrary<Said> = fc
  .record({
    levels: fc.record({ documents: level, comptes_bancaires: level, planning: level, salaries: level }),
    colleges: fc.subarray([...COLLEGES], { minLength: 1 }),
  })
  .map((drawn) => {
    const isNothing = Object.values(drawn.levels).every((one) => one === 'none');
    return isNothing ? { ...drawn, levels: { ...drawn.levels, documents: 'consultation' as const } } : drawn;
  });

export type Drawn = {
  readonly act: Verb | (typeof OTHERS)[number];
  readonly who: number;
  /** Anybody, whether or not it is his to do. */
  readonly bold: boolean;
  readonly to: number;
  readonly which: number;
  readonly said: Said;
  readonly admin: boolean;
  readonly several: boolean;
  readonly from: number;
  readonly last: number | null;
};

const OTHERS = [
  ...['give', 'give_to_firm', 'accept', 'refuse', 'confirm', 'deny', 'withdraw', 'send_again', 'modify'],
  ...['entrust', 'take', 'join', 'remove', 'offer', 'attach', 'wait', 'sleep'],
] as unknown as readonly [
  ...['give', 'give_to_firm', 'accept', 'refuse', 'confirm', 'deny', 'withdraw', 'send_again', 'modify'],
  ...['entrust', 'take', 'join', 'remove', 'offer', 'attach', 'wait', 'sleep'],
];

const WEIGHTS: Readonly<Record<Drawn['act'], number>> = {
  ...{
    give: 8,
    give_to_firm: 5,
    accept: 14,
    refuse: 1,
    confirm: 14,
    deny: 2,
    withdraw: 2,
    send_again: 3,
    modify: 8,
  },
  ...{
    suspend: 3,
    resume: 3,
    close: 2,
    renew: 2,
    entrust: 5,
    take: 2,
    join: 2,
    remove: 2,
    offer: 3,
    attach: 1,
  },
  ...{ wait: 3, sleep: 2 },
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  act: fc.oneof(
    ...(Object.entries(WEIGHTS) as [Drawn['act'], number][]).map(([act, weight]) => ({
      weight,
      arbitrary: fc.constant(act),
    })),
  ),
  who: fc.nat(1000),
  bold: fc.nat(5).map((n) => n === 0),
  to: fc.nat(1000),
  which: fc.nat(1000),
  said,
  admin: fc.nat(2).map((n) => n === 0),
  several: fc.boolean(),
  from: fc.constantFrom(-1, -1, -1, 0, 1),
  last: fc.option(fc.integer({ min: 2, max: 6 }), { freq: 3 }),
});

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** null: nothing stands to which that could happen. */
function planOf(scene: Scene, facts: Facts, draw: Drawn): Plan | null {
  const rows = [...facts.rows.values()];
  const person = (n: number): Person => pick(scene.people, n) as Person;
  const steps = (facts.now - scene.instant(0)) / STEP;
  const at = (ahead: number): number => scene.instant(Math.ceil(steps) + ahead);
  const period = {
    from: draw.from < 0 ? facts.now : at(draw.from),
    to_: draw.last === null ? null : at(draw.last),
  };
  const invited = (status: string): string | undefined =>
    pick(
      [...new Set(rows.filter((row) => row.status === status).map((row) => row.invitationId ?? ''))].filter(
        Boolean,
      ),
      draw.which,
    );
  /** Mostly somebody whose act it is. */
  const above = (row: Row | undefined): Person => {
    const parent = facts.rows.get(row?.parentId ?? '');
    const kind = row && row.kind !== 'enrolment' ? row.kind : 'user';
    const entitled = scene.people.filter(({ id }) => standsAbove(facts, parent, id, kind));
    return draw.bold || entitled.length === 0 ? person(draw.who) : (pick(entitled, draw.who) as Person);
  };
  const giving = () => {
    const powers = rows.filter((row) => row.kind !== 'cabinet' && givesPower(facts, row));
    const own = pick(powers, draw.who);
    const by = draw.bold
      ? person(draw.who)
      : (scene.people.find(({ id }) => id === own?.granteeId) ?? person(draw.who));
    const site = scene.sites.find(({ id }) => id === own?.siteId) ?? scene.sites[0];
    const beside = scene.sites
      .filter(({ adherent }) => adherent.id === site?.adherent.id)
      .map(({ id }) => id);
    return { by, to: person(draw.to), siteIds: draw.several ? beside : [site?.id ?? ''] };
  };
  const deciding = (invitationId: string) => ({ invitationId, by: above(broughtBy(facts, invitationId)[0]) });
  const answer = (status: string, plan: (invitationId: string) => Plan): Plan | null => {
    const invitationId = invited(status);
    return invitationId === undefined ? null : plan(invitationId);
  };
  const staff = (): Person => {
    const { memberships, now } = facts;
    const ids = memberships
      .filter((one) => one.role === 'staff' && isOpen(one, now))
      .map((one) => one.accountId);
    return scene.people.find(({ id }) => id === pick(ids, draw.to)) ?? person(draw.to);
  };
  const { act } = draw;
  switch (act) {
    case 'give':
      return planGift(scene, facts, { ...giving(), ...period, admin: draw.admin, said: draw.said });
    case 'give_to_firm':
      return planFirmGift(scene, facts, { ...giving(), ...period, said: draw.said });
    case 'accept':
      return answer('awaiting_beneficiary', (id) => planAcceptance(scene, facts, id));
    case 'refuse':
      return answer('awaiting_beneficiary', (id) => planRefusal(scene, facts, id));
    case 'confirm':
      return answer('awaiting_confirmation', (id) => planConfirmation(scene, facts, deciding(id)));
    case 'deny':
      return answer('awaiting_confirmation', (id) =>
        planTaking(scene, facts, { ...deciding(id), verb: act }),
      );
    case 'withdraw':
      return answer(draw.several ? 'awaiting_beneficiary' : 'awaiting_confirmation', (id) =>
        planTaking(scene, facts, { ...deciding(id), verb: act }),
      );
    case 'send_again':
      return answer(draw.several ? 'awaiting_beneficiary' : 'awaiting_confirmation', (id) =>
        planSentAgain(scene, facts, deciding(id)),
      );
    case 'modify': {
      const row = pick(
        rows.filter(({ kind }) => kind === 'user'),
        draw.which,
      );
      const to = period.to_ === null || (row && row.from >= period.to_) ? null : period.to_;
      return row
        ? planModification(scene, facts, { by: above(row), row, admin: draw.admin, said: draw.said, to })
        : null;
    }
    case 'suspend':
    case 'resume':
    case 'close':
    case 'renew': {
      const wanted = { suspend: 'active', resume: 'suspended', close: 'active', renew: 'to_renew' }[act];
      const given = rows.filter(({ kind }) => kind !== 'enrolment');
      const row = pick(draw.bold ? given : given.filter(({ status }) => status === wanted), draw.which);
      return row ? planTurn(scene, facts, { by: above(row), row, verb: act, to: period.to_ }) : null;
    }
    case 'entrust':
    case 'take': {
      const firm = rows.filter((row) => row.kind === 'cabinet' && row.status === 'active');
      const siteId = pick(firm, draw.which)?.siteId;
      const site = scene.sites.find(({ id }) => id === siteId);
      const to = staff();
      if (!site) return null;
      return planEntrusting(scene, facts, {
        to,
        site,
        said: act === 'take' ? null : draw.said,
        days: draw.last,
      });
    }
    case 'join':
      return planMember(scene, facts, person(draw.to));
    case 'remove':
      return planRemoval(scene, facts, {
        by: draw.bold ? person(draw.who) : scene.manager,
        person: draw.bold ? person(draw.to) : staff(),
      });
    case 'offer': {
      const own = pick(
        rows.filter(({ kind, status }) => kind === 'enrolment' && status === 'active'),
        draw.which,
      );
      const by = scene.people.find(({ id }) => id === own?.granteeId);
      return own && by
        ? planOffer(scene, facts, {
            ...giving(),
            by: draw.bold ? person(draw.who) : by,
            siteIds: draw.several ? scene.sites.slice(0, 2).map(({ id }) => id) : [own.siteId],
          })
        : null;
    }
    case 'attach':
      return planAttachment(scene, facts, pick(scene.sites, draw.which) as Scene['sites'][number]);
    case 'wait':
      return planTime(scene, (1 + (draw.which % 3)) * STEP);
    case 'sleep':
      return planTime(scene, 31 * DAY);
  }
}

/** Plays it, and compares every face with the rules afterwards; nothing where nothing stands to which it could happen. */
export async function play({ scene, compare }: Real, played: Played[], draw: Drawn): Promise<void> {
  const before = await scene.facts();
  const plan = planOf(scene, before, draw);
  if (!plan) return;
  const { label, writes } = plan;
  played.push({ act: draw.act, label, done: writes !== null });
  const acted = await plan.act();
  const after = await scene.facts();
  if (writes !== null && !acted) throw new Error(`${label}: refused, though the rules allow it`);
  checkWritten(plan, before, after);
  await compare(before, after);
}

/** `least` above 0: told at once where it fails, not shortened below that. */
export const acts = (least: number, most: number): fc.Arbitrary<Drawn[]> =>
  fc.array(drawn, { minLength: least, maxLength: most, size: 'max' });
