import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES, featureIndex } from '../../policies/catalogue.ts';
import {
  COLLEGES,
  chainRights,
  EVERYTHING,
  effectiveRights,
  holdsNothing,
  type Link,
  levelOf,
} from '../../provider/domain/rights.ts';
import {
  chain,
  chainSpecs,
  chains,
  isAdministrator,
  isGiven,
  leavesSomething,
  levels,
  link,
  NOW,
  told,
  untilOracle,
} from './chains.ts';

const check = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>): void =>
  fc.assert(property, { numRuns: 1000 });
const held = (of: readonly (readonly Link[])[], slug: string, college: 'ouvrier' | 'etam' | 'cadre' | null) =>
  levelOf(effectiveRights(of, NOW), featureIndex(slug) ?? -1, college);

describe('the power to delegate', () => {
  const capped = { levels: levels({ documents: 'consultation' }), colleges: ['etam'] as const };

  it('survives a cap of the levels', () => {
    const rights = effectiveRights(
      [chain([link('enrolment'), link('user', { ...capped, admin: true })])],
      NOW,
    );
    expect(rights.administrator).toBe(true);
    expect(levelOf(rights, featureIndex('documents') ?? -1, null)).toBe('consultation');
    expect(levelOf(rights, featureIndex('planning') ?? -1, 'etam')).toBe('none');
  });

  it('does not pass through a link that lacks it', () => {
    const rights = chainRights(chain([link('enrolment'), link('user'), link('user', { admin: true })]), NOW);
    expect(rights).toEqual({ vector: EVERYTHING, administrator: false, cabinetId: null });
  });

  it('reaches the manager of a firm, whose delegation conveys it by its kind, but not the staff', () => {
    const upTo = (kind: 'membership' | 'staff') =>
      chainRights(chain([link('enrolment'), link('cabinet', capped), link(kind)], 'x'), NOW);
    expect(upTo('membership')).toMatchObject({ administrator: true, cabinetId: 'x-firm' });
    expect(upTo('staff')).toMatchObject({ administrator: false, cabinetId: 'x-firm' });
  });

  it('is nobody’s in a chain that ends at the firm', () => {
    expect(chainRights(chain([link('enrolment'), link('cabinet')]), NOW)?.administrator).toBe(false);
  });

  it('does not reach a firm under someone who lacks it', () => {
    const links = chain([link('enrolment'), link('user'), link('cabinet'), link('membership')]);
    expect(chainRights(links, NOW)?.administrator).toBe(false);
  });

  it('is not held by someone who is left no level at all: he does not enter', () => {
    const nothing = { levels: levels({}), admin: true };
    const disjoint = [
      link('user', { colleges: ['etam'], admin: true }),
      link('user', { colleges: ['cadre'], admin: true }),
    ];
    for (const below of [[link('user', nothing)], disjoint]) {
      const rights = effectiveRights([chain([link('enrolment'), ...below])], NOW);
      expect(rights.administrator).toBe(false);
      expect(holdsNothing(rights)).toBe(true);
    }
  });
});

describe('several chains', () => {
  it('are joined collège by collège: one chain’s levels do not meet another’s collèges', () => {
    const through = (college: 'ouvrier' | 'cadre', level: 'consultation' | 'mise_a_jour') =>
      chain([link('enrolment'), link('user', { colleges: [college], levels: levels({ planning: level }) })]);
    const both = [through('ouvrier', 'mise_a_jour'), through('cadre', 'consultation')];
    expect(held(both, 'planning', 'ouvrier')).toBe('mise_a_jour');
    expect(held(both, 'planning', 'cadre')).toBe('consultation');
    expect(held(both, 'planning', 'etam')).toBe('none');
  });

  it('leave what some chain leaves, neither more nor less', () => {
    check(
      fc.property(chainSpecs, (specs) => {
        const rights = effectiveRights(chains(specs), NOW);
        expect(rights.administrator).toBe(specs.some((spec) => isAdministrator(spec)));
        expect(holdsNothing(rights)).toBe(!specs.some((spec) => leavesSomething(spec)));
        for (const index of FEATURES.keys()) {
          for (const college of COLLEGES) {
            const level = (['mise_a_jour', 'consultation'] as const).find((one) =>
              isGiven(specs, { index, college, level: one }),
            );
            expect(levelOf(rights, index, college)).toBe(level ?? 'none');
          }
        }
      }),
    );
  });

  it('leave the same in any order and when one comes twice', () => {
    check(
      fc.property(chainSpecs, (specs) => {
        const all = chains(specs);
        expect(effectiveRights([...all, ...all].reverse(), NOW)).toEqual(effectiveRights(all, NOW));
      }),
    );
  });

  it('change at no instant before `until`, which is the next date of theirs', () => {
    check(
      fc.property(chainSpecs, fc.integer({ min: 850, max: 1150 }), (specs, now) => {
        const rights = effectiveRights(chains(specs), now);
        expect(rights.until).toBe(untilOracle(specs, now));
        const last = (rights.until ?? now + 1000) - 1;
        for (const later of [Math.floor((now + last) / 2), last]) {
          expect(told(effectiveRights(chains(specs), later))).toBe(told(rights));
        }
      }),
    );
  });

  it('follow the dates exactly on, before and after every boundary', () => {
    check(
      fc.property(chainSpecs, (specs) => {
        const dates = specs
          .flat()
          .flatMap((one) => [one, ...one.standsOn].flatMap(({ from, to }) => [from, to ?? from]));
        for (const now of new Set(dates.flatMap((date) => [date - 1, date, date + 1]))) {
          const rights = effectiveRights(chains(specs), now);
          for (const college of COLLEGES) {
            const expected = isGiven(specs, { index: 11, college, level: 'consultation' }, now);
            expect(levelOf(rights, 11, college) !== 'none').toBe(expected);
          }
        }
      }),
    );
  });

  it('name the firm only when nothing is held but through one', () => {
    const own = chain([link('enrolment'), link('user')], 'own');
    const firmA = chain([link('enrolment'), link('cabinet'), link('staff')], 'a');
    const firmB = chain([link('enrolment'), link('cabinet'), link('membership')], 'b');
    const closed = chain([link('enrolment'), link('user', { status: 'closed' })], 'closed');
    expect(effectiveRights([firmA], NOW).cabinetId).toBe('a-firm');
    expect(effectiveRights([firmA, closed], NOW).cabinetId).toBe('a-firm');
    expect(effectiveRights([firmB, firmA], NOW).cabinetId).toBe('a-firm');
    expect(effectiveRights([firmA, own], NOW).cabinetId).toBeNull();
    expect(effectiveRights([closed], NOW).cabinetId).toBeNull();
    expect(effectiveRights([], NOW)).toEqual({
      administrator: false,
      levels: [0n, 0n, 0n],
      until: null,
      cabinetId: null,
    });
  });
});
