/** The caisse’s own pages: legal notices, personal data, terms, accessibility, questions, news, help. */
import { readProse } from '../../domain/prose.ts';
import { CAISSE_PAGES, DEFAULT_TEXTS, PAGE_TITLES } from '../../tenant/caisse-pages.ts';
import { lookOf } from '../../tenant/look.ts';
import { type Routes, scopeFor } from '../web.ts';
import { closedRoutes } from './closed.ts';

/** Nobody need be signed in, and whoever is signing in loses nothing: it waits in its own tab or one page back. */
export const caissePagesRoutes: Routes = (router, web) => {
  closedRoutes(router, web);
  for (const page of CAISSE_PAGES) {
    router.get(`/${page}`, (ctx) => {
      const { caisse } = scopeFor(ctx);
      web.send(ctx, 'caisse-pages/page', {
        look: lookOf(caisse),
        service: null,
        errors: [],
        title: PAGE_TITLES[page],
        blocks: readProse(caisse.settings.pages[page] ?? DEFAULT_TEXTS[page]),
      });
    });
  }
};
