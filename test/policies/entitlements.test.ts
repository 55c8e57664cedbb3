import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedColleges, may } from '../../clients/entitlements.ts';
import { FEATURES } from '../../policies/catalogue.ts';
import { entitlements, roles } from '../../policies/entitlements.ts';
import { effectiveRights } from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  type ChainSpec,
  chainSpecs,
  chains,
  levels,
  link,
  mayOracle,
  NOW,
} from '../domain/chains.ts';

const told = (...specs: ChainSpec[]): string[] => entitlements(effectiveRights(chains(specs), NOW));
const through = (...given: Parameters<typeof link>[1][]): ChainSpec => [
  link('enrolment'),
  ...given.map((said) => link('user', said)),
];

describe('entitlements', () => {
  it('spell out level and collèges, feature by feature in catalogue order', () => {
    const given = levels({
      documents: 'consultation',
      planning: 'mise_a_jour',
      comptes_bancaires: 'mise_a_jour',
    });
    expect(told(through({ levels: given, colleges: ['etam', 'ouvrier'] }))).toEqual([
      'comptes_bancaires:mise_a_jour',
      'planning:mise_a_jour:ouvrier+etam',
      'documents:consultation',
    ]);
  });

  it('make two entries of a feature whose level differs from a collège to another, the stronger first', () => {
    const planners = through({ levels: levels({ planning: 'mise_a_jour' }), colleges: ['ouvrier', 'etam'] });
    const readers = through({ levels: levels({ planning: 'consultation' }), colleges: ['cadre', 'etam'] });
    expect(told(readers, planners)).toEqual([
      'planning:mise_a_jour:ouvrier+etam',
      'planning:consultation:cadre',
    ]);
  });

  it('spell out everything to an administrator as well, and only what a capped one holds', () => {
    const all = told(through({ admin: true }));
    expect(all).toHaveLength(17);
    expect(all).toContain('informations_adherent:mise_a_jour');
    expect(all).toContain('arrets_intemperies:mise_a_jour:ouvrier+etam+cadre');
    expect(told(through({ levels: levels({ documents: 'consultation' }), admin: true }))).toEqual([
      'documents:consultation',
    ]);
  });

  it('say nothing of hidden features, nor of someone who holds nothing', () => {
    const rights = effectiveRights(chains([through()]), NOW);
    const shown = entitlements(rights, new Set(['planning', 'documents']));
    expect(shown).toEqual(entitlements(rights).filter((entry) => !/^(planning|documents):/.test(entry)));
    expect(shown).toHaveLength(15);
    expect(told()).toEqual([]);
  });

  it('are read by a relying party as the oracle decides, on every feature, level and collège', () => {
    fc.assert(
      fc.property(chainSpecs, (specs) => {
        const claim = told(...specs);
        for (const entry of claim)
          expect(entry).toMatch(/^[a-z_]+:(consultation|mise_a_jour)(:[a-z]+(\+[a-z]+){0,2})?$/);
        for (const [index, { slug }] of FEATURES.entries()) {
          for (const level of ['consultation', 'mise_a_jour'] as const) {
            for (const college of ALL_COLLEGES) {
              expect(may(claim, slug, level, college)).toBe(mayOracle(specs, { index, level, college }));
            }
            expect(may(claim, slug, level)).toBe(mayOracle(specs, { index, level }));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('roles', () => {
  it('say who may delegate', () => {
    expect(roles(effectiveRights(chains([through({ admin: true })]), NOW))).toEqual(['administrateur']);
    expect(roles(effectiveRights(chains([through({})]), NOW))).toEqual(['utilisateur']);
    expect(roles(effectiveRights([], NOW))).toEqual(['utilisateur']);
  });
});

describe('a relying party', () => {
  const claim = ['planning:mise_a_jour:ouvrier', 'planning:consultation:cadre', 'documents:consultation'];

  it('reads the collèges of a right, all of them when it concerns the company', () => {
    expect(allowedColleges(claim, 'planning', 'consultation')).toEqual(['ouvrier', 'cadre']);
    expect(allowedColleges(claim, 'planning', 'mise_a_jour')).toEqual(['ouvrier']);
    expect(allowedColleges(claim, 'documents', 'consultation')).toEqual(['ouvrier', 'etam', 'cadre']);
    expect(allowedColleges(claim, 'documents', 'mise_a_jour')).toEqual([]);
  });

  it('holds a right without naming a collège only when it holds it for all of them', () => {
    expect(may(claim, 'planning', 'consultation')).toBe(false);
    expect(may([...claim, 'planning:consultation:etam'], 'planning', 'consultation')).toBe(true);
    expect(may(claim, 'documents', 'consultation')).toBe(true);
  });

  it.each([undefined, null, 'planning:mise_a_jour', { 0: 'planning:mise_a_jour', length: 1 }, 42])(
    'takes a claim that is no list for no right: %o',
    (bad) => {
      expect(may(bad as never, 'planning', 'consultation', 'etam')).toBe(false);
    },
  );

  it.each([
    [['planning']],
    [['planning:']],
    [['planning:administrateur']],
    [['planning:none']],
    [['planning:mise_a_jour:']],
    [['planning:mise_a_jour:apprenti']],
    [['planning:mise_a_jour:etamcadre']],
    [['planning:mise_a_jour:ouvrier,etam']],
    [['planning:mise_a_jour:etam:cadre']],
    [['Planning:mise_a_jour']],
    [[' planning:mise_a_jour']],
    [['plannings:mise_a_jour']],
    [[['planning', 'mise_a_jour']]],
    [[null, undefined, 1, {}]],
  ])('takes an entry that it cannot read for no right: %o', (bad) => {
    expect(may(bad as never, 'planning', 'consultation', 'etam')).toBe(false);
  });

  it('asks for a level and a collège that exist', () => {
    for (const level of ['none', '', undefined, 'constructor']) {
      expect(may(claim, 'documents', level as never)).toBe(false);
    }
    for (const college of ['', null, 'apprenti', ['etam']]) {
      expect(may(claim, 'documents', 'consultation', college as never)).toBe(false);
    }
    for (const feature of ['', undefined, 'documents:consultation']) {
      expect(may(claim, feature as never, 'consultation')).toBe(false);
    }
  });
});
