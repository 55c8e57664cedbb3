/** Every screen in the states that a person may meet, with names as long and lists as full as they get. */
import type { CaisseLook, CommonLocals, Screen, Screens, SiteChoice } from '../../provider/http/screens.ts';
import { accessRequestSamples } from './screen-samples-access-request.ts';
import { auditSamples } from './screen-samples-audit.ts';
import { cabinetSamples } from './screen-samples-cabinet.ts';
import { caisseSamples } from './screen-samples-caisse.ts';
import { closingSamples } from './screen-samples-closing.ts';
import { contactSamples } from './screen-samples-contact.ts';
import { givingSamples } from './screen-samples-giving.ts';
import { importSamples } from './screen-samples-import.ts';
import { invitationSamples } from './screen-samples-invitation.ts';
import { letterSamples } from './screen-samples-letters.ts';
import { listSamples } from './screen-samples-list.ts';
import { officeSamples } from './screen-samples-office.ts';
import { portfolioSamples } from './screen-samples-portfolio.ts';
import { secondFactorSamples } from './screen-samples-second-factor.ts';
import { sentSamples } from './screen-samples-sent.ts';

export type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

export const look: CaisseLook = {
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

const bareLook: CaisseLook = { ...look, phone: null, email: null, openingHours: null, hasLogo: false };
const service = { name: 'Espace sécurisé', uri: 'http://localhost:3001/' };
const common: CommonLocals = { look, service, errors: [] };
const neutral: CommonLocals = { look: null, service: null, errors: [] };
const person = {
  name: 'Camille Exemple',
  email: 'comptable@demo.test',
  signOutHref: '/grand-est/deconnexion',
};
const correlationId = '0192f3a4-7c1e-7d2a-9b1f-3a5c7e9d1b2f';
const defaultService = { label: 'Accéder à l’Espace sécurisé', href: 'http://localhost:3001/' };

const alert = 'DSN août 2026 : une déclaration à rectifier. Une action de votre part est attendue.';
const longCompany =
  'Société Coopérative Ouvrière de Maçonnerie, Charpente, Couverture et Étanchéité du Grand Nancy';

export function siteChoice(index: number, changes: Partial<SiteChoice> = {}): SiteChoice {
  return {
    id: `site-${index}`,
    raisonSociale: `Maçonnerie Lorraine ${index} SARL`,
    siret: `73282932${String(index).padStart(6, '0')}`,
    name: index % 3 === 0 ? 'Siège' : 'Agence de Metz',
    identifiantCibtp: `GE${240000 + index}`,
    dsnAlerts: Array.from({ length: index % 4 === 1 ? 12 : 0 }, () => alert),
    ...changes,
  };
}

const sites = (quantity: number) => Array.from({ length: quantity }, (_, index) => siteChoice(index));

const siteList: Screens['site-selection/list'] = {
  ...common,
  action: '/grand-est/interaction/abc/site',
  listAction: '/grand-est/interaction/abc',
  person,
  notice: null,
  search: '',
  recent: [siteChoice(3), siteChoice(5)],
  sites: sites(10),
  matching: 500,
  reachable: 500,
  page: 1,
  perPage: 10,
  cancelHref: null,
};

const signIn: Screens['sign-in/form'] = {
  ...common,
  action: '/grand-est/interaction/abc/connexion',
  email: '',
  notice: null,
  links: [],
};

const list = (changes: Partial<Screens['site-selection/list']>): Sample => ({
  screen: 'site-selection/list',
  locals: { ...siteList, ...changes },
});

export const samples: Readonly<Record<string, Sample>> = {
  'sign-in': { screen: 'sign-in/form', locals: signIn },
  'sign-in of a caisse that gave no contact': {
    screen: 'sign-in/form',
    locals: { ...signIn, look: bareLook, service: null },
  },
  'sign-in with errors': {
    screen: 'sign-in/form',
    locals: {
      ...signIn,
      email: 'camille@exemple',
      links: [{ label: 'Mot de passe oublié ?', href: '/grand-est/mot-de-passe-oublie' }],
      errors: [
        { field: 'email', message: 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr' },
        { field: 'password', message: 'Saisissez votre mot de passe' },
      ],
    },
  },
  'sign-in after too many attempts': {
    screen: 'sign-in/form',
    locals: {
      ...signIn,
      notice: { kind: 'warning', title: 'Trop de tentatives', text: 'Patientez cinq minutes.' },
    },
  },
  'sites, first page of 500': list({}),
  'sites, page in the middle': list({ page: 7, perPage: 25, sites: sites(25), cancelHref: '/retour' }),
  'sites, three of them': list({ sites: sites(3), matching: 3, reachable: 3 }),
  'sites, search': list({ search: 'maçonnerie', sites: sites(2), matching: 2 }),
  'sites, search without result': list({ search: 'dupond & fils', sites: [], matching: 0 }),
  'sites, none': list({ recent: [], sites: [], matching: 0, reachable: 0 }),
  'sites, long names': list({
    person: { ...person, email: `${'adresse-interminable-'.repeat(3)}@entreprise.demo.test` },
    recent: [],
    sites: [
      siteChoice(1, { raisonSociale: longCompany, name: longCompany }),
      siteChoice(5, { raisonSociale: 'SANSESPACE'.repeat(9), identifiantCibtp: 'GE-2026-000000000123456' }),
    ],
    matching: 2,
    reachable: 2,
  }),
  consent: {
    screen: 'consent/form',
    locals: {
      ...common,
      service: { name: 'Planning Chantier', uri: null },
      action: '/grand-est/interaction/abc/accord',
      person,
      scopes: ['openid', 'profile', 'email', 'phone', 'offline_access', 'services', 'inconnue'],
      site: siteChoice(4),
    },
  },
  'sign-out, to be confirmed': {
    screen: 'sign-out/confirm',
    locals: { ...common, action: '/grand-est/session/end/confirm', xsrf: 'jeton', person },
  },
  'sign-out, done': { screen: 'sign-out/done', locals: { ...common, defaultService } },
  'sign-out, given up': { screen: 'sign-out/stayed', locals: { ...common, person, defaultService } },
  'error with a next step': {
    screen: 'error/page',
    locals: {
      ...common,
      status: 500,
      heading: 'Un incident nous empêche de vous répondre',
      text: 'Réessayez dans quelques minutes.',
      correlationId,
      nextStep: defaultService,
    },
  },
  'error outside any caisse': {
    screen: 'error/page',
    locals: {
      ...neutral,
      status: 404,
      heading: 'Cette page n’existe pas',
      text: 'L’adresse a peut-être été mal recopiée.',
      correlationId: null,
      nextStep: null,
    },
  },
  'caisse unknown': { screen: 'error/caisse-unknown', locals: { ...neutral, correlationId } },
  home: { screen: 'home/page', locals: { ...common, service: null, defaultService } },
  ...officeSamples,
  ...portfolioSamples,
  ...secondFactorSamples,
  ...sentSamples,
  ...cabinetSamples,
  ...auditSamples,
  ...caisseSamples,
  ...closingSamples,
  ...listSamples,
  ...givingSamples,
  ...invitationSamples,
  ...importSamples,
  ...letterSamples,
  ...accessRequestSamples,
  ...contactSamples,
};
