/** What was typed of the settings, read: a change of them, or what is wrong at which field. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { FILE_KINDS } from '../../domain/contact.ts';
import { readLines } from '../../domain/lines.ts';
import type { FieldError } from '../../http/screens.ts';
import { type Settings, SettingsSchema } from '../../tenant/settings.ts';
import type { Change, Standing } from './settings-acts.ts';
import { type Typed, WRONG } from './settings-form.ts';

export type ReadSettings = { readonly change: Change; readonly errors: readonly FieldError[] };

const orNull = (text: string): string | null => (text === '' ? null : text);
const whole = (text: string): number => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN);

/** null, where nothing is typed: for ever. */
const days = (text: string): number | null => (text === '' ? null : whole(text));

export function readSettings({ settings }: Standing, typed: Typed): ReadSettings {
  const words = (id: string) => typed(id).trim();
  const settled = {
    shortName: words('nom_court'),
    phone: orNull(words('telephone')),
    email: orNull(words('courriel')),
    openingHours: orNull(words('horaires')),
    postalAddress: readLines(typed('adresse')),
    mail: { from: orNull(words('expediteur')), replyTo: orNull(words('reponse')) },
    hiddenFeatures: FEATURES.filter(({ slug }) => typed(`masque_${slug}`) === 'oui').map(({ slug }) => slug),
    passwordRule: {
      minLength: whole(words('mdp_longueur')),
      classes: whole(words('mdp_genres')),
      passphraseLength: whole(words('mdp_phrase')),
    },
    secondFactorRequiredFor: words('double') as Settings['secondFactorRequiredFor'],
    provisionalDays: whole(words('provisoire')),
    certificationMonths: whole(words('certification')),
    accessRequests: {
      offered: typed('demandes_ouvertes') === 'oui',
      keptDays: whole(words('demandes_jours')),
      validatedMonths: whole(words('demandes_mois')),
    },
    codeLetters: { perDay: whole(words('courriers_jour')), perMonth: whole(words('courriers_mois')) },
    delegations: {
      ...settings.delegations,
      invitationDays: whole(words('invitation')),
      confirmColleagues: typed('confirmer_collegues') === 'oui',
      roles: { user: words('role_utilisateur'), administrator: words('role_administrateur') },
    },
    contact: {
      mailbox: orNull(words('boite')),
      files: whole(words('pieces_nombre')),
      megabytes: whole(words('pieces_megaoctets')),
      kinds: FILE_KINDS.filter((kind) => typed(`piece_${kind}`) === 'oui'),
      keptDays: whole(words('messages_gardes')),
      listedDays: whole(words('messages_listes')),
    },
    auditDays: {
      access: days(words('journal_connexions')),
      account: days(words('journal_comptes')),
      rights: days(words('journal_droits')),
      office: days(words('journal_gestion')),
    },
  };
  const name = words('nom');
  const read = SettingsSchema.safeParse({ ...settings, ...settled });
  const faulty = new Set(
    read.error?.issues.map(({ path }) => FIELD_OF[path.join('.')] ?? FIELD_OF[String(path[0])]),
  );
  if (name === '' || name.length > 80) faulty.add('nom');
  const errors = [...faulty].map(
    (field): FieldError => ({ field: field ?? 'nom', message: WRONG[field ?? ''] ?? OTHER }),
  );
  return { change: { name, settings: settled }, errors };
}

const FIELD_OF: Readonly<Record<string, string>> = {
  shortName: 'nom_court',
  phone: 'telephone',
  email: 'courriel',
  openingHours: 'horaires',
  postalAddress: 'adresse',
  'mail.from': 'expediteur',
  'mail.replyTo': 'reponse',
  'passwordRule.minLength': 'mdp_longueur',
  'passwordRule.classes': 'mdp_genres',
  'passwordRule.passphraseLength': 'mdp_phrase',
  secondFactorRequiredFor: 'double',
  provisionalDays: 'provisoire',
  certificationMonths: 'certification',
  'accessRequests.keptDays': 'demandes_jours',
  'accessRequests.validatedMonths': 'demandes_mois',
  'codeLetters.perDay': 'courriers_jour',
  'codeLetters.perMonth': 'courriers_mois',
  'delegations.invitationDays': 'invitation',
  'delegations.roles.user': 'role_utilisateur',
  'delegations.roles.administrator': 'role_administrateur',
  'contact.mailbox': 'boite',
  'contact.files': 'pieces_nombre',
  'contact.megabytes': 'pieces_megaoctets',
  'contact.keptDays': 'messages_gardes',
  'contact.listedDays': 'messages_listes',
  'auditDays.access': 'journal_connexions',
  'auditDays.account': 'journal_comptes',
  'auditDays.rights': 'journal_droits',
  'auditDays.office': 'journal_gestion',
};

const OTHER = 'Corrigez cette information.';
