/** What relying parties are told: one shape, made from one reading, for ID token, userinfo and access token. */
import { entitlements, roles } from '../../policies/entitlements.ts';
import type { Caisse } from '../tenant/directory.ts';
import type { Held } from './holding.ts';

/** Claims by the scope that asks for them (OpenID Connect Core §5.4). */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub', 'caisse', 'siret', 'site', 'roles', 'entitlements', 'cabinet', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
} as const;

export type SiteClaims = {
  readonly caisse: string;
  readonly siret?: string;
  readonly site?: {
    readonly id: string;
    readonly name: string;
    readonly identifiant_cibtp: string;
    readonly raison_sociale: string;
  };
  readonly roles: readonly string[];
  readonly entitlements: readonly string[];
  readonly cabinet?: { readonly id: string; readonly name: string };
};

const told = new WeakMap<Held, SiteClaims>();

/** The site and the rights held on it (RFC 9068 §2.2.3.1 names `roles` and `entitlements`): once for one reading. */
export function siteClaims(caisse: Caisse, held: Held): SiteClaims {
  const known = told.get(held) ?? makeSiteClaims(caisse, held);
  told.set(held, known);
  return known;
}

function makeSiteClaims(caisse: Caisse, held: Held): SiteClaims {
  const { account, site, rights, cabinet } = held;
  if (!site) return { caisse: caisse.id, roles: [account.staffRole ?? 'agent'], entitlements: [] };
  return {
    caisse: caisse.id,
    siret: site.siret,
    site: {
      id: site.id,
      name: site.name,
      identifiant_cibtp: site.identifiant,
      raison_sociale: site.raisonSociale,
    },
    roles: roles(rights),
    entitlements: entitlements(rights, new Set(caisse.settings.hiddenFeatures)),
    ...(cabinet ? { cabinet } : {}),
  };
}

/** The person, as the scopes `profile`, `email` and `phone` ask. A certified mobile is a verified number. */
export function personClaims({ account }: Held): Record<string, unknown> {
  const phone = account.mobile ?? account.landline;
  return {
    name: `${account.givenName} ${account.familyName}`,
    given_name: account.givenName,
    family_name: account.familyName,
    email: account.email,
    email_verified: account.emailCertified,
    ...(phone === null
      ? {}
      : { phone_number: phone, phone_number_verified: account.mobile !== null && account.mobileCertified }),
  };
}
