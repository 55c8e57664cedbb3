/** The end of the way for whoever signs in while the caisse is closed: when it opens again, and back to the service. */
import type { Context } from 'koa';
import { closureWords } from '../../tenant/closure-words.ts';
import { lookOf } from '../../tenant/look.ts';
import { pathOf } from '../dispatch.ts';
import { finish, formTargets, leadOn, pending } from '../interaction.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';

export const closedRoutes: Routes = (router, web) => {
  router.get('/fermeture', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/fermeture/:uid', (ctx) => show(ctx, web));
  router.post('/fermeture/:uid', async (ctx) => {
    if (!(await pending(ctx, web.interactions, 'closed'))) return;
    // Open again by now: the policy looks anew.
    const isOpen = closureWords(scopeFor(ctx).caisse, scopeFor(ctx).now())?.title !== 'Espace fermé';
    await finish(ctx, web.interactions, { kind: isOpen ? 'looked_after' : 'refused' });
  });
};

async function show(ctx: Context, web: Web): Promise<void> {
  const interaction = await pending(ctx, web.interactions, 'closed');
  if (!interaction) return;
  const { caisse } = scopeFor(ctx);
  const locals = {
    look: lookOf(caisse),
    service: interaction.service,
    errors: [],
    action: caisse.basePath + pathOf('closed', interaction.uid),
  };
  web.send(ctx, 'caisse-pages/closed', locals, { formTargets: formTargets(interaction) });
}
