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
  const { settings } = standing;
  const fieldOf = ({ id, label, hint, type = 'text', optional = false, shown }: Entry): FormField => ({
    kind: 'text',
    id,
    label,
    hint,
    type,
    optional,
    value: typed ? typed(id) : shown(standing),
  });
  const checked = (id: string, is: boolean) => (typed ? typed(id) === 'oui' : is);
  return [
    {
      title: 'La caisse',
      fields: [
        ...CONTACT.map(fieldOf),
        {
          kind: 'area',
          id: 'adresse',
          label: 'Adresse postale',
          hint: 'Cinq lignes de 38 caractères au plus, sous le nom de la caisse en tête des courriers.',
          rows: 4,
          optional: true,
          value: typed ? typed('adresse') : settings.postalAddress.join('\n'),
        },
      ],
    },
    {
      title: 'Connexion',
      fields: [
        ...SIGN_IN.map(fieldOf),
        {
          kind: 'choice',
          id: 'double',
          label: 'À qui la double authentification est demandée',
          choices: Object.entries(SECOND_FACTOR).map(([value, label]) => ({ value, label })),
          value: typed ? typed('double') : settings.secondFactorRequiredFor,
        },
      ],
    },
    {
      title: 'Demandes d’accès',
      fields: [
        {
          kind: 'boxes',
          id: 'demandes',
          label: 'Demandes par une convention signée',
          boxes: [
            {
              id: 'demandes_ouvertes',
              label: 'La caisse en prend',
              checked: checked('demandes_ouvertes', settings.accessRequests.offered),
            },
          ],
        },
        ...REQUESTS.map(fieldOf),
      ],
    },
    { title: 'Courriers', fields: LETTERS.map(fieldOf) },
    {
      title: 'Délégations',
      fields: [
        ...DELEGATIONS.map(fieldOf),
        {
          kind: 'boxes',
          id: 'confirmer',
          label: 'Délégation à un collègue',
          boxes: [
            {
              id: 'confirmer_collegues',
              label: 'L’administrateur confirme quand le collègue a accepté',
              checked: checked('confirmer_collegues', settings.delegations.confirmColleagues),
            },
          ],
        },
      ],
    },
    {
      title: 'Formulaire de contact',
      fields: [
        ...MESSAGES.map(fieldOf),
        {
          kind: 'boxes',
          id: 'pieces_types',
          label: 'Types de pièces jointes acceptés',
          hint: 'Sans aucun, le formulaire n’en prend pas.',
          boxes: FILE_KINDS.map((kind) => ({
            id: `piece_${kind}`,
            label: KIND_OF_FILE[kind].label,
            checked: checked(`piece_${kind}`, settings.contact.kinds.includes(kind)),
          })),
        },
      ],
    },
    { title: 'Journal', fields: JOURNAL.map(fieldOf) },
    {
      title: 'Fonctionnalités',
      fields: [
        {
          kind: 'boxes',
          id: 'masquees',
          label: 'Fonctionnalités que la caisse n’offre pas',
          hint: 'Masquée, une fonctionnalité ne donne plus aucun droit, ni dans les services ni ici.',
          boxes: FEATURES.map(({ slug, label }) => ({
            id: `masque_${slug}`,
            label,
            checked: checked(`masque_${slug}`, settings.hiddenFeatures.includes(slug)),
          })),
        },
      ],
    },
  ];
}

// Read in the summary first, where no label stands above.
const named = ({ id, label, wrong }: Pick<Entry, 'id' | 'label' | 'wrong'>) =>
  [id, `${label}\u00a0: ${wrong.slice(0, 1).toLowerCase()}${wrong.slice(1)}`] as const;

/** What each field says when its value is refused. */
export const WRONG: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...CONTACT, ...SIGN_IN, ...LETTERS, ...DELEGATIONS, ...MESSAGES, ...REQUESTS, ...JOURNAL].map(named),
  ['adresse', 'Adresse postale\u00a0: donnez au plus cinq lignes de 38 caractères.'],
  ['double', 'Double authentification\u00a0: choisissez dans la liste.'],
]);
