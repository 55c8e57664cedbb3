/** The audit in French: what each kind of line tells, and what its facts are called. */
import type { AuditKind } from '../../store/audit.ts';
import { AUDIT_REGISTERS, type AuditRegister, REGISTER_OF } from '../../store/audit-registers.ts';

export const REGISTER_WORDS: Readonly<Record<AuditRegister, string>> = {
  access: 'Connexions',
  account: 'Comptes',
  rights: 'Droits d’accès',
  office: 'Gestion de la caisse',
};

/** A new kind finds its words here, or does not compile. */
export const AUDIT_WORDS: Readonly<Record<AuditKind, string>> = {
  signed_in: 'Connexion',
  sign_in_failed: 'Connexion refusée',
  sign_in_throttled: 'Connexion suspendue après trop d’essais',
  site_chosen: 'Choix d’un site',
  consent_given: 'Autorisation donnée à un service',
  consent_refused: 'Autorisation refusée à un service',
  signed_out: 'Déconnexion',
  token_replayed: 'Jeton présenté une seconde fois',
  first_step_passed: 'Mot de passe accepté, second facteur attendu',
  second_step_failed: 'Second facteur refusé',
  second_step_throttled: 'Second facteur suspendu après trop d’essais',
  second_factor_added: 'Connexion en deux étapes activée',
  second_factor_removed: 'Connexion en deux étapes désactivée',
  second_factor_reset: 'Connexion en deux étapes réinitialisée',
  recovery_code_used: 'Code de secours utilisé',
  recovery_codes_renewed: 'Codes de secours renouvelés',
  certification_sent: 'Confirmation de l’adresse demandée',
  certification_reminded: 'Rappel de confirmation de l’adresse',
  email_certified: 'Adresse électronique confirmée',
  provisional_made: 'Compte provisoire créé',
  provisional_signed_in: 'Première connexion avec les identifiants du courrier',
  provisional_address_given: 'Adresse donnée à la première connexion',
  provisional_opened: 'Compte provisoire ouvert',
  identification_failed: 'Identification d’un site refusée',
  identification_throttled: 'Identification suspendue après trop d’essais',
  site_identified: 'Site identifié par ses courriers',
  enrolment_sent: 'Ouverture d’un espace demandée',
  account_activated: 'Espace activé',
  site_associated: 'Site associé à un espace',
  password_reset_asked: 'Nouveau mot de passe demandé',
  password_reset: 'Nouveau mot de passe choisi par lien',
  password_changed: 'Mot de passe modifié',
  password_change_failed: 'Modification du mot de passe refusée',
  email_change_asked: 'Changement d’adresse demandé',
  email_change_failed: 'Changement d’adresse refusé',
  email_changed: 'Adresse électronique modifiée',
  email_change_cancelled: 'Changement d’adresse annulé',
  contact_changed: 'Coordonnées modifiées',
  contact_change_failed: 'Modification des coordonnées refusée',
  mobile_certified: 'Téléphone mobile certifié',
  session_ended: 'Connexion fermée à distance',
  service_access_ended: 'Accès d’un service retiré',
  code_letter_asked: 'Nouveau code demandé par courrier',
  code_letter_sent: 'Nouveau code envoyé par courrier',
  letter_batch_made: 'Lot de courriers créé',
  letter_batch_downloaded: 'Lot de courriers téléchargé',
  letter_batch_printed: 'Lot de courriers imprimé',
  letter_returned: 'Courrier non distribué',
  letter_return_lifted: 'Courriers autorisés à nouveau',
  initial_letter_sent: 'Identifiants de première connexion envoyés par courrier',
  delegation_given: 'Délégation proposée',
  delegation_accepted: 'Délégation acceptée',
  delegation_refused: 'Délégation déclinée',
  delegation_confirmed: 'Délégation confirmée',
  delegation_denied: 'Délégation non confirmée',
  delegation_sent_again: 'Proposition envoyée de nouveau',
  delegation_withdrawn: 'Proposition retirée',
  delegation_modified: 'Délégation modifiée',
  delegation_suspended: 'Délégation mise en veille',
  delegation_resumed: 'Délégation reprise',
  delegation_closed: 'Délégation fermée',
  delegation_renewed: 'Délégation renouvelée',
  delegation_end_reminded: 'Rappel de fin de délégation',
  site_handed_over: 'Site cédé',
  member_invited: 'Personne invitée dans un cabinet',
  member_joined: 'Entrée dans un cabinet',
  member_left: 'Sortie d’un cabinet',
  access_request_received: 'Demande d’accès reçue',
  access_request_corrected: 'Demande d’accès corrigée',
  access_request_incomplete: 'Demande d’accès déclarée incomplète',
  access_request_validated: 'Demande d’accès validée',
  access_request_refused: 'Demande d’accès refusée',
  alerts_put: 'Alertes DSN reçues',
  caisse_founded: 'Caisse créée',
  agent_invited: 'Gestionnaire invité',
  signing_key_rotated: 'Clé de signature renouvelée',
  account_unlocked: 'Compte débloqué',
  audit_exported: 'Journal exporté',
  audit_anchored: 'Ancre du journal exportée',
  audit_verified: 'Journal vérifié',
  audit_dropped: 'Lignes anciennes du journal effacées',
  messages_resent: 'Messages remis en attente',
  import_begun: 'Import commencé',
  import_applied: 'Import appliqué',
  import_refused: 'Import refusé',
  delegation_carried_over: 'Ancienne délégation reprise, à renouveler',
  email_change_by_agent: 'Changement d’adresse demandé par la caisse',
  account_closed: 'Compte fermé',
  account_reopened: 'Compte rouvert',
  cabinet_attached: 'Cabinet rattaché à un adhérent',
  cabinet_detached: 'Cabinet détaché d’un adhérent',
  manager_named: 'Responsable de cabinet nommé',
  manager_ended: 'Responsable de cabinet retiré',
  agent_changed: 'Rôle d’un gestionnaire modifié',
  agent_ended: 'Gestionnaire retiré',
};

export const KINDS = Object.keys(AUDIT_WORDS) as readonly AuditKind[];

export const kindWords = (kind: string): string => (AUDIT_WORDS as Record<string, string>)[kind] ?? kind;

/** The kinds of each register, by their words. */
export const KINDS_BY_REGISTER: readonly {
  readonly register: AuditRegister;
  readonly kinds: readonly AuditKind[];
}[] = AUDIT_REGISTERS.map((register) => ({
  register,
  kinds: KINDS.filter((kind) => REGISTER_OF[kind] === register).toSorted((a, b) =>
    AUDIT_WORDS[a].localeCompare(AUDIT_WORDS[b], 'fr'),
  ),
}));

const FACT_WORDS: Readonly<Record<string, string>> = {
  after: 'Après',
  before: 'Avant',
  cabinet: 'Cabinet',
  carried: 'Délégations reprises',
  code: 'Code',
  days: 'Jours',
  delegation: 'Délégation',
  giver: 'Donnée par',
  invitation: 'Proposition',
  inviter: 'Invité par',
  kind: 'Nature',
  lines: 'Lignes',
  number: 'Numéro',
  operator: 'Utilisateur du système',
  reason: 'Motif',
  register: 'Registre',
  second_factor: 'Second facteur',
  sessions: 'Connexions fermées',
  what: 'Quoi',
};

export const factWords = (name: string): string => FACT_WORDS[name] ?? name;

export const factValue = (value: string | number | boolean | null): string =>
  value === null ? '–' : value === true ? 'oui' : value === false ? 'non' : String(value);
