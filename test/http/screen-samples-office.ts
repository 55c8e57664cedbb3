/** The screens on which the caisse's own people search, look at and act on adhérents, accounts, firms and colleagues. */
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import type { OfficeRow } from '../../provider/http/screens-office-adherent.ts';
import { pagingOf } from '../../provider/journeys/paged.ts';

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
const sections = [
  'Recherche',
  'Demandes d’accès',
  'Messages',
  'Courriers',
  'Import',
  'Journal',
  'Services',
  'Gestionnaires',
  'Réglages',
].map((label, i) => ({ label, href: `/grand-est/gestion/${i}`, current: i === 0 }));
const person = {
  name: 'Pascale Exemple',
  email: 'pascale-au-nom-interminable@caisse-exemple.demo.test',
  signOutHref: '/grand-est/session/end',
  accountHref: '/grand-est/mon-compte',
};
const office = { look, service: null, errors: [], person, notice: null, sections };
const longCompany =
  'Société Coopérative Ouvrière de Maçonnerie, Charpente, Couverture et Étanchéité du Grand Nancy';

const search = { ...office, action: '/grand-est/gestion', more: false, paging: null, backHref: null };
const company = (n: number) => ({
  name: n === 0 ? longCompany : `Maçonnerie Lorraine ${n}`,
  href: `/a/${n}`,
  details: [`Identifiant GE-10${n} 20${n}`, 'Agence de Metz – SIRET\u00a0732\u00a0829\u00a0320\u00a000074'],
  badge: null,
});
const paging = pagingOf({
  page: 3,
  perPage: 25,
  matching: 930,
  sizes: [25, 50],
  label: 'Pages des résultats',
  unit: 'résultats par page',
  hrefOf: ({ page }) => `/p/${page}`,
});

const row = (given: Partial<OfficeRow> & Pick<OfficeRow, 'name'>): OfficeRow => ({
  href: '/x',
  badge: null,
  standing: null,
  details: [],
  acts: [],
  ...given,
});

const trail = [
  { label: 'Recherche', href: '/grand-est/gestion' },
  { label: longCompany, href: '/a' },
];

const page = { ...office, trail, badge: null, lead: null, warnings: [], facts: [], acts: [] };
const list = { paging: null, search: null, links: [] };

const site: Screens['office/page'] = {
  ...page,
  title: 'Agence de Metz et dépôt de la zone industrielle',
  lead: `${longCompany} – SIRET\u00a0732\u00a0829\u00a0320\u00a000074`,
  facts: [
    { name: 'Adhérent', value: longCompany, detail: 'Identifiant GE-100 200' },
    {
      name: 'Journal',
      value: 'Ce qui s’est passé sur ce site',
      act: { label: 'Voir', href: '/j', about: 'le journal de ce site' },
    },
  ],
  lists: [
    {
      ...list,
      id: 'acces',
      title: 'Comptes et délégations',
      empty: '',
      paging,
      rows: [
        row({
          name: 'Odile Marchepied-Interminable',
          badge: 'Administrateur Entreprise',
          standing: { status: 'active', label: 'Actif', beside: null },
          details: [
            'odile-au-nom-interminable@maconnerie-exemple.demo.test',
            'Ouvert par courrier ou par succession, à compter du 12/03/2025',
          ],
          acts: [
            { label: 'Confier à un successeur', href: '/s', about: '\u00a0: Odile Marchepied-Interminable' },
          ],
        }),
        row({
          name: 'invite-sans-nom@entreprise-de-maconnerie-exemple.demo.test',
          href: null,
          badge: 'Utilisateur',
          standing: { status: 'waiting', label: 'En attente', beside: 'attend la réponse du bénéficiaire' },
          details: ['Donnée par Odile Marchepied, à compter du 21/11/2026 jusqu’au 31/12/2026'],
        }),
        row({
          name: 'Rémi Sablon',
          badge: 'Collaborateur du cabinet',
          standing: { status: 'active', label: 'Actif', beside: 'en veille' },
          details: ['Donnée par Cabinet Ormeau & Associés, à compter du 01/01/2026'],
        }),
      ],
    },
  ],
};

const adherent: Screens['office/page'] = {
  ...page,
  trail: trail.slice(0, 1),
  title: longCompany,
  lead: 'Adhérent GE-100 200',
  notice: {
    kind: 'success',
    title: null,
    text: 'Le cabinet est rattaché. L’entreprise peut désormais lui déléguer des droits.',
  },
  warnings: [
    {
      text: 'La même entreprise (même SIREN) a aussi des sites sous un autre identifiant. Rien n’est fusionné\u00a0: vérifiez avant d’agir.',
      links: [{ label: 'SCO Maçonnerie Nancy – GE-300 400 (SIREN\u00a0732829320)', href: '/d' }],
    },
  ],
  facts: [{ name: 'Adresse', value: '12 rue de l’Exemple, 54000 NANCY' }],
  acts: [
    { label: 'Rattacher un cabinet', href: '/r' },
    { label: 'Envoyer un nouveau code par courrier', href: '/c' },
  ],
  lists: [
    {
      ...list,
      id: 'sites',
      title: '62\u00a0sites déclarants',
      empty: '',
      search: { action: '/a', value: 'metz', label: 'Nom ou SIRET d’un site' },
      rows: [
        row({
          name: 'Agence de Metz',
          details: [
            'SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
            'Administrateur\u00a0: Odile Marchepied',
            '14\u00a0délégations',
          ],
        }),
        row({ name: 'Dépôt de Toul', badge: 'Espace non ouvert', details: ['Aucun administrateur'] }),
      ],
      paging,
    },
    {
      ...list,
      id: 'cabinets',
      title: 'Cabinets comptables',
      empty: 'Aucun cabinet n’est rattaché à cet adhérent.',
      rows: [
        row({
          name: 'Cabinet Ormeau & Associés',
          details: ['Rattaché depuis le 1er\u00a0mars\u00a02026'],
          acts: [{ label: 'Détacher', href: '/det', about: 'le cabinet Ormeau & Associés' }],
        }),
      ],
    },
    {
      ...list,
      id: 'comptes',
      title: '12\u00a0comptes',
      empty: '',
      rows: [
        row({
          name: 'Odile Marchepied-Interminable',
          details: [
            'odile-au-nom-interminable@maconnerie-exemple.demo.test',
            'Accède à 62\u00a0sites, Administrateur Entreprise de 3',
          ],
        }),
        row({ name: 'Rémi Sablon', badge: 'Provisoire', details: ['Pas encore d’adresse électronique'] }),
      ],
      links: [{ label: 'Voir les 12\u00a0comptes', href: '/co' }],
    },
    {
      ...list,
      id: 'courriers',
      title: 'Courriers',
      empty: 'Aucun courrier n’a été fait pour cet adhérent.',
      rows: [],
    },
    {
      ...list,
      id: 'journal',
      title: 'Ce qui s’est passé',
      empty: '',
      rows: [
        row({
          name: 'Délégation fermée',
          details: [
            'Le 21/11/2026 à 14:05:09, par Odile Marchepied-Interminable, pour Rémi Sablon',
            'Agence de Metz – SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
          ],
        }),
      ],
      links: [{ label: 'Voir le journal de cet adhérent', href: '/j' }],
    },
  ],
};

const account: Screens['office/page'] = {
  ...page,
  trail: trail.slice(0, 1),
  title: 'Odile Marchepied',
  badge: 'Adresse à confirmer',
  lead: 'odile-au-nom-interminable@maconnerie-exemple.demo.test',
  facts: [
    {
      name: 'Adresse électronique',
      value: 'odile-au-nom-interminable@maconnerie-exemple.demo.test',
      detail: 'Nouvelle adresse à confirmer\u00a0: odile@autre-exemple.demo.test',
    },
    {
      name: 'Connexion en deux étapes',
      value: 'Configurée le 2\u00a0mars\u00a02026',
      detail: '7\u00a0codes de secours restants',
    },
  ],
  acts: [
    'Débloquer la connexion',
    'Envoyer un lien de nouveau mot de passe',
    'Réinitialiser la connexion en deux étapes',
    'Changer l’adresse électronique',
    'Fermer le compte',
  ].map((label) => ({ label, href: `/${label.length}` })),
  lists: [
    {
      ...list,
      id: 'connexions',
      title: 'Connexions en cours',
      empty: '',
      rows: [
        row({
          name: 'Firefox sur Windows',
          href: null,
          details: ['Depuis le 21\u00a0novembre\u00a02026 à 9\u00a0h\u00a012, adresse 192.0.2.7'],
        }),
      ],
    },
    {
      ...list,
      id: 'historique',
      title: 'Derniers événements',
      empty: '',
      rows: [
        row({
          name: 'Connexion',
          href: null,
          details: ['21\u00a0novembre\u00a02026 à 9\u00a0h\u00a012, depuis 192.0.2.7'],
        }),
      ],
      links: [{ label: 'Voir tout le journal de cette personne', href: '/j' }],
    },
  ],
};

const act: Screens['office/act'] = {
  ...office,
  trail,
  title: 'Fermer ce compte',
  lead: [
    'La personne ne peut plus se connecter\u00a0: ses connexions se terminent, et tout ce qu’elle tenait prend fin.',
    'Des sites n’ont pas d’autre administrateur\u00a0: confiez-les d’abord à un successeur.',
  ],
  facts: [
    { name: 'Compte', value: 'Odile Marchepied', detail: 'odile@maconnerie-exemple.demo.test' },
    {
      name: `${longCompany} – Agence de Metz`,
      value: 'Aucun autre administrateur',
      detail: 'SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
      act: { label: 'Confier d’abord', href: '/s', about: 'le site Agence de Metz à un successeur' },
    },
  ],
  impact: {
    on: null,
    takes: true,
    sentences: [
      'Odile Marchepied perd 22\u00a0droits sur 3\u00a0sites.',
      '14\u00a0collaborateurs perdent 3\u00a0droits sur 62\u00a0sites.',
    ],
  },
  fields: [],
  reason: '',
  carried: [],
  action: '/grand-est/gestion/comptes/1/fermer',
  seen: 'active',
  button: 'Fermer ce compte',
  cancelHref: '/x',
};

const adding: Screens['office/act'] = {
  ...act,
  title: 'Ajouter un gestionnaire',
  trail: [{ label: 'Gestionnaires', href: '/g' }],
  lead: [
    'Un lien part à son adresse\u00a0: la personne y choisit son mot de passe, que personne d’autre ne connaît.',
  ],
  facts: [],
  impact: null,
  errors: [
    {
      field: 'email',
      message:
        'Cette adresse est celle d’un compte d’entreprise\u00a0: un gestionnaire n’agit pour aucun site.',
    },
    { field: 'role', message: 'Choisissez le rôle.' },
    { field: 'motif', message: 'Donnez le motif, en quelques mots.' },
  ],
  fields: [
    {
      kind: 'text',
      id: 'email',
      type: 'email',
      label: 'Adresse électronique',
      hint: 'Son adresse à la caisse.',
      value: 'x@y',
    },
    {
      kind: 'choice',
      id: 'role',
      label: 'Rôle',
      choices: [
        {
          value: 'agent',
          label: 'Gestionnaire',
          hint: 'Adhérents, comptes, cabinets, demandes',
          chosen: false,
        },
        {
          value: 'superviseur',
          label: 'Superviseur',
          hint: 'En plus\u00a0: gestionnaires, services et réglages',
          chosen: false,
        },
      ],
    },
    { kind: 'text', id: 'date_effet', type: 'date', label: 'Date d’effet', hint: null, value: '2026-11-21' },
  ],
  button: 'Envoyer le lien d’accès',
};

export const officeSamples: Readonly<Record<string, Sample>> = {
  'office, search': {
    screen: 'office/search',
    locals: { ...search, search: '', searched: false, groups: [] },
  },
  'office, search found in three groups': {
    screen: 'office/search',
    locals: {
      ...search,
      search: 'maçonnerie',
      searched: true,
      more: true,
      groups: [
        {
          key: 'adherents',
          title: 'Plus de 930\u00a0adhérents',
          rows: [0, 1, 2, 3, 4].map(company),
          allHref: '/t',
        },
        {
          key: 'personnes',
          title: '1\u00a0personne',
          allHref: null,
          rows: [
            {
              name: 'Exemple Camille',
              href: '/p',
              details: ['camille-au-nom-interminable@maconnerie-exemple.demo.test'],
              badge: 'Fermé',
            },
          ],
        },
        {
          key: 'cabinets',
          title: '1\u00a0cabinet comptable',
          allHref: null,
          rows: [{ name: 'Cabinet de la Maçonnerie', href: '/c', details: [], badge: null }],
        },
      ],
    },
  },
  'office, search of one group': {
    screen: 'office/search',
    locals: {
      ...search,
      search: 'maçonnerie',
      searched: true,
      groups: [
        { key: 'adherents', title: '930\u00a0adhérents', rows: [1, 2, 3].map(company), allHref: null },
      ],
      paging,
      backHref: '/t',
    },
  },
  'office, search too short': {
    screen: 'office/search',
    locals: {
      ...search,
      search: 'ab',
      searched: false,
      groups: [],
      errors: [
        { field: 'q', message: 'Saisissez au moins 3 caractères d’un nom, d’un numéro ou d’une adresse.' },
      ],
    },
  },
  'office, search without result': {
    screen: 'office/search',
    locals: { ...search, search: 'introuvable', searched: true, groups: [] },
  },
  'office, adherent': { screen: 'office/page', locals: adherent },
  'office, site': { screen: 'office/page', locals: site },
  'office, account': { screen: 'office/page', locals: account },
  'office, act': { screen: 'office/act', locals: act },
  'office, act with errors': { screen: 'office/act', locals: adding },
};
