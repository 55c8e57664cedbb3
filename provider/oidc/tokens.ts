/** What goes into tokens and how long they live: always from the reading of this very request. */
import type {
  AccessToken,
  Account,
  AuthorizationCode,
  Client,
  ClientCredentials,
  KoaContextWithOIDC,
  RefreshToken,
  ResourceServer,
} from 'oidc-provider';
import { errors } from 'oidc-provider';
import { findGates } from '../store/gates.ts';
import { scopeOf } from '../tenant/scope.ts';
import { broughtGates } from './asked.ts';
import { personClaims, siteClaims } from './claims.ts';
import { isDeadByClosure, sessionsCountFrom } from './closure.ts';
import { API_SCOPES, LIFETIME } from './contract.ts';
import { siteDetailOf } from './grants.ts';
import { type Held, heldOn, lifetimeOf } from './holding.ts';

type Source = AuthorizationCode | RefreshToken | AccessToken;
type Extra = { readonly site?: { readonly id: string } };

/**
 * The library asks at every step. With a token: undefined as soon as nothing is held on its site any more, which the
 * library turns into `invalid_grant` or `invalid_token` before it consumes anything.
 */
export async function findAccount(
  ctx: KoaContextWithOIDC,
  accountId: string,
  token?: Source | unknown,
): Promise<Account | undefined> {
  if (!token) {
    const gates = broughtGates(ctx.req, accountId) ?? (await findGates(scopeOf(ctx.req).store, accountId));
    // Whoever signed in by letter stands before one gate (prompts.ts) and holds nothing until it has opened.
    if (gates?.status !== 'active' && gates?.status !== 'provisional') return undefined;
    return {
      accountId,
      ...gates,
      sessionsValidFrom: sessionsCountFrom(ctx.req, gates),
      claims: async () => claimsOf(ctx, await heldByGrant(ctx, accountId)),
    };
  }
  const held = await heldByToken(ctx, accountId, token as Source);
  if (!held) return undefined;
  if (isDeadByClosure(ctx.req, held.account, authTimeOf(token as Source))) return undefined;
  return { accountId, claims: async () => claimsOf(ctx, held, token as Source) };
}

function claimsOf(ctx: KoaContextWithOIDC, held: Held | null, token?: Source): { sub: string } {
  if (!held) throw new errors.InvalidGrant('nothing is held on this site any more');
  const told = authenticationOf(token);
  return {
    sub: held.account.id,
    ...siteClaims(scopeOf(ctx.req).caisse, held),
    ...personClaims(held),
    ...told,
  };
}

/** Seconds: when its person signed in. */
export const authTimeOf = (token: object): number | undefined => {
  const { authTime, extra } = token as { authTime?: number; extra?: { auth_time?: number } };
  return authTime ?? extra?.auth_time;
};

/** Userinfo is asked with an access token, which bears how its person signed in. */
function authenticationOf(token?: Source): Record<string, unknown> {
  if (token?.kind !== 'AccessToken') return {};
  const { acr, amr, auth_time } = (token.extra ?? {}) as Record<string, unknown>;
  return { acr, amr, auth_time };
}

async function heldByGrant(ctx: KoaContextWithOIDC, accountId: string): Promise<Held | null> {
  const grant = ctx.oidc.entities.Grant;
  const detail = grant && siteDetailOf(grant);
  if (!detail) return null;
  return heldOn(ctx, accountId, detail.siteId === null ? null : { siteId: detail.siteId });
}

/** At userinfo the account is asked for before the grant is loaded: there the access token itself names its site. */
async function heldByToken(ctx: KoaContextWithOIDC, accountId: string, token: Source): Promise<Held | null> {
  if (token.kind !== 'AccessToken') return heldByGrant(ctx, accountId);
  const site = (token.extra as Extra | undefined)?.site;
  return heldOn(ctx, accountId, site ? { siteId: site.id } : null);
}

export async function extraTokenClaims(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Promise<Record<string, unknown> | undefined> {
  const { caisse } = scopeOf(ctx.req);
  if (token.kind !== 'AccessToken') return { caisse: caisse.id };
  const { accountId, grantId } = token as AccessToken;
  const held = await heldByGrant(ctx, accountId);
  if (!held) throw new errors.InvalidGrant('nothing is held on this site any more');
  const source = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken;
  return {
    ...siteClaims(caisse, held),
    acr: source?.acr,
    amr: source?.amr,
    auth_time: source?.authTime,
    // Introspection of a JWT needs its grant: with the grant gone (logout, revocation) the token is inactive.
    ...(token.aud === undefined ? {} : { grant_id: grantId }),
  };
}

/** RFC 8707: a service gets tokens for the APIs that it was registered with, and for no other. */
export function getResourceServerInfo(
  _ctx: KoaContextWithOIDC,
  resource: string,
  client: Client,
): ResourceServer {
  const allowed = Array.isArray(client.resources) ? (client.resources as unknown[]) : [];
  if (!allowed.includes(resource)) throw new errors.InvalidTarget();
  return {
    scope: API_SCOPES.join(' '),
    audience: resource,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

export const ttl = {
  AccessToken: (ctx: KoaContextWithOIDC) => lifetimeOf(ctx, LIFETIME.accessToken),
  IdToken: (ctx: KoaContextWithOIDC) => lifetimeOf(ctx, LIFETIME.idToken),
  AuthorizationCode: LIFETIME.authorizationCode,
  ClientCredentials: LIFETIME.accessToken,
  Grant: LIFETIME.grant,
  Interaction: LIFETIME.interaction,
  RefreshToken: (ctx: KoaContextWithOIDC) => {
    // Rotation does not prolong: a family ends when its first refresh token would have.
    const rotated = ctx.oidc.entities.RotatedRefreshToken;
    return rotated?.exp ? rotated.remainingTTL : LIFETIME.refreshToken;
  },
  /** Counted from the sign-in, however much it is used (OWASP ASVS 5, 7.3.2). */
  Session: (ctx: KoaContextWithOIDC, { loginTs }: { readonly loginTs?: number | undefined }) => {
    if (loginTs === undefined) return LIFETIME.anonymousSession;
    return Math.max(1, loginTs + LIFETIME.session - Math.floor(scopeOf(ctx.req).now() / 1000));
  },
};
