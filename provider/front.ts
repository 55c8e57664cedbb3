/**
 * Between the outermost boundary and the rooms: finds the caisse that a request is for, gives it its scope, and hands
 * to the protocol library what no journey takes. Composition: it may know every room, and holds no rule.
 */
import type { Context, Middleware } from 'koa';
import { requireOwnOrigin } from './http/origin.ts';
import { contentSecurityPolicy } from './http/page.ts';
import { answerDocument } from './oidc/documents.ts';
import type { Issuers } from './oidc/issuers.ts';
import type { Issuer } from './oidc/provider.ts';
import { Refusal } from './refusal.ts';
import type { Caisse, Directory } from './tenant/directory.ts';
import { perRequest } from './tenant/per-request.ts';
import { bindScope, type Scope, scopeOf } from './tenant/scope.ts';

const served = perRequest<Issuer>();

/** The issuer that serves a request; a change of its caisse does not take it away from under it. */
export const issuerFor = ({ req }: Context): Issuer | undefined => served.get(req);

export type Front = {
  readonly directory: Directory;
  readonly issuers: Issuers;
  readonly scopeFor: (caisse: Caisse, ctx: Context) => Scope;
};

const FROM_ROOT = '/.well-known/';
/** RFC 8414 §3.1 and AuthZEN §9.2 put the issuer's path after the well-known one. */
const WELL_KNOWN = /^\/\.well-known\/(?:oauth-authorization-server|authzen-configuration)(?=\/)/;

export const findCaisse =
  ({ directory, issuers, scopeFor }: Front): Middleware =>
  async (ctx, next) => {
    const { path } = ctx;
    const wellKnown = path.startsWith(FROM_ROOT) ? (WELL_KNOWN.exec(path)?.[0] ?? '') : '';
    const found = directory.resolve(ctx.host, path.slice(wellKnown.length));
    if (found.kind === 'unknown_host') throw new Refusal('host_unknown');
    if (found.kind === 'no_caisse') throw new Refusal('caisse_unknown');
    const { caisse } = found;
    bindScope(ctx.req, scopeFor(caisse, ctx));
    served.set(ctx.req, await issuers.of(caisse));
    const full = wellKnown === '' ? (ctx.req.url as string) : caisse.basePath + wellKnown;
    // The library finds its mount path by comparing the two.
    (ctx.req as { originalUrl?: string }).originalUrl = full;
    const beneath = full.slice(caisse.basePath.length);
    ctx.req.url = beneath.startsWith('/') ? beneath : `/${beneath}`;
    await next();
  };

export const ownOrigin = (ctx: Context): string => new URL(scopeOf(ctx.req).caisse.issuer).origin;

/** The addresses that services call all day, beneath the issuer. No journey has them. */
const BUSY = new Set([
  '/.well-known/openid-configuration',
  '/auth',
  '/jwks',
  '/me',
  '/token',
  '/token/introspection',
]);

/** Before the journeys: these need not be looked for among their hundreds of addresses. */
export const handBusyToProtocol: Middleware = async (ctx, next) => {
  if (!BUSY.has(ctx.path)) return next();
  const kept = ctx.method === 'GET' ? issuerFor(ctx)?.documents.get(ctx.path) : undefined;
  if (!kept) return handToProtocol(ctx, next);
  ctx.set('Content-Security-Policy', PROTOCOL_POLICY);
  answerDocument(ctx, kept);
};

const PROTOCOL_POLICY = contentSecurityPolicy(null);
const fromOwnPage = requireOwnOrigin(ownOrigin);

/** The last middleware: everything that is left is the protocol's. */
export const handToProtocol: Middleware = async (ctx) => {
  const { caisse } = scopeOf(ctx.req);
  // The one form of the library's that a browser posts with its session; services' posts bear credentials. The
  // library reads paths in any case.
  if (ctx.path.toLowerCase().startsWith('/session/end/confirm')) await fromOwnPage(ctx, async () => {});
  // Addresses that the library builds come from these: the issuer's, whatever the request claims.
  ctx.req.headers.host = caisse.host;
  ctx.req.headers['x-forwarded-host'] = caisse.host;
  ctx.req.headers['x-forwarded-proto'] = caisse.secure ? 'https' : 'http';
  ctx.set('Content-Security-Policy', PROTOCOL_POLICY);
  ctx.respond = false;
  await issuerFor(ctx)?.handle(ctx.req, ctx.res);
};
