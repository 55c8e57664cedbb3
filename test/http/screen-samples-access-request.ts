/** The screens of a request for access, as they fill up. */

import type { Screen, Screens } from '../../provider/http/screens.ts';
import type { AccessRequestValues } from '../../provider/http/screens-access-request.ts';

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

const site = {
  raisonSociale: 'Société Coopérative Ouvrière de Maçonnerie, Charpente, Couverture et Étanchéité',
  name: 'Agence de Metz-Nord',
  siret: '73282932000074',
};

const values: AccessRequestValues = {
  family_name: 'de La Tour-Exemple',
  given_name: 'Marie-Dominique',
  position: 'Présidente-directrice générale',
  email: 'marie-dominique.de-la-tour-exemple@entreprise-de-maconnerie.essai.test',
  unaffiliated: 'oui',
  delegate: 'cabinet',
  firm: 'Cabinet d’expertise comptable de l’Étang',
  delegate_family_name: 'Modèle',
  delegate_given_name: 'Sacha',
  street: '128 avenue du Général-de-l’Exemple',
  address_extra: 'Bâtiment C',
  postcode: '57000',
  city: 'Metz',
  level: 'consultation',
};

const empty: AccessRequestValues = {
  ...(Object.fromEntries(Object.keys(values).map((name) => [name, ''])) as AccessRequestValues),
  delegate: 'nobody',
};

const step = {
  look,
  service: null,
  errors: [],
  notice: null,
  action: '/grand-est/demande-d-acces/dirigeant',
  ticket: '0a1b2c',
  site,
  values,
  carried: [{ name: 'street', value: values.street }],
};

const office = {
  look,
  service: null,
  errors: [],
  notice: null,
  person: { name: 'Camille Exemple', email: 'agent@demo.test', signOutHref: '/grand-est/session/end' },
  sections: [
    { label: 'Recherche', href: '/grand-est/gestion', current: false },
    { label: 'Demandes d’accès', href: '/grand-est/gestion/demandes', current: true },
    { label: 'Courriers', href: '/grand-est/gestion/courriers', current: false },
  ],
  action: '/grand-est/gestion/demandes',
  filters: [
    { value: 'ouvertes', label: 'À traiter', chosen: false },
    { value: 'toutes', label: 'Toutes', chosen: true },
  ],
  allHref: '/grand-est/gestion/demandes?statut=toutes',
};

const backHref = '/grand-est/demande-d-acces';

export const accessRequestSamples: Readonly<Record<string, Sample>> = {
  'access-request-identification': {
    screen: 'enrolment/identification',
    locals: {
      ...step,
      journey: 'access_request',
      identifiant: '',
      newCodeHref: '/grand-est/mot-de-passe-oublie/code-perdu',
      siret: '',
      backHref: '/grand-est/',
    },
  },
  'access-request-director': {
    screen: 'access-request/director',
    locals: { ...step, values: empty, backHref },
  },
  'access-request-director-errors': {
    screen: 'access-request/director',
    locals: {
      ...step,
      backHref,
      values: { ...values, email: 'marie', delegate: '' },
      errors: [
        { field: 'email', message: 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr.' },
        { field: 'delegate', message: 'Dites si une autre personne doit recevoir des accès.' },
      ],
    },
  },
  'access-request-cabinet': { screen: 'access-request/delegate', locals: { ...step } },
  'access-request-employee': {
    screen: 'access-request/delegate',
    locals: {
      ...step,
      values: { ...empty, delegate: 'employee' },
      errors: [
        { field: 'postcode', message: 'Saisissez un code postal de 5\u00a0chiffres.' },
        { field: 'level', message: 'Choisissez les droits à ouvrir.' },
      ],
    },
  },
  'access-request-recap': {
    screen: 'access-request/recap',
    locals: {
      ...step,
      director: [
        { name: 'Nom et prénom', value: `${values.family_name} ${values.given_name}` },
        { name: 'Rôle dans l’entreprise', value: values.position },
        { name: 'Adresse électronique', value: values.email },
        { name: 'Affiliation', value: 'Non affilié à la caisse' },
      ],
      delegate: [
        { name: 'Cabinet comptable', value: values.firm },
        { name: 'Nom et prénom', value: 'Modèle Sacha' },
        { name: 'Adresse postale', value: `${values.street}, Bâtiment C, 57000 Metz` },
        { name: 'Droits', value: 'Consulter toutes les rubriques' },
      ],
      notice: {
        kind: 'warning',
        title: 'Trop d’essais',
        text: 'Par sécurité, les essais sont suspendus. Réessayez dans 15\u00a0minutes.',
      },
    },
  },
  'access-request-sent': {
    screen: 'access-request/sent',
    locals: {
      look,
      service: null,
      errors: [],
      number: 'K7P2-M4XQ',
      email: values.email,
      correctHref: '/grand-est/demande-d-acces/dirigeant',
    },
  },
  'office, requests': {
    screen: 'office/requests',
    locals: {
      ...office,
      search: 'maçonnerie',
      total: '60\u00a0demandes',
      narrowed: true,
      rows: [
        {
          href: '/grand-est/gestion/demandes/1',
          name: site.raisonSociale,
          number: 'K7P2-M4XQ',
          standing: { status: 'waiting', label: 'Incomplète', beside: null },
          details: [
            'SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
            `${values.given_name} ${values.family_name}, avec un cabinet comptable`,
            'Reçue le 21 novembre 2026 à 10\u00a0h\u00a032',
          ],
        },
        {
          href: '/grand-est/gestion/demandes/2',
          name: 'Maçonnerie de la Vallée',
          number: '9BTR-0Q3W',
          standing: { status: 'inactive', label: 'Refusée', beside: null },
          details: [
            'SIRET\u00a0732\u00a0829\u00a0320\u00a000082',
            'Dominique Essai',
            'Reçue le 20 novembre 2026 à 9\u00a0h\u00a005',
          ],
        },
      ],
      paging: {
        page: 2,
        last: 3,
        label: 'Pages des demandes d’accès',
        unit: 'demandes',
        previous: '/grand-est/gestion/demandes?q=a',
        next: '/grand-est/gestion/demandes?q=a&page=3',
        pages: [
          { page: 1, href: '/grand-est/gestion/demandes?q=a' },
          { page: 2, href: '/grand-est/gestion/demandes?q=a&page=2' },
          { page: 3, href: '/grand-est/gestion/demandes?q=a&page=3' },
        ],
        perPage: 25,
        sizes: [
          { size: 25, href: '/grand-est/gestion/demandes?q=a' },
          { size: 50, href: '/grand-est/gestion/demandes?q=a&par_page=50' },
        ],
      },
    },
  },
  'office, no request found': {
    screen: 'office/requests',
    locals: { ...office, search: 'zzz', total: '0\u00a0demande', narrowed: true, rows: [], paging: null },
  },
  'office, no request to deal with': {
    screen: 'office/requests',
    locals: { ...office, search: '', total: '0\u00a0demande', narrowed: false, rows: [], paging: null },
  },
};
