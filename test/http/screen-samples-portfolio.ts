/** The screens of a firm's portfolio, as they may be met. */

import { EVERYTHING } from '../../provider/domain/rights.ts';
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import type { PlanShown, ShownClient } from '../../provider/http/screens-portfolio.ts';
import { drawMatrix, firstChoice } from '../../provider/journeys/rights-form.ts';
import { shownRights } from '../../provider/journeys/rights-shown.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const look: CaisseLook = {
  slug: 'grand-est',
  name: 'CIBTP Grand Est',
  shortName: 'Grand Est',
  basePath: '/grand-est',
  phone: '03 83 00 00 00',
  email: 'contact@grand-est.demo.test',
  openingHours: 'Du lundi au vendredi, de 8 h 30 à 17 h',
  hasLogo: true,
  settingsVersion: '1',
};
const person = {
  name: 'Dominique Exemple',
  email: 'dominique-au-nom-interminable@cabinet-comptable-exemple.demo.test',
  signOutHref: '/grand-est/session/end',
  accountHref: '/grand-est/mon-compte',
};
const firm = {
  look,
  service: null,
  errors: [],
  person,
  notice: null,
  cabinet: 'Audit, Conseil et Expertise comptable de la Meurthe et de la Moselle',
  tab: 'clients',
  tabs: { clients: '/c', staff: '/s', import: '/i' },
} as const;

const client: ShownClient = {
  siret: '73282932000074',
  name: 'Agence de Metz',
  identifiant: '57-00123.4',
  raisonSociale: 'Maçonnerie Lorraine',
  href: '/m',
  holds: 'Tout en mise à jour',
  until: null,
  asleep: null,
  staff: [],
};
const clients: readonly ShownClient[] = [
  client,
  {
    ...client,
    raisonSociale: 'Établissements de charpente, couverture et zinguerie Schwartzenberger et associés',
    name: 'Entrepôt des matériaux de Thionville-Yutz',
    holds: '12 en mise à jour, 3 en consultation (Ouvriers, ETAM)',
    until: '31\u00a0décembre\u00a02026',
    staff: ['Camille Exemple', 'Sacha Suivi', 'Alix Autre'],
  },
  { ...client, raisonSociale: 'Toitures du Nord', holds: null, asleep: 'suspended', staff: ['Sacha Suivi'] },
  { ...client, raisonSociale: 'Peintures Réunies', holds: null, asleep: 'to_renew' },
  { ...client, raisonSociale: 'Électricité Générale', holds: null },
];
const list = {
  action: '/l',
  carried: [],
  search: '',
  servedBy: '',
  people: [
    { value: '', label: 'Qui que ce soit' },
    { value: 'personne', label: 'Personne' },
    { value: 'x', label: 'Suivi Sacha' },
  ],
  state: '',
  states: [
    { value: '', label: 'Tous' },
    { value: 'en-veille', label: 'En veille ou à renouveler' },
  ],
  filtered: false,
  clearHref: '/l',
};
const pages = {
  page: 2,
  last: 200,
  perPage: 25,
  items: [1, 2, 3, 200].map((page) => ({ label: String(page), href: `/l?page=${page}`, here: page === 2 })),
  previousHref: '/l?page=1',
  nextHref: '/l?page=3',
  sizes: [25, 50, 100].map((size) => ({ size, href: `/l?par_page=${size}`, here: size === 25 })),
};
const rights = shownRights(EVERYTHING, { admin: false, hidden: [] });
const site = {
  raisonSociale: client.raisonSociale,
  identifiant: client.identifiant,
  siret: client.siret,
  name: client.name,
};

const plan: PlanShown = {
  counts: { given: 1_204, modified: 3, unchanged: 12, taken: 1, left_out: 2, narrowed: 1 },
  page: 1,
  last: 13,
  lines: [
    {
      kind: 'left_out',
      details: ['Le cabinet ne détient rien de ces droits sur ce site en ce moment.'],
      narrowed: false,
    },
    { kind: 'taken', details: ['Tout en mise à jour : tout prend fin'], narrowed: false },
    {
      kind: 'modified',
      details: [
        'Gérer mes salariés : consultation → mise à jour',
        'Date de fin : sans fin → 31\u00a0décembre\u00a02026',
      ],
      narrowed: false,
    },
    {
      kind: 'given',
      details: [
        '1 en consultation',
        'Réduit à ce que le cabinet détient : Gérer mes salariés, collège Cadres',
      ],
      narrowed: true,
    },
    { kind: 'unchanged', details: ['Tout en mise à jour'], narrowed: false },
  ].map((line) => ({
    ...line,
    kind: line.kind as PlanShown['lines'][number]['kind'],
    company: client.raisonSociale,
    site: client.name,
    siret: client.siret,
    person: null,
  })),
};

const clientsList: Screens['cabinet/clients'] = {
  ...firm,
  list,
  pages,
  clients,
  total: 5_000,
  matching: 5_000,
  entrustHref: '/e',
};
const oneClient: Screens['cabinet/client'] = {
  ...firm,
  site,
  asleep: null,
  holds: [{ rights, until: '31\u00a0décembre\u00a02026' }],
  why: [
    [
      { to: 'Camille Exemple', by: null, from: '3\u00a0mars\u00a02026', until: null, alive: true },
      {
        to: 'Cabinet des Remparts',
        by: 'Camille Exemple',
        from: '4\u00a0mars\u00a02026',
        until: '31\u00a0décembre\u00a02026',
        alive: false,
      },
    ],
  ],
  staff: [
    {
      name: 'Suivi Sacha',
      email: 'sacha@demo.test',
      given: 'Tout en mise à jour',
      rights,
      left: '1 en consultation',
      from: '3\u00a0mars\u00a02026',
      until: null,
      asleep: false,
      modifyHref: '/m',
      suspendHref: '/v',
      resumeHref: null,
      closeHref: '/c',
    },
    {
      name: 'Autre Alix',
      email: 'une-adresse-interminable-d-alix@cabinet-comptable-exemple.demo.test',
      given: '1 en consultation',
      rights,
      left: null,
      from: '3\u00a0mars\u00a02026',
      until: '31\u00a0décembre\u00a02026',
      asleep: true,
      modifyHref: '/m',
      suspendHref: null,
      resumeHref: '/r',
      closeHref: '/c',
    },
  ],
  entrustHref: '/e',
};
const who: Screens['cabinet/entrust-person'] = {
  ...firm,
  action: '/a',
  client: '',
  members: [
    { value: 'a', label: 'Suivi Sacha (sacha@demo.test)' },
    {
      value: 'b',
      label: 'Autre Alix (alix@demo.test) – pour Établissements Schwartzenberger et associés seulement',
    },
  ],
  member: '',
  period: { from: '2026-11-21', to: '' },
  inviteHref: '/i',
  cancelHref: '/c',
};
const picks: Screens['cabinet/entrust-clients'] = {
  ...firm,
  action: '/a',
  member: 'Suivi Sacha',
  list,
  pages,
  listQuery: '?page=2',
  clients: clients.map((one, i) => ({ ...one, siret: `7328293200007${i}`, ticked: i === 1 })),
  total: 5_000,
  matching: 5_000,
  chosen: 1,
  backHref: '/b',
};
const offer = { holds: EVERYTHING, hidden: [], allowAdmin: false };
const chosenRights: Screens['cabinet/entrust-rights'] = {
  ...firm,
  action: '/a',
  member: 'Suivi Sacha',
  clients: 1_222,
  site: null,
  matrix: drawMatrix(firstChoice(offer), offer, { admin: 'Administrateur' }),
  shortfall: 'narrow',
  backHref: '/b',
};
const recap: Screens['cabinet/entrust-recap'] = {
  ...firm,
  action: '/a',
  member: 'Suivi Sacha',
  email: 'sacha@demo.test',
  from: '21\u00a0novembre\u00a02026',
  to: '31\u00a0décembre\u00a02026',
  rights,
  plan,
  planHref: '/p',
  seen: 'x',
  rightsHref: '/r',
  clientsHref: '/c',
  personHref: '/q',
  cancelHref: '/n',
};
const importForm: Screens['cabinet/import'] = {
  ...firm,
  tab: 'import',
  action: '/a',
  templateHref: '/t',
  features: ['Mes informations adhérent', 'Mes comptes bancaires'],
  mostLines: 10_000,
  mostMegabytes: 2,
};
const review: Screens['cabinet/import-review'] = {
  ...firm,
  tab: 'import',
  action: '/a',
  faults: [],
  faultCount: 0,
  plan: { ...plan, lines: plan.lines.map((line) => ({ ...line, person: 'Suivi Sacha' })) },
  planHref: '/p',
  seen: 'x',
  againHref: '/g',
  cancelHref: '/n',
};

export const portfolioSamples: Readonly<Record<string, Sample>> = {
  'clients of a firm': { screen: 'cabinet/clients', locals: clientsList },
  'clients of a firm, none found': {
    screen: 'cabinet/clients',
    locals: { ...clientsList, list: { ...list, search: 'zzz', filtered: true }, clients: [], matching: 0 },
  },
  'clients of a firm, none': {
    screen: 'cabinet/clients',
    locals: { ...clientsList, clients: [], matching: 0, total: 0 },
  },
  'client of a firm': { screen: 'cabinet/client', locals: oneClient },
  'client of a firm, asleep': {
    screen: 'cabinet/client',
    locals: { ...oneClient, asleep: 'suspended', holds: [], staff: [] },
  },
  'clients to entrust: to whom': { screen: 'cabinet/entrust-person', locals: who },
  'clients to entrust: to whom, with errors': {
    screen: 'cabinet/entrust-person',
    locals: {
      ...who,
      errors: [
        { field: 'membre', message: 'Choisissez une personne du cabinet.' },
        { field: 'date_fin', message: 'La date de fin ne peut pas être passée.' },
      ],
    },
  },
  'clients to entrust: to nobody': { screen: 'cabinet/entrust-person', locals: { ...who, members: [] } },
  'clients to entrust: which': { screen: 'cabinet/entrust-clients', locals: picks },
  'clients to entrust: which, with an error': {
    screen: 'cabinet/entrust-clients',
    locals: { ...picks, chosen: 0, errors: [{ field: 'clients', message: 'Cochez au moins un client.' }] },
  },
  'clients to entrust: rights': { screen: 'cabinet/entrust-rights', locals: chosenRights },
  'clients to entrust: rights of one': {
    screen: 'cabinet/entrust-rights',
    locals: { ...chosenRights, clients: 1, site, matrix: null },
  },
  'clients to entrust: recap': { screen: 'cabinet/entrust-recap', locals: recap },
  'clients to entrust: nothing changes': {
    screen: 'cabinet/entrust-recap',
    locals: { ...recap, seen: null, clientsHref: null, to: null },
  },
  'rights by a file': { screen: 'cabinet/import', locals: importForm },
  'rights by a file, with an error': {
    screen: 'cabinet/import',
    locals: { ...importForm, errors: [{ field: 'fichier', message: 'Choisissez un fichier.' }] },
  },
  'rights by a file: what changes': { screen: 'cabinet/import-review', locals: review },
  'rights by a file: faults': {
    screen: 'cabinet/import-review',
    locals: {
      ...review,
      seen: null,
      faults: [
        { line: null, reason: 'Ce fichier est vide.' },
        {
          line: 12,
          reason:
            '« inconnu-au-nom-interminable-et-sans-espace@essai.test » n’est pas un collaborateur du cabinet : invitez d’abord cette personne.',
        },
      ],
      faultCount: 412,
    },
  },
};
