/**
 * « À renouveler »: what the former space gave is not carried over by itself. Whoever stands above sees what it would
 * give now, may choose an end, and renews it.
 */
import type { Context } from 'koa';
import { sameVector } from '../../domain/rights.ts';
import type { RenewLocals } from '../../http/screens-closing.ts';
import { goTo, localsOf } from '../delegation-place.ts';
import { readPeriod, typedPeriodOf } from '../period-form.ts';
import { renewable, renewDelegation } from '../turn-delegation.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type ActPlace, enterAct, factsOf, stillPossible, turningOf } from './act-page.ts';

const PATH = '/droits-d-acces/:siret/delegations/:id/renouveler';

export const renewRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterAct(ctx, web);
    if (!place || !stillPossible(ctx, place, 'renew')) return;
    const period = typedPeriodOf(place.delegation, scopeFor(ctx).caisse.timeZone);
    await show(ctx, web, place, { period, errors: [] });
  });
  router.post(PATH, (ctx) => renew(ctx, web));
};

type Filled = Pick<RenewLocals, 'period' | 'errors'>;

async function show(ctx: Context, web: Web, place: ActPlace, filled: Filled): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const { delegation, href, page, base } = place;
  const rights = await renewable(store, delegation, now());
  const facts = factsOf({ delegation: { ...delegation, rights: rights ?? delegation.rights } }, caisse);
  web.send(
    ctx,
    'delegation/renew',
    {
      ...localsOf(ctx, place),
      ...filled,
      facts: { ...facts, from: null },
      left: rights === null ? 'gone' : sameVector(rights, delegation.rights) ? 'whole' : 'narrowed',
      action: href(`${page}/renouveler`),
      seen: delegation.changedAt,
      listHref: href(base),
      cancelHref: href(page),
      closeHref: href(`${page}/cloturer`),
    },
    { status: filled.errors.length > 0 ? 422 : 200 },
  );
}

async function renew(ctx: Context, web: Web): Promise<void> {
  const place = await enterAct(ctx, web);
  if (!place) return;
  const scope = scopeFor(ctx);
  const clock = { now: scope.now(), timeZone: scope.caisse.timeZone };
  // It begins now, whatever day it began on there.
  const { period, typed, errors } = readPeriod(ctx, { ...clock, kept: place.delegation });
  if (!period) return show(ctx, web, place, { period: typed, errors });
  await renewDelegation(scope, turningOf(ctx, web, place), { to: period.to });
  goTo(ctx, place, place.base, 'renouvellement');
}
