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

/** What brings about something that other acts can happen to is drawn most; each is played once at least, see `acts`. */
const WEIGHTS: Readonly<Record<Drawn['act'], number>> = {
  ...{ give: 14, give_to_firm: 8, accept: 16, confirm: 10, refuse: 2, deny: 2, withdraw: 1, send_again: 2 },
  ...{ modify: 5, suspend: 2, resume: 1, close: 1, renew: 1 },
  ...{ entrust: 4, take: 1, join: 1, remove: 1, offer: 2, attach: 1 },
  ...{ wait: 2, sleep: 1 },
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

export type Standing = { readonly played: Played[]; readonly before: Facts };

/**
 * Plays it, and compares every face with the rules afterwards. `due`: once it is his to do, whoever it is then.
 * @returns how the tables stand then; null where nothing stands to which it could happen: nothing was played.
 */
export async function play(
  { scene, compare }: Real,
  { played, before }: Standing,
  { due, ...draw }: Due,
): Promise<Facts | null> {
  const others = due ? played.length : 0;
  const [who, which] = [draw.who + others, draw.which + others];
  const several = draw.several === (others % 2 === 0);
  const plan = planOf(scene, before, { ...draw, who, which, several });
  if (!plan || (due && plan.writes === null)) return null;
  const { label, writes } = plan;
  played.push({ act: draw.act, label, done: writes !== null });
  const acted = await plan.act();
  const after = await scene.facts();
  if (writes !== null && !acted) throw new Error(`${label}: refused, though the rules allow it`);
  checkWritten(plan, before, after);
  await compare(before, after);
  return after;
}

export const ACTS = Object.keys(WEIGHTS) as readonly Drawn['act'][];

/** `due`: not dropped where nothing stands to which it could happen, but played as soon as something does. */
export type Due = Drawn & { readonly due: boolean };

/**
 * Drawn by their weights, and among them each kind of act once that is due; so many in all. `least` above 0: told at
 * once where it fails, not shortened below that.
 */
export const acts = (least: number, most: number): fc.Arbitrary<Due[]> => {
  const owed = [...ACTS, ...FEEDING];
  const kinds = least > owed.length ? owed.length : 0;
  return fc
    .record({
      drawn: fc.array(drawn, { minLength: Math.max(0, least - kinds), maxLength: most - kinds, size: 'max' }),
      due: fc.shuffledSubarray([...owed.keys()], { minLength: kinds }),
      how: fc.array(drawn, { minLength: owed.length, maxLength: owed.length }),
    })
    .map(({ drawn, due, how }) => {
      const all = drawn.map((one): Due => ({ ...one, due: false }));
      const inTurn = due.map((i) => owed[i] as Drawn['act']).toSorted((a, b) => lateness(a) - lateness(b));
      const among = inTurn.map((act, i): Due => ({ ...(how[i] as Drawn), act, bold: false, due: true }));
      return spread(all, among);
    });
};

/** Due beside: what several others wait for. */
const FEEDING: readonly Drawn['act'][] = ['give', 'give', 'give_to_firm', 'accept', 'accept', 'accept'];

/** What ends much that others could happen to is due after them. */
const LATE: readonly (readonly Drawn['act'][])[] = [
  ['take', 'close'],
  ['remove', 'attach', 'sleep'],
];

const lateness = (act: Drawn['act']): number => LATE.findIndex((some) => some.includes(act)) + 1;

/** The second among the first, evenly. */
const spread = <T>(all: readonly T[], among: readonly T[]): T[] =>
  among
    .flatMap((one, i) => [...all.slice(part(all, among, i), part(all, among, i + 1)), one])
    .concat(among.length === 0 ? all : []);

const part = (all: readonly unknown[], among: readonly unknown[], i: number): number =>
  Math.round((all.length * i) / among.length);
