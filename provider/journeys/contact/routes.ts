/**
 * The contact form, from every screen, signed in or not: it reads the session and never begins an interaction, so that
 * whatever is under way elsewhere waits untouched. Whoever is signed in writes in his own name, for a site that he
 * reaches: nothing that the form says changes that. What becomes of a message is the back office's.
 */
import { type Routes, scopeFor } from '../web.ts';
import { EMPTY } from './form.ts';
import { PATH, showForm } from './form-page.ts';
import { sentRoutes } from './sent-routes.ts';
import { siteRoutes } from './site-routes.ts';
import { submit } from './submit.ts';
import { makeToken } from './token.ts';
import { whoWrites } from './who.ts';

export const contactRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const known = await whoWrites(ctx, web);
    showForm(ctx, web, { known, token: makeToken(scopeFor(ctx)), typed: EMPTY, kept: [] });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
  siteRoutes(router, web);
  sentRoutes(router, web);
};
