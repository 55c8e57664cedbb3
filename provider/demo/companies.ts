/** Invents companies of the building trade with their sites and a director each. Names are made of syllables. */
import type { NewAdherent, NewSite } from '../store/adherents.ts';
import type { DemoCaisse } from './caisses.ts';
import type { Chance } from './chance.ts';
import { inventSiren, siretOf } from './sirets.ts';

export type Company = {
  readonly adherent: NewAdherent;
  readonly sites: readonly NewSite[];
  readonly director: { readonly givenName: string; readonly familyName: string };
};

export type CompanyMaker = {
  readonly make: (sites: number) => Company;
};

// biome-ignore format: lists of words
const BEGINNINGS = [
  'Bré', 'Mau', 'Cor', 'Aul', 'Tri', 'Four', 'Ger', 'Lan', 'Mer', 'Oir', 'Per', 'Rou', 'Sau', 'Ver', 'Chan', 'Del', 'Fau',
  'Gui', 'Jol', 'Mon', 'Bel', 'Vau', 'Hau', 'Tal', 'Dor',
];
// biome-ignore format: lists of words
const ENDINGS = [
  'vignel', 'selier', 'dray', 'nelle', 'vaudin', 'quenot', 'linois', 'lange', 'brisse', 'courtin', 'mière', 'zelle',
  'tonnet', 'gaud', 'fresne', 'vrillet', 'chard', 'bertin', 'ronval', 'doux',
];
// biome-ignore format: lists of words
const TRADES = [
  'Maçonnerie', 'Charpente', 'Couverture', 'Plomberie', 'Électricité', 'Peinture', 'Menuiserie', 'Terrassement',
  'Carrelage', 'Plâtrerie', 'Façades', 'Étanchéité', 'Serrurerie', 'Démolition', 'Isolation', 'Gros œuvre', 'Génie civil',
];
const SUFFIXES = [
  'Bâtiment',
  'Construction',
  'Travaux publics',
  '& Fils',
  'Frères',
  'Rénovation',
  'Toitures',
];
const FORMS = ['', '', ' SARL', ' SAS', ' EURL'];
// biome-ignore format: lists of words
const GIVEN_NAMES = [
  'Alice', 'Bruno', 'Camille', 'Denis', 'Élodie', 'Farid', 'Gaëlle', 'Hugo', 'Inès', 'Jérôme', 'Karine', 'Loïc',
  'Maëlle', 'Noël', 'Odile', 'Patrice', 'Quitterie', 'Rachid', 'Sylvie', 'Thibaut', 'Ursula', 'Valentin', 'Xavier', 'Zoé',
];
const OTHER_SITES = ['Agence', 'Dépôt', 'Atelier', 'Chantier'];

/** Every company differs from those that the same maker made before. */
export function makeCompanies(caisse: DemoCaisse, chance: Chance): CompanyMaker {
  const names = new Set<string>();
  const sirens = new Set<string>();

  function make(sites: number): Company {
    const family = chance.pick(BEGINNINGS) + chance.pick(ENDINGS);
    const adherent: NewAdherent = {
      id: chance.uuid(),
      identifiant: caisse.identifiantOf(names.size),
      raisonSociale: distinct(names, () => nameFrom(family, chance)),
      postalAddress: ['1 rue de l’Exemple', `00000 ${caisse.towns[0]?.toUpperCase()}`],
    };
    const siren = distinct(sirens, () => inventSiren(chance));
    return {
      adherent,
      director: { givenName: chance.pick(GIVEN_NAMES), familyName: family },
      sites: sitesOf(adherent, siren, sites),
    };
  }

  function sitesOf(adherent: NewAdherent, siren: string, count: number): NewSite[] {
    const first = chance.below(caisse.towns.length);
    return Array.from({ length: count }, (_, n) => ({
      id: chance.uuid(),
      adherent,
      siret: siretOf(siren, 1 + 2 * n + chance.below(2)),
      name: siteName(n, caisse.towns[(first + n) % caisse.towns.length] as string, chance),
    }));
  }

  return { make };
}

function nameFrom(family: string, chance: Chance): string {
  const name =
    chance.below(2) === 0 ? `${chance.pick(TRADES)} ${family}` : `${family} ${chance.pick(SUFFIXES)}`;
  return name + chance.pick(FORMS);
}

function siteName(n: number, town: string, chance: Chance): string {
  if (n === 0) return chance.below(3) === 0 ? 'Siège' : `Siège ${ofTown(town)}`;
  return `${chance.pick(OTHER_SITES)} ${ofTown(town)}`;
}

function ofTown(town: string): string {
  if (town.startsWith('Le ')) return `du ${town.slice(3)}`;
  return /^[AEÉIOU]/.test(town) ? `d’${town}` : `de ${town}`;
}

function distinct(known: Set<string>, make: () => string): string {
  for (;;) {
    const made = make();
    if (known.has(made)) continue;
    known.add(made);
    return made;
  }
}
