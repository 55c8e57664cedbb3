/** The pages of one espace: one site, in one tab, with its own tokens. */
import type Router from '@koa/router';
import type Koa from 'koa';
import * as client from 'openid-client';
import { espacePath, type Portal, SESSION_COOKIE, setCookie } from './context.ts';
import { addExchangeRoutes } from './exchanges.ts';
import { addFeatureRoutes } from './feature-pages.ts';
import { ISSUER_AWAY, NOT_FOUND, RIGHTS_WITHDRAWN, SESSION_OVER } from './messages.ts';
import { depart } from './outer.ts';
import { keepFresh } from './renewal.ts';
import { render, renderMessage } from './views.ts';
import { findVisit, type InEspace, layoutOf, type Visit } from './visit.ts';
import { isStaff } from './visitor.ts';

export function addEspaceRoutes(router: Router, portal: Portal): void {
  const inEspace: InEspace = (page) => async (ctx) => {
    const visit = findVisit(ctx, portal);
    if (visit === undefined) return refuseVisit(ctx, portal);
    const { caisse, espace } = visit;
    try {
      await keepFresh(espace, caisse, portal.settings);
    } catch (error) {
      portal.reportFault(error, ctx);
      return renderMessage(ctx, ISSUER_AWAY, { caisse, retry: ctx.path });
    }
    const retry = espacePath(caisse.slug, espace.id, 'changer-de-tiers');
    if (espace.withdrawn) return renderMessage(ctx, RIGHTS_WITHDRAWN, { caisse, retry });
    await page(ctx, visit);
  };

  router.get('/:slug/e/:espace/', inEspace(showHome));
  router.get('/:slug/e/:espace/suivi-dsn', inEspace(showDsn));
  addFeatureRoutes(router, inEspace);
  addExchangeRoutes(router, inEspace);

  // Not inEspace: one may always leave, even where the rights are gone or the issuer does not answer.
  const leaving: InEspace = (page) => async (ctx) => {
    const visit = findVisit(ctx, portal);
    if (visit === undefined) return refuseVisit(ctx, portal);
    await page(ctx, visit);
  };
  router.get('/:slug/e/:espace/changer-de-tiers', leaving(changeSite));
  router.get('/:slug/e/:espace/droits-d-acces', leaving(manageRights));
  router.post('/:slug/e/:espace/deconnexion', leaving(signOut));
}

async function refuseVisit(ctx: Koa.Context, { issuers, settings }: Portal): Promise<void> {
  const caisse = issuers.get(String(ctx.params.slug));
  if (caisse === undefined) return renderMessage(ctx, NOT_FOUND);
  const wanted = new URLSearchParams({ target_link_uri: settings.origin + ctx.path });
  const retry = `/${caisse.slug}/connexion${ctx.method === 'GET' ? `?${wanted}` : ''}`;
  await renderMessage(ctx, SESSION_OVER, { caisse, retry });
}

async function showHome(ctx: Koa.Context, visit: Visit): Promise<void> {
  const view = visit.espace.visitor.site === undefined ? 'staff' : 'home';
  const staff = isStaff(visit.espace.visitor);
  await render(ctx, view, { ...(await layoutOf(visit)), title: 'Accueil', current: 'accueil', staff });
}

async function showDsn(ctx: Koa.Context, visit: Visit): Promise<void> {
  await render(ctx, 'dsn', { ...(await layoutOf(visit)), title: 'Suivi DSN', current: 'suivi-dsn' });
}

/** « Changer de tiers »: the issuer shows its list again, and this tab comes back with the site chosen there. */
async function changeSite(ctx: Koa.Context, { portal, caisse, espace }: Visit): Promise<void> {
  await depart(ctx, portal, caisse, { prompt: 'select_organization', place: '', from: espace.id });
}

/** « Gérer les droits d’accès »: the caisse's own screens, for this site; the tokens of the way back know what changed there. */
async function manageRights(ctx: Koa.Context, { portal, caisse, espace }: Visit): Promise<void> {
  const siretHint = espace.visitor.site?.siret;
  await depart(ctx, portal, caisse, { prompt: 'manage_delegations', siretHint, place: '', from: espace.id });
}

/** OpenID Connect RP-Initiated Logout 1.0: closed here first, then at the issuer. */
async function signOut(ctx: Koa.Context, { portal, caisse, session, espace }: Visit): Promise<void> {
  const { slug } = caisse;
  portal.sessions.close(session);
  setCookie(ctx, SESSION_COOKIE, null, { path: `/${slug}` });
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  try {
    const { config } = await caisse.connect();
    const address = client.buildEndSessionUrl(config, {
      id_token_hint: espace.tokens.idToken,
      post_logout_redirect_uri: `${portal.settings.origin}/${slug}/au-revoir`,
      state: client.randomState(),
    });
    ctx.redirect(address.href);
  } catch (error) {
    portal.reportFault(error, ctx);
    ctx.redirect(`/${slug}/au-revoir`);
  }
}
