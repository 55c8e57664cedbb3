/** One message of every kind, and a caisse in whose name they leave. */
import type { Sender } from '../../provider/delivery/ports.ts';
import type { DelegationMail, Letter, Mail, OfficeActTold, Sms } from '../../provider/domain/message.ts';
import { ACCESS_REQUEST_MAILS } from './samples-access-request.ts';
import { CONTACT_MAILS } from './samples-contact.ts';
import { DELEGATION_MAILS } from './samples-delegation.ts';

export const SENDER: Sender = {
  caisseId: 'grand-est',
  name: 'CIBTP Grand Est',
  issuer: 'https://id.exemple.fr/grand-est',
  timeZone: 'Europe/Paris',
  phone: '03 53 01 40 20',
  openingHours: 'Du lundi au vendredi, de 8\u00a0h\u00a030 à 17\u00a0h',
  postalAddress: ['12 rue de l’Exemple', 'CS 10001', '57000 METZ'],
  colour: '#6d1f4b',
  from: 'ne-pas-repondre@exemple.fr',
  replyTo: 'contact@exemple.fr',
};

export const NOW = Date.parse('2026-11-21T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const to = 'camille.essai@exemple.fr';
const person = { givenName: 'Camille', familyName: 'Essai' };
const site = { raisonSociale: 'Maçonnerie de la Vallée & Fils', siret: '73282932000074' };
const link = `${SENDER.issuer}/lien/dGhpcyBpcyBhIHJhbmRvbSBzZWNyZXQgb2YgMjU2IGJpdHM`;
const newEmail = 'camille@nouvelle.exemple.fr';
const mail = { channel: 'mail', to } as const;
const change = { ...mail, ...person, template: 'second_factor_changed', expiresAt: null } as const;

const OFFICE_ACTS: readonly (readonly [OfficeActTold, string, string | null])[] = [
  ['unlocked', '', null],
  ['email_changing', newEmail, link],
  ['closed', '', null],
  ['reopened', '', link],
  ['agent_added', 'Gestionnaire', link],
  ['agent_changed', 'Superviseur', null],
  ['agent_ended', '', null],
  ['manager_named', 'Cabinet Ormeau & Associés', null],
  ['manager_ended', 'Cabinet Ormeau & Associés', null],
  ['cabinet_detached', 'Cabinet Ormeau & Associés – Maçonnerie de la Vallée', null],
  ['site_taken', 'Maçonnerie de la Vallée', null],
  ['site_received', 'Maçonnerie de la Vallée', null],
];

/** Every template, and every variant of one: a template that is missing does not compile. */
const byTemplate: {
  readonly [T in Exclude<Mail, DelegationMail>['template']]: readonly Extract<Mail, { template: T }>[];
} = {
  activation: [{ ...mail, ...person, ...site, template: 'activation', link, expiresAt: NOW + 3 * DAY }],
  office_act: OFFICE_ACTS.map(([act, about, mailLink]) => ({
    ...mail,
    ...person,
    template: 'office_act' as const,
    act,
    about,
    link: mailLink,
    expiresAt: mailLink === null ? null : NOW + 3 * DAY,
  })),
  account_exists: [
    {
      ...mail,
      template: 'account_exists',
      link: `${SENDER.issuer}/associer-un-site`,
      raisonSociale: site.raisonSociale,
      expiresAt: null,
    },
  ],
  site_associated: [{ ...mail, ...person, ...site, template: 'site_associated', expiresAt: null }],
  password_reset: [{ ...mail, ...person, template: 'password_reset', link, expiresAt: NOW + HOUR }],
  password_changed: [{ ...mail, ...person, template: 'password_changed', expiresAt: null }],
  email_change: [{ ...mail, ...person, template: 'email_change', link, expiresAt: NOW + DAY }],
  email_change_warning: [
    { ...mail, ...person, template: 'email_change_warning', link, newEmail, expiresAt: NOW + 3 * DAY },
  ],
  email_changed: [{ ...mail, ...person, template: 'email_changed', newEmail, expiresAt: null }],
  certification: [{ ...mail, ...person, template: 'certification', link, expiresAt: NOW + DAY }],
  certification_reminder: [
    { ...mail, ...person, template: 'certification_reminder', link, days: 30, expiresAt: NOW + 30 * DAY },
  ],
  second_factor_changed: [
    { ...change, change: 'added' },
    { ...change, change: 'removed' },
    { ...change, change: 'recovery_code_used' },
    { ...change, change: 'reset_by_agent' },
  ],
  contact_changed: [{ ...mail, ...person, template: 'contact_changed', expiresAt: null }],
  provisional_opening: [
    { ...mail, ...person, template: 'provisional_opening', link, expiresAt: NOW + 2 * DAY },
  ],
  address_in_use: [{ ...mail, template: 'address_in_use', expiresAt: null }],
  session_ended: [{ ...mail, ...person, template: 'session_ended', expiresAt: null }],
  access_ended: [{ ...mail, ...person, template: 'access_ended', expiresAt: null }],
  ...ACCESS_REQUEST_MAILS,
  ...CONTACT_MAILS,
};

export const MAILS: readonly Mail[] = [...Object.values(byTemplate).flat(), ...DELEGATION_MAILS];

export const SMS: Sms = {
  channel: 'sms',
  template: 'code',
  to: '+33612345678',
  code: '481516',
  expiresAt: NOW + HOUR / 6,
};

const letter = {
  channel: 'letter',
  to: {
    name: 'MACONNERIE DE LA VALLEE ET FILS',
    lines: ['SERVICE COMPTABILITE', 'BATIMENT B', '128 BIS AVENUE DE L’EXEMPLE', '57000 METZ'],
  },
  ...site,
  identifiant: 'GE-104217',
  reference: 'K7P2M4XQ',
} as const;

export const WELCOME: Letter = { ...letter, template: 'welcome', expiresAt: null };
export const CODE: Letter = {
  ...letter,
  template: 'confidential_code',
  codeId: '5b0e4a51-3c1c-4f0e-9d51-6c7a1f3f2f10',
  code: '7KQ2X9MB4T',
  expiresAt: NOW + 30 * DAY,
};
export const INITIAL: Letter = {
  ...letter,
  template: 'initial_password',
  accountId: '5b0e4a51-3c1c-4f0e-9d51-6c7a1f3f2f11',
  ...person,
  initialPassword: 'K7P2-M4XQ-9BTR',
  expiresAt: NOW + 60 * DAY,
};
