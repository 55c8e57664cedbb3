/** Who is in front of the portal, for which site and with which rights: read from the ID token alone. */
import { z } from 'zod';

const Claims = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1).optional(),
  name: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  email: z.string().optional(),
  phone_number: z.string().optional(),
  phone_number_verified: z.boolean().optional(),
  siret: z
    .string()
    .regex(/^\d{14}$/)
    .optional(),
  site: z
    .object({
      name: z.string().default(''),
      identifiant_cibtp: z.string().default(''),
      raison_sociale: z.string().default(''),
    })
    .optional(),
  roles: z.array(z.string()).default([]),
  entitlements: z.array(z.string()).default([]),
  cabinet: z.object({ name: z.string() }).optional(),
});

export type Site = {
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
};

export type Visitor = {
  readonly sub: string;
  /** The session at the issuer, named again by its back-channel logout. */
  readonly sid: string | undefined;
  readonly name: string;
  readonly mobileCertified: boolean;
  readonly site: Site | undefined;
  readonly roles: readonly string[];
  readonly entitlements: readonly string[];
  /** The accounting firm that the rights come through. */
  readonly cabinet: string | undefined;
};

/** @throws ZodError when the claims do not have the documented shapes. */
export function readVisitor(idTokenClaims: unknown): Visitor {
  const claims = Claims.parse(idTokenClaims);
  const fullName = [claims.given_name, claims.family_name].filter(Boolean).join(' ');
  return {
    sub: claims.sub,
    sid: claims.sid,
    name: claims.name || fullName || claims.email || 'Utilisateur',
    mobileCertified: claims.phone_number !== undefined && claims.phone_number_verified === true,
    site:
      claims.siret === undefined
        ? undefined
        : {
            siret: claims.siret,
            name: claims.site?.name ?? '',
            identifiant: claims.site?.identifiant_cibtp ?? '',
            raisonSociale: claims.site?.raison_sociale ?? '',
          },
    roles: claims.roles,
    entitlements: claims.entitlements,
    cabinet: claims.cabinet?.name,
  };
}

/** Staff of the caisse: they work for no site. */
export function isStaff({ roles }: Visitor): boolean {
  return roles.includes('agent') || roles.includes('superviseur');
}
