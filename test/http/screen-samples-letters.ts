/** The screens of letters in the back office, as they may be met. */
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';
import type { OfficePageLocals } from '../../provider/http/screens-office-adherent.ts';

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
const office = {
  look,
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Camille Exemple',
    email: 'camille@grand-est.demo.test',
    signOutHref: '/grand-est/session/end',
    accountHref: '/grand-est/mon-compte',
  },
  sections: ['Recherche', 'Demandes d’accès', 'Messages', 'Courriers', 'Import', 'Journal'].map((label) => ({
    label,
    href: '/grand-est/gestion',
    current: label === 'Courriers',
  })),
};
const typed = { origine: '', identifiant: '', departement: '', depuis: '', sirets: '', import: '' };
const form: Screens['office/letter-new'] = {
  ...office,
  action: '/n',
  backHref: '/b',
  typed,
  imported: null,
  mostListed: 3000,
  mostLetters: 5000,
};
const recap: Screens['office/letter-recap'] = {
  ...office,
  action: '/c',
  backHref: '/b',
  carried: [{ name: 'origine', value: 'list' }],
  about: 'Liste de SIRET',
  due: 1240,
  left: 0,
  aside: [
    '3\u00a0sites\u00a0: l’espace est déjà ouvert',
    '12\u00a0sites\u00a0: le dernier code est encore valable',
  ],
  replaceable: 12,
  bienvenue: true,
  remplacer: false,
  motif: '',
};
const batch: OfficePageLocals = {
  ...office,
  trail: [{ label: 'Courriers', href: '/b' }],
  title: 'Lot du 21 novembre 2026 à 15\u00a0h\u00a030',
  badge: 'À imprimer',
  lead: null,
  warnings: [],
  facts: [
    { name: 'Fait par', value: 'Camille Exemple', detail: 'Sites sans code valable' },
    { name: 'Avancement', value: '1\u00a0240 sur 1\u00a0240\u00a0sites', detail: null },
    {
      name: 'Sans courrier',
      value:
        '12\u00a0sites\u00a0: le dernier code est encore valable – 1\u00a0site\u00a0: un courrier est revenu de cette adresse',
    },
    {
      name: 'Courriers',
      value: '2\u00a0480\u00a0écrits',
      detail: '0\u00a0imprimé, 0\u00a0employé, 0\u00a0périmé ou remplacé, 0\u00a0non distribué',
    },
    {
      name: 'Codes confidentiels',
      value: '1\u00a0240\u00a0feuilles',
      detail: 'Pas encore téléchargé',
      act: { label: 'Télécharger', href: '/t', about: 'le fichier\u00a0: Codes confidentiels' },
    },
  ],
  acts: [{ label: 'J’ai imprimé ce lot', href: '/i' }],
  lists: [
    {
      id: 'courriers',
      title: 'Courriers',
      empty: '',
      rows: [
        {
          name: 'Code confidentiel K7P2-M4XQ',
          href: null,
          badge: null,
          details: [
            'Société Coopérative Ouvrière de Maçonnerie et de Charpente du Grand Nancy – SIRET\u00a0732\u00a0829\u00a0320\u00a000074',
            'Imprimé le 21 novembre 2026, pas encore employé',
          ],
          standing: null,
          acts: [
            { label: 'Refaire', href: '/r', about: '\u00a0: Code confidentiel K7P2-M4XQ' },
            { label: 'Non distribué', href: '/n', about: '\u00a0: Code confidentiel K7P2-M4XQ' },
          ],
        },
      ],
      paging: null,
      search: null,
      links: [],
    },
  ],
};
const values = ['2\u00a0480', '2\u00a0478', '1\u00a0012', '37', '14'];
const statistics: Screens['office/letter-statistics'] = {
  ...office,
  backHref: '/b',
  columns: ['Écrits', 'Imprimés', 'Employés', 'Périmés ou remplacés', 'Non distribués'],
  months: ['Novembre 2026', 'Octobre 2026'].map((name) => ({ name, values })),
};

export const letterSamples: Readonly<Record<string, Sample>> = {
  'letters, new batch': { screen: 'office/letter-new', locals: form },
  'letters, new batch for an import': {
    screen: 'office/letter-new',
    locals: {
      ...form,
      typed: { ...typed, import: 'i' },
      imported: 'Sites déclarants, import du 21\u00a0novembre\u00a02026 à 14\u00a0h\u00a005',
      errors: [{ field: 'import', message: 'Aucun site n’est encore connu de ce que cet import a apporté.' }],
    },
  },
  'letters, new batch with an error': {
    screen: 'office/letter-new',
    locals: {
      ...form,
      typed: { ...typed, sirets: '73282932000074\n123' },
      errors: [{ field: 'sirets', message: 'Ce ne sont pas des SIRET\u00a0: 123.' }],
    },
  },
  'letters, recap of a batch': { screen: 'office/letter-recap', locals: recap },
  'letters, recap of a batch with an error': {
    screen: 'office/letter-recap',
    locals: {
      ...recap,
      left: 1,
      remplacer: true,
      errors: [{ field: 'motif', message: 'Dites pourquoi des codes encore valables sont remplacés.' }],
    },
  },
  'letters, recap with nothing to send': {
    screen: 'office/letter-recap',
    locals: { ...recap, due: 0, replaceable: 0, aside: ['1\u00a0site\u00a0: l’espace est déjà ouvert'] },
  },
  'letters, a batch to print': { screen: 'office/page', locals: batch },
  'letters, statistics': { screen: 'office/letter-statistics', locals: statistics },
  'letters, no statistics': { screen: 'office/letter-statistics', locals: { ...statistics, months: [] } },
};
