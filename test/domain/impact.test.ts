import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import {
  type Affected,
  becoming,
  ending,
  type LossSum,
  lossesOf,
  stranded,
  sumOf,
} from '../../provider/domain/impact.ts';
import { countedAt } from '../../provider/journeys/preview.ts';
import {
  ALL_COLLEGES,
  type ChainSpec,
  chain,
  chainSpecs,
  isAdministrator,
  isGiven,
  leavesSomething,
  levels,
  link,
  NOW,
  type VectorSpec,
  vector,
  vectorSpec,
} from './chains.ts';

/** Two people on two sites, each with chains of his own. */
const PLACES = ['Alix metz', 'Alix nancy', 'Dominique metz', 'Dominique nancy'];
const world = fc.tuple(chainSpecs, chainSpecs, chainSpecs, chainSpecs);
type World = readonly (readonly ChainSpec[])[];

const at = (place: number, one: number) => `p${place}c${one}`;

const affectedOf = (specs: World): Affected[] =>
  PLACES.map((place, p) => ({
    accountId: place.split(' ')[0] ?? '',
    siteId: place.split(' ')[1] ?? '',
    chains: (specs[p] ?? []).map((spec, c) =>
      chain(spec, at(p, c)).map((one) => ({ ...one, membershipId: null })),
    ),
  }));

/** Every link of every chain, by its id. */
const linksOf = (specs: World): string[] =>
  specs.flatMap((chains, p) => chains.flatMap((spec, c) => spec.map((_, i) => `${at(p, c)}-${i}`)));

const changed = (specs: World, turn: (spec: ChainSpec[number], id: string) => ChainSpec[number]): World =>
  specs.map((chains, p) => chains.map((spec, c) => spec.map((one, i) => turn(one, `${at(p, c)}-${i}`))));

const LEVELS = ['consultation', 'mise_a_jour'] as const;

/** With quantifiers alone: somebody could do it before, and cannot after. */
function oracle(before: World, after: World, hidden: readonly string[]): LossSum {
  const lost = PLACES.map((place, p) => {
    const [was, is] = [before[p] ?? [], after[p] ?? []];
    const falls = (index: number, colleges: readonly (typeof ALL_COLLEGES)[number][]) =>
      LEVELS.some((level) => {
        const can = (specs: readonly ChainSpec[]) =>
          colleges.some((college) => isGiven(specs, { index, college, level }));
        return can(was) && !can(is);
      });
    const features = FEATURES.flatMap(({ slug, scope }, index) => {
      if (hidden.includes(slug)) return [];
      const groups = scope === 'company' ? [ALL_COLLEGES] : ALL_COLLEGES.map((one) => [one]);
      return groups.some((colleges) => falls(index, colleges)) ? [index] : [];
    });
    const some = (specs: readonly ChainSpec[]) => specs.some((spec) => leavesSomething(spec));
    const admin = (specs: readonly ChainSpec[]) => specs.some((spec) => isAdministrator(spec));
    const [who, where] = place.split(' ');
    return { who, where, features, power: admin(was) && !admin(is), nothing: some(was) && !some(is) };
  });
  const losing = lost.filter(({ features, power, nothing }) => features.length > 0 || power || nothing);
  const left = losing.filter(({ nothing }) => nothing);
  const count = (values: readonly unknown[]) => new Set(values).size;
  return {
    people: count(losing.map(({ who }) => who)),
    rights: count(losing.flatMap(({ features }) => features)),
    sites: count(losing.map(({ where }) => where)),
    powers: count(losing.filter(({ power }) => power).map(({ who }) => who)),
    strandedPeople: count(left.map(({ who }) => who)),
    strandedSites: count(left.map(({ where }) => where)),
  };
}

const HIDDEN = ['planning', 'documents'];
const comparing = { at: NOW, counted: countedAt(HIDDEN) };

describe('what an act takes', () => {
  it('is, when links end, what somebody could do and cannot any more', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.boolean()), (specs, chosen) => {
        const ids = linksOf(specs).filter(() => chosen.next().value === true);
        const after = changed(specs, (spec, id) => (ids.includes(id) ? { ...spec, status: 'closed' } : spec));
        const losses = lossesOf(affectedOf(specs), { ...comparing, turn: ending(ids) });
        expect(sumOf(losses)).toEqual(oracle(specs, after, HIDDEN));
      }),
      { numRuns: 300 },
    );
  });

  it('is, when a link says something else, likewise, and never what is gained', () => {
    const said = fc.record({
      given: vectorSpec,
      admin: fc.boolean(),
      to: fc.option(fc.integer({ min: 900, max: 1100 })),
    });
    fc.assert(
      fc.property(world, fc.nat(), said, (specs, place, { given, admin, to }) => {
        const ids = linksOf(specs);
        const chosen = ids[place % Math.max(ids.length, 1)] ?? '';
        const after = changed(specs, (spec, id) => (id === chosen ? { ...spec, ...given, admin, to } : spec));
        const turn = becoming(new Map([[chosen, { ...vector(given as VectorSpec), admin, to }]]));
        expect(sumOf(lossesOf(affectedOf(specs), { ...comparing, turn }))).toEqual(
          oracle(specs, after, HIDDEN),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is nothing when nothing is turned', () => {
    fc.assert(
      fc.property(world, (specs) => {
        expect(lossesOf(affectedOf(specs), { ...comparing, turn: ending([]) })).toEqual([]);
      }),
    );
  });

  it('leaves with nothing exactly those whom no chain leaves anything', () => {
    fc.assert(
      fc.property(world, (specs) => {
        const left = stranded(affectedOf(specs), NOW).map(
          ({ accountId, siteId }) => `${accountId} ${siteId}`,
        );
        const expected = PLACES.filter((_, p) => !(specs[p] ?? []).some((spec) => leavesSomething(spec)));
        expect(left).toEqual(expected);
      }),
    );
  });
});

describe('what is compared', () => {
  const one = (spec: ChainSpec, name = 'a'): Affected => ({
    accountId: 'Alix',
    siteId: 'metz',
    chains: [
      chain(spec, name).map((each) => ({ ...each, membershipId: each.kind === 'staff' ? 'm' : null })),
    ],
  });

  it('may be a later instant: an end that is drawn nearer takes nothing before it', () => {
    const affected = [one([link('enrolment'), link('user')])];
    const turn = becoming(new Map([['a-1', { to: NOW + 10 }]]));
    expect(lossesOf(affected, { ...comparing, turn })).toEqual([]);
    expect(lossesOf(affected, { ...comparing, turn, at: NOW + 10 })).toHaveLength(1);
  });

  it('is what hangs on a membership that ends, and the membership itself', () => {
    const staff = [one([link('enrolment'), link('cabinet'), link('staff')])];
    expect(lossesOf(staff, { ...comparing, turn: ending(['m']) })).toHaveLength(1);
    const manager = [one([link('enrolment'), link('cabinet'), link('membership')])];
    expect(lossesOf(manager, { ...comparing, turn: ending(['a-2']) })).toMatchObject([{ power: true }]);
  });

  it('counts no right that the caisse hides, yet tells who is left with nothing', () => {
    const given = { levels: levels({ planning: 'mise_a_jour' }), colleges: ALL_COLLEGES };
    const losses = lossesOf([one([link('enrolment'), link('user', given)])], {
      ...comparing,
      turn: ending(['a-1']),
    });
    expect(sumOf(losses)).toMatchObject({ people: 1, rights: 0, strandedPeople: 1 });
  });

  it('counts a company’s right only once the last collège is gone, an employees’ right with each', () => {
    const given = {
      levels: levels({ comptes_bancaires: 'consultation', salaries: 'consultation' }),
      colleges: ALL_COLLEGES,
    };
    const affected = [one([link('enrolment'), link('user', given)])];
    const less = vector({ ...given, colleges: ['etam'] });
    const losses = lossesOf(affected, { ...comparing, turn: becoming(new Map([['a-1', less]])) });
    expect(sumOf(losses)).toMatchObject({ people: 1, rights: 1, strandedPeople: 0 });
  });
});
