/** « Mon cabinet »: a manager of an accounting firm sees its clients and its staff, and gives them parts of what the firm holds. */
import type { Routes } from '../web.ts';
import { bulkRoutes } from './bulk-routes.ts';
import { portfolioRoutes } from './portfolio-routes.ts';
import { staffRoutes } from './staff-routes.ts';

export const cabinetRoutes: Routes = (router, web) => {
  for (const routes of [portfolioRoutes, staffRoutes, bulkRoutes]) routes(router, web);
};
