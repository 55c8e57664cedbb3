/**
 * A manager entrusts clients to people of the firm: one plan over any number of sites, applied whole or not at all.
 * `preview` reads and says; `entrust` holds everything the plan stands on, makes the plan again, and writes it only if
 * it is the one that was seen.
 */
import type { Context } from 'koa';
import type { Instant } from '../../domain/instant.ts';
import { Refusal } from '../../refusal.ts';
import { readManagership } from '../../store/chains.ts';
import { holdFirmChains, readFirmChains } from '../../store/firm-chains.ts';
import { holdMembers, listEntrusted } from '../../store/firm-staff.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { shownBits } from '../rights-form.ts';
import { tellTaken } from '../taken.ts';
import { scopeFor, type Web } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import { type Facts, type Line, planOf, type Shortfall, type Wish } from './entrust-plan.ts';
import { changesNothing, fingerprintOf } from './entrust-sum.ts';
import { writePlan } from './entrust-write.ts';
import { requireManager } from './require-manager.ts';

export type Entrusting = {
  readonly place: Pick<CabinetPlace, 'account' | 'cabinet'>;
  readonly wishes: readonly Wish[];
  readonly shortfall: Shortfall;
};

/** What it would do now. Three queries, whatever the number of sites. */
export async function preview(ctx: Context, web: Web, entrusting: Entrusting): Promise<readonly Line[]> {
  const { store, now } = scopeFor(ctx);
  const at = now();
  return planFrom(ctx, web, { entrusting, facts: await factsOf(store, entrusting, at, false), at });
}

export type Applied =
  | { readonly done: true; readonly plan: readonly Line[] }
  /** Somebody changed something since the plan was shown: nothing was written. */
  | { readonly done: false };

/**
 * @param seen `fingerprintOf` the plan that the manager saw.
 * @param also What else is written with it; false: nothing at all is.
 */
export async function entrust(
  ctx: Context,
  web: Web,
  {
    seen,
    also,
    ...entrusting
  }: Entrusting & {
    readonly seen: string;
    readonly also: (inside: Handle) => Promise<boolean>;
  },
): Promise<Applied> {
  const { store, now } = scopeFor(ctx);
  const outcome = await transaction(store, async (inside) => {
    const at = now();
    const facts = await factsOf(inside, entrusting, at, true);
    const plan = planFrom(ctx, web, { entrusting, facts, at });
    if (fingerprintOf(plan) !== seen || !(await also(inside))) return null;
    const taken = changesNothing(plan)
      ? []
      : await writePlan(ctx, inside, { plan, place: entrusting.place, at });
    return { plan, taken };
  });
  if (outcome === null) return { done: false };
  await tellTaken(ctx, web, outcome.taken);
  return { done: true, plan: outcome.plan };
}

type Planning = { readonly entrusting: Entrusting; readonly facts: Facts; readonly at: Instant };

function planFrom(ctx: Context, { enforcer }: Web, { entrusting, facts, at }: Planning): readonly Line[] {
  const { caisse } = scopeFor(ctx);
  const { timeZone, settings } = caisse;
  const shown = shownBits(settings.hiddenFeatures);
  return planOf(entrusting.wishes, facts, {
    shortfall: entrusting.shortfall,
    enforcer,
    now: at,
    timeZone,
    shown,
  });
}

/**
 * The manager and members first, then chains from their roots down: the order of every act on a firm. While members are held, nobody
 * else entrusts them with anything, so that a client is never given to one person twice.
 */
async function factsOf(
  handle: Handle,
  { place, wishes }: Entrusting,
  now: Instant,
  hold: boolean,
): Promise<Facts> {
  const cabinetId = place.cabinet.id;
  const siteIds = [...new Set(wishes.map(({ siteId }) => siteId))];
  const accountIds = [...new Set(wishes.map(({ accountId }) => accountId))];
  if (hold) {
    await requireManager(handle, { accountId: place.account.id, cabinetId, now });
    const membershipIds = [...new Set(wishes.map(({ membershipId }) => membershipId))];
    if (!(await holdMembers(handle, { membershipIds, cabinetId, now }))) throw new Refusal('beyond_giver');
  }
  const chains = await (hold ? holdFirmChains : readFirmChains)(handle, { cabinetId, siteIds });
  const entrusted = await listEntrusted(handle, { cabinetId, siteIds, accountIds, now });
  const cabinetLink = [...chains.values()][0]?.[0]?.at(-1);
  const manager = cabinetLink
    ? await readManagership(handle, { accountId: place.account.id, cabinetLink, now })
    : null;
  return { cabinetId, chains, entrusted, manager };
}
