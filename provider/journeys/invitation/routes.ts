/** « Ouverture de délégation »: who was invited by mail accepts or refuses, with the account that he has or opens here. */
import type { Routes } from '../web.ts';
import { answerRoutes } from './answer-routes.ts';
import { doneRoutes } from './conclude.ts';
import { formRoutes } from './form-routes.ts';
import { mobileRoutes } from './mobile-routes.ts';
import { refuseRoutes } from './refuse-routes.ts';

export const invitationRoutes: Routes = (router, web) => {
  for (const routes of [formRoutes, mobileRoutes, answerRoutes, refuseRoutes, doneRoutes]) {
    routes(router, web);
  }
};
