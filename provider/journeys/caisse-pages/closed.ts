/** The end of the way for whoever signs in while the caisse is closed: when it opens again, and back to the service. */
import { isClosed } from '../../domain/closure.ts';
import { showClosed } from '../closed-gate.ts';
import { pathOf } from '../dispatch.ts';
import { finish, formTargets, leadOn, pending } from '../interaction.ts';
import { type Routes, scopeFor } from '../web.ts';

export const closedRoutes: Routes = (router, web) => {
  router.get('/fermeture', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/fermeture/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'closed');
    if (!interaction) return;
    const action = scopeFor(ctx).caisse.basePath + pathOf('closed', interaction.uid);
    showClosed(ctx, web, { action, formTargets: formTargets(interaction) });
  });
  router.post('/fermeture/:uid', async (ctx) => {
    if (!(await pending(ctx, web.interactions, 'closed'))) return;
    // Open again by now: the policy looks anew.
    const { caisse, now } = scopeFor(ctx);
    const isShut = isClosed(caisse.settings.closure, now());
    await finish(ctx, web.interactions, { kind: isShut ? 'refused' : 'looked_after' });
  });
};
