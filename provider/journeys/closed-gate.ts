/**
 * While a caisse is closed, the pages of people tell when it opens again, and do nothing else. Owns which pages those are;
 * that nobody signs in is the interaction policy's (oidc/prompts), that nothing is conferred each machine API's.
 */
import type { Context, Middleware } from 'koa';
import { isClosed } from '../domain/closure.ts';
import { CAISSE_PAGES } from '../tenant/caisse-pages.ts';
import { opensAt } from '../tenant/closure-words.ts';
import { lookOf } from '../tenant/look.ts';
import { type CallError, CallRefused } from './machine-calls.ts';
import { scopeFor, type Web } from './web.ts';

const STILL_OPEN: readonly string[] = [
  // The caisse's own people, and the sign-in that they come by: whoever else signs in is told at its end.
  '/gestion',
  '/connexion',
  '/fermeture',
  // What screens load, what must always be readable, and the way to write to the caisse.
  '/theme.css',
  '/logo',
  '/contact',
  ...CAISSE_PAGES.map((page) => `/${page}`),
  // Links that mails brought: they prove an address or protect an account, expire, and let nobody in.
  '/certification',
  '/nouveau-mot-de-passe',
  '/confirmer-mon-adresse',
  '/annuler-changement-adresse',
];

/** The router reads paths in any case. */
const isStillOpen = (path: string): boolean =>
  STILL_OPEN.some((open) => `${path.toLowerCase()}/`.startsWith(`${open}/`));

export const whileClosed =
  (web: Web): Middleware =>
  async (ctx, next) => {
    const { caisse, now } = scopeFor(ctx);
    if (!isClosed(caisse.settings.closure, now()) || isStillOpen(ctx.path)) return next();
    // A session that stands while it is closed is of the caisse's own people.
    if (await web.interactions.session(ctx)) return next();
    showClosed(ctx, web, null);
  };

/** RFC 9110 §15.6.4: away for a time, and until when. `back`: to the service that sent its person here. */
export function showClosed(
  ctx: Context,
  web: Web,
  back: { readonly action: string; readonly formTargets: readonly string[] } | null,
): void {
  const { caisse } = scopeFor(ctx);
  const { closure } = caisse.settings;
  if (closure !== null) ctx.set('Retry-After', String(secondsLeft(ctx)));
  const locals = {
    look: lookOf(caisse),
    service: null,
    errors: [],
    action: back?.action ?? null,
    opens: closure === null ? null : opensAt(caisse),
    words: closure?.words ?? '',
    officeHref: back ? null : `${caisse.basePath}/gestion`,
  };
  web.send(ctx, 'caisse-pages/closed', locals, { status: 503, formTargets: back?.formTargets ?? [] });
}

const secondsLeft = (ctx: Context): number => {
  const { caisse, now } = scopeFor(ctx);
  return Math.max(1, Math.ceil(((caisse.settings.closure?.to ?? 0) - now()) / 1000));
};

const CLOSED: CallError = 'unavailable';

/** For machines whose answers let people in: while the caisse is closed they get none, rather than a denial to keep. */
export const refuseWhileClosed: Middleware = async (ctx, next) => {
  const { caisse, now } = scopeFor(ctx);
  if (!isClosed(caisse.settings.closure, now())) return next();
  const until = { 'Retry-After': String(secondsLeft(ctx)) };
  throw new CallRefused(503, CLOSED, 'The caisse is closed for a planned time', until);
};
