import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FEATURES, featureIndex } from '../../policies/catalogue.ts';
import { type AskedRight, explain, type Obstacle } from '../../provider/domain/explain.ts';
import { type Chain, chainRights, type Level, type Link } from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  type ChainSpec,
  chain,
  chainSpec,
  gives,
  isGiven,
  type LinkSpec,
  levels,
  link,
  NOW,
} from './chains.ts';

const PLANNING = featureIndex('planning') ?? -1;
const linksOf = (specs: ChainSpec) => chain(specs) as Chain & readonly [Link, ...Link[]];
const asked: AskedRight = { feature: PLANNING, level: 'mise_a_jour', college: 'ouvrier' };

const rights = fc.record({
  feature: fc.nat(FEATURES.length - 1),
  level: fc.constantFrom<Exclude<Level, 'none'>>('consultation', 'mise_a_jour'),
  college: fc.option(fc.constantFrom(...ALL_COLLEGES)),
});

describe('why a right is held or not', () => {
  test('says that it is held exactly when it is', () => {
    fc.assert(
      fc.property(chainSpec, rights, (specs, right) => {
        const { held } = explain(linksOf(specs), NOW, right);
        const colleges = right.college === null ? ALL_COLLEGES : [right.college];
        const { feature: index, level } = right;
        expect(held).toBe(colleges.some((college) => isGiven([specs], { index, college, level })));
      }),
    );
  });

  test('says that a chain leaves something exactly when it does', () => {
    fc.assert(
      fc.property(chainSpec, (specs) => {
        const { held } = explain(linksOf(specs), NOW, null);
        expect(held).toBe(chainRights(linksOf(specs), NOW) !== null);
      }),
    );
  });

  test('names a link exactly when it is not held, and the first that has something against it', () => {
    fc.assert(
      fc.property(chainSpec, fc.option(rights), (specs, right) => {
        const { held, links, stop } = explain(linksOf(specs), NOW, right);
        expect(links.map((one) => one.link)).toEqual([...linksOf(specs)]);
        expect(stop === null).toBe(held);
        const first = links.find(({ obstacle }) => obstacle !== null);
        if (stop && first) expect(stop).toEqual(first);
      }),
    );
  });

  test('has something against exactly the links that do not give the right by themselves', () => {
    fc.assert(
      fc.property(chainSpec, rights, (specs, right) => {
        const { links } = explain(linksOf(specs), NOW, right);
        const colleges = right.college === null ? ALL_COLLEGES : [right.college];
        for (const [i, { obstacle }] of links.entries()) {
          const spec = specs[i] as LinkSpec;
          const open = [spec, ...spec.standsOn].every(
            ({ from, to }) => from <= NOW && (to === null || NOW < to),
          );
          const given = colleges.some((college) =>
            gives(
              { ...spec, colleges: right.college ? spec.colleges : ALL_COLLEGES },
              right.feature,
              college,
              right.level,
            ),
          );
          expect(obstacle === null).toBe(spec.status === 'active' && open && given);
        }
      }),
    );
  });
});

describe('what stands in the way', () => {
  const stopOf = (
    specs: ChainSpec,
    right: AskedRight | null = asked,
  ): { at: string; obstacle: Obstacle } | null => {
    const { stop } = explain(linksOf(specs), NOW, right);
    return stop && { at: stop.link.id, obstacle: stop.obstacle };
  };

  test.each([
    ['status', { status: 'suspended' }, { kind: 'status', status: 'suspended' }],
    ['a later beginning', { from: NOW + 1 }, { kind: 'begins', at: NOW + 1 }],
    ['an end', { to: NOW }, { kind: 'over', at: NOW }],
    [
      'a lower level',
      { levels: levels({ planning: 'consultation' }) },
      { kind: 'level', held: 'consultation' },
    ],
    ['no level', { levels: levels({ documents: 'mise_a_jour' }) }, { kind: 'level', held: 'none' }],
    ['another collège', { colleges: ['cadre'] }, { kind: 'college' }],
  ] as const)('%s of the person’s own link', (_, said, obstacle) => {
    expect(stopOf([link('enrolment'), link('user', said as Partial<LinkSpec>)])).toEqual({
      at: 'chain-1',
      obstacle,
    });
  });

  test('the firm that is no longer attached, the person who has left it', () => {
    const gone = { from: 0, to: NOW };
    const away = [link('enrolment'), link('cabinet', { standsOn: [gone] }), link('staff')];
    expect(stopOf(away)).toEqual({ at: 'chain-1', obstacle: { kind: 'attachment', window: gone } });
    const left = [link('enrolment'), link('cabinet'), link('staff', { standsOn: [gone] })];
    expect(stopOf(left)).toEqual({ at: 'chain-2', obstacle: { kind: 'membership', window: gone } });
  });

  test('the topmost of several', () => {
    const specs = [
      link('enrolment'),
      link('user', { admin: true, to: NOW }),
      link('user', { status: 'closed' }),
    ];
    expect(stopOf(specs)).toEqual({ at: 'chain-1', obstacle: { kind: 'over', at: NOW } });
  });

  test('collèges that have none in common, where each link alone would do', () => {
    const specs = [
      link('enrolment'),
      link('user', { colleges: ['ouvrier'] }),
      link('user', { colleges: ['cadre'] }),
    ];
    const company = {
      feature: featureIndex('documents') ?? -1,
      level: 'consultation',
      college: null,
    } as const;
    expect(stopOf(specs, company)).toEqual({ at: 'chain-2', obstacle: { kind: 'nothing_common' } });
    expect(stopOf(specs, null)).toEqual({ at: 'chain-2', obstacle: { kind: 'nothing_common' } });
  });

  test('a chain without a head', () => {
    expect(stopOf([link('user')])).toEqual({ at: 'chain-0', obstacle: { kind: 'broken' } });
  });
});
