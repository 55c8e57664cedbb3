/** The screens on which rights are given and modified, as they may be met. */

import { COLLEGES, EVERYTHING, vectorOf } from '../../provider/domain/rights.ts';
import type { Screen, Screens } from '../../provider/http/screens.ts';
import { drawMatrix, firstChoice } from '../../provider/journeys/rights-form.ts';
import { shownRights } from '../../provider/journeys/rights-shown.ts';

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
const site = {
  raisonSociale: 'Société Coopérative Ouvrière de Maçonnerie et Charpente du Grand Nancy',
  identifiant: 'GE240001',
  siret: '73282932000074',
  name: 'Agence de Metz',
};
const step = {
  look,
  service: null,
  errors: [],
  person: { name: 'Camille Exemple', email, signOutHref: '/fin', accountHref: '/mon-compte' },
  notice: null,
  site,
  action: '/action',
  cancelHref: '/droits-d-acces/73282932000074',
  carried: [{ name: 'email', value: email }],
};

const siteRow = (index: number) => ({
  field: `site_7328293200${String(index).padStart(4, '0')}`,
  name: index % 4 === 1 ? 'Chantier de la Cité administrative et de ses abords' : `Agence n° ${index}`,
  siret: `7328293200${String(index).padStart(4, '0')}`,
  checked: index === 0,
});

const add: Screens['delegation/add'] = {
  ...step,
  email: '',
  period: { from: '2026-11-21', to: '' },
  standing: [],
  sites: null,
};

const offer = { holds: EVERYTHING, hidden: [], allowAdmin: true };
const labels = { admin: 'Administrateur' };
const partial = vectorOf(
  Array.from({ length: 17 }, (_, i) => (i % 3 === 0 ? 'consultation' : i % 3 === 1 ? 'mise_a_jour' : 'none')),
  COLLEGES.slice(0, 2),
);
const reader = { ...offer, holds: vectorOf(Array(17).fill('consultation'), COLLEGES), allowAdmin: false };

const rights: Screens['delegation/add-rights'] = {
  ...step,
  backAction: '/retour',
  email,
  siteNames: ['Agence de Metz'],
  matrix: drawMatrix(firstChoice(offer), offer, labels),
};

const recap: Screens['delegation/add-recap'] = {
  ...step,
  personAction: '/beneficiaire',
  rightsAction: '/droits',
  email,
  sites: [{ name: 'Agence de Metz', siret: site.siret }],
  from: '21 novembre 2026',
  to: '31 mars 2027',
  rights: shownRights(partial, { admin: false, hidden: [] }),
  waitsUntil: '21 décembre 2026',
  needsConfirmation: true,
  giverEnds: null,
};

const loss = {
  on: null,
  takes: true,
  sentences: [
    'Camille Exemple perd 3\u00a0droits sur 1\u00a0site.',
    '14\u00a0collaborateurs perdent 3\u00a0droits sur 62\u00a0sites.',
  ],
};

const modify = {
  ...step,
  beneficiary: 'Dominique Exemple',
  beneficiaryEmail: email,
  giver: 'Camille Exemple',
  listHref: '/liste',
};

const modifyForm: Screens['delegation/modify'] = {
  ...modify,
  period: { from: '2026-03-03', to: '2027-03-31' },
  fixedFrom: '3 mars 2026',
  matrix: rights.matrix,
  others: null,
};

const modifyRecap: Screens['delegation/modify-recap'] = {
  ...modify,
  editAction: '/saisie',
  sites: [{ name: 'Agence de Metz', siret: site.siret }],
  changes: [
    {
      siteName: 'Agence de Metz',
      lines: [
        { name: 'Date de fin', before: 'Sans date de fin', after: '31 mars 2027' },
        { name: 'Collèges', before: 'Ouvriers, ETAM, Cadres', after: 'Ouvriers, ETAM' },
      ],
      lost: [{ name: 'Mon mode de réception des documents', before: 'Mise à jour', after: 'Aucun droit' }],
      gained: [{ name: 'Mes congés groupés', before: 'Aucun droit', after: 'Consultation' }],
    },
  ],
  rights: recap.rights,
  impacts: [loss, { ...loss, on: '1er avril 2027' }],
  tellsNobody: false,
};

export const givingSamples: Readonly<Record<string, Sample>> = {
  'giving, to whom': { screen: 'delegation/add', locals: add },
  'giving, on some of a few sites, with errors': {
    screen: 'delegation/add',
    locals: {
      ...add,
      email,
      errors: [
        { field: 'email', message: 'Vous avez déjà une délégation en cours pour cette adresse.' },
        { field: 'date_fin', message: 'La date de fin ne peut pas précéder la date d’effet.' },
        { field: 'sites', message: 'Choisissez au moins un site.' },
      ],
      standing: [{ siteName: 'Agence de Metz', href: '/modifier' }],
      sites: { all: false, administered: 6, search: null, offered: [0, 1, 2, 3, 4, 5].map(siteRow) },
    },
  },
  'giving, on some of many sites': {
    screen: 'delegation/add',
    locals: {
      ...add,
      sites: {
        all: true,
        administered: 480,
        search: { typed: 'agence', more: 455 },
        offered: Array.from({ length: 25 }, (_, index) => siteRow(index)),
      },
    },
  },
  'giving, which rights': { screen: 'delegation/add-rights', locals: rights },
  'giving, which rights, out of a few': {
    screen: 'delegation/add-rights',
    locals: { ...rights, matrix: drawMatrix(firstChoice(reader), reader, labels) },
  },
  'giving, which rights, with errors': {
    screen: 'delegation/add-rights',
    locals: {
      ...rights,
      errors: [
        { field: 'colleges', message: 'Choisissez au moins un collège.' },
        { field: 'tout', message: '« Consultation » n’a pas été appliqué à ces lignes.' },
        { field: 'droit_planning', message: '« Mon planning »\u00a0: vous ne pouvez plus donner ce droit.' },
        { field: 'droits', message: 'Choisissez au moins un droit, en consultation ou en mise à jour.' },
      ],
    },
  },
  'giving, recap': { screen: 'delegation/add-recap', locals: recap },
  'giving, recap of an administrator on several sites': {
    screen: 'delegation/add-recap',
    locals: {
      ...recap,
      to: null,
      sites: [0, 1, 2].map(siteRow),
      rights: { ...recap.rights, admin: true },
      giverEnds: '31 décembre 2026',
    },
  },
  'modifying a delegation': { screen: 'delegation/modify', locals: modifyForm },
  'modifying a delegation on several sites, with errors': {
    screen: 'delegation/modify',
    locals: {
      ...modifyForm,
      fixedFrom: null,
      errors: [
        {
          field: 'autres_sites',
          message: 'La personne qui a donné ces droits ne les détient pas sur « Dépôt ».',
        },
      ],
      others: { checked: true, names: ['Dépôt', 'Atelier de la Cité administrative'] },
    },
  },
  'modifying, recap': { screen: 'delegation/modify-recap', locals: modifyRecap },
  'modifying, recap on several sites': {
    screen: 'delegation/modify-recap',
    locals: {
      ...modifyRecap,
      sites: [0, 1].map(siteRow),
      changes: [...modifyRecap.changes, { siteName: 'Dépôt', lines: [], lost: [], gained: [] }],
      impacts: [],
      tellsNobody: true,
    },
  },
};
