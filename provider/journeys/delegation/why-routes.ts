import type { Routes } from '../web.ts';
import { showAtDate } from './at-date.ts';
import { showWhy } from './why.ts';

export const whyRoutes: Routes = (router, web) => {
  router.get('/droits-d-acces/:siret/pourquoi', (ctx) => showWhy(ctx, web));
  router.get('/droits-d-acces/:siret/a-la-date', (ctx) => showAtDate(ctx, web));
};
