/**
 * What a person holds on a site now: the one reading from which every token, userinfo answer and introspection
 * is made. Read once per request, however often the library asks.
 */
import type { IncomingMessage } from 'node:http';
import type { Instant } from '../domain/instant.ts';
import {
  type Chain,
  type EffectiveRights,
  effectiveRights,
  holdsNothing,
  NO_RIGHTS,
} from '../domain/rights.ts';
import { NO_ID } from '../store/handle.ts';
import type { Holding, Place, Site } from '../store/holdings.ts';
import { readHolding } from '../store/holdings.ts';
import { perRequest } from '../tenant/per-request.ts';
import { scopeOf } from '../tenant/scope.ts';

export type Held = {
  readonly account: Holding['account'];
  /** null for the caisse's staff, who act for no site. */
  readonly site: Site | null;
  readonly rights: EffectiveRights;
  readonly cabinet: { readonly id: string; readonly name: string } | null;
};

type Request = { readonly req: IncomingMessage };

const readings = perRequest<Map<string, Promise<Held | null>>>();
const brought = perRequest<Map<string, Holding | null>>();
const latest = perRequest<Held>();

/** A token's times are whole seconds: rights that change within the next one are not told as if they stayed. */
const ONE_SECOND = 1_000;

/** No site: what the caisse's staff hold. */
const NOWHERE: Place = { siteId: NO_ID };

/** null: nothing is held there (no such site, every chain dead, account not active). */
export function heldOn(ctx: Request, accountId: string, place: Place | null): Promise<Held | null> {
  const known = readings.get(ctx.req) ?? new Map<string, Promise<Held | null>>();
  readings.set(ctx.req, known);
  const key = keyOf(accountId, place);
  const reading = known.get(key) ?? read(ctx, accountId, place);
  known.set(key, reading);
  return reading;
}

const keyOf = (accountId: string, place: Place | null): string =>
  `${accountId} ${place === null ? '' : 'siteId' in place ? place.siteId : place.siret}`;

/** Of what was read with this request's token (presented.ts) or session (asked.ts): it need not be read again. */
export function bringHolding(
  request: IncomingMessage,
  accountId: string,
  place: Place | null,
  holding: Holding | null,
): void {
  const known = brought.get(request) ?? new Map<string, Holding | null>();
  brought.set(request, known.set(keyOf(accountId, place), holding));
}

async function read(ctx: Request, accountId: string, place: Place | null): Promise<Held | null> {
  const { store, now } = scopeOf(ctx.req);
  const known = brought.get(ctx.req)?.get(keyOf(accountId, place));
  const holding = known === undefined ? await readHolding(store, accountId, place ?? NOWHERE) : known;
  if (holding?.account.status !== 'active') return null;
  const held = place === null ? heldByStaff(holding) : heldOnSite(holding, now());
  if (held) latest.set(ctx.req, held);
  return held;
}

/** The person alone, for screens of ours that act for no site and get no token. */
export async function heldNowhere(ctx: Request, accountId: string): Promise<Held | null> {
  const holding = await readHolding(scopeOf(ctx.req).store, accountId, NOWHERE);
  if (holding?.account.status !== 'active') return null;
  return { account: holding.account, site: null, rights: NO_RIGHTS, cabinet: null };
}

const heldByStaff = ({ account }: Holding): Held | null =>
  account.staffRole === null ? null : { account, site: null, rights: NO_RIGHTS, cabinet: null };

function heldOnSite({ account, site, chains, cabinets }: Holding, now: Instant): Held | null {
  if (!site || account.staffRole !== null) return null;
  const rights = heldThroughout(chains, now, now + ONE_SECOND);
  if (holdsNothing(rights)) return null;
  const name = rights.cabinetId === null ? undefined : cabinets[rights.cabinetId];
  const cabinet = rights.cabinetId === null || name === undefined ? null : { id: rights.cabinetId, name };
  return { account, site, rights, cabinet };
}

/** The rights held at both ends, when they change in between; `until` tells the change after. */
function heldThroughout(chains: readonly Chain[], from: Instant, to: Instant): EffectiveRights {
  const first = effectiveRights(chains, from);
  if (first.until === null || first.until > to) return first;
  const last = effectiveRights(chains, to);
  const [ouvrier, etam, cadre] = first.levels;
  return {
    administrator: first.administrator && last.administrator,
    levels: [ouvrier & last.levels[0], etam & last.levels[1], cadre & last.levels[2]],
    until: last.until,
    cabinetId: first.cabinetId ?? last.cabinetId,
  };
}

/** Seconds that what this request's token tells may live: `most`, or less when the rights change before. */
export function lifetimeOf(ctx: Request, most: number): number {
  const held = latest.get(ctx.req);
  const until = held?.rights.until ?? null;
  if (until === null) return most;
  const left = Math.floor((until - scopeOf(ctx.req).now()) / 1000);
  return Math.max(1, Math.min(most, left));
}
