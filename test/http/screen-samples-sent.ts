/** The screen of an administrator whom a service sent to the rights of a site, as it may be met. */
import type { Screen, Screens } from '../../provider/http/screens.ts';

type Sample = { readonly [S in Screen]: { readonly screen: S; readonly locals: Screens[S] } }[Screen];

const common = {
  look: {
    slug: 'grand-est',
    name: 'CIBTP Grand Est',
    shortName: 'Grand Est',
    basePath: '/grand-est',
    phone: '03 83 00 00 00',
    email: 'contact@grand-est.demo.test',
    openingHours: 'Du lundi au vendredi, de 8 h 30 à 17 h',
    hasLogo: true,
    settingsVersion: '1',
  },
  service: null,
  errors: [],
  notice: null,
  person: {
    name: 'Camille Exemple',
    email: 'adresse-interminable-de-camille-exemple@entreprise-de-maconnerie.demo.test',
    signOutHref: '/grand-est/session/end',
  },
  back: {
    action: '/grand-est/droits-d-acces/depuis/abc',
    cancelHref: '/grand-est/droits-d-acces/depuis/abc/annuler',
    serviceName: 'Espace sécurisé',
  },
};
const site = (n: number) => ({
  raisonSociale: `Maçonnerie de la Vallée ${n} et de tous ses Environs`,
  identifiant: `GE-10421${n}`,
  siret: `7328293200007${n}`,
  name: `Agence de Metz ${n}`,
  href: `/grand-est/droits-d-acces/7328293200007${n}?depuis=abc`,
});

export const sentSamples: Readonly<Record<string, Sample>> = {
  'sent by a service, for a site of others': {
    screen: 'delegation/sent',
    locals: {
      ...common,
      siret: '73282932000074',
      sites: [site(1), site(2)],
      allHref: '/grand-est/droits-d-acces?depuis=abc',
      cabinetHref: '/grand-est/mon-cabinet?depuis=abc',
    },
  },
  'sent by a service, without a site': {
    screen: 'delegation/sent',
    locals: { ...common, siret: null, sites: [], allHref: null, cabinetHref: null },
  },
};
