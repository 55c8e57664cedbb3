/** The screens where a company sees its accounting firm and delegates to it, as they may be met. */
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import type { FirmDelegationShown } from '../../provider/http/screens-firm.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const look: CaisseLook = {
  slug: 'grand-est',
  name: 'CIBTP Grand Est',
  shortName: 'Grand Est',
  basePath: '/grand-est',
  phone: '03 83 00 00 00',
  email: 'contact@grand-est.demo.test',
  openingHours: null,
  hasLogo: true,
  settingsVersion: '1',
};
const site = {
  raisonSociale: 'Société Coopérative Ouvrière de Maçonnerie et de Charpente du Grand Nancy',
  identifiant: 'GE240012',
  siret: '73282932000074',
  name: 'Agence de Metz',
};
const common = {
  look,
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Camille Exemple',
    email: 'camille@entreprise-de-maconnerie.demo.test',
    signOutHref: '/grand-est/session/end',
    accountHref: '/grand-est/mon-compte',
  },
  site,
};
const firm = 'Audit, Conseil et Expertise comptable de la Meurthe et de la Moselle';
const rights = {
  admin: false,
  colleges: ['Ouvriers', 'ETAM'],
  groups: [
    {
      label: 'Mes déclarations',
      features: [
        { label: 'Mes déclarations de salaires', level: 'Mise à jour' },
        { label: 'Mes déclarations nominatives', level: 'Mise à jour' },
      ],
    },
    { label: 'Mes documents', features: [{ label: 'Mes documents', level: 'Consultation' }] },
  ],
};
const active = { status: 'active', label: 'Actif', beside: null } as const;
const waiting = {
  status: 'waiting',
  label: 'En attente',
  beside: 'attend la réponse du bénéficiaire',
} as const;

const given: FirmDelegationShown = {
  standing: active,
  from: '3 mars 2026',
  to: null,
  giver: 'Camille Exemple',
  email: 'adresse-interminable-de-dominique@cabinet-comptable-exemple.demo.test',
  rights,
  viewHref: '/v',
  deleteHref: '/d',
  renewHref: '/r',
};
const page: Screens['delegation/firm'] = {
  ...common,
  listHref: '/l',
  firms: [
    {
      name: firm,
      attached: true,
      here: [given],
      elsewhere: [
        { siteName: 'Siège', siret: '73282932000082', standing: waiting, href: '/s' },
        { siteName: 'Dépôt de Nancy', siret: '73282932000090', standing: active, href: null },
      ],
      giveHref: '/g',
    },
    {
      name: 'Ancien cabinet Exemple',
      attached: false,
      here: [{ ...given, email: null, to: '31 décembre 2026' }],
      elsewhere: [],
      giveHref: null,
    },
  ],
};
const step = {
  ...common,
  firm,
  action: '/n',
  cancelHref: '/c',
  carried: [{ name: 'droit_documents', value: 'consultation' }],
};
const offered = ['Agence de Metz', 'Dépôt de Nancy', 'Siège'].map((name, i) => ({
  field: `site_7328293200009${i}`,
  name,
  siret: `7328293200009${i}`,
  checked: i === 0,
}));
const add: Screens['delegation/firm-add'] = {
  ...step,
  email: '',
  period: { from: '2026-11-21', to: '' },
  sites: { all: false, administered: 4, search: null, offered },
};

export const firmSamples: Readonly<Record<string, Sample>> = {
  'firm of a company, none': { screen: 'delegation/firm', locals: { ...page, firms: [] } },
  'firm of a company, nothing given': {
    screen: 'delegation/firm',
    locals: { ...page, firms: [{ name: firm, attached: true, here: [], elsewhere: [], giveHref: '/g' }] },
  },
  'firm of a company, and a former one': { screen: 'delegation/firm', locals: page },
  'gift to a firm, first step': { screen: 'delegation/firm-add', locals: add },
  'gift to a firm, first step with errors': {
    screen: 'delegation/firm-add',
    locals: {
      ...add,
      email: 'contact@cabinet',
      errors: [
        {
          field: 'email',
          message: 'Saisissez l’adresse électronique complète que votre cabinet vous a donnée.',
        },
        { field: 'sites', message: 'Choisissez au moins un site.' },
      ],
    },
  },
  'gift to a firm, recap': {
    screen: 'delegation/firm-recap',
    locals: {
      ...step,
      personAction: '/p',
      rightsAction: '/r',
      email: given.email ?? '',
      sites: offered.map(({ name, siret }) => ({ name, siret })),
      from: '21 novembre 2026',
      to: '31 décembre 2027',
      rights,
      waitsUntil: '21 décembre 2026',
      giverEnds: '30 juin 2027',
    },
  },
};
