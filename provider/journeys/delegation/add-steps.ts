/** Draws the three steps of a gift to a colleague. */
import type { Context } from 'koa';
import type { Gift } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { Carried } from '../../http/screens-giving.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import type { Standing } from '../../store/gifts.ts';
import { localsOf, type SitePlace } from '../delegation-place.ts';
import { waitsUntil } from '../invite.ts';
import { periodFields, tellDate, tellLastDay } from '../period-form.ts';
import {
  type Choice,
  carriedChoice,
  choiceFields,
  drawMatrix,
  firstChoice,
  type GivenRights,
  type Offer,
  readRights,
} from '../rights-form.ts';
import { shownRights } from '../rights-shown.ts';
import { scopeFor, type Web } from '../web.ts';
import { type Addition, offeredSites, siteField, type TypedAddition } from './add-form.ts';
import { chainFor } from './giving-sites.ts';

type Shown = {
  readonly typed: TypedAddition;
  readonly administered: readonly AdministeredSite[];
  readonly errors?: readonly FieldError[];
};

const statusOf = (errors: readonly FieldError[]): number => (errors.length > 0 ? 422 : 200);

const common = (ctx: Context, place: SitePlace, notice: Notice | null = null) => ({
  ...localsOf(ctx, place, notice),
  site: place.site,
  cancelHref: place.href(place.base),
});

export function showPerson(
  ctx: Context,
  web: Web,
  place: SitePlace,
  shown: Shown & { readonly standing?: readonly Standing[] },
): void {
  const { typed, administered, errors = [], standing = [] } = shown;
  const locals = {
    ...common(ctx, place),
    action: place.href(`${place.base}/ajouter/droits`),
    carried: carriedChoice(ctx),
    errors,
    email: typed.email,
    period: typed.period,
    standing: standing.map(({ site, delegationId }) => ({
      siteName: site.name,
      href: place.href(`/droits-d-acces/${site.siret}/delegations/${delegationId}/modifier`),
    })),
    sites: administered.length > 1 ? sitesOf(typed, administered) : null,
  };
  web.send(ctx, 'delegation/add', locals, { status: statusOf(errors) });
}

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
export const additionFields = ({ email, period, all, sirets }: TypedAddition): Carried => [
  { name: 'email', value: email },
  ...periodFields(period),
  ...(all ? [{ name: 'tous_les_sites', value: 'oui' }] : []),
  ...sirets.map((siret) => ({ name: siteField(siret), value: 'oui' })),
];

type Step = Shown & { readonly addition: Addition; readonly offer: Offer };

export function showRights(
  ctx: Context,
  web: Web,
  place: SitePlace,
  step: Step & { readonly choice?: Choice },
): void {
  const { typed, addition, offer, errors = [] } = step;
  const { settings } = scopeFor(ctx).caisse;
  const carried = carriedChoice(ctx);
  // Of the first visit nothing is carried; then everything that the guides tick is ticked.
  const choice = step.choice ?? (carried.length === 0 ? firstChoice(offer) : readRights(ctx, offer).choice);
  const locals = {
    ...common(ctx, place),
    action: place.href(`${place.base}/ajouter/recapitulatif`),
    backAction: place.href(`${place.base}/ajouter/beneficiaire`),
    carried: additionFields(typed),
    errors,
    email: addition.email,
    siteNames: addition.sites.map(({ site }) => site.name),
    matrix: drawMatrix(choice, offer, { admin: settings.delegations.roles.administrator }),
  };
  web.send(ctx, 'delegation/add-rights', locals, { status: statusOf(errors) });
}

type Recap = Step & {
  readonly rights: GivenRights;
  readonly notice?: Notice;
  readonly status?: number;
};

export function showRecap(ctx: Context, web: Web, place: SitePlace, step: Recap): void {
  const { typed, addition, rights, offer, notice = null, status = 200 } = step;
  const scope = scopeFor(ctx);
  const { timeZone, settings } = scope.caisse;
  const now = scope.now();
  const { period, sites, email } = addition;
  const href = (path: string) => place.href(`${place.base}/ajouter${path}`);
  const giverEnds = endBefore(addition, { kind: 'user', cabinetId: null, ...rights }, now);
  const locals = {
    ...common(ctx, place, notice),
    action: href(''),
    personAction: href('/beneficiaire'),
    rightsAction: href('/droits'),
    carried: [...additionFields(typed), ...choiceFields(readRights(ctx, offer).choice)],
    errors: [],
    email,
    sites: sites.map(({ site: { name, siret } }) => ({ name, siret })),
    from: tellDate(period.from, timeZone),
    to: tellLastDay(period.to, timeZone),
    rights: shownRights(rights.vector, { admin: rights.admin, hidden: settings.hiddenFeatures }),
    waitsUntil: tellDate(waitsUntil(scope, now), timeZone),
    needsConfirmation: settings.delegations.confirmColleagues,
    giverEnds: tellLastDay(giverEnds, timeZone),
  };
  web.send(ctx, 'delegation/add-recap', locals, { status });
}

/** When the first of the chains that the gift hangs on ends, if that is before the gift does; else null. */
export function endBefore({ sites, period }: Addition, gift: Gift, now: Instant): Instant | null {
  const ends = sites.flatMap(({ givings }) => chainFor(givings, gift, now)?.chain.map(({ to }) => to) ?? []);
  const first = Math.min(...ends.filter((end) => end !== null));
  return first < (period.to ?? Number.POSITIVE_INFINITY) ? first : null;
}
