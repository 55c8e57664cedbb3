/**
 * Chains of links for the properties of the rights, and the oracle that judges them. A link is first a
 * specification in plain words (names of levels and collèges); the oracle reads it with quantifiers alone and
 * shares neither bits nor code with what it judges.
 */
import fc from 'fast-check';
import { FEATURES } from '../../policies/catalogue.ts';
import type {
  Chain,
  College,
  EffectiveRights,
  Level,
  LinkKind,
  LinkStatus,
  Vector,
  Window,
} from '../../provider/domain/rights.ts';

export const NOW = 1000;
export const ALL_COLLEGES: readonly College[] = ['ouvrier', 'etam', 'cadre'];
export const STATUSES: readonly LinkStatus[] = [
  'awaiting_beneficiary',
  'awaiting_confirmation',
  'to_renew',
  'suspended',
  'refused',
  'lapsed',
  'closed',
];
/** As many features as a vector may ever hold: « everything » includes those to come. */
const EVERY_INDEX = Array.from({ length: 31 }, (_, i) => i);
const RANK: Readonly<Record<Level, number>> = { none: 0, consultation: 1, mise_a_jour: 2 };
const BITS: Readonly<Record<Level, string>> = { none: '00', consultation: '01', mise_a_jour: '11' };

export type VectorSpec = {
  readonly levels: readonly Level[] | 'everything';
  readonly colleges: readonly College[];
};
export type LinkSpec = VectorSpec &
  Window & {
    readonly kind: LinkKind;
    readonly admin: boolean;
    readonly status: LinkStatus;
    readonly standsOn: readonly Window[];
  };
export type ChainSpec = readonly LinkSpec[];

export function vector({ levels, colleges }: VectorSpec): Vector {
  const bits =
    levels === 'everything'
      ? -1n
      : BigInt(
          `0b0${levels
            .toReversed()
            .map((l) => BITS[l])
            .join('')}`,
        );
  return {
    levels: bits,
    colleges: colleges.map((c) => 2 ** ALL_COLLEGES.indexOf(c)).reduce((a, b) => a + b, 0),
  };
}

/** The links that a store would bring; `name` tells one chain's ids from another's. */
export function chain(specs: ChainSpec, name = 'chain'): Chain {
  const firm = (i: number): boolean => specs[i]?.kind === 'cabinet';
  const grantee = (i: number): string => (firm(i) ? `${name}-firm` : `${name}-account-${i}`);
  return specs.map((spec, i) => ({
    ...vector(spec),
    id: `${name}-${i}`,
    parentId: i === 0 ? null : `${name}-${i - 1}`,
    caisseId: 'grand-est',
    siteId: 'metz',
    kind: spec.kind,
    grantorId: i === 0 ? null : grantee(i - 1),
    granteeId: grantee(i),
    admin: spec.admin,
    status: spec.status,
    from: spec.from,
    to: spec.to,
    standsOn: spec.standsOn,
  }));
}

export const chains = (specs: readonly ChainSpec[]): Chain[] =>
  specs.map((spec, i) => chain(spec, `chain${i}`));

/** A link that gives everything since ever, but for what is said. */
export const link = (kind: LinkKind, said: Partial<LinkSpec> = {}): LinkSpec => ({
  kind,
  admin: kind === 'enrolment' || kind === 'membership',
  levels: 'everything',
  colleges: ALL_COLLEGES,
  status: 'active',
  from: 0,
  to: null,
  standsOn: [],
  ...said,
});

/** Levels by slug; features not named are at « none ». */
export const levels = (held: Partial<Record<(typeof FEATURES)[number]['slug'], Level>>): readonly Level[] =>
  FEATURES.map(({ slug }) => held[slug] ?? 'none');

// --- the oracle ---

const contains = (window: Window, now: number): boolean =>
  !(now < window.from) && (window.to === null || window.to > now);

const alive = (spec: LinkSpec, now: number): boolean =>
  spec.status === 'active' && [spec, ...spec.standsOn].every((window) => contains(window, now));

export const gives = (spec: VectorSpec, index: number, college: College, level: Level): boolean =>
  spec.colleges.includes(college) &&
  (spec.levels === 'everything' || RANK[spec.levels[index] ?? 'none'] >= RANK[level]);

/** Some chain, all of whose links are alive and give that level for that collège. */
export const isGiven = (
  specs: readonly ChainSpec[],
  asked: { index: number; college: College; level: Level },
  now = NOW,
): boolean =>
  specs.some((spec) =>
    spec.every((one) => alive(one, now) && gives(one, asked.index, asked.college, asked.level)),
  );

/** The decision on a feature: by collège where a collège limits it (left out: for all), else for any collège. */
export function mayOracle(
  specs: readonly ChainSpec[],
  asked: { index: number; college?: College; level: Level },
  now = NOW,
): boolean {
  const { index, college, level } = asked;
  const held = (one: College): boolean => isGiven(specs, { index, college: one, level }, now);
  if (FEATURES[index]?.scope === 'company') return ALL_COLLEGES.some(held);
  return college === undefined ? ALL_COLLEGES.every(held) : held(college);
}

export const leavesSomething = (spec: ChainSpec, now = NOW): boolean =>
  EVERY_INDEX.some((index) =>
    ALL_COLLEGES.some((college) => isGiven([spec], { index, college, level: 'consultation' }, now)),
  );

export const isAdministrator = (spec: ChainSpec, now = NOW): boolean =>
  leavesSomething(spec, now) &&
  spec[spec.length - 1]?.admin === true &&
  spec.slice(0, -1).every((one) => one.admin || one.kind === 'cabinet');

export function untilOracle(specs: readonly ChainSpec[], now: number): number | null {
  const dates = specs.flat().flatMap((one) => [one, ...one.standsOn].flatMap(({ from, to }) => [from, to]));
  const ahead = dates.filter((date) => date !== null && date > now);
  return ahead.length === 0 ? null : Math.min(...(ahead as number[]));
}

/** All that may be told of rights, `until` aside. */
export const told = (rights: EffectiveRights): string =>
  `${rights.administrator} ${rights.levels.join(' ')} ${rights.cabinetId}`;

// --- what fast-check draws: mostly alive and wide, so that the ends of chains are worth something ---

const level = fc.constantFrom<Level>('none', 'consultation', 'mise_a_jour', 'mise_a_jour');
const date = fc.integer({ min: 900, max: 1100 });
const window: fc.Arbitrary<Window> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ from: 0, to: null }) },
  { weight: 1, arbitrary: fc.record({ from: fc.constant(0), to: date }) },
  { weight: 1, arbitrary: fc.record({ from: date, to: fc.option(date) }) },
);

export const vectorSpec: fc.Arbitrary<VectorSpec> = fc.record({
  levels: fc.oneof(
    { weight: 1, arbitrary: fc.constant('everything' as const) },
    { weight: 3, arbitrary: fc.array(level, { minLength: FEATURES.length, maxLength: FEATURES.length }) },
  ),
  colleges: fc.oneof(
    { weight: 2, arbitrary: fc.constant(ALL_COLLEGES) },
    { weight: 3, arbitrary: fc.subarray([...ALL_COLLEGES]) },
  ),
});

const linkSpec = (kind: LinkKind, admin: fc.Arbitrary<boolean>): fc.Arbitrary<LinkSpec> =>
  fc
    .record({
      given: vectorSpec,
      admin,
      window,
      standsOn: fc.array(window, { maxLength: 1 }),
      status: fc.oneof(
        { weight: 20, arbitrary: fc.constant<LinkStatus>('active') },
        { weight: 1, arbitrary: fc.constantFrom(...STATUSES) },
      ),
    })
    .map(({ given, window, ...rest }) => ({ kind, ...given, ...window, ...rest }));

const root = linkSpec('enrolment', fc.constant(true)).map((spec) => ({
  ...link('enrolment'),
  from: spec.from,
  to: spec.to,
}));
const user = linkSpec('user', fc.boolean());
const cabinet = linkSpec('cabinet', fc.constant(false));
const staff = linkSpec('staff', fc.constant(false));
const membership = linkSpec('membership', fc.constant(true)).map((spec) => ({
  ...spec,
  levels: 'everything' as const,
  colleges: ALL_COLLEGES,
}));

export const chainSpec: fc.Arbitrary<ChainSpec> = fc
  .tuple(
    root,
    fc.array(user, { maxLength: 2 }),
    fc.oneof(fc.constant<LinkSpec[]>([]), fc.tuple(cabinet, staff), fc.tuple(cabinet, membership)),
  )
  .map(([first, users, firm]) => [first, ...users, ...firm]);

export const chainSpecs = fc.array(chainSpec, { maxLength: 3 });
