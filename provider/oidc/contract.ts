/** The names that relying parties depend on, in one place: scopes, authentication contexts, lifetimes. */

export const SCOPES = ['openid', 'profile', 'email', 'phone', 'offline_access'] as const;

/**
 * Scopes of the caisse's own services: `services` for APIs that act for a site, `decisions` for the decision API, `alerts`
 * for the information system that says what awaits a site, `imports` for its files.
 */
export const API_SCOPES = ['services', 'decisions', 'alerts', 'imports'] as const;

export const ACR_PASSWORD = 'urn:caisse-id:acr:password';
export const ACR_MFA = 'urn:caisse-id:acr:mfa';

/** Type of the authorization detail (RFC 9396) that binds a grant to its site. It never leaves the provider. */
export const SITE_DETAIL = 'site_declarant';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds. Access and ID tokens are cut shorter when the rights that they tell change before. */
export const LIFETIME = {
  accessToken: 5 * MINUTE,
  idToken: 5 * MINUTE,
  authorizationCode: MINUTE,
  refreshToken: 12 * HOUR,
  session: 12 * HOUR,
  /** A session that nobody has signed in to: it carries a sign-out page to its answer, and anybody can make one. */
  anonymousSession: 10 * MINUTE,
  /** Longer than a refresh token, for a grant is never extended: one that has less left is not used again. */
  grant: 24 * HOUR,
  interaction: HOUR,
  pushedAuthorizationRequest: MINUTE,
} as const;
