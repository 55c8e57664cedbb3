import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { makeEnforcer } from '../../policies/enforcer.ts';
import {
  type DelegationResource,
  type FeatureResource,
  roleOf,
  type Subject,
} from '../../policies/requests.ts';
import { type ChainRights, EVERYTHING, effectiveRights, NO_RIGHTS } from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  chain,
  chainSpecs,
  chains,
  levels,
  link,
  mayOracle,
  NOW,
  vector,
} from '../domain/chains.ts';

const { mayUse, mayDelegate, whyUse } = await makeEnforcer();

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
      expect(mayUse(person({ ...ALL, ...wrong } as never), feature({ college: 'etam' }), 'read')).toBe(false);
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
      { admin: undefined },
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
