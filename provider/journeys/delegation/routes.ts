/**
 * « Gérer les droits d’accès »: an administrator of a site looks at who holds what there, gives and takes. Owns its
 * pages; what may be given is one check (giving.ts), what a delegation is worth is domain/rights.
 */
import type { Routes } from '../web.ts';
import { addRoutes } from './add-routes.ts';
import { closeRoutes } from './close-routes.ts';
import { confirmRoutes } from './confirm-routes.ts';
import { firmRoutes } from './firm-routes.ts';
import { listRoutes } from './list-routes.ts';
import { modifyRoutes } from './modify-routes.ts';
import { renewRoutes } from './renew-routes.ts';
import { sentRoutes } from './sent-routes.ts';
import { successionRoutes } from './succession-routes.ts';
import { whyRoutes } from './why-routes.ts';

export const delegationRoutes: Routes = (router, web) => {
  for (const routes of [
    sentRoutes,
    listRoutes,
    addRoutes,
    modifyRoutes,
    closeRoutes,
    confirmRoutes,
    renewRoutes,
    firmRoutes,
    successionRoutes,
    whyRoutes,
  ]) {
    routes(router, web);
  }
};
