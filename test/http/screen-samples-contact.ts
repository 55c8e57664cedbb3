/** The contact form and its messages in the back office, as they fill up. */
import type { Screen, Screens } from '../../provider/http/screens.ts';
import type { ContactFormLocals } from '../../provider/http/screens-contact.ts';
import type { OfficeMessagesLocals } from '../../provider/http/screens-office-message.ts';

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

const common = { look, service: null, errors: [], notice: null };

const person = {
  name: 'Marie-Dominique de La Tour-Exemple',
  email: 'marie-dominique.de-la-tour-exemple@entreprise-de-maconnerie.essai.test',
  signOutHref: null,
  accountHref: '/grand-est/mon-compte',
};

const typed: ContactFormLocals['typed'] = {
  family_name: '',
  given_name: '',
  email: '',
  phone: '',
  raison_sociale: '',
  identifiant: '',
  siret: '',
  objet: '',
  message: '',
  consentement: false,
};

const form: ContactFormLocals = {
  ...common,
  person: null,
  action: '/grand-est/contact',
  token: 'a'.repeat(43),
  known: null,
  siteChoice: null,
  typed,
  kept: [],
  files: {
    most: 3,
    bytes: 15_728_640,
    hint: '3\u00a0fichiers au plus, 15\u00a0Mo en tout. Types acceptés\u00a0: PDF, JPEG, PNG, Word (docx), Excel (xlsx), OpenDocument texte (odt), OpenDocument tableur (ods).',
    accept: '.pdf,.jpg,.jpeg,.png,.docx,.xlsx,.odt,.ods',
  },
  mostMessage: 5_000,
  privacyHref: '/grand-est/donnees-personnelles',
};

const LONG_NAME = `Justificatif_du_versement_des_conges_payes_${'2026'.repeat(9)}.pdf`;

const office = {
  ...common,
  person: { name: 'Camille Exemple', email: 'agent@demo.test', signOutHref: '/grand-est/session/end' },
  sections: [
    { label: 'Recherche', href: '/grand-est/gestion', current: false },
    { label: 'Messages', href: '/grand-est/gestion/messages', current: true },
    { label: 'Courriers', href: '/grand-est/gestion/courriers', current: false },
  ],
};

const list: OfficeMessagesLocals = {
  ...office,
  action: '/grand-est/gestion/messages',
  search: '',
  filters: [
    { value: 'a-traiter', label: 'À traiter', chosen: true },
    { value: 'tous', label: 'Tous', chosen: false },
  ],
  total: '2\u00a0messages',
  rows: [
    {
      href: '/grand-est/gestion/messages/1',
      about: 'Attestation de congés non reçue pour trois salariés de l’agence de Metz-Nord',
      number: 'K7P2-M4XQ',
      standing: { status: 'waiting', label: 'Échec d’envoi', beside: null },
      details: [
        'Marie-Dominique de La Tour-Exemple, Société Coopérative Ouvrière de Maçonnerie, Charpente et Couverture',
        'SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
        'Reçu le 21 novembre 2026 à 10\u00a0h\u00a032, 3\u00a0pièces jointes',
      ],
    },
    {
      href: '/grand-est/gestion/messages/2',
      about: 'x'.repeat(120),
      number: '9BTR-0Q3W',
      standing: { status: 'active', label: 'Transmis', beside: null },
      details: ['Dominique Essai', 'Reçu le 20 novembre 2026 à 9\u00a0h\u00a005'],
    },
  ],
  narrowed: false,
  allHref: '/grand-est/gestion/messages?statut=tous',
  paging: null,
  noMailbox: null,
};

const message: Screens['office/message'] = {
  ...office,
  notice: { kind: 'success', title: null, text: 'Le message repart vers la boîte de la caisse.' },
  trail: [{ label: 'Messages', href: '/grand-est/gestion/messages' }],
  title: 'Attestation de congés non reçue',
  badge: 'Échec d’envoi',
  warnings: [
    {
      text: 'La boîte de la caisse a refusé ce message, ou n’a pas répondu pendant deux jours. Vérifiez son adresse dans les réglages, puis envoyez-le de nouveau.',
      links: [],
    },
  ],
  facts: [
    { name: 'Numéro', value: 'K7P2-M4XQ' },
    {
      name: 'De',
      value: person.name,
      detail: 'Connecté à son espace sécurisé',
      act: { label: 'Voir', href: '/grand-est/gestion/comptes/1', about: 'son compte' },
    },
    { name: 'Adresse électronique', value: person.email },
    { name: 'Reçu le', value: '21 novembre 2026 à 10\u00a0h\u00a032', detail: 'Consentement donné' },
  ],
  words: `Bonjour,\n\nNos attestations ne sont pas arrivées :\n- agence de Metz ;\n- siège.\n\n${'x'.repeat(90)}`,
  files: [
    { name: LONG_NAME, size: '1,2\u00a0Mo' },
    { name: 'Photo.jpg', size: '340\u00a0Ko' },
  ],
  acts: [
    { label: 'Marquer traité', href: '/grand-est/gestion/messages/1/traiter' },
    { label: 'Envoyer à la boîte de la caisse', href: '/grand-est/gestion/messages/1/renvoyer' },
    { label: 'Effacer, consentement retiré', href: '/grand-est/gestion/messages/1/effacer' },
  ],
};

export const contactSamples: Readonly<Record<string, Sample>> = {
  contact: { screen: 'contact/form', locals: form },
  'contact-errors': {
    screen: 'contact/form',
    locals: {
      ...form,
      errors: [
        { field: 'email', message: 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr.' },
        { field: 'message', message: 'Écrivez votre message.' },
        {
          field: 'pieces',
          message: 'Vos pièces jointes dépassent 15\u00a0Mo en tout. Retirez ou allégez-en.',
        },
        {
          field: 'pieces',
          message: `«\u00a0${LONG_NAME}\u00a0» porte deux extensions. Renommez-le pour n’en garder qu’une.`,
        },
        {
          field: 'consentement',
          message: 'Cochez cette case pour que la caisse puisse traiter votre message.',
        },
      ],
      typed: { ...typed, family_name: 'Essai', email: 'camille', objet: 'Attestation' },
      kept: [
        { id: '1', name: LONG_NAME, size: '1,2\u00a0Mo' },
        { id: '2', name: 'Photo.jpg', size: '340\u00a0Ko' },
      ],
    },
  },
  'contact-signed-in': {
    screen: 'contact/form',
    locals: {
      ...form,
      person,
      known: [
        { name: 'Nom', value: 'de La Tour-Exemple' },
        { name: 'Prénom', value: 'Marie-Dominique' },
        { name: 'Adresse électronique', value: person.email },
        { name: 'Téléphone', value: '03 83 00 00 01, 06 39 98 00 01' },
        {
          name: 'Raison sociale',
          value: 'Société Coopérative Ouvrière de Maçonnerie, Charpente, Couverture et Étanchéité',
        },
        { name: 'Identifiant CIBTP', value: 'GE-104217' },
        { name: 'SIRET', value: '732\u00a0829\u00a0320\u00a000074 (Agence de Metz-Nord)' },
      ],
      siteChoice: 'Écrire au sujet d’un autre site',
    },
  },
  'contact-without-files': {
    screen: 'contact/form',
    locals: {
      ...form,
      files: null,
      notice: {
        kind: 'warning',
        title: 'Trop d’essais',
        text: 'Par sécurité, les essais sont suspendus. Réessayez dans 15\u00a0minutes.',
      },
    },
  },
  'contact-site': {
    screen: 'contact/site',
    locals: {
      look,
      service: null,
      errors: [],
      person,
      action: '/grand-est/contact/site',
      carried: [{ name: 'message', value: 'Bonjour,\n\nNotre attestation' }],
      search: 'metz',
      total: '1\u00a0site',
      sites: [
        {
          value: '73282932000074',
          raisonSociale: 'Société Coopérative Ouvrière de Maçonnerie',
          name: 'Agence de Metz-Nord',
          siret: '732\u00a0829\u00a0320\u00a000074',
          identifiant: 'GE-104217',
        },
      ],
      paging: { page: 2, last: 3 },
    },
  },
  'contact-site-none': {
    screen: 'contact/site',
    locals: {
      look,
      service: null,
      errors: [],
      person,
      action: '/grand-est/contact/site',
      carried: [],
      search: 'zzz',
      total: '0\u00a0site',
      sites: [],
      paging: null,
    },
  },
  'contact-sent': {
    screen: 'contact/sent',
    locals: {
      look,
      service: null,
      errors: [],
      number: 'K7P2-M4XQ',
      email: person.email,
      facts: [
        { name: 'Reçu le', value: '21 novembre 2026 à 10\u00a0h\u00a032' },
        { name: 'Objet', value: 'Attestation de congés non reçue' },
        { name: 'Pièces jointes', value: `${LONG_NAME} (1,2\u00a0Mo), Photo.jpg (340\u00a0Ko)` },
      ],
      anotherHref: '/grand-est/contact',
    },
  },
  'office, messages': { screen: 'office/messages', locals: list },
  'office, no message found': {
    screen: 'office/messages',
    locals: {
      ...list,
      search: 'zzz',
      narrowed: true,
      rows: [],
      total: '0\u00a0message',
      noMailbox: { settingsHref: '/grand-est/gestion/reglages' },
    },
  },
  'office, no message to handle': {
    screen: 'office/messages',
    locals: { ...list, rows: [], total: '0\u00a0message', noMailbox: { settingsHref: null } },
  },
  'office, message': { screen: 'office/message', locals: message },
  'office, message withdrawn': {
    screen: 'office/message',
    locals: {
      ...message,
      title: 'Message effacé',
      notice: { kind: 'success', title: null, text: 'Le message est effacé.' },
      warnings: [],
      badge: 'Traité',
      facts: [
        { name: 'Numéro', value: 'K7P2-M4XQ' },
        { name: 'Consentement retiré le', value: '21 novembre 2026 à 10\u00a0h\u00a032' },
      ],
      words: null,
      files: [],
      acts: [],
    },
  },
  'office, message erased': {
    screen: 'office/message',
    locals: { ...message, notice: null, warnings: [], badge: 'Traité', words: null, files: [] },
  },
};
