/** For which of his sites somebody writes: searched and chosen while what he has written waits in the page. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { listFiles } from '../../store/contact-files.ts';
import { findMessageOfForm } from '../../store/contact-messages.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { typedMessage } from './form.ts';
import { showForm } from './form-page.ts';
import { toSent } from './sent-routes.ts';
import { SITES, showSites } from './show-sites.ts';
import { SIGNED_OUT } from './submit.ts';
import { makeToken, readToken } from './token.ts';
import { whoWrites } from './who.ts';

export const siteRoutes: Routes = (router, web) => {
  router.post(SITES, (ctx) => choose(ctx, web));
};

async function choose(ctx: Context, web: Web): Promise<void> {
  const scope = scopeFor(ctx);
  const chosen = field(ctx, 'site');
  const known = await whoWrites(ctx, web, chosen === '' ? undefined : chosen);
  const token = readToken(field(ctx, 'formulaire')) ?? makeToken(scope);
  const typed = typedMessage(ctx);
  if (await findMessageOfForm(scope.store, token)) return toSent(ctx, token);
  if (known && chosen === '' && field(ctx, 'revenir') === '') {
    return showSites(ctx, web, { known, token, typed });
  }
  const kept = await listFiles(scope.store, token);
  showForm(ctx, web, { known, token, typed, kept, notice: known ? null : SIGNED_OUT });
}
