import { describe, expect, it } from 'vitest';
import type { LossSum } from '../../provider/domain/impact.ts';
import { tellImpact, tellOwnLoss } from '../../provider/journeys/impact-told.ts';

const NONE: LossSum = { people: 0, rights: 0, sites: 0, powers: 0, strandedPeople: 0, strandedSites: 0 };
const sum = (said: Partial<LossSum>): LossSum => ({ ...NONE, ...said });
/** With plain spaces, to be read. */
const read = (sentences: readonly string[]) => sentences.map((sentence) => sentence.replaceAll(/\s/g, ' '));
const others = (said: Partial<LossSum>) => read(tellImpact({ beneficiary: null, others: sum(said) }));
const about = (said: Partial<LossSum>, rest = NONE) =>
  read(tellImpact({ beneficiary: { name: 'Alix Exemple', sum: sum(said) }, others: rest }));

describe('an impact in French', () => {
  it('counts people, rights and sites', () => {
    expect(others({ people: 14, rights: 3, sites: 62 })).toEqual([
      '14 collaborateurs perdent 3 droits sur 62 sites.',
    ]);
    expect(others({ people: 1, rights: 1, sites: 1 })).toEqual(['1 collaborateur perd 1 droit sur 1 site.']);
    expect(others({ people: 1200, rights: 17, sites: 5000 })[0]).toBe(
      '1 200 collaborateurs perdent 17 droits sur 5 000 sites.',
    );
  });

  it('says when nobody loses anything', () => {
    expect(others({})).toEqual(['Personne ne perd de droit.']);
    expect(about({})).toEqual(['Alix Exemple ne perd aucun droit.', 'Personne d’autre ne perd de droit.']);
  });

  it('tells the beneficiary apart, with what is left to him', () => {
    expect(about({ people: 1, rights: 3, sites: 1 })[0]).toBe('Alix Exemple perd 3 droits sur 1 site.');
    expect(about({ people: 1, rights: 3, sites: 1, strandedPeople: 1, strandedSites: 1 })[0]).toBe(
      'Alix Exemple perd 3 droits sur 1 site et n’y garde aucun accès.',
    );
    expect(about({ people: 1, rights: 3, sites: 4, strandedPeople: 1, strandedSites: 1 })[0]).toBe(
      'Alix Exemple perd 3 droits sur 4 sites, et tout accès à 1 site.',
    );
    expect(about({ people: 1, rights: 0, sites: 1, powers: 1 })[0]).toBe(
      'Alix Exemple perd le pouvoir de déléguer sur 1 site.',
    );
    expect(about({ people: 1, rights: 2, sites: 2, powers: 1 })[0]).toBe(
      'Alix Exemple perd 2 droits et le pouvoir de déléguer sur 2 sites.',
    );
  });

  it('tells who is left without any access, one, some or all', () => {
    expect(others({ people: 1, rights: 3, sites: 1, strandedPeople: 1, strandedSites: 1 })[1]).toBe(
      'Cette personne n’aura plus aucun accès à 1 site.',
    );
    expect(others({ people: 5, rights: 3, sites: 2, strandedPeople: 5, strandedSites: 2 })[1]).toBe(
      'Ces personnes n’auront plus aucun accès à 2 sites.',
    );
    expect(others({ people: 5, rights: 3, sites: 2, strandedPeople: 1, strandedSites: 1 })[1]).toBe(
      'Parmi ces personnes, 1 n’aura plus aucun accès à 1 site.',
    );
    expect(others({ people: 5, rights: 3, sites: 2, strandedPeople: 2, strandedSites: 1 })[1]).toBe(
      'Parmi ces personnes, 2 n’auront plus aucun accès à 1 site.',
    );
  });

  it('tells the power to delegate of several apart from their rights', () => {
    expect(others({ people: 5, rights: 3, sites: 2, powers: 2 })).toEqual([
      '5 collaborateurs perdent 3 droits sur 2 sites.',
      'Parmi ces personnes, 2 perdent aussi le pouvoir de déléguer.',
    ]);
    expect(others({ people: 2, rights: 0, sites: 1, powers: 2 })).toEqual([
      '2 collaborateurs perdent le pouvoir de déléguer sur 1 site.',
    ]);
  });

  it('speaks of access where every right lost is one that the caisse hides', () => {
    expect(others({ people: 1, sites: 1, strandedPeople: 1, strandedSites: 1 })[0]).toBe(
      '1 collaborateur perd l’accès à 1 site.',
    );
  });

  it('says « vous » to whoever hands a site over', () => {
    expect(read([tellOwnLoss(NONE)])).toEqual(['Vous ne perdez aucun droit.']);
    const own = { people: 1, rights: 17, sites: 2, powers: 1, strandedPeople: 1, strandedSites: 2 };
    expect(read([tellOwnLoss(sum(own))])).toEqual([
      'Vous perdez 17 droits et le pouvoir de déléguer sur 2 sites et n’y gardez aucun accès.',
    ]);
  });
});
