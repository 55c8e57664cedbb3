/** What the states, kinds and faults of an import are called, on the page, in the shell and in the file of the faults. */
import type { FaultCode, ImportFault, ImportKind, ImportState } from '../domain/import.ts';
import { MOST_IMPORT_BYTES } from '../domain/import.ts';

export const KIND_WORDS: Readonly<Record<ImportKind, { readonly label: string; readonly text: string }>> = {
  adherents: {
    label: 'Adhérents',
    text: 'Identifiant, raison sociale, SIREN et adresse postale de chaque entreprise.',
  },
  sites: { label: 'Sites déclarants', text: 'SIRET, adhérent et nom de chaque site.' },
  cabinets: { label: 'Cabinets comptables', text: 'Numéro et nom de chaque cabinet.' },
  rattachements: { label: 'Rattachements', text: 'Le cabinet délégable de chaque adhérent.' },
  delegations: {
    label: 'Délégations à renouveler',
    text: 'Les délégations de l’ancien espace : elles n’ouvrent aucun droit avant leur renouvellement.',
  },
  codes: {
    label: 'Anciens mots de passe',
    text: 'Les empreintes de l’ancien espace : chacune sert une fois de code confidentiel à son site.',
  },
};

export const STATE_WORDS: Readonly<Record<ImportState, string>> = {
  receiving: 'Réception en cours',
  received: 'Contrôle en cours',
  checked: 'À appliquer',
  faulty: 'Refusé : des lignes sont à corriger',
  approved: 'Application en cours',
  applied: 'Appliqué',
  abandoned: 'Abandonné',
  failed: 'Interrompu',
};

const quote = (about: string): string => `«\u00a0${about}\u00a0»`;

const MOST_MEGABYTES = MOST_IMPORT_BYTES / 1024 / 1024;

const FAULT_WORDS: Readonly<Record<FaultCode, (about: string) => string>> = {
  not_text: () =>
    'Ce fichier n’est pas un fichier CSV. Dans votre tableur, enregistrez-le au format « CSV UTF-8 (séparateur : point-virgule) ».',
  too_large: () => `Ce fichier dépasse ${MOST_MEGABYTES} Mo : partagez-le en plusieurs.`,
  cut_short: () => 'Ce fichier n’est pas arrivé en entier. Recommencez.',
  empty: () => 'Ce fichier ne contient aucune ligne.',
  column_unknown: (about) => `La colonne ${quote(about)} n’est pas connue.`,
  column_twice: (about) => `La colonne ${quote(about)} est là deux fois.`,
  column_missing: (about) => `Il manque la colonne ${quote(about)}.`,
  separator: () => 'Les colonnes doivent être séparées par des points-virgules.',
  line_too_long: () => 'Cette ligne est beaucoup trop longue.',
  quotes: () =>
    'Les guillemets de cette ligne sont mal placés ou ne se ferment pas. Une cellule ne contient pas de saut de ligne.',
  mixed_encodings: () => 'L’encodage de cette ligne n’est pas celui du reste du fichier.',
  control_character: () => 'Cette ligne contient un caractère qui n’est pas du texte.',
  cells: (about) => `Cette ligne compte ${about} cellules : ce n’est pas le nombre des colonnes.`,
  missing: (about) => `La cellule ${quote(about)} est vide.`,
  too_long: (about) => `La cellule est trop longue (${about} caractères au plus).`,
  formula: (about) => `La cellule ${quote(about)} contient une formule.`,
  siret_invalid: (about) =>
    `${quote(about)} n’est pas un SIRET. Le tableur l’a peut-être arrondi : mettez la colonne au format texte.`,
  siren_invalid: (about) =>
    `${quote(about)} n’est pas un SIREN\u00a0: 9 chiffres, dont le dernier est une clé.`,
  email_invalid: (about) => `${quote(about)} n’est pas une adresse électronique.`,
  day_invalid: (about) => `${quote(about)} n’est pas une date. Écrivez par exemple 31/12/2026.`,
  days_in_order: () => 'La date de fin précède la date d’effet.',
  hash_unknown: () =>
    'Cette empreinte n’est pas prise en charge, ou serait trop coûteuse à vérifier : argon2id, bcrypt ou PBKDF2, au format PHC.',
  level_unknown: (about) => `${quote(about)} : écrivez « consultation », « mise à jour » ou « aucun ».`,
  colleges_unknown: (about) => `${quote(about)} : écrivez « tous », ou par exemple « ouvriers + ETAM ».`,
  nothing_given: () => 'Cette ligne ne donne aucun droit.',
  firm_or_person: () => 'Indiquez soit le numéro du cabinet, soit l’e-mail de la personne.',
  repeated: (about) => `Cette ligne parle de la même chose que la ligne ${about}.`,
  adherent_unknown: (about) => `L’identifiant ${quote(about)} n’est pas celui d’un adhérent de la caisse.`,
  site_unknown: (about) => `Le SIRET ${quote(about)} n’est pas celui d’un site de la caisse.`,
  site_of_another: (about) =>
    `Ce site est celui de l’adhérent ${quote(about)} : un site ne change pas d’adhérent, car ses délégations le suivraient.`,
  cabinet_unknown: (about) => `Le numéro ${quote(about)} n’est pas celui d’un cabinet de la caisse.`,
  not_attached: (about) => `Le cabinet ${quote(about)} n’est pas rattaché à cet adhérent.`,
  already_over: () => 'La date de fin est passée.',
};

/** One sentence, for the person who made the file. */
export const tellFault = ({ code, about }: Omit<ImportFault, 'line'>): string =>
  FAULT_WORDS[code](about)
    .replace(/« /g, '«\u00a0')
    .replace(/ ([»:;!?])/g, '\u00a0$1');
