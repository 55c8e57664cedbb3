/** The caisse’s own pages: legal notices, personal data, terms, accessibility, questions, news, help. */
import { readProse } from '../../domain/prose.ts';
import type { Link } from '../../http/screens.ts';
import { CAISSE_PAGES, type CaissePage, PAGE_TITLES, textOf } from '../../tenant/caisse-pages.ts';
import { HELP_PAGES, HELP_TITLES } from '../../tenant/help-pages.ts';
import { lookOf } from '../../tenant/look.ts';
import { type Routes, scopeFor } from '../web.ts';
import { closedRoutes } from './closed.ts';

/** Nobody need be signed in, and whoever is signing in loses nothing: it waits in its own tab or one page back. */
export const caissePagesRoutes: Routes = (router, web) => {
  closedRoutes(router, web);
  for (const page of CAISSE_PAGES) {
    router.get(`/${page}`, (ctx) => {
      const { caisse } = scopeFor(ctx);
      const shown = textOf(page, caisse.settings.pages);
      web.send(ctx, 'caisse-pages/page', {
        look: lookOf(caisse),
        service: null,
        errors: [],
        title: PAGE_TITLES[shown.page],
        blocks: readProse(shown.text),
        links: helpLinks(shown.page, caisse.basePath),
      });
    });
  }
};

const isHelp = (page: CaissePage): boolean => HELP_PAGES.some((help) => help === page);

/** From the general help to that of each family of screens, and back. */
function helpLinks(page: CaissePage, basePath: string): Link[] {
  if (isHelp(page)) return [{ label: 'Toute l’aide', href: `${basePath}/aide` }];
  if (page !== 'aide') return [];
  const forPeople = HELP_PAGES.filter((help) => help !== 'aide-gestion');
  return forPeople.map((help) => ({ label: HELP_TITLES[help], href: `${basePath}/${help}` }));
}
