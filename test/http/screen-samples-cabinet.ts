/** The screens of a company's own firm, and of a firm's people, as they may be met. */
import type { CaisseLook, Screen, Screens } from '../../provider/http/screens.ts';

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

export const cabinetSamples: Readonly<Record<string, Sample>> = {
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
};
