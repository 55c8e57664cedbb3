/** Services and settings of a caisse, with long words, as its supervisors see them. */
import { readProse } from '../../provider/domain/prose.ts';
import type { Screen, Screens } from '../../provider/http/screens.ts';
import type { OfficeLocals } from '../../provider/http/screens-office.ts';
import type { FormGroup } from '../../provider/http/screens-office-form.ts';
import { serviceFields } from '../../provider/journeys/back-office/service-form.ts';
import { settingsFields } from '../../provider/journeys/back-office/settings-form.ts';
import { DEFAULT_TEXTS } from '../../provider/tenant/caisse-pages.ts';
import { HELP_PAGES, HELP_TITLES } from '../../provider/tenant/help-pages.ts';
import { SettingsSchema } from '../../provider/tenant/settings.ts';

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

const SCOPES = ['openid', 'profile', 'email', 'phone', 'offline_access', 'services', 'decisions', 'alerts'];

const office: OfficeLocals = {
  look,
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Dominique Essai',
    email: 'dominique@essai.test',
    signOutHref: '/grand-est/session/end',
    accountHref: '/grand-est/mon-compte',
  },
  sections: [
    'Recherche',
    'Demandes d’accès',
    'Messages',
    'Courriers',
    'Import',
    'Journal',
    'Services',
    'Réglages',
  ].map((label) => ({ label, href: '/grand-est/gestion', current: label === 'Services' })),
};

const trail = [{ label: 'Services', href: '/grand-est/gestion/services' }];
const form = (groups: readonly FormGroup[]) => ({
  ...office,
  trail,
  title: 'Portail des congés et du chômage intempéries',
  lead: 'Identifiant\u00a0: portail-des-conges',
  links: [
    { label: 'Essayer la connexion', href: 'https://portail.exemple.fr' },
    { label: 'Renouveler le secret', href: '/grand-est/gestion/services/portail/secret' },
    { label: 'Retirer ce service', href: '/grand-est/gestion/services/portail/retirer' },
  ],
  groups,
  action: '/grand-est/gestion/services/portail',
  seen: 'abc',
  button: 'Enregistrer les modifications',
  hasFile: false,
});

const service = {
  clientId: 'portail-des-conges',
  metadata: {
    client_name: 'Portail des congés et du chômage intempéries',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [
      'https://portail.exemple.fr/retour-apres-une-adresse-vraiment-tres-longue/vers/une/page?avec=une-suite',
    ],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email',
  },
  thirdParty: false,
  defaultService: true,
};

const settings = SettingsSchema.parse({
  shortName: 'Grand Est',
  theme: { primary: '#1d4e5f', accent: '#c8702a' },
});
const standing = { name: 'CIBTP Grand Est', settings, version: 'abc' };
const lookPage = {
  ...office,
  trail: [{ label: 'Réglages', href: '/grand-est/gestion/reglages' }],
  seen: 'abc',
};

export const caisseSamples: Readonly<Record<string, Sample>> = {
  'services, none': {
    screen: 'office/services',
    locals: { ...office, newHref: '/grand-est/gestion/services/nouveau', services: [] },
  },
  'services, some': {
    screen: 'office/services',
    locals: {
      ...office,
      notice: { kind: 'success', title: null, text: 'Le service est modifié.' },
      newHref: '/grand-est/gestion/services/nouveau',
      services: ['portail', 'un-service-dont-l-identifiant-est-vraiment-tres-tres-long-quand-meme'].map(
        (clientId, i) => ({
          clientId,
          name: `Portail des congés ${i}`,
          href: `/grand-est/gestion/services/${clientId}`,
          kind: 'Application confidentielle, service par défaut',
          tryHref: i === 0 ? 'https://portail.exemple.fr' : null,
        }),
      ),
    },
  },
  'a service': { screen: 'office/form', locals: form(serviceFields(service, SCOPES, null)) },
  'a service, refused': {
    screen: 'office/form',
    locals: {
      ...form(serviceFields(service, SCOPES, null)),
      errors: [
        'nom',
        'modes',
        'adresses_retour',
        'adresse_depart',
        'authentification',
        'cles',
        'portees',
      ].map((field) => ({
        field,
        message: 'Donnez une adresse exacte en https (http pour localhost seul).',
      })),
    },
  },
  'a new service': {
    screen: 'office/form',
    locals: { ...form(serviceFields(null, SCOPES, null)), links: [], lead: null },
  },
  'a service, its secret': {
    screen: 'office/service-secret',
    locals: {
      ...office,
      notice: { kind: 'success', title: null, text: 'Le service est enregistré.' },
      trail,
      clientId: 'portail-des-conges',
      secret: 'kZ3v0XJm9Tn2c5qYw8uR1sLpEo7aHbGfDd4iVtNxMj6',
      backHref: '/grand-est/gestion/services',
    },
  },
  'a service, to be removed': {
    screen: 'office/confirm',
    locals: {
      ...office,
      trail,
      title: 'Retirer le service\u00a0: Portail des congés',
      lead: [
        'Plus personne ne se connecte à ce service par la caisse.',
        'Ce qui lui avait été donné se termine aussitôt.',
      ],
      action: '/grand-est/gestion/services/portail/retirer',
      seen: 'abc',
      button: 'Retirer ce service',
      cancelHref: '/grand-est/gestion/services/portail',
    },
  },
  settings: {
    screen: 'office/form',
    locals: {
      ...form(settingsFields(standing, null)),
      trail: [],
      title: 'Réglages',
      lead: 'Ce que la caisse décide pour elle-même. Tout vaut aussitôt, partout.',
      links: [
        { label: 'Couleurs', href: '/grand-est/gestion/reglages/couleurs' },
        { label: 'Logo', href: '/grand-est/gestion/reglages/logo' },
      ],
      errors: ['nom', 'adresse', 'mdp_longueur', 'double'].map((field) => ({
        field,
        message: 'Donnez un nombre de 8 à 64.',
      })),
    },
  },
  colours: {
    screen: 'office/colours',
    locals: {
      ...lookPage,
      errors: [
        {
          field: 'principale',
          message: 'Cette couleur se lirait mal\u00a0: son contraste est de 1,4, il en faut 4,5.',
        },
      ],
      action: '/grand-est/gestion/reglages/couleurs',
      colours: { primary: '#ffcc00', accent: '#c8702a' },
      previewHref: null,
    },
  },
  'colours, previewed': {
    screen: 'office/colours',
    locals: {
      ...lookPage,
      action: '/grand-est/gestion/reglages/couleurs',
      colours: { primary: '#14532d', accent: '#b45309' },
      previewHref: '/grand-est/gestion/reglages/couleurs/apercu/theme.css',
    },
  },
  'a logo': {
    screen: 'office/logo',
    locals: {
      ...lookPage,
      errors: [
        {
          field: 'logo',
          message: 'Ce fichier ne convient pas\u00a0: donnez un dessin SVG fait de formes seules.',
        },
      ],
      action: '/grand-est/gestion/reglages/logo',
      logoHref: '/grand-est/logo',
    },
  },
  'a page of the caisse': {
    screen: 'caisse-pages/page',
    locals: {
      look,
      service: null,
      errors: [],
      title: 'Données personnelles',
      blocks: readProse(DEFAULT_TEXTS['donnees-personnelles']).concat(
        readProse(DEFAULT_TEXTS['conditions-d-utilisation']),
      ),
      links: [],
    },
  },
  'the general help': {
    screen: 'caisse-pages/page',
    locals: {
      look,
      service: null,
      errors: [],
      title: 'Aide',
      blocks: readProse(DEFAULT_TEXTS.aide),
      links: HELP_PAGES.map((page) => ({ label: HELP_TITLES[page], href: `/grand-est/${page}` })),
    },
  },
  'a sign-in before a closure': {
    screen: 'sign-in/form',
    locals: Object.assign(
      {
        look,
        service: { name: 'Espace sécurisé', uri: null },
        errors: [],
        action: '/grand-est/connexion/abc',
        email: '',
        notice: null,
        links: [],
      },
      {
        around: {
          kind: 'warning',
          title: 'Fermeture prévue',
          text: 'L’espace sera fermé à partir du 17 décembre 2026 à 18\u00a0h\u00a030, et rouvrira le 7 janvier 2027 à 8\u00a0h. Bonnes fêtes à tous.',
        },
      },
    ),
  },
  'a caisse that is closed': {
    screen: 'caisse-pages/closed',
    locals: {
      look,
      service: { name: 'Espace sécurisé', uri: null },
      errors: [],
      action: '/grand-est/fermeture/abc',
      opens: '7 janvier 2027 à 8\u00a0h',
      words: '',
      officeHref: null,
    },
  },
  'a page of a caisse that is closed': {
    screen: 'caisse-pages/closed',
    locals: {
      look,
      service: null,
      errors: [],
      action: null,
      opens: '7 janvier 2027 à 8\u00a0h\u00a030',
      words: 'Une urgence\u00a0? Le standard répond le mardi et le jeudi, de 9\u00a0h à 12\u00a0h.',
      officeHref: '/grand-est/gestion',
    },
  },
};
