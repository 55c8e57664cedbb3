/** The screens of a company's own firm, and of a firm's people, as they may be met. */
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import type { Paging } from '../../provider/http/screens-list.ts';
import { firmSamples } from './screen-samples-firm.ts';

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
const common = { look, service: null, errors: [], person, notice: null };

const cabinet = 'Audit, Conseil et Expertise comptable de la Meurthe et de la Moselle';
const staff = { ...common, cabinet, staffHref: '/grand-est/mon-cabinet/collaborateurs' };
const one = {
  name: 'Exemple Camille',
  email: 'camille@demo.test',
  role: 'Collaborateur',
  namedBy: [],
  wholeFirm: true,
  clients: 212,
  since: '3 mars 2026',
  isYou: false,
  entrustHref: '/e',
  removeHref: '/r',
};
const onePage: Paging = {
  page: 1,
  last: 1,
  label: 'Pages de la liste des personnes',
  unit: 'personnes par page',
  previous: null,
  next: null,
  pages: [],
  perPage: 25,
  sizes: [],
};
const staffList: Screens['cabinet/staff'] = {
  ...common,
  cabinet,
  tab: 'staff',
  tabs: { clients: '/c', staff: '/s', import: '/i' },
  inviteHref: '/i',
  action: '/grand-est/mon-cabinet/collaborateurs',
  carried: [{ name: 'cabinet', value: 'abc' }],
  search: '',
  all: 61,
  matching: 61,
  people: [
    {
      ...one,
      name: 'Exemple Dominique',
      email: person.email,
      role: 'Responsable',
      clients: 5000,
      isYou: true,
      entrustHref: null,
      removeHref: null,
    },
    one,
    { ...one, name: 'Exemple Alix', clients: 0 },
    { ...one, name: 'Exemple Claude', namedBy: ['Maçonnerie Lorraine SARL'], clients: 1 },
    {
      ...one,
      name: 'de La Tour-Exemple Maxence-Emmanuel',
      role: null,
      namedBy: ['Charpentes du Nord', 'Couverture Exemple', 'Maçonnerie Lorraine SARL', 'Zinguerie Exemple'],
      wholeFirm: false,
      clients: 4,
    },
  ],
  paging: {
    ...onePage,
    page: 2,
    last: 3,
    previous: '?page=1',
    next: '?page=3',
    pages: [1, 2, 3].map((page) => ({ page, href: `?page=${page}` })),
  },
  invitations: [
    {
      email: 'adresse-interminable-de-sacha-exemple@cabinet-comptable-exemple.demo.test',
      inviter: 'Dominique Exemple',
      sentOn: '21 novembre 2026',
      until: '21 décembre 2026',
      againAction: '/a',
      seen: 'mh2k0',
      withdrawAction: '/w',
    },
    {
      email: 'sacha@demo.test',
      inviter: 'Dominique Exemple',
      sentOn: '3 mars 2026',
      until: null,
      againAction: '/a',
      seen: 'mh2k0',
      withdrawAction: '/w',
    },
  ],
};
const removal: Screens['cabinet/remove'] = {
  ...staff,
  action: '/r',
  name: 'Camille Exemple',
  namedBy: ['Maçonnerie Lorraine SARL'],
  impact: {
    on: null,
    takes: true,
    sentences: ['Camille Exemple perd 12\u00a0droits sur 212\u00a0sites et n’y garde aucun accès.'],
  },
  reasons: [
    { value: 'departure', label: 'Départ du cabinet' },
    { value: 'mistake', label: 'Désignation par erreur' },
  ],
};

export const cabinetSamples: Readonly<Record<string, Sample>> = {
  ...firmSamples,
  'firm to be chosen': {
    screen: 'cabinet/choose',
    locals: {
      ...common,
      cabinets: [
        { name: 'Audit, Conseil et Expertise comptable de la Meurthe et de la Moselle', href: '/a' },
        { name: 'Comptagestion', href: '/b' },
      ],
    },
  },
  'people of a firm': { screen: 'cabinet/staff', locals: staffList },
  'people of a firm, nobody found': {
    screen: 'cabinet/staff',
    locals: {
      ...staffList,
      search: 'zzz',
      matching: 0,
      people: [],
      paging: onePage,
      invitations: [],
    },
  },
  'people of a firm, its manager alone': {
    screen: 'cabinet/staff',
    locals: {
      ...staffList,
      notice: { kind: 'success', title: 'L’invitation est retirée', text: 'Son lien ne fonctionne plus.' },
      all: 1,
      matching: 1,
      people: staffList.people.slice(0, 1),
      paging: onePage,
      invitations: [],
    },
  },
  'somebody invited to a firm': { screen: 'cabinet/invite', locals: { ...staff, action: '/i', email: '' } },
  'somebody invited to a firm, with an error': {
    screen: 'cabinet/invite',
    locals: {
      ...staff,
      action: '/i',
      email: 'camille@demo.test',
      errors: [{ field: 'email', message: 'Cette personne appartient déjà à votre cabinet.' }],
    },
  },
  'somebody removed from a firm': { screen: 'cabinet/remove', locals: removal },
  'somebody removed from a firm, who holds nothing': {
    screen: 'cabinet/remove',
    locals: {
      ...removal,
      namedBy: [],
      impact: { on: null, takes: false, sentences: ['Camille Exemple ne perd aucun droit.'] },
    },
  },
};
