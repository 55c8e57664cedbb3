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
  sentAt: '21 novembre 2026 à 14:05',
  by: 'Dominique Exemple',
  lines: '300 000 lignes',
  state: 'À appliquer',
  tone: 'waiting',
};

const one: Screens['office/import'] = {
  ...common,
  shown,
  decidedBy: null,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  progress: null,
  difference: { added: 1_204, changed: 312, unchanged: 298_484, before: 298_796, after: 300_000 },
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
