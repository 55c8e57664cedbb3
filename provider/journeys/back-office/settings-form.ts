/** The form of what a caisse decides for itself, its look apart. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { FILE_KINDS, KIND_OF_FILE } from '../../domain/contact.ts';
import type { Notice } from '../../http/screens.ts';
import type { FormField, FormGroup } from '../../http/screens-office-form.ts';
import type { Settings } from '../../tenant/settings.ts';
import type { Standing } from './settings-acts.ts';
import {
  CONTACT,
  DELEGATIONS,
  type Entry,
  JOURNAL,
  LETTERS,
  MESSAGES,
  REQUESTS,
  SIGN_IN,
} from './settings-entries.ts';

/** Of every form of settings: another one was sent first. */
export const MEANWHILE: Notice = {
  kind: 'warning',
  title: 'Modifié entre-temps',
  text: 'Quelqu’un d’autre vient de modifier les réglages. Rien n’a été changé par vous\u00a0: voici où ils en sont.',
};

export type Typed = (id: string) => string;

const SECOND_FACTOR: Readonly<Record<Settings['secondFactorRequiredFor'], string>> = {
  nobody: 'À personne\u00a0: chacun peut l’activer',
  administrators: 'Aux administrateurs, aux responsables de cabinet et aux gestionnaires',
  everyone: 'À tout le monde',
};

export function settingsFields(standing: Standing, typed: Typed | null): FormGroup[] {
  const drawn = drawnBy(standing, typed);
  return [
    { title: 'La caisse', fields: [...drawn.texts(CONTACT), postalAddress(drawn)] },
    { title: 'Connexion', fields: [...drawn.texts(SIGN_IN), secondFactor(drawn)] },
    { title: 'Demandes d’accès', fields: [offered(drawn), ...drawn.texts(REQUESTS)] },
    { title: 'Courriers', fields: drawn.texts(LETTERS) },
    { title: 'Délégations', fields: [...drawn.texts(DELEGATIONS), confirmed(drawn)] },
    { title: 'Formulaire de contact', fields: [...drawn.texts(MESSAGES), fileKinds(drawn)] },
    { title: 'Journal', fields: drawn.texts(JOURNAL) },
    { title: 'Fonctionnalités', fields: [hiddenFeatures(drawn)] },
  ];
}

type Drawn = ReturnType<typeof drawnBy>;

/** How fields stand: as typed, after a refusal, or as they are. */
const drawnBy = (standing: Standing, typed: Typed | null) => ({
  settings: standing.settings,
  value: (id: string, is: string) => (typed ? typed(id) : is),
  box: (id: string, label: string, is: boolean) => ({
    id,
    label,
    checked: typed ? typed(id) === 'oui' : is,
  }),
  texts: (entries: readonly Entry[]): FormField[] =>
    entries.map(({ id, label, hint, type = 'text', optional = false, shown }) => ({
      kind: 'text',
      id,
      label,
      hint,
      type,
      optional,
      value: typed ? typed(id) : shown(standing),
    })),
});

const postalAddress = ({ settings, value }: Drawn): FormField => ({
  kind: 'area',
  id: 'adresse',
  label: 'Adresse postale',
  hint: 'Cinq lignes de 38 caractères au plus, sous le nom de la caisse en tête des courriers.',
  rows: 4,
  optional: true,
  value: value('adresse', settings.postalAddress.join('\n')),
});

const secondFactor = ({ settings, value }: Drawn): FormField => ({
  kind: 'choice',
  id: 'double',
  label: 'À qui la double authentification est demandée',
  choices: Object.entries(SECOND_FACTOR).map(([value, label]) => ({ value, label })),
  value: value('double', settings.secondFactorRequiredFor),
});

const offered = ({ settings, box }: Drawn): FormField => ({
  kind: 'boxes',
  id: 'demandes',
  label: 'Demandes par une convention signée',
  boxes: [box('demandes_ouvertes', 'La caisse en prend', settings.accessRequests.offered)],
});

const confirmed = ({ settings, box }: Drawn): FormField => ({
  kind: 'boxes',
  id: 'confirmer',
  label: 'Délégation à un collègue',
  boxes: [
    box(
      'confirmer_collegues',
      'L’administrateur confirme quand le collègue a accepté',
      settings.delegations.confirmColleagues,
    ),
  ],
});

const fileKinds = ({ settings, box }: Drawn): FormField => ({
  kind: 'boxes',
  id: 'pieces_types',
  label: 'Types de pièces jointes acceptés',
  hint: 'Sans aucun, le formulaire n’en prend pas.',
  boxes: FILE_KINDS.map((kind) =>
    box(`piece_${kind}`, KIND_OF_FILE[kind].label, settings.contact.kinds.includes(kind)),
  ),
});

const hiddenFeatures = ({ settings, box }: Drawn): FormField => ({
  kind: 'boxes',
  id: 'masquees',
  label: 'Fonctionnalités que la caisse n’offre pas',
  hint: 'Masquée, une fonctionnalité ne donne plus aucun droit, ni dans les services ni ici.',
  boxes: FEATURES.map(({ slug, label }) =>
    box(`masque_${slug}`, label, settings.hiddenFeatures.includes(slug)),
  ),
});

// Read in the summary first, where no label stands above.
const named = ({ id, label, wrong }: Pick<Entry, 'id' | 'label' | 'wrong'>) =>
  [id, `${label}\u00a0: ${wrong.slice(0, 1).toLowerCase()}${wrong.slice(1)}`] as const;

/** What each field says when its value is refused. */
export const WRONG: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...CONTACT, ...SIGN_IN, ...LETTERS, ...DELEGATIONS, ...MESSAGES, ...REQUESTS, ...JOURNAL].map(named),
  ['adresse', 'Adresse postale\u00a0: donnez au plus cinq lignes de 38 caractères.'],
  ['double', 'Double authentification\u00a0: choisissez dans la liste.'],
]);
