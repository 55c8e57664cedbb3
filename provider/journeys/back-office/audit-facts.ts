/** Names and values of what a line of the audit tells besides its states, for the people of the caisse. */
import type { AuditLine } from '../../store/audit-log.ts';
import { LEVEL_LABELS } from '../rights-shown.ts';
import { REGISTER_WORDS } from './audit-words.ts';
import { FILES, ORIGINS } from './letter-words.ts';

const FACT_WORDS: Readonly<Record<string, string>> = {
  added: 'Nouveaux',
  adherent: 'Adhérent',
  after: 'Après',
  alg: 'Algorithme',
  anchored: 'Comparé à une ancre',
  batch: 'Lot de courriers',
  before: 'Avant',
  bytes: 'Octets',
  cabinet: 'Cabinet',
  carried: 'Délégations reprises',
  changed: 'Modifiés',
  code: 'Code',
  days: 'Jours',
  dead: 'Messages abandonnés',
  delegation: 'Délégation',
  delegations: 'Délégations',
  enrolment: 'Ouverture',
  faults: 'Erreurs',
  file: 'Document',
  files: 'Pièces jointes',
  firm: 'Cabinet',
  forced: 'Sans attendre',
  given: 'Délégations données',
  giver: 'Donnée par',
  grants: 'Accès fermés',
  heads: 'Chaînes',
  import: 'Import',
  invitation: 'Proposition',
  inviter: 'Invité par',
  kid: 'Clé',
  kind: 'Nature',
  landline: 'Téléphone fixe changé',
  letter: 'Courrier',
  letters: 'Courriers',
  level: 'Droit',
  lines: 'Lignes',
  memberships: 'Places dans un cabinet',
  message: 'Message',
  messages: 'Messages',
  mobile: 'Mobile changé',
  number: 'Numéro',
  of: 'Fichier',
  operator: 'Utilisateur du système',
  origin: 'Choix des sites',
  parent: 'Sous la délégation',
  printed: 'Lien affiché',
  reason: 'Motif',
  received: 'Délégations reçues',
  reference: 'Référence',
  refused: 'Refusés',
  register: 'Registre',
  request: 'Demande d’accès',
  rights: 'Droits qui changent',
  second_factor: 'Second facteur',
  sessions: 'Connexions fermées',
  sha256: 'Empreinte du fichier',
  siret: 'SIRET',
  sirets: 'Dont les SIRET',
  sites: 'Sites',
  status: 'État',
  step: 'Étape',
  total: 'En tout',
  unchanged: 'Inchangés',
  unnamed: 'SIRET non nommés',
  until: 'Jusqu’au',
  verb: 'Opération',
  what: 'Quoi',
};

/** Values that are words of ours, by the fact that they are of. */
const VALUE_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  file: FILES,
  kind: { ...FILES, succession: 'Succession' },
  level: LEVEL_LABELS,
  origin: ORIGINS,
  register: REGISTER_WORDS,
  step: { published: 'Publiée', switched: 'En service', withdrawn: 'Retirée' },
  verb: { replace: 'Remplacer', add: 'Ajouter', clear: 'Effacer' },
};

export const factWords = (name: string): string => FACT_WORDS[name] ?? name;

export function factValue(value: AuditLine['facts'][string], name = ''): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  const words = Object.hasOwn(VALUE_WORDS, name) ? VALUE_WORDS[name] : undefined;
  return words && Object.hasOwn(words, String(value)) ? (words[String(value)] ?? '') : String(value);
}
