/**
 * Which grant, hence which site, serves an authorization request. The site belongs to the grant, not to the person
 * nor to the session: two tabs and two services keep theirs through every refresh.
 */
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { findGrantId } from '../store/artifacts.ts';
import { findConsentedScopes } from '../store/consents.ts';
import type { Gates } from '../store/gates.ts';
import { soleSite } from '../store/portfolio.ts';
import { perRequest } from '../tenant/per-request.ts';
import { scopeOf } from '../tenant/scope.ts';
import { broughtGrantId } from './asked.ts';
import { LIFETIME, SITE_DETAIL } from './contract.ts';
import { type Held, heldNowhere, heldOn } from './holding.ts';
import { OWN_SCREENS } from './own-screens.ts';

export type SiteDetail = { readonly siteId: string | null; readonly sessionUid: string };

/** The site and session that a stored or living grant is bound to. */
export function siteDetailOf(grant: {
  readonly rar?: readonly unknown[] | undefined;
}): SiteDetail | undefined {
  const detail = grant.rar?.find((entry) => (entry as { type?: unknown }).type === SITE_DETAIL);
  return detail as SiteDetail | undefined;
}

/** undefined: no site is settled, and the policy then asks for one. */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const held = await heldForRequest(ctx);
  if (!held) return undefined;
  const grant = (await grantInSession(ctx, held)) ?? newGrant(ctx, held);
  if (grant.jti && !lacksScopes(ctx, grant)) return grant;
  // A third party's grant is saved once its person has agreed; until then the consent prompt sees what it lacks.
  if (!(await mayReceive(ctx, held.account.id))) return grant;
  addScopes(ctx, grant);
  await grant.save();
  return grant;
}

async function heldForRequest(ctx: KoaContextWithOIDC): Promise<Held | null> {
  const { oidc } = ctx;
  const accountId = oidc.session?.accountId as string;
  if (oidc.client?.clientId === OWN_SCREENS) return heldNowhere(ctx, accountId);
  // Who he is was read just before, for the gates; staff act for no site.
  if ((oidc.entities.Account as Gates | undefined)?.staffRole !== null) return heldOn(ctx, accountId, null);
  const chosen = (oidc.result?.select_organization as { site?: string } | undefined)?.site;
  if (chosen !== undefined) return heldOn(ctx, accountId, { siteId: chosen });
  if (oidc.promptPending('select_organization')) return null;
  const hint = oidc.params?.siret_hint as string | undefined;
  if (hint !== undefined && !(await isProbe(ctx, accountId))) return heldOn(ctx, accountId, { siret: hint });
  const previous = await previousGrant(ctx);
  const previousSite = previous && siteDetailOf(previous)?.siteId;
  if (previousSite) return heldOn(ctx, accountId, { siteId: previousSite });
  const { store, now } = scopeOf(ctx.req);
  const sole = await soleSite(store, accountId, now());
  return typeof sole === 'string' ? null : heldOn(ctx, accountId, sole);
}

/** Unseen and before any agreement, a third party would learn from the answers for which sites its visitor acts. */
const isProbe = async (ctx: KoaContextWithOIDC, accountId: string): Promise<boolean> =>
  ctx.oidc.promptPending('none') && !(await mayReceive(ctx, accountId));

const previousGrants = perRequest<Promise<Grant | undefined>>();

/** Read once per request. */
function previousGrant({ req, oidc }: KoaContextWithOIDC): Promise<Grant | undefined> {
  const id = oidc.session?.grantIdFor(oidc.client?.clientId as string);
  const reading =
    previousGrants.get(req) ??
    (typeof id === 'string' ? oidc.provider.Grant.find(id) : Promise.resolve(undefined));
  previousGrants.set(req, reading);
  return reading;
}

async function grantInSession(ctx: KoaContextWithOIDC, held: Held): Promise<Grant | undefined> {
  const { store, now } = scopeOf(ctx.req);
  const { session, client, provider } = ctx.oidc;
  const until = now() + LIFETIME.refreshToken * 1000;
  const siteId = held.site?.id ?? null;
  const sessionUid = session?.uid as string;
  const previous = await previousGrant(ctx);
  const detail = previous && siteDetailOf(previous);
  const lasts = (previous?.exp ?? 0) * 1000 > until;
  if (previous && lasts && detail?.siteId === siteId && detail.sessionUid === sessionUid) return previous;
  const key = { accountId: held.account.id, clientId: client?.clientId as string, siteId, sessionUid, until };
  const brought = broughtGrantId(ctx.req, key);
  const id = brought.known ? brought.id : await findGrantId(store, key);
  return id === undefined ? undefined : provider.Grant.find(id);
}

function newGrant({ oidc }: KoaContextWithOIDC, held: Held): Grant {
  const grant = new oidc.provider.Grant({
    accountId: held.account.id,
    clientId: oidc.client?.clientId as string,
  });
  const detail: SiteDetail = { siteId: held.site?.id ?? null, sessionUid: oidc.session?.uid as string };
  grant.addRar({ type: SITE_DETAIL, ...detail });
  return grant;
}

/** What was asked, in the two families that a grant keeps: OpenID scopes and scopes per resource. */
function askedScopes({ oidc }: KoaContextWithOIDC): { openid: string[]; resources: [string, string[]][] } {
  const resources = Object.entries(oidc.resourceServers ?? {}).map(
    ([resource, server]): [string, string[]] => [
      resource,
      [...oidc.requestParamScopes].filter((scope) => server.scopes.has(scope)),
    ],
  );
  return { openid: [...oidc.requestParamOIDCScopes], resources };
}

function lacksScopes(ctx: KoaContextWithOIDC, grant: Grant): boolean {
  const asked = askedScopes(ctx);
  const granted = new Set(grant.getOIDCScopeEncountered().split(' '));
  if (asked.openid.some((scope) => !granted.has(scope))) return true;
  return asked.resources.some(([resource, scopes]) => {
    const held = new Set(grant.getResourceScopeEncountered(resource).split(' '));
    return scopes.some((scope) => !held.has(scope));
  });
}

function addScopes(ctx: KoaContextWithOIDC, grant: Grant): void {
  const asked = askedScopes(ctx);
  if (asked.openid.length > 0) grant.addOIDCScope(asked.openid.join(' '));
  for (const [resource, scopes] of asked.resources) {
    if (scopes.length > 0) grant.addResourceScope(resource, scopes.join(' '));
  }
}

/** The caisse's own services need no consent; a third party needs one, given now or before. */
async function mayReceive(ctx: KoaContextWithOIDC, accountId: string): Promise<boolean> {
  const { client, result } = ctx.oidc;
  if (client?.third_party !== true || result?.consent) return true;
  if (ctx.oidc.promptPending('consent')) return false;
  const given = new Set(await findConsentedScopes(scopeOf(ctx.req).store, accountId, client.clientId));
  return [...ctx.oidc.requestParamScopes].every((scope) => given.has(scope));
}
