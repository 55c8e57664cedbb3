/** Letters and their batches in French. */

import { formatLetterReference } from '../../domain/letter-reference.ts';
import type { Letter } from '../../domain/message.ts';
import { count, groupSiret } from '../../http/format.ts';
import type { Batch, BatchOrigin, BatchStatus } from '../../store/letter-batches.ts';
import type { Obstacle } from '../../store/letter-due.ts';
import type { SentLetter } from '../../store/letter-returns.ts';

export const SECTION = '/gestion/courriers';

type Template = Letter['template'];

/** As they stand in addresses. */
export const FILE_SLUGS: Readonly<Record<Template, string>> = {
  welcome: 'bienvenue',
  confidential_code: 'codes',
  initial_password: 'premiere-connexion',
};

export const templateOf = (slug: string): Template | undefined =>
  (Object.keys(FILE_SLUGS) as Template[]).find((template) => FILE_SLUGS[template] === slug);

const KINDS: Readonly<Record<Template, string>> = {
  welcome: 'Courrier de bienvenue',
  confidential_code: 'Code confidentiel',
  initial_password: 'Identifiant et mot de passe initial',
};

export const FILES: Readonly<Record<Template, string>> = {
  welcome: 'Courriers de bienvenue',
  confidential_code: 'Codes confidentiels',
  initial_password: 'Identifiants et mots de passe initiaux',
};

const STATUSES: Readonly<Record<BatchStatus, string>> = {
  writing: 'Codes en cours d’écriture',
  composing: 'Fichiers en préparation',
  ready: 'À imprimer',
  printed: 'Imprimé',
  erased: 'Effacé sans avoir été imprimé',
  cancelled: 'Annulé',
};

export const statusOf = ({ status, letters }: Batch): string =>
  status === 'erased' && letters === 0 ? 'Vide' : STATUSES[status];

export const ORIGINS: Readonly<Record<BatchOrigin, string>> = {
  adherent: 'Sites d’un adhérent',
  missing: 'Sites sans code valable',
  list: 'Liste de SIRET',
  import: 'Sites apportés par un import',
  again: 'Courriers refaits',
  waiting: 'Courriers en attente',
};

/** Why a site gets no letter, of one and of several. */
const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  space_open: 'l’espace est déjà ouvert',
  no_address: 'l’adhérent n’a pas d’adresse postale',
  returned: 'un courrier est revenu de cette adresse',
  live_code: 'le dernier code est encore valable',
  limit: 'le nombre de courriers permis par jour ou par mois est atteint',
};

const isObstacle = (outcome: string): outcome is Obstacle => Object.hasOwn(OBSTACLES, outcome);

/** « 3 sites : l’espace est déjà ouvert ». */
export const tellOutcome = (outcome: string, number: number): string =>
  isObstacle(outcome)
    ? `${count(number, 'site', 'sites')}\u00a0: ${OBSTACLES[outcome]}`
    : count(number, 'site servi', 'sites servis');

const WORTH: Readonly<Record<NonNullable<SentLetter['worth']>, string>> = {
  good: 'pas encore employé',
  used: 'employé',
  replaced: 'remplacé ou annulé',
  over: 'périmé',
};

export const referenceOf = ({ reference }: Pick<SentLetter, 'reference'>): string =>
  reference === null ? 'sans référence' : formatLetterReference(reference);

export const titleOfLetter = (letter: SentLetter): string =>
  `${KINDS[letter.template]} ${referenceOf(letter)}`;

/** What is said under a letter in a list. */
export const detailsOf = (letter: SentLetter, tellDay: (at: number) => string): string[] => [
  `${letter.raisonSociale} – SIRET\u00a0${groupSiret(letter.siret)}`,
  [
    letter.printedAt === null
      ? `Écrit le ${tellDay(letter.madeAt)}`
      : `Imprimé le ${tellDay(letter.printedAt)}`,
    ...(letter.worth === null ? [] : [WORTH[letter.worth]]),
    ...(letter.returnedAt === null ? [] : [`non distribué, revenu le ${tellDay(letter.returnedAt)}`]),
  ].join(', '),
];
