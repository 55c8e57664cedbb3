/** The portal's doors: welcome, departure for the issuer, return from it, and the page after a sign-out. */
import type Router from '@koa/router';
import type Koa from 'koa';
import * as client from 'openid-client';
import { espacePath, type Portal, placeOf, SESSION_COOKIE, setCookie, single } from './context.ts';
import type { Issuer } from './issuer.ts';
import {
  BAD_REQUEST,
  explainRefusal,
  ISSUER_AWAY,
  type Message,
  NOT_FOUND,
  SIGN_IN_FORGOTTEN,
} from './messages.ts';
import { bindingCookie, type PendingSignIn, SIGN_IN_LIFE_MS } from './pending.ts';
import { arrive, departFor, redirectUri, type SignInRequest } from './sign-in.ts';
import { render, renderMessage } from './views.ts';

export function addOuterRoutes(router: Router, portal: Portal): void {
  const { settings, issuers } = portal;

  type Page = (ctx: Koa.Context, issuer: Issuer) => Promise<void>;
  function atCaisse(page: Page): Koa.Middleware {
    return async (ctx) => {
      const issuer = issuers.get(String(ctx.params.slug));
      if (issuer === undefined) return renderMessage(ctx, NOT_FOUND);
      await page(ctx, issuer);
    };
  }

  /** OpenID Connect Core §4: another site may start a sign-in here, by GET or by POST. */
  async function leave(ctx: Koa.Context, caisse: Issuer): Promise<void> {
    const given = ctx.method === 'POST' ? (ctx.request.body as Record<string, unknown>) : ctx.query;
    const iss = single(given.iss);
    const target = single(given.target_link_uri);
    const place = target === undefined ? '' : placeOf(target, caisse.slug, settings.origin);
    if ((iss !== undefined && iss !== caisse.issuer) || place === undefined) {
      return renderMessage(ctx, BAD_REQUEST, { caisse });
    }
    await depart(ctx, portal, caisse, { place, loginHint: single(given.login_hint)?.slice(0, 254) });
  }

  router.get(
    '/:slug',
    atCaisse((ctx, caisse) => render(ctx, 'welcome', { title: 'Bienvenue', caisse })),
  );
  router.get('/:slug/connexion', atCaisse(leave));
  router.post('/:slug/connexion', atCaisse(leave));
  router.get(
    '/:slug/retour',
    atCaisse((ctx, caisse) => comeBack(ctx, portal, caisse)),
  );
  router.get(
    '/:slug/au-revoir',
    atCaisse((ctx, caisse) => render(ctx, 'goodbye', { title: 'Au revoir', caisse })),
  );
}

/** Sends the browser to the issuer, with a cookie that will recognise it on its way back. */
export async function depart(
  ctx: Koa.Context,
  portal: Portal,
  caisse: Issuer,
  request: SignInRequest,
): Promise<void> {
  try {
    const { url, state, signIn } = await departFor(caisse, portal.settings, request);
    setCookie(ctx, bindingCookie(state), portal.pending.keep(state, signIn), {
      path: `/${caisse.slug}/retour`,
      maxAge: SIGN_IN_LIFE_MS,
    });
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 303;
    ctx.redirect(url.href);
  } catch (error) {
    portal.reportFault(error, ctx);
    await renderMessage(ctx, error instanceof client.ResponseBodyError ? explainRefusal('') : ISSUER_AWAY, {
      caisse,
      retry: `/${caisse.slug}/connexion`,
    });
  }
}

async function comeBack(ctx: Koa.Context, portal: Portal, caisse: Issuer): Promise<void> {
  const { slug } = caisse;
  const retry = `/${slug}/connexion`;
  const state = single(ctx.query.state) ?? '';
  const binding = bindingCookie(state);
  const signIn = portal.pending.take(slug, state, ctx.cookies.get(binding));
  setCookie(ctx, binding, null, { path: `/${slug}/retour` });
  if (signIn === undefined) return renderMessage(ctx, SIGN_IN_FORGOTTEN, { caisse, retry });
  const address = new URL(redirectUri(slug, portal.settings));
  address.search = ctx.search;
  try {
    const arrival = await arrive(caisse, portal.settings, { address, state, signIn });
    const { espace, cookie } = portal.sessions.open({
      slug,
      ...arrival,
      cookie: ctx.cookies.get(SESSION_COOKIE),
    });
    if (cookie !== undefined) setCookie(ctx, SESSION_COOKIE, cookie, { path: `/${slug}` });
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 303;
    ctx.redirect(espacePath(slug, espace.id, signIn.place));
  } catch (error) {
    const { message, code } = explain(error);
    if (code === undefined) portal.reportFault(error, ctx);
    await renderMessage(ctx, message, { caisse, code, retry, back: backTo(slug, signIn) });
  }
}

function backTo(slug: string, { from }: PendingSignIn): string | undefined {
  return from === undefined ? undefined : espacePath(slug, from);
}

function explain(error: unknown): { readonly message: Message; readonly code: string | undefined } {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return { message: explainRefusal(error.error), code: error.error };
  }
  return { message: explainRefusal(''), code: undefined };
}
