/** The screens of who is invited, and of who confirms, as they may be met. */
import { EVERYTHING } from '../../provider/domain/rights.ts';
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import { shownRights } from '../../provider/journeys/rights-shown.ts';
import { rightsOn } from '../support/world.ts';

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
const common = { look, service: null, errors: [] };
const email = 'prenom-interminable.nom-interminable@entreprise-de-maconnerie-generale.demo.test';
const person = { name: 'Dominique Exemple', email, signOutHref: '/grand-est/session/end' };

const some = {
  sites: [{ name: 'Agence de Metz', siret: '73282932000074' }],
  from: '21 novembre 2026',
  to: '31 décembre 2027',
  rights: shownRights(
    rightsOn(
      {
        comptes_bancaires: 'consultation',
        documents: 'mise_a_jour',
        planning: 'consultation',
        salaries: 'mise_a_jour',
      },
      ['ouvrier', 'etam'],
    ),
    { admin: false, hidden: [] },
  ),
};
const all = {
  sites: [
    { name: 'Dépôt et ateliers de la vallée de la Moselle supérieure', siret: '73282932000082' },
    { name: 'Siège', siret: '73282932000090' },
  ],
  from: '21 novembre 2026',
  to: null,
  rights: shownRights(EVERYTHING, { admin: true, hidden: [] }),
};

const offer = {
  byCaisse: false,
  kind: 'user',
  inviter: 'Camille Exemple',
  company: {
    raisonSociale: 'Maçonnerie générale et travaux publics de la Moselle',
    identifiant: 'GE-0042137',
  },
  cabinetName: null,
  parts: [some],
  until: '21 décembre 2026',
  needsConfirmation: true,
} as const;
const throughFirm = {
  ...offer,
  kind: 'cabinet',
  cabinetName: 'Audit, Conseil et Expertise comptable de la Meurthe et de la Moselle',
} as const;
const toFirm = {
  ...throughFirm,
  kind: 'member',
  company: null,
  parts: [],
  needsConfirmation: false,
} as const;

const form: Screens['invitation/form'] = {
  ...common,
  action: '/grand-est/invitation',
  token: 'jeton',
  seen: 'vu',
  offer,
  notice: null,
  email,
  values: {
    familyName: '',
    givenName: '',
    landline: '',
    landlineCountry: 'FR',
    mobile: '',
    mobileCountry: 'FR',
  },
  passwordHint:
    'Au moins 8\u00a0caractères, avec trois sortes parmi\u00a0: majuscules, minuscules, chiffres, caractères spéciaux.',
  passwordKept: false,
  countries: [
    { value: 'FR', label: 'France (+33)' },
    { value: 'GP', label: 'Guadeloupe et Saint-Barthélemy (+590)' },
  ],
  mobileCertified: false,
  refuseHref: '/grand-est/invitation/refuser?jeton=jeton',
};
const known: Screens['invitation/known'] = {
  ...common,
  offer: throughFirm,
  notice: null,
  email,
  signInHref: '/grand-est/invitation/reponse/abc',
  refuseHref: '/grand-est/invitation/refuser?jeton=jeton',
};
const pending = {
  ...common,
  person,
  notice: null,
  company: offer.company,
  beneficiary: { name: 'Alix Nouvelle-Venue', email },
  cabinetName: null,
  parts: [some],
  others: [],
  seen: 'vu',
  backHref: '/grand-est/droits-d-acces/73282932000074',
};
const confirm: Screens['delegation/confirm'] = {
  ...pending,
  action: '/c',
  giver: 'Camille Exemple',
  acceptedOn: '22 novembre 2026',
  until: '22 décembre 2026',
};
const act: Screens['delegation/pending-act'] = {
  ...pending,
  beneficiary: { name: null, email },
  act: 'send_again',
  action: '/r',
  sentOn: '1er novembre 2026',
  days: 30,
};

export const invitationSamples: Readonly<Record<string, Sample>> = {
  'invitation of somebody new': { screen: 'invitation/form', locals: form },
  'invitation of somebody new, with errors': {
    screen: 'invitation/form',
    locals: {
      ...form,
      offer: { ...offer, parts: [some, all] },
      passwordKept: true,
      values: { ...form.values, givenName: 'Alix', mobile: '06 39 98 00 01' },
      mobileCertified: true,
      errors: [{ field: 'family_name', message: 'Saisissez votre nom.' }],
    },
  },
  'invitation of somebody new to a firm': { screen: 'invitation/form', locals: { ...form, offer: toFirm } },
  'code of the mobile of somebody invited': {
    screen: 'invitation/mobile-code',
    locals: {
      ...common,
      action: '/m',
      token: 'jeton',
      number: '06 39 98 00 01',
      notice: null,
      minutes: 10,
      backHref: '/i',
    },
  },
  'invitation of somebody known': { screen: 'invitation/known', locals: known },
  'invitation of somebody known, another signed in': {
    screen: 'invitation/known',
    locals: {
      ...known,
      notice: { kind: 'info', title: 'Vous êtes connecté avec un autre compte', text: 'Changez de compte.' },
    },
  },
  'invitation to be answered': {
    screen: 'invitation/answer',
    locals: {
      ...common,
      person,
      notice: null,
      offer: { ...offer, parts: [some, all] },
      action: '/a',
      seen: 'vu',
      refuseHref: '/r',
    },
  },
  'succession to be answered': {
    screen: 'invitation/answer',
    locals: {
      ...common,
      person,
      notice: null,
      offer: { ...offer, kind: 'succession', parts: [all], needsConfirmation: false },
      action: '/a',
      seen: 'vu',
      refuseHref: '/r',
    },
  },
  'succession that the caisse offers': {
    screen: 'invitation/answer',
    locals: {
      ...common,
      person,
      notice: null,
      offer: { ...offer, kind: 'succession', byCaisse: true, parts: [all], needsConfirmation: false },
      action: '/a',
      seen: 'vu',
      refuseHref: '/r',
    },
  },
  'invitation to be refused': {
    screen: 'invitation/refuse',
    locals: { ...common, action: '/r', token: 'jeton', offer, backHref: '/i' },
  },
  'invitation of somebody else': {
    screen: 'invitation/other-account',
    locals: { ...common, person, switchHref: '/s' },
  },
  'delegation to be confirmed': { screen: 'delegation/confirm', locals: confirm },
  'delegation to be confirmed, to a firm, on several sites': {
    screen: 'delegation/confirm',
    locals: {
      ...confirm,
      cabinetName: throughFirm.cabinetName,
      parts: [some, all],
      others: ['Agence de Nancy'],
    },
  },
  'invitation to be sent again': { screen: 'delegation/pending-act', locals: act },
  'demand to be opened again': { screen: 'delegation/pending-act', locals: { ...act, act: 'reopen' } },
  'invitation to be withdrawn': {
    screen: 'delegation/pending-act',
    locals: { ...act, act: 'withdraw', parts: [all] },
  },
};
