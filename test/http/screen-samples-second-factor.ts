/** The screens of a second factor, of a certification and of a first sign-in by letter, as they may be met. */
import type { Screen, Screens } from '../../provider/http/screens.ts';
import { shownSetUp } from '../../provider/journeys/second-factor/show-set-up.ts';
import { toCaisse } from '../../provider/tenant/directory.ts';

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
const service = { name: 'Espace sécurisé', uri: 'http://localhost:3001/' };
const common = { look, service, errors: [] };
const email = 'adresse-interminable-de-camille-exemple@entreprise-de-maconnerie.demo.test';
const person = { name: 'Camille Exemple', email, signOutHref: '/grand-est/session/end' };
const account = { ...common, service: null, person, homeHref: '/grand-est/mon-compte', notice: null };

const caisse = toCaisse({
  id: 'grand-est',
  name: 'CIBTP Grand Est',
  issuer: 'https://id.exemple.test/grand-est',
  timeZone: 'Europe/Paris',
  settings: { shortName: 'Grand Est', theme: { primary: '#1b4f72', accent: '#b9770e' } },
  cookieKeys: Buffer.alloc(0),
});
const setUp = {
  ...shownSetUp(caisse, email, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
  action: '/grand-est/connexion/abc/double-authentification',
  cancel: { label: 'Me connecter avec un autre compte', href: '/grand-est/connexion/abc' },
};

const code: Screens['second-factor/code'] = {
  ...common,
  action: '/grand-est/connexion/abc/code',
  by: 'application',
  other: { label: 'Je n’ai plus mon application\u00a0: utiliser un code de secours', href: '?par=secours' },
  restart: { label: 'Me connecter avec un autre compte', href: '/grand-est/connexion/abc' },
  notice: null,
};
const warning = {
  kind: 'warning',
  title: 'Trop d’essais',
  text: 'Par sécurité, les essais sont suspendus. Réessayez dans 5\u00a0minutes.',
} as const;
const hrefs = { add: '/a', remove: '/r', codes: '/c' };
const gate: Screens['certification/gate'] = {
  ...common,
  person,
  notice: null,
  email,
  sentAt: '21 novembre 2026 à 12\u00a0h\u00a030',
  continueAction: '/grand-est/certification/abc',
  resendAction: '/grand-est/certification/abc/renvoyer',
  changeHref: '/grand-est/mon-compte/adresse-electronique',
};
const letter: Screens['provisional/form'] = {
  ...common,
  name: 'Dominique Exemple',
  action: '/grand-est/identifiants/abc',
  values: { email: '', emailConfirmation: '' },
  passwordHint:
    'Au moins 8\u00a0caractères, avec trois sortes parmi\u00a0: majuscules, minuscules, chiffres, caractères spéciaux.',
  notice: null,
};

export const secondFactorSamples: Readonly<Record<string, Sample>> = {
  'second step': { screen: 'second-factor/code', locals: code },
  'second step with an error': {
    screen: 'second-factor/code',
    locals: { ...code, errors: [{ field: 'code', message: 'Saisissez le code à 6\u00a0chiffres.' }] },
  },
  'second step by a recovery code, after too many tries': {
    screen: 'second-factor/code',
    locals: { ...code, by: 'recovery', notice: warning },
  },
  'second factor to set up': {
    screen: 'second-factor/set-up',
    locals: { ...common, setUp, requiredBy: 'caisse', notice: null },
  },
  'second factor to set up, with an error': {
    screen: 'second-factor/set-up',
    locals: {
      ...common,
      setUp,
      requiredBy: null,
      notice: null,
      errors: [{ field: 'code', message: 'Ce code n’est pas valable.' }],
    },
  },
  'recovery codes': {
    screen: 'second-factor/codes',
    locals: {
      ...common,
      codes: Array.from({ length: 10 }, (_, place) => `${place}K7P2-M4XQ9`),
      next: null,
      action: '/grand-est/connexion/abc/double-authentification/terminer',
    },
  },
  'recovery codes, seen already': {
    screen: 'second-factor/codes',
    locals: { ...common, codes: [], next: { label: 'Continuer', href: '/' }, action: null },
  },
  'second factor, none': { screen: 'second-factor/overview', locals: { ...account, factor: null, hrefs } },
  'second factor, set': {
    screen: 'second-factor/overview',
    locals: { ...account, factor: { since: '3 mars 2026', codesLeft: 8 }, hrefs },
  },
  'second factor, no recovery code left': {
    screen: 'second-factor/overview',
    locals: { ...account, factor: { since: '3 mars 2026', codesLeft: 0 }, hrefs },
  },
  'second factor to be removed': {
    screen: 'second-factor/confirm',
    locals: {
      ...account,
      act: 'remove',
      action: '/r',
      cancelHref: '/',
      errors: [{ field: 'password', message: 'Le mot de passe ou le code est incorrect.' }],
    },
  },
  'recovery codes to be renewed': {
    screen: 'second-factor/confirm',
    locals: { ...account, act: 'renew', action: '/c', cancelHref: '/' },
  },
  'certification due': { screen: 'certification/gate', locals: gate },
  'certification due, too early': {
    screen: 'certification/gate',
    locals: { ...gate, notice: { ...warning, title: 'Votre adresse n’est pas encore confirmée' } },
  },
  'first sign-in by letter': { screen: 'provisional/form', locals: letter },
  'first sign-in by letter, with errors': {
    screen: 'provisional/form',
    locals: {
      ...letter,
      values: { email, emailConfirmation: 'autre@exemple.test' },
      errors: [
        { field: 'email_confirmation', message: 'Saisissez deux fois la même adresse électronique.' },
        { field: 'password', message: 'Choisissez un mot de passe.' },
      ],
    },
  },
};
