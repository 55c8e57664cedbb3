import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { makeEnforcer } from '../../policies/enforcer.ts';
import {
  DELEGATION_ACTIONS,
  DELEGATION_KINDS,
  type DelegationResource,
  type FeatureResource,
  roleOf,
  type Subject,
} from '../../policies/requests.ts';
import {
  type ChainRights,
  chainRights,
  EVERYTHING,
  effectiveRights,
  NO_RIGHTS,
  NOTHING,
} from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  chain,
  chainSpec,
  chainSpecs,
  chains,
  gives,
  isAdministrator,
  isGiven,
  leavesSomething,
  levels,
  link,
  mayOracle,
  NOW,
  vector,
  vectorSpec,
} from '../domain/chains.ts';

const enforcer = await makeEnforcer();
const { mayUse, mayDelegate, whyUse, whyDelegate } = enforcer;

const HERE = { caisseId: 'grand-est', siteId: 'metz' };
const ALL = effectiveRights([chain([link('enrolment')])], NOW);
const ADMINISTRATOR: ChainRights = { vector: EVERYTHING, administrator: true, cabinetId: null };
const MANAGER: ChainRights = { vector: EVERYTHING, administrator: true, cabinetId: 'firm' };
const DELEGATE: ChainRights = { vector: EVERYTHING, administrator: false, cabinetId: null };
const READER = vector({ levels: levels({ documents: 'consultation' }), colleges: ['etam'] });

const person = (rights = ALL): Subject => ({ ...HERE, rights });
const feature = (said: Partial<FeatureResource> = {}): FeatureResource => ({
  ...HERE,
  feature: 'planning',
  ...said,
});
const delegation = (said: Partial<DelegationResource> = {}): DelegationResource => ({
  ...HERE,
  kind: 'user',
  cabinetId: said.kind === 'staff' ? 'firm' : null,
  admin: false,
  vector: READER,
  ...said,
});
const by = (holds: ChainRights | null) => ({ ...HERE, holds });

describe('the use of a feature', () => {
  it('is decided as the oracle decides, on every feature, action and collège', () => {
    let allowed = 0;
    let asked = 0;
    fc.assert(
      fc.property(chainSpecs, (specs) => {
        const subject = person(effectiveRights(chains(specs), NOW));
        for (const [index, { slug }] of FEATURES.entries()) {
          for (const [action, level] of [
            ['read', 'consultation'],
            ['update', 'mise_a_jour'],
          ] as const) {
            for (const college of [...ALL_COLLEGES, undefined]) {
              const expected = mayOracle(specs, { index, level, ...(college ? { college } : {}) });
              expect(mayUse(subject, feature({ feature: slug, college }), action)).toBe(expected);
              asked += 1;
              if (expected) allowed += 1;
            }
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(allowed).toBeGreaterThan(asked / 10);
  });

  it('is capped for an administrator like for anyone', () => {
    const capped = { ...NO_RIGHTS, administrator: true, levels: [0n, 0n, 1n] as const };
    expect(mayUse(person(capped), feature({ feature: 'informations_adherent' }), 'read')).toBe(true);
    expect(mayUse(person(capped), feature({ feature: 'informations_adherent' }), 'update')).toBe(false);
    expect(mayUse(person(capped), feature({ college: 'cadre' }), 'read')).toBe(false);
  });

  it('is refused to all when the caisse hides the feature', () => {
    expect(mayUse(person(), feature({ hidden: new Set(['planning']) }), 'read')).toBe(false);
    expect(mayUse(person(), feature({ hidden: new Set(['documents']) }), 'read')).toBe(true);
  });

  it('tells by which rule it is allowed', () => {
    expect(whyUse(person(), feature(), 'update')).toEqual({
      allowed: true,
      rule: 'p, delegate, catalogue, update, mise_a_jour',
    });
    expect(whyUse(person(NO_RIGHTS), feature(), 'read')).toEqual({ allowed: false, rule: null });
  });

  it('is refused for a name that is no feature, no action or no collège', () => {
    for (const name of [
      '',
      'mes_salaries',
      'catalogue',
      'plannings',
      '__proto__',
      undefined,
      ['planning'],
      11,
    ]) {
      expect(mayUse(person(), feature({ feature: name as never }), 'read')).toBe(false);
    }
    for (const action of ['', 'view', 'delete', '*', undefined, null, ['read'], { toString: () => 'read' }]) {
      expect(mayUse(person(), feature(), action as never)).toBe(false);
    }
    for (const college of ['', 'apprenti', null, ['etam'], 2]) {
      expect(mayUse(person(), feature({ college: college as never }), 'read')).toBe(false);
      expect(mayUse(person(), feature({ feature: 'documents', college: college as never }), 'read')).toBe(
        false,
      );
    }
    expect(mayUse(person(), feature({ hidden: ['documents'] as never }), 'read')).toBe(false);
  });
});

describe('the site of a request', () => {
  const strange = ['', undefined, null, 'elsewhere', ['grand-est'], { toString: () => 'grand-est' }, 0];
  const places = ['caisseId', 'siteId'] as const;
  const cases = strange.flatMap((value) => places.map((place) => [place, value] as const));

  it.each(cases)('is the same on both sides, or all is refused: %s %o', (place, value) => {
    const odd = { [place]: value };
    expect(mayUse(person(), { ...feature(), ...odd } as never, 'read')).toBe(false);
    expect(mayUse({ ...person(), ...odd } as never, feature(), 'read')).toBe(false);
    expect(mayDelegate(by(ADMINISTRATOR), { ...delegation(), ...odd } as never, 'view')).toBe(false);
    expect(mayDelegate({ ...by(ADMINISTRATOR), ...odd } as never, delegation(), 'view')).toBe(false);
    if (value === 'elsewhere') return;
    expect(mayUse({ ...person(), ...odd } as never, { ...feature(), ...odd } as never, 'read')).toBe(false);
    expect(
      mayDelegate({ ...by(ADMINISTRATOR), ...odd } as never, { ...delegation(), ...odd } as never, 'view'),
    ).toBe(false);
  });
});

describe('a request of the wrong shape', () => {
  it.each([undefined, null, 'person', {}, [], { ...HERE }, { tennant: 'grand-est', rights: ALL }])(
    'is refused: %o',
    (bad) => {
      expect(mayUse(bad as never, feature(), 'read')).toBe(false);
      expect(mayUse(person(), bad as never, 'read')).toBe(false);
      expect(mayDelegate(bad as never, delegation(), 'view')).toBe(false);
      expect(mayDelegate(by(ADMINISTRATOR), bad as never, 'view')).toBe(false);
    },
  );

  it('is refused when the rights are of the wrong types', () => {
    const odd = [
      { levels: [-1n, -1n] },
      { levels: ['-1', '-1', '-1'] },
      { levels: -1n },
      { administrator: 1 },
    ];
    for (const wrong of [...odd, { cabinetId: '' }, { cabinetId: undefined }]) {
      expect(mayUse(person({ ...ALL, ...wrong } as never), feature(), 'read')).toBe(false);
    }
    const bits = [
      { levels: -1, colleges: 7 },
      { levels: 2n, colleges: 7 },
      { levels: -1n, colleges: '7' },
      undefined,
    ];
    for (const wrong of [
      ...bits.map((vector) => ({ vector })),
      { administrator: 'true' },
      { cabinetId: 1 },
    ]) {
      expect(mayDelegate(by({ ...ADMINISTRATOR, ...wrong } as never), delegation(), 'view')).toBe(false);
    }
    for (const wrong of [
      ...bits.map((vector) => ({ vector })),
      { admin: 'false' },
      { cabinetId: [] },
      { kind: ['user'] },
    ]) {
      expect(mayDelegate(by(ADMINISTRATOR), delegation(wrong as never), 'create')).toBe(false);
    }
  });

  it('is refused to whoever is left nothing by his chain', () => {
    expect(mayDelegate(by(null), delegation(), 'view')).toBe(false);
  });
});

describe('the management of delegations', () => {
  const allowedTo = (holds: ChainRights): Record<string, string[]> =>
    Object.fromEntries(
      DELEGATION_KINDS.map((kind) => [
        kind,
        DELEGATION_ACTIONS.filter((action) => mayDelegate(by(holds), delegation({ kind }), action)),
      ]),
    );

  it('leaves to an administrator his users, and the delegation to a firm but for changing it', () => {
    expect(allowedTo(ADMINISTRATOR)).toEqual({
      user: ['view', 'create', 'modify', 'confirm', 'close'],
      cabinet: ['view', 'create', 'confirm', 'delete'],
      staff: [],
    });
  });

  it('leaves to the manager of a firm his staff, and no say on the company’s users or firms', () => {
    expect(allowedTo(MANAGER)).toEqual({
      user: [],
      cabinet: [],
      staff: ['view', 'create', 'modify', 'confirm', 'close'],
    });
  });

  it('leaves nothing to those without the power to delegate, whatever they hold', () => {
    expect(allowedTo(DELEGATE)).toEqual({ user: [], cabinet: [], staff: [] });
    expect(allowedTo({ ...DELEGATE, cabinetId: 'firm' })).toEqual({ user: [], cabinet: [], staff: [] });
  });

  it('is refused for a kind or an action that is none', () => {
    for (const kind of ['', 'enrolment', 'membership', 'users', undefined]) {
      expect(mayDelegate(by(ADMINISTRATOR), delegation({ kind: kind as never }), 'view')).toBe(false);
    }
    for (const action of ['', 'read', 'update', undefined, ['view']]) {
      expect(mayDelegate(by(ADMINISTRATOR), delegation(), action as never)).toBe(false);
    }
  });

  it('never leaves the delegation to a firm modified, whoever asks', () => {
    fc.assert(
      fc.property(chainSpec, vectorSpec, fc.boolean(), (spec, asked, firm) => {
        const holds = chainRights(chain(spec), NOW);
        const request = delegation({
          kind: 'cabinet',
          vector: vector(asked),
          cabinetId: firm ? 'chain-firm' : null,
        });
        expect(mayDelegate(by(holds), request, 'modify')).toBe(false);
      }),
    );
  });

  it('creates, modifies and confirms within what the chain holds, and refuses one bit more', () => {
    let created = 0;
    fc.assert(
      fc.property(chainSpec, vectorSpec, (spec, asked) => {
        const holds = chainRights(chain(spec), NOW);
        const exceeds = Array.from({ length: 31 }, (_, index) => index).some((index) =>
          ALL_COLLEGES.some((college) =>
            (['consultation', 'mise_a_jour'] as const).some(
              (level) => gives(asked, index, college, level) && !isGiven([spec], { index, college, level }),
            ),
          ),
        );
        const isFirms = spec.some(({ kind }) => kind === 'cabinet');
        const empty = !leavesSomething([link('enrolment', asked)]);
        const expected = isAdministrator(spec) && !exceeds && !empty;
        if (expected) created += 1;
        const own = isFirms
          ? delegation({ kind: 'staff', cabinetId: 'chain-firm', vector: vector(asked) })
          : delegation({ vector: vector(asked) });
        for (const action of ['create', 'modify', 'confirm'] as const) {
          expect(mayDelegate(by(holds), own, action)).toBe(expected);
          expect(mayDelegate(by(holds), { ...own, cabinetId: 'other-firm' }, action)).toBe(
            expected && !isFirms,
          );
        }
      }),
      { numRuns: 1000 },
    );
    expect(created).toBeGreaterThan(20);
  });

  it('refuses exactly at the first bit that exceeds', () => {
    const giver = vector({
      levels: levels({ documents: 'consultation', planning: 'mise_a_jour' }),
      colleges: ['etam'],
    });
    const gives = (said: Parameters<typeof levels>[0], colleges: ('etam' | 'cadre')[] = ['etam']) =>
      mayDelegate(
        by({ ...ADMINISTRATOR, vector: giver }),
        delegation({ vector: vector({ levels: levels(said), colleges }) }),
        'create',
      );
    expect(gives({ documents: 'consultation', planning: 'mise_a_jour' })).toBe(true);
    expect(gives({ documents: 'mise_a_jour' })).toBe(false);
    expect(gives({ documents: 'consultation', telepaiements: 'consultation' })).toBe(false);
    expect(gives({ planning: 'consultation' }, ['etam', 'cadre'])).toBe(false);
    expect(gives({})).toBe(false);
  });

  it('lets an administrator, capped or not, make another who reaches whatever he reaches', () => {
    const capped = { ...ADMINISTRATOR, vector: READER };
    const another = delegation({ admin: true, vector: EVERYTHING });
    expect(whyDelegate(by(capped), another, 'create').rule).toBe('p2, administrator, user, create, covered');
    expect(mayDelegate(by(capped), { ...another, admin: false }, 'create')).toBe(false);
    expect(mayDelegate(by(DELEGATE), another, 'create')).toBe(false);
    expect(mayDelegate(by(ADMINISTRATOR), { ...another, vector: READER }, 'create')).toBe(false);
    expect(mayDelegate(by(ADMINISTRATOR), { ...another, vector: NOTHING }, 'create')).toBe(false);
  });

  it('gives the power to delegate to users only', () => {
    const given = { admin: true, vector: EVERYTHING };
    expect(mayDelegate(by(ADMINISTRATOR), delegation({ ...given, kind: 'cabinet' }), 'create')).toBe(false);
    expect(mayDelegate(by(MANAGER), delegation({ ...given, kind: 'staff' }), 'create')).toBe(false);
  });

  it('stays within one firm', () => {
    for (const cabinetId of ['other-firm', '', null]) {
      for (const action of DELEGATION_ACTIONS) {
        expect(mayDelegate(by(MANAGER), delegation({ kind: 'staff', cabinetId }), action)).toBe(false);
      }
    }
  });
});

describe('a role', () => {
  it('follows from what is held', () => {
    expect([ADMINISTRATOR, MANAGER, DELEGATE, { ...DELEGATE, cabinetId: 'firm' }].map(roleOf)).toEqual([
      'administrator',
      'cabinet_manager',
      'delegate',
      'delegate',
    ]);
  });

  it('cannot be brought along by the caller', () => {
    const claimed = { ...by(DELEGATE), role: 'administrator' };
    expect(mayDelegate(claimed, delegation(), 'view')).toBe(false);
  });
});
