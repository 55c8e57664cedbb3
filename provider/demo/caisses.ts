/** The two caisses of the demo: names, colours, and what distinguishes their companies. */
import type { GivenSettings } from '../tenant/settings.ts';
import { GRAND_EST_LOGO, NORD_OUEST_LOGO } from './logos.ts';

export type DemoCaisse = {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly settings: GivenSettings;
  /** Where the companies of the region have their sites. */
  readonly towns: readonly string[];
  /** The identifiant CIBTP of the n-th adhérent, in the format of this caisse. */
  readonly identifiantOf: (n: number) => string;
};

const hours = 'Du lundi au vendredi, de 8\u00a0h\u00a030 à 12\u00a0h et de 13\u00a0h\u00a030 à 17\u00a0h';

const GRAND_EST: DemoCaisse = {
  id: 'grand-est',
  name: 'CIBTP Grand Est',
  timeZone: 'Europe/Paris',
  settings: {
    shortName: 'Grand Est',
    theme: { primary: '#6d1f4b', accent: '#b7791f' },
    logo: GRAND_EST_LOGO,
    phone: '03 53 01 40 20',
    email: 'contact@grand-est.demo.test',
    openingHours: hours,
    postalAddress: ['12 rue de l’Exemple', 'CS 10001', '57000 METZ'],
  },
  // biome-ignore format: a list of names
  towns: [
    'Metz', 'Nancy', 'Reims', 'Strasbourg', 'Colmar', 'Mulhouse', 'Épinal', 'Troyes', 'Thionville', 'Haguenau',
    'Saint-Dizier', 'Verdun', 'Sélestat', 'Lunéville', 'Forbach', 'Châlons-en-Champagne', 'Bar-le-Duc', 'Saverne',
  ],
  identifiantOf: (n) => `GE-${String(104_217 + 13 * n).padStart(6, '0')}`,
};

const NORD_OUEST: DemoCaisse = {
  id: 'nord-ouest',
  name: 'CIBTP Nord-Ouest',
  timeZone: 'Europe/Paris',
  settings: {
    shortName: 'Nord-Ouest',
    theme: { primary: '#0a5068', accent: '#c05a2b' },
    logo: NORD_OUEST_LOGO,
    phone: '02 61 91 35 10',
    email: 'contact@nord-ouest.demo.test',
    openingHours: hours,
    postalAddress: ['8 quai de l’Exemple', 'CS 20002', '76000 ROUEN'],
    accessRequests: { offered: true, keptDays: 90, validatedMonths: 12 },
  },
  // biome-ignore format: a list of names
  towns: [
    'Rouen', 'Caen', 'Le Havre', 'Lille', 'Amiens', 'Dunkerque', 'Arras', 'Évreux', 'Cherbourg', 'Beauvais', 'Calais',
    'Lens', 'Boulogne-sur-Mer', 'Alençon', 'Saint-Lô', 'Dieppe', 'Valenciennes', 'Abbeville',
  ],
  identifiantOf: (n) => {
    const number = 123_456 + 29 * n;
    return `14-${String(number).padStart(7, '0')}-${number % 9}`;
  },
};

export const DEMO_CAISSES: readonly DemoCaisse[] = [GRAND_EST, NORD_OUEST];
