/** What the steps of a gift show whoever receives it: a colleague (add-steps.ts) or the company's firm (firm-steps.ts). */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import type { Gift } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FieldError } from '../../http/screens.ts';
import type { Carried } from '../../http/screens-giving.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { waitsUntil } from '../invite.ts';
import { periodFields } from '../period-form.ts';
import {
  type Choice,
  carriedChoice,
  choiceFields,
  drawMatrix,
  firstChoice,
  type Offer,
  readRights,
} from '../rights-form.ts';
import { shownRights } from '../rights-shown.ts';
import { scopeFor } from '../web.ts';
import { type Addition, offeredSites, siteField, type TypedAddition } from './add-form.ts';
import { chainFor } from './giving-sites.ts';

/** The first step as it stands, and what may be chosen in the second. */
export type GiftStep = {
  readonly typed: TypedAddition;
  readonly addition: Addition;
  readonly offer: Offer;
  readonly errors?: readonly FieldError[];
};

export const statusOf = (errors: readonly FieldError[]): number => (errors.length > 0 ? 422 : 200);

export function sitesOf(typed: TypedAddition, administered: readonly AdministeredSite[]) {
  const { sites, more, searchable } = offeredSites(typed, administered);
  return {
    all: typed.all,
    administered: administered.length,
    search: searchable ? { typed: typed.search, more } : null,
    offered: sites.map(({ name, siret }) => ({
      field: siteField(siret),
      name,
      siret,
      checked: typed.sirets.includes(siret),
    })),
  };
}

/** As the first step sends it. */
const additionFields = ({ email, period, all, sirets }: TypedAddition): Carried => [
  { name: 'email', value: email },
  ...periodFields(period),
  ...(all ? [{ name: 'tous_les_sites', value: 'oui' }] : []),
  ...sirets.map((siret) => ({ name: siteField(siret), value: 'oui' })),
];

/** The second step. */
export function rightsStep(ctx: Context, step: GiftStep & { readonly choice?: Choice }) {
  const { typed, addition, offer, errors = [] } = step;
  const { settings } = scopeFor(ctx).caisse;
  const carried = carriedChoice(ctx);
  // Of the first visit nothing is carried; then everything that the guides tick is ticked.
  const choice = step.choice ?? (carried.length === 0 ? firstChoice(offer) : readRights(ctx, offer).choice);
  return {
    carried: additionFields(typed),
    errors,
    siteNames: addition.sites.map(({ site }) => site.name),
    matrix: drawMatrix(choice, offer, { admin: settings.delegations.roles.administrator }),
  };
}

/** The last one: what the button gives. */
export function recapStep(ctx: Context, { typed, addition, offer }: GiftStep, gift: Gift) {
  const scope = scopeFor(ctx);
  const { timeZone, settings } = scope.caisse;
  const now = scope.now();
  const { period, sites, email } = addition;
  return {
    carried: [...additionFields(typed), ...choiceFields(readRights(ctx, offer).choice)],
    errors: [],
    email,
    sites: sites.map(({ site: { name, siret } }) => ({ name, siret })),
    from: tellDate(period.from, timeZone),
    to: tellLastDay(period.to, timeZone),
    rights: shownRights(gift.vector, { admin: gift.admin, hidden: settings.hiddenFeatures }),
    waitsUntil: tellDate(waitsUntil(scope, now), timeZone),
    giverEnds: tellLastDay(endBefore(addition, gift, now), timeZone),
  };
}

/** When the first of the chains that the gift hangs on ends, if that is before the gift does; else null. */
function endBefore({ sites, period }: Addition, gift: Gift, now: Instant): Instant | null {
  const ends = sites.flatMap(({ givings }) => chainFor(givings, gift, now)?.chain.map(({ to }) => to) ?? []);
  const first = Math.min(...ends.filter((end) => end !== null));
  return first < (period.to ?? Number.POSITIVE_INFINITY) ? first : null;
}
