/** The screens of imports, as an agent may meet them. */

import { IMPORT_KINDS } from '../../provider/domain/import.ts';
import type { Screen, Screens } from '../../provider/http/screens.ts';
import { COLUMNS, isFeatureColumn } from '../../provider/journeys/import-columns.ts';
import { KIND_WORDS } from '../../provider/journeys/import-words.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const common = {
  look: {
    slug: 'grand-est',
    name: 'CIBTP Grand Est',
    shortName: 'Grand Est',
    basePath: '/grand-est',
    phone: '03 83 00 00 00',
    email: 'contact@grand-est.demo.test',
    openingHours: 'Du lundi au vendredi, de 8 h 30 à 17 h',
    hasLogo: true,
    settingsVersion: '1',
  },
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Dominique Exemple',
    email: 'dominique@caisse.demo.test',
    signOutHref: '/grand-est/session/end',
    accountHref: '/grand-est/mon-compte',
  },
  sections: ['Recherche', 'Demandes d’accès', 'Messages', 'Courriers', 'Import', 'Journal'].map((label) => ({
    label,
    href: '/grand-est/gestion',
    current: label === 'Import',
  })),
};

const shown: Screens['office/import']['shown'] = {
  href: '/grand-est/gestion/import/1',
  kind: 'Sites déclarants',
  sentAt: '21 novembre 2026 à 14\u00a0h\u00a005',
  by: 'Dominique Exemple',
  lines: '300 000 lignes',
  state: 'À appliquer',
  tone: 'waiting',
};

const changes: NonNullable<Screens['office/import']['changes']> = {
  choices: [
    { label: 'Tout (1\u202f516)', href: '/i', chosen: true },
    { label: 'Modifications (312)', href: '/i?voir=modifications', chosen: false },
    { label: 'Ajouts (1\u202f204)', href: '/i?voir=ajouts', chosen: false },
  ],
  rows: [
    {
      line: 150_000,
      added: false,
      about: '54-1234567, Maçonnerie Lorraine',
      cells: [
        { column: 'raison sociale', before: 'Maçonnerie Lorraine', after: 'Maçonnerie de Lorraine' },
        { column: 'adresse 2', before: '57000 METZ', after: '' },
      ],
    },
    {
      line: 7,
      added: true,
      about: '54-7654321',
      cells: [
        { column: 'raison sociale', before: '', after: `Charpentes ${'réunies'.repeat(12)}` },
        { column: 'SIREN', before: '', after: '732829320' },
      ],
    },
    { line: 8, added: true, about: 'C-0042, 54-1234567', cells: [] },
  ],
  paging: {
    page: 2,
    last: 3,
    label: 'Pages des lignes qui changeraient',
    unit: 'lignes par page',
    previous: '/i',
    next: '/i?page=3',
    pages: [1, 2, 3].map((page) => ({ page, href: `/i?page=${page}` })),
    perPage: 25,
    sizes: [25, 100].map((size) => ({ size, href: `/i?par_page=${size}` })),
  },
  fileHref: '/d',
};

const one: Screens['office/import'] = {
  ...common,
  shown,
  decidedBy: null,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  progress: null,
  difference: { added: 1_204, changed: 312, unchanged: 298_484, before: 298_796, after: 300_000 },
  changes: null,
  faultCount: 0,
  faults: [],
  faultsHref: '/e',
  applyAction: '/a',
  abandonAction: '/b',
  lettersHref: null,
  againHref: '/c',
  listHref: '/l',
};

const send = (kind: 'adherents' | 'delegations', error: string | null): Sample => ({
  screen: 'office/import-send',
  locals: {
    ...common,
    errors: error === null ? [] : [{ field: 'fichier', message: error }],
    kind: KIND_WORDS[kind].label,
    text: KIND_WORDS[kind].text,
    columns: COLUMNS[kind].filter((column) => !isFeatureColumn(column)),
    features: COLUMNS[kind].filter(isFeatureColumn).map(({ name }) => name),
    templateHref: '/m',
    action: '/grand-est/gestion/import/envoi/sites',
    mostMegabytes: 256,
    listHref: '/l',
  },
});

const of = (changes: Partial<Screens['office/import']>): Sample => ({
  screen: 'office/import',
  locals: { ...one, ...changes },
});

const waiting = { difference: null, applyAction: null, abandonAction: null };

export const importSamples: Readonly<Record<string, Sample>> = {
  'imports, several': {
    screen: 'office/imports',
    locals: {
      ...common,
      kinds: IMPORT_KINDS.map((kind) => ({ ...KIND_WORDS[kind], href: `/e/${kind}` })),
      imports: [
        shown,
        {
          ...shown,
          kind: 'Délégations à renouveler',
          state: 'Refusé : des lignes sont à corriger',
          tone: 'bad',
        },
        { ...shown, state: 'Appliqué', tone: 'good', by: 'Service systeme-d-information-interminable' },
        { ...shown, state: 'Abandonné', tone: 'quiet', by: 'Ligne de commande' },
      ],
    },
  },
  'imports, none': { screen: 'office/imports', locals: { ...common, kinds: [], imports: [] } },
  'import, to be sent': send('adherents', null),
  'import, to be sent, nothing chosen': send('delegations', 'Choisissez un fichier.'),
  'import, to be applied': of({}),
  'import, to be applied, line by line': of({ changes }),
  'import, to be applied, no line of that sort': of({ changes: { ...changes, rows: [] } }),
  'import, being checked': of({
    ...waiting,
    progress: { text: 'Contrôle de 300 000 lignes.', done: null, of: 300_000, every: 3_600 },
  }),
  'import, being applied': of({
    ...waiting,
    difference: one.difference,
    progress: { text: 'Application de 300 000 lignes.', done: 120_000, of: 300_000, every: 3_600 },
  }),
  'import, faulty': of({
    ...waiting,
    shown: { ...shown, state: 'Refusé : des lignes sont à corriger', tone: 'bad' },
    faultCount: 1_234,
    faults: [
      { line: null, reason: 'Ce fichier n’est pas arrivé en entier. Recommencez.' },
      { line: 150_000, reason: `«\u00a0${'7328293200007'.repeat(4)}\u00a0» n’est pas un SIRET.` },
    ],
  }),
  'import, applied': of({
    shown: { ...shown, state: 'Appliqué', tone: 'good' },
    applyAction: null,
    abandonAction: null,
    lettersHref: '/gestion/courriers/nouveau?import=1',
  }),
  'import, nothing to change': of({
    shown: { ...shown, state: 'Rien à changer', tone: 'quiet' },
    applyAction: null,
    abandonAction: null,
    difference: { added: 0, changed: 0, unchanged: 300_000, before: 300_000, after: 300_000 },
  }),
};
