/** The way back to the service that sent an administrator to the screens of rights (`prompt=manage_delegations`). */
import type { Context } from 'koa';
import type { BackToService } from '../http/screens-delegation.ts';
import type { Entered } from './delegation-place.ts';
import { formTargets } from './interaction.ts';
import { scopeFor, type Web } from './web.ts';

/** Path under the issuer, before the interaction's uid. */
export const SENT = '/droits-d-acces/depuis';

export type Back = BackToService & {
  /** Goes into the options of `web.send`: without it the browser stops the form on its way to the service. */
  readonly formTargets: readonly string[];
};

/** For pages that draw views/partials/back-to-service; null when no service waits. */
export async function backOf(ctx: Context, web: Web, { from }: Pick<Entered, 'from'>): Promise<Back | null> {
  if (from === '') return null;
  const sender = await web.interactions.sender(ctx, from);
  if (!sender) return null;
  const action = `${scopeFor(ctx).caisse.basePath}${SENT}/${from}`;
  return {
    action,
    cancelHref: `${action}/annuler`,
    serviceName: sender.service.name,
    formTargets: formTargets(sender),
  };
}
