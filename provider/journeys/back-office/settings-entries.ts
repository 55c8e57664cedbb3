/** What a caisse decides for itself by a word or a number: the name of each on its form, and what is said when it is refused. */
import type { Settings } from '../../tenant/settings.ts';
import type { Standing } from './settings-acts.ts';

export type Entry = {
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

const hinted = (hint: string, entry: Entry): Entry => ({ ...entry, hint });

export const CONTACT: readonly Entry[] = [
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

export const SIGN_IN: readonly Entry[] = [
  number(
    'mdp_longueur',
    'Longueur d’un mot de passe',
    'Donnez un nombre de 8 à 64.',
    (s) => s.passwordRule.minLength,
  ),
  hinted(
    'Parmi quatre\u00a0: majuscules, minuscules, chiffres, caractères spéciaux. Le réseau en demande trois.',
    number(
      'mdp_genres',
      'Genres de caractères à mêler',
      'Donnez un nombre de 1 à 4.',
      (s) => s.passwordRule.classes,
    ),
  ),
  hinted(
    'À partir de tant de caractères, une phrase suffit\u00a0: elle peut être toute en minuscules.',
    number(
      'mdp_phrase',
      'Longueur qui dispense de les mêler',
      'Donnez un nombre de 15 à 128.',
      (s) => s.passwordRule.passphraseLength,
    ),
  ),
  number(
    'certification',
    'Mois avant de certifier l’adresse à nouveau',
    'Donnez un nombre de 1 à 60.',
    (s) => s.certificationMonths,
  ),
];

export const REQUESTS: readonly Entry[] = [
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

export const LETTERS: readonly Entry[] = [
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

export const DELEGATIONS: readonly Entry[] = [
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

export const MESSAGES: readonly Entry[] = [
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

const kept = (id: string, what: string, least: number, register: keyof Settings['auditDays']): Entry => ({
  id,
  label: `Jours pendant lesquels le journal garde ${what}`,
  type: 'number',
  optional: true,
  hint: `${least} au moins. Sans nombre, rien ne s’efface.`,
  shown: ({ settings }) => String(settings.auditDays[register] ?? ''),
  wrong: `Donnez un nombre de ${least} à 36\u00a0500, ou rien.`,
});

export const JOURNAL: readonly Entry[] = [
  kept('journal_connexions', 'les connexions', 30, 'access'),
  kept('journal_comptes', 'ce qui touche aux comptes', 365, 'account'),
  kept('journal_droits', 'ce qui touche aux droits d’accès', 365, 'rights'),
  kept('journal_gestion', 'la gestion de la caisse', 365, 'office'),
];
