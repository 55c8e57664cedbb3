/**
 * Introspection (RFC 7662) as the live check: a token is active only while its grant stands and a right is left on its
 * site, now. The library answers `unsupported_token_type` to JWT access tokens once it has authenticated the caller;
 * the rest is done here.
 */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { findArtifact } from '../store/artifacts.ts';
import { scopeOf } from '../tenant/scope.ts';
import { isDeadByClosure } from './closure.ts';
import { type SiteDetail, siteDetailOf } from './grants.ts';
import { heldOn } from './holding.ts';
import { authTimeOf } from './tokens.ts';

/** A service asks about its own tokens; an API, which signs nobody in, about all those of its caisse. */
const mayIntrospect = (caller: Client, tokenClientId: string | undefined): boolean =>
  caller.clientId === tokenClientId ||
  (caller.clientAuthMethod !== 'none' && !caller.grantTypeAllowed('authorization_code'));

/** For opaque tokens: asked by the library once it has found token and grant. */
export async function isIntrospectionAllowed(
  ctx: KoaContextWithOIDC,
  caller: Client,
  token: {
    readonly clientId?: string | undefined;
    readonly accountId?: string | undefined;
  },
): Promise<boolean> {
  if (!mayIntrospect(caller, token.clientId)) return false;
  if (token.accountId === undefined) return true;
  const grant = ctx.oidc.entities.Grant;
  return (
    grant !== undefined &&
    isHeld(ctx, { accountId: token.accountId, authTime: authTimeOf(token) }, siteDetailOf(grant))
  );
}

type Held = { readonly accountId: string; readonly authTime: number | undefined };

async function isHeld(
  ctx: KoaContextWithOIDC,
  { accountId, authTime }: Held,
  detail?: SiteDetail,
): Promise<boolean> {
  if (!detail) return false;
  const place = detail.siteId === null ? null : { siteId: detail.siteId };
  const held = await heldOn(ctx, accountId, place);
  return held !== null && !isDeadByClosure(ctx.req, held.account, authTime);
}

/** Answers for JWT access tokens (RFC 9068). To be used before the library's own middleware. */
export function introspectJwtAccessTokens(provider: Provider, keys: JSONWebKeySet) {
  const keySet = createLocalJWKSet(keys);
  return async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    if (ctx.oidc?.route !== 'introspection' || !ctx.oidc.entities.Client) return;
    if ((ctx.body as { error?: string } | undefined)?.error !== 'unsupported_token_type') return;
    ctx.status = 200;
    ctx.body = (await introspect(ctx, provider, keySet)) ?? { active: false };
  };
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

async function introspect(
  ctx: KoaContextWithOIDC,
  provider: Provider,
  keySet: KeySet,
): Promise<object | null> {
  const { store, now } = scopeOf(ctx.req);
  const options = { issuer: provider.issuer, typ: 'at+jwt', currentDate: new Date(now()) };
  const token = ctx.oidc.params?.token as string;
  const payload = await jwtVerify(token, keySet, options).then(
    (verified) => verified.payload,
    () => null,
  );
  if (!payload || !mayIntrospect(ctx.oidc.entities.Client as Client, payload.client_id as string))
    return null;
  const { grant_id: grantId, ...told } = payload;
  const answer = { active: true, token_type: payload.cnf ? 'DPoP' : 'Bearer', ...told };
  if (payload.sub === payload.client_id) return answer;
  const grant = typeof grantId === 'string' ? await findArtifact(store, 'Grant', grantId, now()) : undefined;
  if (!grant || grant.payload.accountId !== payload.sub || grant.payload.clientId !== payload.client_id)
    return null;
  const detail = siteDetailOf(grant.payload as { rar?: readonly unknown[] });
  const person = { accountId: payload.sub as string, authTime: payload.auth_time as number | undefined };
  return (await isHeld(ctx, person, detail)) ? answer : null;
}
