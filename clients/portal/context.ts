/** What every route of the portal works with, and the few things that they all do with a request. */
import type Koa from 'koa';
import type { Issuer } from './issuer.ts';
import type { PendingSignIns } from './pending.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';

export type Portal = {
  readonly settings: Settings;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly sessions: Sessions;
  readonly pending: PendingSignIns;
  readonly reportFault: (error: unknown, ctx: Koa.Context) => void;
};

/** Not the issuer's cookie names: on one host, a cookie does not know ports apart. */
export const SESSION_COOKIE = 'espace_securise';

export type CookieLife = { readonly path: string; readonly maxAge?: number };

export function setCookie(ctx: Koa.Context, name: string, value: string | null, life: CookieLife): void {
  ctx.cookies.set(name, value, { ...life, httpOnly: true, sameSite: 'lax', overwrite: true });
}

/** A query or form parameter that was given once, as text. */
export function single(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Where a page is inside an espace, from a whole address of this portal; undefined for any other address. */
export function placeOf(address: string, slug: string, origin: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.origin !== origin) return undefined;
  const match = new RegExp(`^/${slug}(?:/e/[\\w-]+)?/?((?:fonctionnalites/\\w+|suivi-dsn|echanges)?)$`).exec(
    url.pathname,
  );
  return match === null ? undefined : (match[1] ?? '');
}

export function espacePath(slug: string, espace: string, place = ''): string {
  return `/${slug}/e/${espace}/${place}`;
}
