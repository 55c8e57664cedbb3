/** The screens on which delegations are closed, suspended, resumed, renewed, and sites handed over. */
import type { Screen, Screens } from '../../provider/http/screens.ts';
import type {
  DelegationFacts,
  HandOverLocals,
  RenewLocals,
  TurnLocals,
} from '../../provider/http/screens-closing.ts';

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

const site = {
  raisonSociale: 'Maçonnerie de la Moselle et de ses affluents SARL',
  identifiant: 'GE-0042',
  siret: '73282932000074',
  name: 'Agence de Metz',
};
const facts: DelegationFacts = {
  site,
  beneficiary: 'Dominique Modèle',
  beneficiaryEmail: email,
  giver: 'Camille Exemple',
  isFirm: false,
  from: '21 novembre 2026',
  to: '31 décembre 2027',
  rights: {
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
    ],
  },
};
const impact = {
  on: null,
  takes: true,
  sentences: [
    'Dominique Modèle perd 12\u00a0droits sur 1\u00a0site et n’y garde aucun accès.',
    '14\u00a0collaborateurs perdent 3\u00a0droits sur 62\u00a0sites.',
    'Parmi ces personnes, 2\u00a0n’auront plus aucun accès à 1\u00a0site.',
  ],
};
const act = {
  ...common,
  facts,
  action: '/grand-est/droits-d-acces/73282932000074/delegations/1/cloturer',
  seen: 1,
  listHref: '/grand-est/droits-d-acces/73282932000074',
  cancelHref: '/grand-est/droits-d-acces/73282932000074/delegations/1',
};

const turn = (said: Partial<TurnLocals>): Sample => ({
  screen: 'delegation/turn',
  locals: { ...act, act: 'close', impact, ...said },
});

const renew = (said: Partial<RenewLocals>): Sample => ({
  screen: 'delegation/renew',
  locals: {
    ...act,
    facts: { ...facts, from: null },
    left: 'whole',
    closeHref: '/grand-est/droits-d-acces/73282932000074/delegations/1/cloturer',
    period: { from: '2020-01-01', to: '' },
    ...said,
  },
});

const handOver = (said: Partial<HandOverLocals>): Sample => ({
  screen: 'delegation/hand-over',
  locals: {
    ...common,
    site,
    action: '/r',
    withdrawAction: '/w',
    listHref: '/l',
    email: '',
    free: true,
    sites: [
      { field: 'site_73282932000074', siret: '73282932000074', name: 'Agence de Metz', checked: true },
      { field: 'site_73282932000082', siret: '73282932000082', name: 'Dépôt de Nancy', checked: false },
    ],
    offers: [],
    ...said,
  },
});
const offers = [
  { invitationId: '1', email, until: '21 décembre 2026', sites: ['Agence de Metz', 'Dépôt de Nancy'] },
];
const handOverRecap = (below: number): Sample => ({
  screen: 'delegation/hand-over-recap',
  locals: {
    ...common,
    raisonSociale: site.raisonSociale,
    email,
    sites: [site, { name: 'Dépôt de Nancy', siret: '73282932000082' }],
    below,
    loses: 'Vous perdez 17\u00a0droits et le pouvoir de déléguer sur 2\u00a0sites et n’y gardez aucun accès.',
    until: '21 décembre 2026',
    action: '/p',
    backAction: '/b',
    listHref: '/l',
    carried: [{ name: 'email', value: email }],
  },
});

export const closingSamples: Readonly<Record<string, Sample>> = {
  'delegation to close': turn({}),
  'firm’s delegation to delete': turn({
    facts: { ...facts, beneficiary: 'Cabinet Exemple', beneficiaryEmail: null, isFirm: true, to: null },
    impact: { on: null, takes: false, sentences: ['Personne ne perd de droit.'] },
  }),
  'delegation to put on standby': turn({ act: 'suspend' }),
  'delegation to resume': turn({
    act: 'resume',
    impact: null,
    facts: { ...facts, rights: { admin: true, colleges: [], groups: [] } },
  }),
  'delegation to renew': renew({}),
  'delegation to renew, narrowed': renew({
    left: 'narrowed',
    period: { from: '2020-01-01', to: '2025-01-01' },
    errors: [{ field: 'date_fin', message: 'La date de fin ne peut pas être passée.' }],
  }),
  'delegation that cannot be renewed': renew({ left: 'gone' }),
  'site to hand over': handOver({}),
  'site to hand over, wrong': handOver({
    email: 'personne',
    errors: [
      {
        field: 'email',
        message: 'Saisissez une adresse électronique, par exemple prenom.nom@entreprise.fr.',
      },
      { field: 'sites', message: 'Choisissez au moins un site.' },
    ],
  }),
  'site offered already': handOver({ free: false, sites: [], offers }),
  'site offered among others': handOver({ offers }),
  'site to hand over, recap': handOverRecap(12),
  'site to hand over, nobody below': handOverRecap(0),
};
