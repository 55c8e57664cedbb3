/** The people of the demo: the same in both caisses, where they have separate accounts. All invented. */
import type { StaffRole } from '../store/accounts.ts';

export const DEMO_PASSWORD = 'Chantier-Demo-2026';

/** The accounts that the demo presents; those of the invented directors have another. */
export const PEOPLE_DOMAIN = 'demo.test';

export type Person = {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** E.164, of the ranges that ARCEP keeps for fiction. */
  readonly mobile: string | null;
  readonly mobileCertified: boolean;
  readonly landline: string | null;
  readonly staffRole: StaffRole | null;
  /** What one sees by signing in with this account. */
  readonly shows: string;
};

const nobody = { mobile: null, mobileCertified: false, landline: null, staffRole: null } as const;

export const PEOPLE = {
  administrateur: {
    ...nobody,
    email: `administrateur@${PEOPLE_DOMAIN}`,
    givenName: 'Hélène',
    familyName: 'Corvaisin',
    mobile: '+33639980112',
    mobileCertified: true,
    landline: '+33353010112',
    shows: 'Administratrice de trois sites, chez deux adhérents : délégations dans tous les états',
  },
  unSite: {
    ...nobody,
    email: `un-site@${PEOPLE_DOMAIN}`,
    givenName: 'Bastien',
    familyName: 'Orvelin',
    mobile: '+33639980127',
    mobileCertified: false,
    shows: 'Administrateur d’un seul site : aucun choix à faire',
  },
  utilisateur: {
    ...nobody,
    email: `utilisateur@${PEOPLE_DOMAIN}`,
    givenName: 'Nadia',
    familyName: 'Ferroulle',
    landline: '+33261910138',
    shows: 'Utilisatrice d’un site, par délégation : droits mêlés, ouvriers et ETAM seulement',
  },
  comptable: {
    ...nobody,
    email: `comptable@${PEOPLE_DOMAIN}`,
    givenName: 'Solène',
    familyName: 'Tillaudet',
    mobile: '+33639980143',
    mobileCertified: true,
    shows: 'Responsable d’un cabinet comptable : 500 sites, droits variés',
  },
  collaborateur: {
    ...nobody,
    email: `collaborateur@${PEOPLE_DOMAIN}`,
    givenName: 'Yanis',
    familyName: 'Marquoy',
    mobile: '+33639980156',
    mobileCertified: true,
    shows: 'Collaborateur du cabinet : 20 de ses sites, droits plus étroits',
  },
  agent: {
    ...nobody,
    email: `agent@${PEOPLE_DOMAIN}`,
    givenName: 'Pascale',
    familyName: 'Verdelhan',
    staffRole: 'agent',
    shows: 'Gestionnaire de la caisse : aucun site',
  },
} as const satisfies Record<string, Person>;

export type PersonKey = keyof typeof PEOPLE;

/** Numbers for people without a name of their own in the demo: `n` from 0 to 9999. */
export const fictionalMobile = (n: number): string => `+3363998${String(n % 10_000).padStart(4, '0')}`;
