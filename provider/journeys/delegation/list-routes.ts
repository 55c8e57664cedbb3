import type { Routes } from '../web.ts';
import { showChooser } from './chooser.ts';
import { showList } from './list.ts';
import { showDelegation } from './view.ts';

export const listRoutes: Routes = (router, web) => {
  router.get('/droits-d-acces', (ctx) => showChooser(ctx, web));
  router.get('/droits-d-acces/:siret', (ctx) => showList(ctx, web));
  router.get('/droits-d-acces/:siret/delegations/:id', (ctx) => showDelegation(ctx, web));
};
