/**
 * The way back to the service that sent somebody to the screens of rights or to My account (`prompt=manage_delegations`,
 * `prompt=manage_account`), whichever of them he is on: from one he goes on to the other.
 */
import type { Context } from 'koa';
import type { BackToService } from '../http/screens-delegation.ts';
import type { Entered } from './delegation-place.ts';
import { pathOf } from './dispatch.ts';
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
  const action = scopeFor(ctx).caisse.basePath + pathOf(sender.prompt, from);
  return {
    action,
    cancelHref: `${action}/annuler`,
    serviceName: sender.service.name,
    formTargets: formTargets(sender),
  };
}
