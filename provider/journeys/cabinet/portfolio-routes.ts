/** « Mon cabinet »: the firm's clients, each client's page, and who of the staff serves it. */
import type { Routes } from '../web.ts';
import { enterCabinet } from './cabinet-place.ts';
import { clientRoutes } from './client-routes.ts';
import { entrustRoutes } from './entrust-routes.ts';
import { FIRM } from './firm-page.ts';
import { showClients } from './show-clients.ts';

export const portfolioRoutes: Routes = (router, web) => {
  router.get(FIRM, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await showClients(ctx, web, place);
  });
  clientRoutes(router, web);
  entrustRoutes(router, web);
};
