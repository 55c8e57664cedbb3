/** One request inside an open espace: who, where, and what every page of an espace shows around its own. */
import type Koa from 'koa';
import { espacePath, type Portal, SESSION_COOKIE } from './context.ts';
import { readDsnMessages } from './dsn.ts';
import type { Issuer } from './issuer.ts';
import { delegationLinkFor, menuFor } from './rights.ts';
import type { Espace, PortalSession } from './sessions.ts';

export type Visit = {
  readonly portal: Portal;
  readonly caisse: Issuer;
  readonly session: PortalSession;
  readonly espace: Espace;
};

export type EspacePage = (ctx: Koa.Context, visit: Visit) => Promise<void>;

/** Wraps a page so that it runs in an open espace with fresh tokens, or not at all. */
export type InEspace = (page: EspacePage) => Koa.Middleware;

/** The espace named in the address, if this browser's session holds it. */
export function findVisit(ctx: Koa.Context, portal: Portal): Visit | undefined {
  const { slug = '', espace: id = '' } = ctx.params as Record<string, string | undefined>;
  const caisse = portal.issuers.get(slug);
  const session = portal.sessions.find(slug, ctx.cookies.get(SESSION_COOKIE));
  const espace = session?.espaces.get(id);
  if (caisse === undefined || session === undefined || espace === undefined) return undefined;
  return { portal, caisse, session, espace };
}

/** Header, bell and menu. */
export async function layoutOf({ portal, caisse, espace }: Visit): Promise<Record<string, unknown>> {
  const base = espacePath(caisse.slug, espace.id);
  return {
    caisse,
    espace,
    visitor: espace.visitor,
    base,
    menu: menuFor(espace.visitor.entitlements),
    delegation: delegationLinkFor(espace.visitor, base),
    dsn: await readDsnMessages(espace, portal.settings),
    current: undefined,
  };
}
