/** The form of what a caisse decides for itself, its look apart. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { FILE_KINDS, KIND_OF_FILE } from '../../domain/contact.ts';
import type { FormField, FormGroup } from '../../http/screens-office-form.ts';
import type { Settings } from '../../tenant/settings.ts';
import type { Standing } from './settings-acts.ts';

export type Typed = (id: string) => string;

const SECOND_FACTOR: Readonly<Record<Settings['secondFactorRequiredFor'], string>> = {
  nobody: 'À personne\u00a0: chacun peut l’activer',
  administrators: 'Aux administrateurs, aux responsables de cabinet et aux gestionnaires',
  everyone: 'À tout le monde',
};

type Entry = {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'tel' | 'number';
  readonly optional?: boolean;
  readonly shown: (standing: Standing) => string;
  /** What is said when the settings refuse it. */
  readonly wrong: string;
};

const number = (id: string, label: string, wrong: string, shown: (settings: Settings) => number): Entry => ({
  id,
  label,
  wrong,
  type: 'number',
  shown: ({ settings }) => String(shown(settings)),
});

const CONTACT: readonly Entry[] = [
  {
    id: 'nom',
    label: 'Nom de la caisse',
    shown: ({ name }) => name,
    wrong: 'Donnez un nom de 80 caractères au plus.',
  },
  {
    id: 'nom_court',
    label: 'Nom court',
    shown: ({ settings }) => settings.shortName,
    wrong: 'Donnez un nom court, de 40 caractères au plus.',
  },
  {
    id: 'telephone',
    label: 'Téléphone',
    type: 'tel',
    optional: true,
    shown: ({ settings }) => settings.phone ?? '',
    wrong: 'Donnez un numéro de 30 caractères au plus.',
  },
  {
    id: 'courriel',
    label: 'Courriel',
    type: 'email',
    optional: true,
    shown: ({ settings }) => settings.email ?? '',
    wrong: 'Donnez une adresse complète, comme contact@caisse.fr.',
  },
  {
    id: 'horaires',
    label: 'Horaires',
    optional: true,
    shown: ({ settings }) => settings.openingHours ?? '',
    wrong: 'Tenez en 120 caractères.',
  },
  {
    id: 'expediteur',
    label: 'Expéditeur des courriels',
    type: 'email',
    optional: true,
    hint: 'Une adresse que la messagerie de la caisse autorise à envoyer.',
    shown: ({ settings }) => settings.mail.from ?? '',
    wrong: 'Donnez une adresse complète.',
  },
  {
    id: 'reponse',
    label: 'Adresse à qui l’on répond',
    type: 'email',
    optional: true,
    shown: ({ settings }) => settings.mail.replyTo ?? '',
    wrong: 'Donnez une adresse complète.',
  },
];

const SIGN_IN: readonly Entry[] = [
  number(
    'mdp_longueur',
    'Longueur d’un mot de passe',
    'Donnez un nombre de 8 à 64.',
    (s) => s.passwordRule.minLength,
  ),
  number(
    'mdp_genres',
    'Genres de caractères à mêler',
    'Donnez un nombre de 1 à 4.',
    (s) => s.passwordRule.classes,
  ),
  number(
    'mdp_phrase',
    'Longueur qui dispense de les mêler',
    'Donnez un nombre de 15 à 128.',
    (s) => s.passwordRule.passphraseLength,
  ),
  number(
    'certification',
    'Mois avant de certifier l’adresse à nouveau',
    'Donnez un nombre de 1 à 60.',
    (s) => s.certificationMonths,
  ),
];

const REQUESTS: readonly Entry[] = [
  number(
    'demandes_jours',
    'Jours avant d’effacer une demande refusée ou restée sans suite',
    'Donnez un nombre de 7 à 730.',
    (s) => s.accessRequests.keptDays,
  ),
  number(
    'demandes_mois',
    'Mois avant d’effacer une demande validée',
    'Donnez un nombre de 1 à 120.',
    (s) => s.accessRequests.validatedMonths,
  ),
];

const LETTERS: readonly Entry[] = [
  number(
    'provisoire',
    'Jours pendant lesquels un courrier ouvre un espace',
    'Donnez un nombre de 1 à 365.',
    (s) => s.provisionalDays,
  ),
  number(
    'courriers_jour',
    'Courriers de code par site et par jour',
    'Donnez un nombre de 0 à 5.',
    (s) => s.codeLetters.perDay,
  ),
  number(
    'courriers_mois',
    'Courriers de code par site et par mois',
    'Donnez un nombre de 0 à 10.',
    (s) => s.codeLetters.perMonth,
  ),
];

const DELEGATIONS: readonly Entry[] = [
  number(
    'invitation',
    'Jours pendant lesquels une invitation attend',
    'Donnez un nombre de 1 à 180.',
    (s) => s.delegations.invitationDays,
  ),
  {
    id: 'role_utilisateur',
    label: 'Nom du rôle d’utilisateur',
    shown: ({ settings }) => settings.delegations.roles.user,
    wrong: 'Donnez un nom de 40 caractères au plus.',
  },
  {
    id: 'role_administrateur',
    label: 'Nom du rôle d’administrateur',
    shown: ({ settings }) => settings.delegations.roles.administrator,
    wrong: 'Donnez un nom de 40 caractères au plus.',
  },
];

const MESSAGES: readonly Entry[] = [
  {
    id: 'boite',
    label: 'Boîte qui reçoit les messages',
    type: 'email',
    optional: true,
    hint: 'À défaut, ils vont au courriel de la caisse.',
    shown: ({ settings }) => settings.contact.mailbox ?? '',
    wrong: 'Donnez une adresse complète, comme contact@caisse.fr.',
  },
  number(
    'pieces_nombre',
    'Pièces jointes par message',
    'Donnez un nombre de 0 à 20.',
    (s) => s.contact.files,
  ),
  number(
    'pieces_megaoctets',
    'Mégaoctets de pièces jointes par message',
    'Donnez un nombre de 1 à 40.',
    (s) => s.contact.megabytes,
  ),
  number(
    'messages_gardes',
    'Jours pendant lesquels un message transmis est gardé',
    'Donnez un nombre de 0 à 365.',
    (s) => s.contact.keptDays,
  ),
  number(
    'messages_listes',
    'Jours pendant lesquels la liste garde sa trace',
    'Donnez un nombre de 30 à 3\u00a0650.',
    (s) => s.contact.listedDays,
  ),
];

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

/** What each field says when its value is refused. */
export const WRONG: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...CONTACT, ...SIGN_IN, ...LETTERS, ...DELEGATIONS, ...MESSAGES].map(({ id, wrong }) => [id, wrong]),
  ),
  adresse: 'Donnez au plus cinq lignes de 38 caractères.',
  double: 'Choisissez dans la liste.',
  ...Object.fromEntries(REQUESTS.map(({ id, wrong }) => [id, wrong])),
};
