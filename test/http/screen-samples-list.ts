/** The screens on which rights are looked at: the chooser of a site, the list of its beneficiaries. */
import type { Screen, Screens } from '../../provider/http/screens.ts';
import type { BeneficiaryShown, ListLocals, Paging, SiteLink } from '../../provider/http/screens-list.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const look = {
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
const email = 'adresse-interminable-de-camille-exemple@entreprise-de-maconnerie.demo.test';
const person = {
  name: 'Camille Exemple',
  email,
  signOutHref: '/grand-est/session/end',
  accountHref: '/grand-est/mon-compte',
};
const common = { look, service: null, errors: [], person, notice: null };

const company = {
  raisonSociale: 'Maçonnerie de la Moselle et de ses affluents SARL',
  identifiant: 'GE-0042',
};
const site = { ...company, siret: '73282932000074', name: 'Agence de Metz, chantiers et dépôt' };

const sites: readonly SiteLink[] = ['Agence de Metz, chantiers et dépôt', 'Dépôt de Toul', 'Siège'].map(
  (name) => ({
    ...site,
    name,
    href: '/grand-est/droits-d-acces/73282932000074',
  }),
);

const paging = (changes: Partial<Paging> = {}): Paging => ({
  page: 1,
  last: 1,
  label: 'Pages de la liste des bénéficiaires',
  unit: 'bénéficiaires par page',
  previous: null,
  next: null,
  pages: [{ page: 1, href: '?page=1' }],
  perPage: 5,
  sizes: [],
  ...changes,
});
const manyPages = paging({
  page: 7,
  last: 2_000,
  previous: '?page=6',
  next: '?page=8',
  pages: [
    { page: 1, href: '?' },
    'gap',
    { page: 6, href: '?page=6' },
    { page: 7, href: '?page=7' },
    { page: 8, href: '?page=8' },
    'gap',
    { page: 2_000, href: '?page=2000' },
  ],
  sizes: [5, 10, 25, 50, 100].map((size) => ({ size, href: `?par_page=${size}` })),
});

const about = 'la délégation de Exemple Camille';
const acts = ['Voir', 'Modifier', 'Clôturer'].map((label) => ({
  label,
  href: '/grand-est/droits-d-acces',
  about,
}));
const row: BeneficiaryShown = {
  role: 'Utilisateur',
  name: 'Exemple Dominique',
  isSelf: false,
  siteName: site.name,
  standing: { status: 'active', label: 'Actif', beside: null },
  from: '21/11/2026',
  to: '31/12/2027',
  email: 'dominique@exemple.test',
  acts,
};
const rows: readonly BeneficiaryShown[] = [
  {
    ...row,
    role: 'Administrateur',
    name: 'Exemple Camille',
    isSelf: true,
    to: null,
    email,
    acts: acts.slice(0, 1),
  },
  { ...row, standing: { status: 'active', label: 'Actif', beside: 'en veille' } },
  {
    ...row,
    name: 'Fictif-Dupont de la Meurthe Marie-Antoinette',
    standing: { status: 'waiting', label: 'En attente', beside: 'acceptée, attend d’être confirmée' },
    acts: [{ label: 'Confirmer', href: '/grand-est/droits-d-acces', about }, ...acts.slice(1)],
  },
  {
    ...row,
    name: null,
    standing: { status: 'waiting', label: 'En attente', beside: 'attend la réponse du bénéficiaire' },
  },
  {
    ...row,
    name: 'Témoin Alex',
    standing: { status: 'inactive', label: 'Inactif', beside: 'arrivée à son terme' },
    acts: acts.slice(0, 1),
  },
];
const columns = (
  [
    ['role', 'Rôle'],
    ['name', 'Nom et prénom'],
    ['status', 'Statut'],
    ['from', 'Date d’effet'],
    ['to', 'Date de fin'],
    ['email', 'Courriel'],
  ] as const
).map(([id, label]) => ({
  id,
  label,
  href: `?tri=${id}`,
  sorted: id === 'name' ? ('ascending' as const) : null,
}));

const choice = (value: string, label: string, chosen = false) => ({ value, label, chosen });
const list: ListLocals = {
  ...common,
  back: null,
  site,
  action: '/grand-est/droits-d-acces/73282932000074',
  carried: [{ name: 'par_page', value: '10' }],
  filters: {
    search: '',
    sites: [choice('tous', 'Tous ceux que j’administre (3)'), choice(site.siret, site.name, true)],
    roles: [
      choice('', 'Tous', true),
      choice('administrateur', 'Administrateur'),
      choice('utilisateur', 'Utilisateur'),
    ],
    statuses: [choice('', 'Tous', true), choice('actif', 'Actif'), choice('en_attente', 'En attente')],
    from: '',
    to: '',
    withoutInactive: false,
  },
  filtered: false,
  allSites: false,
  columns,
  rows,
  listed: 10_000,
  matching: 10_000,
  paging: manyPages,
  hrefs: {
    unfiltered: '?',
    add: '/a',
    firm: '/f',
    why: '/p',
    atDate: '/d',
    handOver: '/c',
    chooser: '/grand-est/droits-d-acces',
  },
  firms: [
    { name: 'Cabinet Fictif et associés', standing: null, from: null, href: null, renewHref: null },
    {
      name: 'Comptes et Chantiers',
      standing: { status: 'active', label: 'Actif', beside: 'en veille' },
      from: '03/03/2026',
      href: '/v',
      renewHref: '/r',
    },
  ],
};

const rights = {
  admin: false,
  colleges: ['Ouvriers', 'ETAM'],
  groups: [
    {
      label: 'Mes salariés',
      features: [
        { label: 'Gérer mes salariés', level: 'Mise à jour' },
        { label: 'Mon planning', level: 'Consultation' },
      ],
    },
    { label: 'Mes documents', features: [{ label: 'Mes documents', level: 'Consultation' }] },
  ],
};
const view: Screens['delegation/view'] = {
  ...common,
  site,
  listHref: '/l',
  beneficiary: { name: 'Dominique Exemple', email, firm: false },
  role: 'Utilisateur',
  giver: 'Camille Exemple',
  standing: { status: 'active', label: 'Actif', beside: null },
  waits: null,
  from: '21 novembre 2026',
  to: '31 décembre 2027',
  rights,
  worth: { ...rights, groups: rights.groups.slice(1) },
  stop: null,
  acts: ['Modifier', 'Mettre en veille', 'Clôturer'].map((label) => ({
    label,
    href: '/a',
    about,
    look: 'secondary',
  })),
  past: [
    {
      period: 'du 3 mars 2026 à 10\u00a0h\u00a012 au 4 mars 2026 à 9\u00a0h\u00a000',
      standing: 'Actif, en veille',
      dates: 'du 3 mars 2026 au 31 décembre 2027',
      rights,
    },
    {
      period: 'du 1er mars 2026 à 8\u00a0h\u00a000 au 3 mars 2026 à 10\u00a0h\u00a012',
      standing: 'Actif',
      dates: 'à partir du 1er mars 2026, sans fin',
      rights: { ...rights, admin: true },
    },
  ],
  since: '4 mars 2026 à 9\u00a0h\u00a000',
  followedBy: null,
  follows: [],
  whyHref: '/p',
};

const choices = {
  features: [
    {
      group: 'Mes salariés',
      features: [choice('salaries', 'Gérer mes salariés'), choice('planning', 'Mon planning', true)],
    },
    { group: 'Mes documents', features: [choice('documents', 'Mes documents')] },
  ],
  levels: [choice('consultation', 'Consulter'), choice('mise_a_jour', 'Mettre à jour', true)],
  colleges: [choice('ouvrier', 'Ouvriers', true), choice('etam', 'ETAM'), choice('cadre', 'Cadres')],
};
const link = {
  giver: 'Camille Exemple',
  grantee: 'Comptes et Chantiers',
  nature: 'a reçu une délégation, comme cabinet comptable',
  since: '3 mars 2026',
  until: '31 décembre 2027',
  obstacle: null,
  isStop: false,
};
const root = {
  ...link,
  giver: null,
  grantee: 'Camille Exemple',
  nature: 'est à l’origine des droits du site',
  until: null,
};
const last = {
  ...link,
  giver: 'Comptes et Chantiers',
  grantee: 'Dominique Exemple',
  nature: 'a reçu une délégation de son cabinet',
};
const why: Screens['delegation/why'] = {
  ...common,
  site,
  listHref: '/l',
  action: '/p',
  carried: [],
  typed: '',
  found: null,
  asked: {
    ...choices,
    name: 'Dominique Exemple',
    email,
    action: '/p',
    carried: [{ name: 'personne', value: 'x' }],
    changeHref: '/p',
  },
  answer: {
    held: true,
    sentence: 'Oui, Dominique Exemple peut mettre à jour «\u00a0Mon planning\u00a0», collège Ouvriers.',
    chains: [{ held: true, links: [root, link, last] }],
  },
};
const atDate: Screens['delegation/at-date'] = {
  ...common,
  site,
  listHref: '/l',
  action: '/d',
  carried: [],
  choices,
  day: '2026-03-03',
  time: '',
  answer: {
    heading:
      'Qui pouvait mettre à jour «\u00a0Mon planning\u00a0», collège Ouvriers, le 3 mars 2026 à 12\u00a0h\u00a000',
    people: [
      {
        name: 'Exemple Camille',
        email,
        by: null,
        since: 'depuis le 1er mars 2026',
        through: null,
      },
      {
        name: 'Exemple Dominique',
        email: 'dominique@exemple.test',
        by: 'Comptes et Chantiers',
        since: 'du 1er mars 2026 au 31 décembre 2027',
        through: 'Comptes et Chantiers',
      },
    ],
    total: 2,
    paging: paging({ label: 'Pages de la liste des personnes', unit: 'personnes par page' }),
  },
};

export const listSamples: Readonly<Record<string, Sample>> = {
  'rights: choice of a site': {
    screen: 'delegation/chooser',
    locals: {
      ...common,
      action: '/grand-est/droits-d-acces',
      carried: [],
      search: '',
      recent: sites.slice(0, 1),
      sites,
      matching: 62,
      administered: 62,
      long: true,
      allHref: '/grand-est/droits-d-acces',
      paging: paging({ ...manyPages, label: 'Pages de la liste des sites', unit: 'sites par page' }),
    },
  },
  'rights: choice of a site, nothing found': {
    screen: 'delegation/chooser',
    locals: {
      ...common,
      action: '/grand-est/droits-d-acces',
      carried: [],
      search: 'nulle part',
      recent: [],
      sites: [],
      matching: 0,
      administered: 62,
      long: true,
      allHref: '/grand-est/droits-d-acces',
      paging: paging(),
    },
  },
  'rights: the list': { screen: 'delegation/list', locals: list },
  'rights: the list of all sites': {
    screen: 'delegation/list',
    locals: {
      ...list,
      allSites: true,
      columns: [
        ...columns.slice(0, 2),
        { id: 'site', label: 'Site', href: '?', sorted: null },
        ...columns.slice(2),
      ],
    },
  },
  'rights: the list, nothing found': {
    screen: 'delegation/list',
    locals: {
      ...list,
      rows: [],
      matching: 0,
      filtered: true,
      paging: paging(),
      firms: [],
      filters: { ...list.filters, search: 'zzz', from: 'hier' },
      errors: [{ field: 'effet', message: 'Saisissez une date complète, par exemple 24/11/2026.' }],
    },
  },
  'rights: the list, nobody yet': {
    screen: 'delegation/list',
    locals: {
      ...list,
      rows: rows.slice(0, 1),
      listed: 1,
      matching: 1,
      paging: paging(),
      firms: [],
      notice: { kind: 'success', title: 'L’invitation est partie', text: 'Les droits s’ouvriront ensuite.' },
    },
  },
  'rights: one delegation, capped': { screen: 'delegation/view', locals: view },
  'rights: one delegation, worth nothing': {
    screen: 'delegation/view',
    locals: {
      ...view,
      worth: null,
      stop: 'La délégation de Camille Exemple à Alex Témoin est en veille.',
      to: null,
      whyHref: null,
    },
  },
  'rights: one delegation, between two successions': {
    screen: 'delegation/view',
    locals: {
      ...view,
      standing: { status: 'inactive', label: 'Inactif', beside: null },
      worth: null,
      acts: [],
      followedBy: { name: 'Dominique Exemple', on: '21 novembre 2026', href: '/d/2' },
      follows: [{ name: 'Dominique Exemple', on: '1er mars 2026', href: '/d/1' }],
    },
  },
  'rights: one delegation to a firm, waiting': {
    screen: 'delegation/view',
    locals: {
      ...view,
      beneficiary: { name: 'Comptes et Chantiers', email: 'accueil@cabinet.test', firm: true },
      standing: { status: 'waiting', label: 'En attente', beside: 'acceptée, attend d’être confirmée' },
      waits: '21 décembre 2026',
      worth: null,
      past: [],
      acts: [{ label: 'Confirmer', href: '/c', about, look: 'primary' }, ...view.acts.slice(2)],
      whyHref: null,
    },
  },
  'rights: why, held': { screen: 'delegation/why', locals: why },
  'rights: why not': {
    screen: 'delegation/why',
    locals: {
      ...why,
      answer: {
        held: false,
        sentence:
          'Non, Dominique Exemple ne peut pas mettre à jour «\u00a0Mon planning\u00a0», collège Ouvriers.',
        chains: [
          {
            held: false,
            links: [
              root,
              { ...link, obstacle: 'Cette délégation est en veille.', isStop: true },
              { ...last, obstacle: 'Cette délégation ne couvre pas ce collège.' },
            ],
          },
          {
            held: false,
            links: [
              root,
              { ...last, giver: 'Camille Exemple', obstacle: 'Cette délégation est clôturée.', isStop: true },
            ],
          },
        ],
      },
    },
  },
  'rights: why, choice of a person': {
    screen: 'delegation/why',
    locals: {
      ...why,
      asked: null,
      answer: null,
      found: { matching: 42, people: [{ name: 'Dominique Exemple', email, href: '/p' }] },
    },
  },
  'rights: why, nobody found': {
    screen: 'delegation/why',
    locals: { ...why, asked: null, answer: null, typed: 'zzz', found: { matching: 0, people: [] } },
  },
  'rights: who could then': { screen: 'delegation/at-date', locals: atDate },
  'rights: who could then, nobody': {
    screen: 'delegation/at-date',
    locals: {
      ...atDate,
      answer: { heading: 'Qui pouvait consulter', people: [], total: 0, paging: paging() },
    },
  },
  'rights: who could then, a date to correct': {
    screen: 'delegation/at-date',
    locals: {
      ...atDate,
      day: 'hier',
      answer: null,
      errors: [{ field: 'jour', message: 'Saisissez une date complète, par exemple 24/11/2026.' }],
    },
  },
};
