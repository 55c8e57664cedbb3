import { describe, expect, it } from 'vitest';
import { FEATURES, featureIndex, GROUPS } from '../../policies/catalogue.ts';
import { FEATURE_CAPACITY } from '../../provider/domain/rights.ts';

describe('the catalogue of features', () => {
  it('keeps its order for ever: stored vectors count on it, new features come at the end', () => {
    expect(FEATURES.map(({ slug }) => slug).slice(0, 17)).toEqual([
      'informations_adherent',
      'comptes_bancaires',
      'situation_compte',
      'telepaiements',
      'reception_documents',
      'demandes_attestation',
      'remboursements_retraite',
      'declarations_salaires',
      'declarations_nominatives',
      'salaries',
      'conges_groupes',
      'planning',
      'indemnites',
      'remboursements_intemperies',
      'arrets_intemperies',
      'documents',
      'transmission_fichiers',
    ]);
  });

  it('fits in a vector', () => {
    expect(FEATURES.length).toBeLessThanOrEqual(FEATURE_CAPACITY);
  });

  it('shows the groups and the words of the guides', () => {
    const shown = GROUPS.map(({ slug, label }) => [
      label,
      ...FEATURES.filter(({ group }) => group === slug).map((feature) => feature.label),
    ]);
    expect(shown).toEqual([
      [
        'Mon espace adhérent',
        'Mes informations adhérent',
        'Mes comptes bancaires',
        'Situation de compte',
        'Mes télépaiements',
        'Mon mode de réception des documents',
        'Mes demandes d’attestation',
        'Mes remboursements retraite',
      ],
      ['Mes déclarations', 'Mes déclarations de salaires', 'Mes déclarations nominatives'],
      ['Mes salariés', 'Gérer mes salariés', 'Mes congés groupés', 'Mon planning', 'Liste des indemnités'],
      ['Chômage et intempéries', 'Mes remboursements', 'Mes arrêts intempéries'],
      ['Mes documents', 'Mes documents', 'Transmettre mes fichiers'],
    ]);
  });

  it('limits by collège the features of déclarations, salariés and chômage, and no other', () => {
    const limited = ['mes_declarations', 'mes_salaries', 'chomage_intemperies'];
    for (const { slug, group, scope } of FEATURES) {
      expect(scope, slug).toBe(limited.includes(group) ? 'college' : 'company');
    }
  });

  it('names nothing twice, not even a feature as a group', () => {
    const names = [...FEATURES, ...GROUPS].map(({ slug }) => slug);
    expect(new Set(names).size).toBe(names.length);
  });

  it('finds a feature by its slug, and nothing under another name', () => {
    expect(featureIndex('planning')).toBe(11);
    for (const name of ['', 'plannings', 'mes_salaries', 'constructor', '__proto__']) {
      expect(featureIndex(name)).toBeUndefined();
    }
  });
});
