/** The log of the caisse, as it may be met: full, filtered to nothing, wrongly asked, and one line of it. */
import type { Screen, Screens } from '../../provider/http/screens.ts';
import type { AuditLineShown, JournalLocals } from '../../provider/http/screens-office-audit.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const base = '/grand-est/gestion';
/** All that a supervisor has. */
const SECTIONS = [
  'Recherche',
  'Demandes d’accès',
  'Messages',
  'Courriers',
  'Import',
  'Journal',
  'Services',
  'Gestionnaires',
  'Réglages',
];
const office = {
  look: {
    slug: 'grand-est',
    name: 'CIBTP Grand Est',
    shortName: 'Grand Est',
    basePath: '/grand-est',
    phone: '03 83 00 00 00',
    email: 'contact@grand-est.demo.test',
    openingHours: null,
    hasLogo: true,
    settingsVersion: '1',
  },
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Dominique Guichet',
    email: 'agent@demo.test',
    signOutHref: '/grand-est/session/end',
    accountHref: '/grand-est/mon-compte',
  },
  sections: SECTIONS.map((label) => ({
    label,
    href: `${base}/${label.length}`,
    current: label === 'Journal',
  })),
};

const person = (name: string) => ({
  name,
  email: `${'prenom.nom'.repeat(4)}@entreprise.test`,
  href: `${base}/comptes/1`,
});

const row = (index: number, changes: Partial<AuditLineShown> = {}): AuditLineShown => ({
  href: `${base}/journal/${index}`,
  at: `24/11/2026 à 14:05:${String(index).padStart(2, '0')}`,
  what: 'Première connexion avec les identifiants du courrier',
  who: person('Camille Exemple'),
  whom: person('Alix Bâtisseur'),
  site: {
    raisonSociale: 'Société Coopérative Ouvrière de Maçonnerie et de Charpente du Grand Nancy',
    name: 'Agence de Metz',
    siret: '73282932000074',
  },
  from: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  ...changes,
});

const journal: JournalLocals = {
  ...office,
  action: `${base}/journal`,
  typed: { personne: '', adherent: '', site: '', du: '', au: '', adresse: '', reference: '' },
  kinds: [
    {
      label: 'Connexions',
      choices: [
        { value: 'registre-access', label: 'Connexions : tous les actes', chosen: false },
        { value: 'signed_in', label: 'Connexion', chosen: true },
      ],
    },
  ],
  filtered: false,
  rows: [
    row(1),
    row(2, {
      who: { name: 'exploitation (ligne de commande)', email: null, href: null },
      whom: null,
      site: null,
      from: null,
    }),
    row(3, { who: null, what: 'Connexion' }),
  ],
  hrefs: {
    unfiltered: `${base}/journal`,
    newest: `${base}/journal?1`,
    newer: `${base}/journal?2`,
    older: `${base}/journal?3`,
  },
  exporting: { action: `${base}/journal/export`, carried: [{ name: 'type', value: 'signed_in' }] },
};

const { href: _, ...line } = row(4);

export const auditSamples: Readonly<Record<string, Sample>> = {
  'log of the caisse': { screen: 'office/journal', locals: journal },
  'log of the caisse, nothing found': {
    screen: 'office/journal',
    locals: {
      ...journal,
      typed: { ...journal.typed, personne: 'Personne d’Inconnu' },
      filtered: true,
      rows: [],
      hrefs: { ...journal.hrefs, newest: null, newer: null, older: null },
      exporting: null,
    },
  },
  'log of the caisse, wrongly asked': {
    screen: 'office/journal',
    locals: {
      ...journal,
      errors: [
        { field: 'personne', message: 'Saisissez au moins 3 caractères d’un nom ou d’une adresse.' },
        { field: 'site', message: 'Saisissez les 14 chiffres du SIRET.' },
      ],
      typed: { ...journal.typed, personne: 'ab', site: '123' },
      filtered: true,
      rows: [],
      exporting: null,
    },
  },
  'line of the log': {
    screen: 'office/journal-line',
    locals: {
      ...office,
      backHref: `${base}/journal`,
      line,
      number: '123456',
      register: 'Droits d’accès',
      serviceName: 'portail',
      reference: { text: '0123456789abcdef', href: `${base}/journal?reference=0123456789abcdef` },
      changes: [
        {
          name: 'État',
          before:
            'actif\u00a0; Administrateur\u00a0: tous les droits de la personne qui délègue, et le pouvoir de déléguer\u00a0; du 3\u00a0mars\u00a02026, sans fin',
          after:
            'fermé\u00a0; Administrateur\u00a0: tous les droits de la personne qui délègue, et le pouvoir de déléguer\u00a0; du 3\u00a0mars\u00a02026 au 24\u00a0novembre\u00a02026',
        },
      ],
      facts: [
        { name: 'Motif', value: 'Départ de la personne, confirmé au téléphone.' },
        { name: 'Délégation', value: '0192f3a4-7c1e-7d2a-9b1f-3a5c7e9d1b2f' },
      ],
      seal: 'Scellée le 24/11/2026 à 14:10:00, dans le segment 1204 de son registre',
    },
  },
};
