/** What the form of a modification says, and what it makes of the delegation and of those given with it. Writes nothing. */
import type { Context } from 'koa';
import { actsOn, standingOf } from '../../domain/delegation.ts';
import { type ChainRights, chainRights } from '../../domain/rights.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { type NamedLink, readChains } from '../../store/chains.ts';
import { type Delegation, findInvited } from '../../store/delegation-acts.ts';
import { giftOf } from '../giving.ts';
import { type Period, readPeriod, type TypedPeriod, typedPeriodOf } from '../period-form.ts';
import { type Choice, choiceOf, type Offer, readRights } from '../rights-form.ts';
import { scopeFor, type Web } from '../web.ts';
import { type ActPlace, enterAct, stillPossible } from './act-page.ts';
import { actsFor } from './acts.ts';
import type { Target } from './modify.ts';

/** A delegation that he may modify, and what its giver holds. */
export type Modifiable = { readonly delegation: Delegation; readonly holds: ChainRights };

export type ModifyPlace = ActPlace & {
  readonly holds: ChainRights;
  /** Of the same invitation, on other sites. */
  readonly others: readonly Modifiable[];
};

/**
 * A delegation to a colleague, which he may modify; else leads to the sign-in or to what has become of it: null.
 * @throws Refusal `not_found` for what is not his to modify.
 */
export async function enterModification(ctx: Context, web: Web): Promise<ModifyPlace | null> {
  const place = await enterAct(ctx, web);
  if (!place) return null;
  if (place.delegation.kind !== 'user') throw new Refusal('not_found');
  const own = await modifiable(ctx, web, place, place);
  if (!own) {
    if (!stillPossible(ctx, place, 'modify')) return null;
    throw new Refusal('beyond_giver');
  }
  return { ...place, holds: own.holds, others: await othersOf(ctx, web, place) };
}

async function modifiable(
  ctx: Context,
  web: Web,
  { account }: ActPlace,
  { delegation, chain }: { readonly delegation: Delegation; readonly chain: readonly NamedLink[] },
): Promise<Modifiable | null> {
  const { store, now } = scopeFor(ctx);
  const at = now();
  const holds = chainRights(chain, at);
  if (!holds || !actsOn(standingOf(delegation, at)).includes('modify')) return null;
  const offering = { gift: giftOf(delegation), chain, accountId: account.id, now: at };
  return (await actsFor(store, web, offering)).includes('modify') ? { delegation, holds } : null;
}

async function othersOf(ctx: Context, web: Web, place: ActPlace): Promise<Modifiable[]> {
  const { store } = scopeFor(ctx);
  const { id, kind, invitation } = place.delegation;
  if (!invitation) return [];
  const invited = (await findInvited(store, invitation.id)).filter(
    (one) => one.id !== id && one.kind === kind,
  );
  const chains = await readChains(
    store,
    invited.map(({ parentId }) => parentId ?? ''),
  );
  const found = await Promise.all(
    invited.map((delegation) =>
      modifiable(ctx, web, place, { delegation, chain: chains.get(delegation.parentId ?? '') ?? [] }),
    ),
  );
  return found.filter((one) => one !== null);
}

export type TypedModification = {
  readonly period: TypedPeriod;
  readonly choice: Choice;
  /** Of the other sites of the invitation, too. */
  readonly all: boolean;
};

export type ReadModification = {
  readonly typed: TypedModification;
  /** null when something is wrong, or a header of the matrix was applied. */
  readonly targets: readonly Target[] | null;
  readonly errors: readonly FieldError[];
};

export function offerFor(ctx: Context, { delegation, holds }: Modifiable): Offer {
  const { settings } = scopeFor(ctx).caisse;
  const offer = {
    holds: holds.vector,
    hidden: settings.hiddenFeatures,
    allowAdmin: holds.administrator || delegation.admin,
  };
  // An Administrateur held hidden features as everything else, not each by itself: nothing of them stays.
  return delegation.admin ? offer : { ...offer, kept: delegation.rights };
}

export function typedOf(ctx: Context, place: ModifyPlace): TypedModification {
  const { delegation } = place;
  const choice = choiceOf({ admin: delegation.admin, vector: delegation.rights }, offerFor(ctx, place));
  return { period: typedPeriodOf(delegation, scopeFor(ctx).caisse.timeZone), choice, all: false };
}

/** Rights that have begun do not begin again: their date d’effet stays. */
export const hasBegun = ({ status, from }: Delegation, now: number): boolean =>
  (status === 'active' || status === 'suspended') && from <= now;

export function readModification(ctx: Context, place: ModifyPlace): ReadModification {
  const { caisse, now } = scopeFor(ctx);
  const { delegation } = place;
  const dates = readPeriod(ctx, { now: now(), timeZone: caisse.timeZone, kept: delegation });
  const begun = hasBegun(delegation, now());
  const period = dates.period && begun ? { ...dates.period, from: delegation.from } : dates.period;
  const read = readRights(ctx, offerFor(ctx, place));
  const typed = { period: dates.typed, choice: read.choice, all: field(ctx, 'autres_sites') === 'oui' };
  if (read.applied) return { typed, targets: null, errors: [] };
  const errors = [...dates.errors, ...read.errors];
  if (!period || !read.given || errors.length > 0) return { typed, targets: null, errors };
  const rights = { admin: read.given.admin, rights: read.given.vector };
  const own = { seen: seenOf(ctx, 'vu', delegation), after: { ...rights, ...period } };
  const others = typed.all ? othersAfter(ctx, place, { period, admin: rights.admin }) : [];
  const beyond = others.filter(({ after }) => after === null);
  if (beyond.length > 0) return { typed, targets: null, errors: [notHeld(beyond)] };
  const targets = others.flatMap(({ seen, after }) => (after ? [{ seen, after }] : []));
  return { typed, targets: [own, ...targets], errors };
}

function notHeld(beyond: readonly { readonly seen: Delegation }[]): FieldError {
  const names = beyond.map(({ seen }) => `« ${seen.site.name} »`).join(', ');
  const message = `La personne qui a donné ces droits ne les détient pas sur ${names}. Modifiez ces sites séparément.`;
  return { field: 'autres_sites', message };
}

/** As of the moment that the page showed; the act finds out whether anybody has changed it since. */
const seenOf = (ctx: Context, name: string, delegation: Delegation): Delegation => ({
  ...delegation,
  changedAt: /^\d{1,15}$/.test(field(ctx, name)) ? Number(field(ctx, name)) : -1,
});

/** Whether one of them has changed since the page was shown. */
export const isStale = ({ delegation, others }: ModifyPlace, targets: readonly Target[]): boolean => {
  const current = [delegation, ...others.map((other) => other.delegation)];
  return targets.some(({ seen }) =>
    current.some(({ id, changedAt }) => id === seen.id && changedAt !== seen.changedAt),
  );
};

export const seenField = (delegation: Delegation) => ({
  name: `vu_${delegation.id}`,
  value: String(delegation.changedAt),
});

type After = { readonly seen: Delegation; readonly after: Target['after'] | null };

/** Those that the page showed, by `vu_<id>`. What the caisse hides stays each one's own; null: its giver lacks the rest. */
function othersAfter(
  ctx: Context,
  { delegation, others }: ModifyPlace,
  { period, admin }: { readonly period: Period; readonly admin: boolean },
): After[] {
  const now = scopeFor(ctx).now();
  const shown = others.filter((one) => field(ctx, seenField(one.delegation).name) !== '');
  return shown.map((other) => {
    const seen = seenOf(ctx, seenField(other.delegation).name, other.delegation);
    const { given } = readRights(ctx, offerFor(ctx, other));
    if (given?.admin !== admin) return { seen, after: null };
    const stays = period.from === delegation.from || hasBegun(seen, now);
    return {
      seen,
      after: { admin, rights: given.vector, from: stays ? seen.from : period.from, to: period.to },
    };
  });
}
