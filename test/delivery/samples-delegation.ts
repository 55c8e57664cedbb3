/** One mail about delegations of every kind, and of every variant; see samples.ts. */
import type { DelegationMail } from '../../provider/domain/message.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const DAY = 24 * 3_600_000;
const issuer = 'https://id.exemple.fr/grand-est';
const link = `${issuer}/invitation?jeton=dGhpcyBpcyBhIHJhbmRvbSBzZWNyZXQgb2YgMjU2IGJpdHM`;

const mail = { channel: 'mail', to: 'camille.essai@exemple.fr', expiresAt: null } as const;
const person = { givenName: 'Camille', familyName: 'Essai' };
const metz = { name: 'Agence de Metz', siret: '73282932000074' };
const nancy = { name: 'Dépôt de Nancy', siret: '73282932000082' };
const rights = [
  'Collèges : Ouvriers, ETAM',
  'Situation de compte : consultation',
  'Gérer mes salariés : mise à jour',
  'Mon planning : mise à jour',
];

/** Which day is the last depends on the caisse: the midnight after 31 December in Paris. */
const told = {
  raisonSociale: 'Maçonnerie de la Vallée & Fils',
  identifiant: 'GE-104217',
  sites: [metz],
  giver: 'Dominique Modèle',
  startsAt: NOW,
  endsAt: Date.parse('2026-12-31T23:00:00Z'),
  rights,
};
const manySites = Array.from({ length: 62 }, (_, i) => ({
  name: `Chantier ${i + 1}`,
  siret: `732829320${String(i + 10_000)}`,
}));
const invitation = {
  ...mail,
  ...told,
  template: 'delegation_invitation',
  link,
  expiresAt: NOW + 30 * DAY,
  cabinetName: null,
} as const;
const turned = { ...mail, ...person, ...told, template: 'delegation_turned' } as const;
const modified = { ...mail, ...person, ...told, template: 'delegation_modified', before: rights } as const;
const ending = {
  other: 'Alix Exemple',
  raisonSociale: told.raisonSociale,
  siteName: metz.name,
  endsAt: told.endsAt,
};

const joined = {
  ...mail,
  ...person,
  template: 'member_joined',
  cabinetName: 'Cabinet des Remparts',
  member: 'Alix Exemple',
  memberEmail: 'alix@exemple.fr',
  link: `${issuer}/mon-cabinet/collaborateurs`,
} as const;

const byTemplate: {
  readonly [T in DelegationMail['template']]: readonly Extract<DelegationMail, { template: T }>[];
} = {
  delegation_invitation: [
    { ...invitation, kind: 'user' },
    { ...invitation, kind: 'user', sites: manySites, endsAt: null },
    { ...invitation, kind: 'cabinet', cabinetName: 'Cabinet des Remparts', sites: [metz, nancy] },
    { ...invitation, kind: 'succession', endsAt: null },
    { ...invitation, kind: 'succession', endsAt: null, byCaisse: true },
  ],
  member_invitation: [
    {
      ...mail,
      template: 'member_invitation',
      link,
      expiresAt: NOW + 30 * DAY,
      cabinetName: 'Cabinet des Remparts',
      inviter: 'Dominique Modèle',
    },
  ],
  delegation_to_confirm: [
    {
      ...mail,
      ...person,
      ...told,
      template: 'delegation_to_confirm',
      link: `${issuer}/droits-d-acces/73282932000074/demandes/4`,
      beneficiary: 'Alix Exemple',
      beneficiaryEmail: 'alix@exemple.fr',
      expiresAt: NOW + 30 * DAY,
    },
  ],
  delegation_opened: [
    { ...mail, ...person, ...told, template: 'delegation_opened', link: `${issuer}/connexion` },
    { ...mail, ...person, ...told, template: 'delegation_opened', link: null, endsAt: null },
  ],
  delegation_declined: [
    { ...mail, ...person, ...told, template: 'delegation_declined', beneficiaryEmail: 'alix@exemple.fr' },
    {
      ...mail,
      ...person,
      ...told,
      template: 'delegation_declined',
      beneficiaryEmail: 'alix@exemple.fr',
      byCaisse: true,
    },
  ],
  delegation_denied: [{ ...mail, ...told, template: 'delegation_denied' }],
  delegation_withdrawn: [{ ...mail, ...told, template: 'delegation_withdrawn' }],
  delegation_modified: [
    {
      ...modified,
      after: [
        'Collèges : Ouvriers, ETAM',
        'Situation de compte : consultation',
        'Gérer mes salariés : consultation',
      ],
    },
    { ...modified, after: [...rights, 'Mes documents : consultation'] },
    { ...modified, after: rights.slice(0, 3) },
    { ...modified, after: rights },
  ],
  delegation_turned: [
    { ...turned, turn: 'suspended' },
    { ...turned, turn: 'resumed' },
    { ...turned, turn: 'closed', sites: manySites },
    { ...turned, turn: 'ended' },
    { ...turned, turn: 'renewed', endsAt: null },
  ],
  delegation_ending: [
    {
      ...mail,
      ...person,
      template: 'delegation_ending',
      days: 30,
      given: {
        count: 62,
        soonest: manySites.slice(0, 10).map(({ name }) => ({ ...ending, siteName: name })),
      },
      received: { count: 1, soonest: [ending] },
      link: `${issuer}/droits-d-acces`,
    },
    {
      ...mail,
      ...person,
      template: 'delegation_ending',
      days: 7,
      given: { count: 0, soonest: [] },
      received: { count: 1, soonest: [ending] },
      link: null,
    },
  ],
  member_clients_changed: [
    {
      ...mail,
      ...person,
      template: 'member_clients_changed',
      cabinetName: 'Cabinet des Remparts',
      manager: 'Dominique Exemple',
      given: { total: 1_234, first: ['Maçonnerie Lorraine – Agence de Metz', 'Toitures du Nord – Dépôt'] },
      modified: { total: 1, first: ['Charpentes de l’Est – Siège'] },
      taken: { total: 0, first: [] },
      link: 'https://id.exemple.test/grand-est/',
    },
  ],
  member_joined: [
    { ...joined, joined: { as: 'staff' } },
    { ...joined, joined: { as: 'manager' } },
    { ...joined, joined: { as: 'named', belongs: false, client: told } },
    {
      ...joined,
      joined: { as: 'named', belongs: true, client: { ...told, sites: manySites, endsAt: null } },
    },
  ],
  member_left: [{ ...mail, ...person, template: 'member_left', cabinetName: 'Cabinet des Remparts' }],
  site_handed_over: [
    { ...mail, ...person, ...told, template: 'site_handed_over', side: 'former', other: 'Alix Exemple' },
    { ...mail, ...person, ...told, template: 'site_handed_over', side: 'successor', other: 'Alix Exemple' },
    ...(['former', 'successor'] as const).map((side) => ({
      ...mail,
      ...person,
      ...told,
      template: 'site_handed_over' as const,
      side,
      other: 'Alix Exemple',
      byCaisse: true,
    })),
  ],
};

export const DELEGATION_MAILS: readonly DelegationMail[] = Object.values(byTemplate).flat();
