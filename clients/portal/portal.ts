/**
 * The demo « espace sécurisé » of the caisses: a relying party that speaks OpenID Connect and nothing else.
 * Owns its sessions, its pages and their headers. Identity, sites and rights come from each caisse's issuer;
 * data come from the API. One process serves every caisse, each below its slug.
 */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { addBackchannelRoute } from './backchannel.ts';
import type { Portal } from './context.ts';
import { addEspaceRoutes } from './espace.ts';
import { createIssuer } from './issuer.ts';
import { BAD_REQUEST, FAULT, FOREIGN_ORIGIN, NOT_FOUND } from './messages.ts';
import { addOuterRoutes } from './outer.ts';
import { createPendingSignIns } from './pending.ts';
import { createSessions } from './sessions.ts';
import { checkSettings, type PortalOptions, type Settings } from './settings.ts';
import { render, renderMessage, stylesheet } from './views.ts';

export type { CaisseSettings, PortalOptions } from './settings.ts';

export function createPortal(options: PortalOptions): { readonly app: Koa; readonly close: () => void } {
  const settings = checkSettings(options);
  const app = new Koa();
  const portal: Portal = {
    settings,
    issuers: new Map(settings.caisses.map((caisse) => [caisse.slug, createIssuer(caisse, settings)])),
    sessions: createSessions({ key: settings.cookieKey, now: settings.now }),
    pending: createPendingSignIns(settings.now),
    reportFault: (error, ctx) => app.emit('error', error, ctx),
  };
  const router = new Router();
  router.get('/', (ctx) => render(ctx, 'caisses', { title: 'Vos caisses', caisses: settings.caisses }));
  router.get('/portail.css', (ctx) => {
    ctx.type = 'css';
    ctx.set('Cache-Control', 'public, max-age=86400');
    ctx.body = stylesheet;
  });
  addOuterRoutes(router, portal);
  addBackchannelRoute(router, portal);
  addEspaceRoutes(router, portal);

  app.use(setHeaders(settings));
  app.use(answerFaults(portal));
  app.use(refuseForeignForms(settings));
  app.use(bodyParser({ enableTypes: ['form'], formLimit: '16kb', onError: refuseBody }));
  app.use(router.routes());
  app.use(router.allowedMethods());

  return {
    app,
    close: () => {
      portal.sessions.clear();
      portal.pending.clear();
    },
  };
}

function setHeaders({ caisses, origin }: Settings): Koa.Middleware {
  const secure = origin.startsWith('https:');
  const guard = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        // Chromium applies it to every redirect after a POST: signing out goes on to the issuer.
        formAction: ["'self'", ...new Set(caisses.map(({ issuer }) => new URL(issuer).origin))],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Not no-referrer: browsers would then send « Origin: null » with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secure,
  });
  return async (ctx, next) => {
    // The portal may stand behind a proxy that ends TLS: its own origin says whether cookies are Secure.
    ctx.cookies.secure = secure;
    await guard(ctx, next);
  };
}

function answerFaults({ reportFault }: Portal): Koa.Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) await renderMessage(ctx, NOT_FOUND);
    } catch (error) {
      if (error instanceof BadForm) return renderMessage(ctx, BAD_REQUEST);
      reportFault(error, ctx);
      await renderMessage(ctx, FAULT);
    }
  };
}

/** SameSite does not tell ports apart, so a form must also say that it comes from this portal. */
function refuseForeignForms({ origin }: Settings): Koa.Middleware {
  return async (ctx, next) => {
    // Both are meant for others: the issuer's server, and any site that starts a sign-in (OIDC Core §4).
    const open = /^\/[\w-]+\/(deconnexion-distante|connexion)$/.test(ctx.path);
    const from = ctx.get('origin');
    if (ctx.method === 'POST' && !open && from !== '' && from !== origin) {
      return renderMessage(ctx, FOREIGN_ORIGIN);
    }
    await next();
  };
}

class BadForm extends Error {}

function refuseBody(cause: Error): never {
  throw new BadForm('The form cannot be read', { cause });
}
