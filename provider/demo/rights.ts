/** The rights that the demo hands out: one delegation of a colleague, and what clients give to their firm. */
import { FEATURES, type FeatureSlug } from '../../policies/catalogue.ts';
import {
  COLLEGES,
  type College,
  EVERYTHING,
  isEmpty,
  type Level,
  narrow,
  type Vector,
  vectorOf,
} from '../domain/rights.ts';
import type { Chance } from './chance.ts';

type Levels = Partial<Record<FeatureSlug, Level>>;

function rightsOf(levels: Levels, colleges: readonly College[] = COLLEGES): Vector {
  return vectorOf(
    FEATURES.map(({ slug }) => levels[slug] ?? 'none'),
    colleges,
  );
}

const all = (level: Level): Levels => Object.fromEntries(FEATURES.map(({ slug }) => [slug, level]));

const DECLARATIONS: Levels = {
  declarations_salaires: 'mise_a_jour',
  declarations_nominatives: 'mise_a_jour',
};

const PAYROLL: Levels = {
  ...DECLARATIONS,
  salaries: 'mise_a_jour',
  conges_groupes: 'mise_a_jour',
  planning: 'consultation',
  indemnites: 'consultation',
  documents: 'consultation',
};

/** What the colleague of one site received. */
export const COLLEAGUE: Vector = rightsOf(
  {
    informations_adherent: 'consultation',
    situation_compte: 'consultation',
    demandes_attestation: 'mise_a_jour',
    declarations_salaires: 'consultation',
    salaries: 'mise_a_jour',
    conges_groupes: 'mise_a_jour',
    planning: 'mise_a_jour',
    indemnites: 'consultation',
    arrets_intemperies: 'mise_a_jour',
    documents: 'consultation',
  },
  ['ouvrier', 'etam'],
);

const TO_THE_FIRM: readonly Vector[] = [
  EVERYTHING,
  rightsOf(PAYROLL),
  rightsOf(PAYROLL, ['etam', 'cadre']),
  rightsOf(DECLARATIONS),
  rightsOf({ ...all('consultation'), ...DECLARATIONS }),
  rightsOf(all('consultation')),
  rightsOf(
    {
      remboursements_intemperies: 'mise_a_jour',
      arrets_intemperies: 'mise_a_jour',
      documents: 'consultation',
    },
    ['ouvrier'],
  ),
  rightsOf({ situation_compte: 'consultation', telepaiements: 'mise_a_jour', documents: 'mise_a_jour' }),
];

export const clientsChoice = (chance: Chance): Vector => chance.pick(TO_THE_FIRM);

const TO_STAFF: readonly Vector[] = [rightsOf(PAYROLL, ['ouvrier', 'etam']), rightsOf(DECLARATIONS)];

/** Less than the firm holds, never nothing: some of it, or all of it to look at. */
export function firmsChoice(held: Vector, chance: Chance): Vector {
  const part = narrow(held, chance.pick(TO_STAFF));
  return isEmpty(part) ? narrow(held, rightsOf(all('consultation'))) : part;
}
