import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import {
  COLLEGES,
  chainRights,
  covers,
  EVERYTHING,
  effectiveRights,
  isEmpty,
  type Link,
  levelOf,
  meet,
  NOTHING,
  narrow,
  normal,
  sameVector,
  type Vector,
  vectorOf,
} from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  chain,
  chainSpec,
  gives,
  isAdministrator,
  isGiven,
  leavesSomething,
  link,
  NOW,
  STATUSES,
  vector,
  vectorSpec,
} from './chains.ts';

const anyVector = vectorSpec.map(vector);
const check = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>): void =>
  fc.assert(property, { numRuns: 1000 });
const MALFORMED: readonly Vector[] = [
  { levels: 0b10n, colleges: 7 },
  { levels: 0b1001n, colleges: 7 },
  { levels: -2n, colleges: 7 },
  { levels: 1n << 62n, colleges: 7 },
  { levels: 1n, colleges: 8 },
  { levels: 1n, colleges: -1 },
  { levels: 1n, colleges: 1.5 },
  { levels: 1n, colleges: Number.NaN },
  { levels: 1 as unknown as bigint, colleges: 7 },
];

describe('the lattice of rights', () => {
  it('meets idempotently, commutatively and associatively, between everything and nothing', () => {
    check(
      fc.property(anyVector, anyVector, anyVector, (a, b, c) => {
        expect(meet(a, a)).toEqual(normal(a));
        expect(meet(a, b)).toEqual(meet(b, a));
        expect(meet(meet(a, b), c)).toEqual(meet(a, meet(b, c)));
        expect(meet(a, EVERYTHING)).toEqual(normal(a));
        expect(meet(a, NOTHING)).toEqual(NOTHING);
      }),
    );
  });

  it('meets at the greatest vector that neither exceeds', () => {
    check(
      fc.property(anyVector, anyVector, anyVector, (a, b, c) => {
        const both = meet(a, b);
        expect(covers(a, both) && covers(b, both)).toBe(true);
        expect(covers(a, c) && covers(b, c)).toBe(covers(both, c));
      }),
    );
  });

  it('narrows to what the giver holds and to what was asked, and not at all when he covers it', () => {
    check(
      fc.property(anyVector, anyVector, (holds, asked) => {
        const given = narrow(holds, asked);
        expect(covers(holds, given) && covers(asked, given)).toBe(true);
        expect(sameVector(given, asked)).toBe(covers(holds, asked));
      }),
    );
  });

  it('covers exactly when each level asked is held for each collège asked', () => {
    check(
      fc.property(vectorSpec, vectorSpec, (holds, asked) => {
        const expected = Array.from({ length: 31 }, (_, index) => index).every((index) =>
          ALL_COLLEGES.every((college) =>
            (['consultation', 'mise_a_jour'] as const).every(
              (level) => !gives(asked, index, college, level) || gives(holds, index, college, level),
            ),
          ),
        );
        expect(covers(vector(holds), vector(asked))).toBe(expected);
      }),
    );
  });

  it('writes levels and collèges as it reads them', () => {
    check(
      fc.property(vectorSpec, ({ levels, colleges }) => {
        fc.pre(levels !== 'everything');
        const spec = { levels: levels as Exclude<typeof levels, 'everything'>, colleges };
        expect(vectorOf(spec.levels, colleges)).toEqual(normal(vector(spec)));
      }),
    );
  });

  it('has no room for a 32nd feature', () => {
    expect(() => vectorOf(Array(32).fill('none'), ['etam'])).toThrow(RangeError);
    expect(vectorOf(Array(31).fill('mise_a_jour'), ['etam'])).toEqual({
      levels: (1n << 62n) - 1n,
      colleges: 2,
    });
  });

  it.each(MALFORMED)('takes malformed bits for nothing, covered by nobody: %o', (bad) => {
    expect(isEmpty(bad)).toBe(true);
    expect(meet(EVERYTHING, bad)).toEqual(NOTHING);
    expect(covers(EVERYTHING, bad)).toBe(false);
    expect(chainRights([{ ...(chain([link('enrolment')])[0] as Link), ...bad }], NOW)).toBeNull();
  });

  it('reads no level outside of the catalogue', () => {
    const all = effectiveRights([chain([link('enrolment')])], NOW);
    for (const index of [-1, 31, 0.5, Number.NaN]) expect(levelOf(all, index, null)).toBe('none');
    expect(levelOf(all, 30, 'cadre')).toBe('mise_a_jour');
    expect(levelOf(all, 0, 'apprenti' as 'cadre')).toBe('none');
  });
});

describe('a chain', () => {
  it('leaves what every one of its living links gives, and the power to delegate that every link conveys', () => {
    let worth = 0;
    check(
      fc.property(chainSpec, (spec) => {
        const rights = chainRights(chain(spec), NOW);
        if (rights !== null) worth += 1;
        expect(rights !== null).toBe(leavesSomething(spec));
        expect(rights?.administrator ?? false).toBe(isAdministrator(spec));
        const joined = effectiveRights([chain(spec)], NOW);
        for (const index of FEATURES.keys()) {
          for (const college of COLLEGES) {
            const level = (['mise_a_jour', 'consultation'] as const).find((one) =>
              isGiven([spec], { index, college, level: one }),
            );
            expect(levelOf(joined, index, college)).toBe(level ?? 'none');
          }
        }
      }),
    );
    expect(worth).toBeGreaterThan(100);
  });

  it('never leaves more when it is longer', () => {
    check(
      fc.property(chainSpec, (spec) => {
        const links = chain(spec);
        for (let length = 1; length < links.length; length++) {
          const above = chainRights(links.slice(0, length), NOW)?.vector ?? NOTHING;
          const below = chainRights(links.slice(0, length + 1), NOW)?.vector ?? NOTHING;
          expect(covers(above, below)).toBe(true);
        }
      }),
    );
  });

  it('never leaves more when a link is narrowed, or loses its power', () => {
    check(
      fc.property(chainSpec, anyVector, fc.nat(), fc.boolean(), (spec, cap, pick, admin) => {
        const links = chain(spec);
        const at = pick % links.length;
        const narrowed = links.map((one, i) =>
          i === at ? { ...one, ...meet(one, cap), admin: one.admin && admin } : one,
        );
        const [before, after] = [chainRights(links, NOW), chainRights(narrowed, NOW)];
        expect(covers(before?.vector ?? NOTHING, after?.vector ?? NOTHING)).toBe(true);
        expect(!after?.administrator || before?.administrator).toBe(true);
      }),
    );
  });

  it('leaves nothing as soon as one link is not active', () => {
    check(
      fc.property(chainSpec, fc.nat(), fc.constantFrom(...STATUSES), (spec, pick, status) => {
        const at = pick % spec.length;
        expect(
          chainRights(chain(spec.map((one, i) => (i === at ? { ...one, status } : one))), NOW),
        ).toBeNull();
      }),
    );
  });

  it('leaves nothing when a link belongs elsewhere or hangs on another', () => {
    const places = fc.constantFrom('caisseId', 'siteId', 'parentId', 'grantorId');
    check(
      fc.property(
        chainSpec,
        fc.nat(),
        places,
        fc.constantFrom('elsewhere', '', null),
        (spec, pick, place, value) => {
          fc.pre(spec.length > 1);
          const links = chain(spec);
          const at = 1 + (pick % (links.length - 1));
          const forged = links.map((one, i) => (i === at ? { ...one, [place]: value } : one)) as Link[];
          expect(chainRights(forged, NOW)).toBeNull();
        },
      ),
    );
  });

  it('leaves nothing without its root, backwards, or with a link left out', () => {
    const links = chain([link('enrolment'), link('user', { admin: true }), link('cabinet'), link('staff')]);
    expect(chainRights(links, NOW)).not.toBeNull();
    expect(chainRights([], NOW)).toBeNull();
    expect(chainRights(links.slice(1), NOW)).toBeNull();
    expect(chainRights(links.toReversed(), NOW)).toBeNull();
    expect(chainRights(links.toSpliced(1, 1), NOW)).toBeNull();
  });

  it.each([
    ['enrolment', 'enrolment'],
    ['enrolment', 'staff'],
    ['enrolment', 'membership'],
    ['enrolment', 'cabinet', 'user'],
    ['enrolment', 'cabinet', 'cabinet'],
    ['enrolment', 'cabinet', 'staff', 'staff'],
    ['enrolment', 'cabinet', 'membership', 'staff'],
    ['user'],
    ['cabinet', 'staff'],
  ] as const)('leaves nothing in an impossible order: %s %s %s %s', (...kinds) => {
    expect(chainRights(chain(kinds.map((kind) => link(kind, { admin: true }))), NOW)).toBeNull();
  });

  it('leaves nothing under a root that says who gave it', () => {
    const [root] = chain([link('enrolment')]);
    expect(chainRights([{ ...(root as Link), grantorId: 'someone' }], NOW)).toBeNull();
    expect(chainRights([{ ...(root as Link), parentId: 'something' }], NOW)).toBeNull();
  });

  it('holds from its first instant to the last one before its end', () => {
    const links = chain([link('enrolment'), link('user', { from: 10, to: 20 })]);
    const living = [9, 10, 19, 20].map((now) => chainRights(links, now) !== null);
    expect(living).toEqual([false, true, true, false]);
  });

  it('stands on the dated facts of its links', () => {
    const attached = { from: 10, to: 20 };
    const employed = { from: 12, to: 18 };
    const links = chain([
      link('enrolment'),
      link('cabinet', { standsOn: [attached] }),
      link('staff', { standsOn: [employed] }),
    ]);
    const living = [11, 12, 17, 18].map((now) => chainRights(links, now) !== null);
    expect(living).toEqual([false, true, true, false]);
    const manager = chain([link('enrolment'), link('cabinet', { standsOn: [attached] }), link('membership')]);
    expect([9, 10, 19, 20].map((now) => chainRights(manager, now) !== null)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is never alive at an instant that is none', () => {
    expect(chainRights(chain([link('enrolment')]), Number.NaN)).toBeNull();
  });
});
