/** Draws the three steps of a gift to the company's firm. */
import type { Context } from 'koa';
import type { Vector } from '../../domain/rights.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { localsOf } from '../delegation-place.ts';
import { waitsUntil } from '../invite.ts';
import { tellDate, tellLastDay } from '../period-form.ts';
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
import { scopeFor, type Web } from '../web.ts';
import type { Addition, TypedAddition } from './add-form.ts';
import { additionFields, endBefore, sitesOf } from './add-steps.ts';
import type { FirmPlace } from './firm-routes.ts';

type Shown = {
  readonly typed: TypedAddition;
  readonly free: readonly AdministeredSite[];
  readonly errors?: readonly FieldError[];
};

const statusOf = (errors: readonly FieldError[]): number => (errors.length > 0 ? 422 : 200);

const common = (ctx: Context, place: FirmPlace, notice: Notice | null = null) => ({
  ...localsOf(ctx, place, notice),
  site: place.site,
  cancelHref: place.href(`${place.base}/cabinet`),
});

export function showFirmPerson(ctx: Context, web: Web, place: FirmPlace, shown: Shown): void {
  const { typed, free, errors = [] } = shown;
  const locals = {
    ...common(ctx, place),
    firm: place.cabinet.name,
    action: place.href(`${place.steps}/droits`),
    carried: carriedChoice(ctx),
    errors,
    email: typed.email,
    period: typed.period,
    sites: place.scene.administered.length > 1 ? sitesOf(typed, free) : null,
  };
  web.send(ctx, 'delegation/firm-add', locals, { status: statusOf(errors) });
}

type Step = Shown & { readonly addition: Addition; readonly offer: Offer };

export function showFirmRights(
  ctx: Context,
  web: Web,
  place: FirmPlace,
  step: Step & { readonly choice?: Choice },
): void {
  const { typed, addition, offer, errors = [] } = step;
  const carried = carriedChoice(ctx);
  // Of the first visit nothing is carried; then everything that the guides tick is ticked.
  const choice = step.choice ?? (carried.length === 0 ? firstChoice(offer) : readRights(ctx, offer).choice);
  const locals = {
    ...common(ctx, place),
    action: place.href(`${place.steps}/recapitulatif`),
    backAction: place.href(`${place.steps}/destinataire`),
    carried: additionFields(typed),
    errors,
    email: place.cabinet.name,
    siteNames: addition.sites.map(({ site }) => site.name),
    matrix: drawMatrix(choice, offer, { admin: '' }),
  };
  web.send(ctx, 'delegation/add-rights', locals, { status: statusOf(errors) });
}

type Recap = Step & { readonly rights: Vector; readonly notice?: Notice; readonly status?: number };

export function showFirmRecap(ctx: Context, web: Web, place: FirmPlace, step: Recap): void {
  const { typed, addition, rights, offer, notice = null, status = 200 } = step;
  const scope = scopeFor(ctx);
  const { timeZone, settings } = scope.caisse;
  const now = scope.now();
  const { period, sites, email } = addition;
  const gift = { kind: 'cabinet', cabinetId: place.cabinet.cabinetId, admin: false, vector: rights } as const;
  const giverEnds = endBefore(addition, gift, now);
  const locals = {
    ...common(ctx, place, notice),
    firm: place.cabinet.name,
    action: place.href(place.steps),
    personAction: place.href(`${place.steps}/destinataire`),
    rightsAction: place.href(`${place.steps}/droits`),
    carried: [...additionFields(typed), ...choiceFields(readRights(ctx, offer).choice)],
    errors: [],
    email,
    sites: sites.map(({ site: { name, siret } }) => ({ name, siret })),
    from: tellDate(period.from, timeZone),
    to: tellLastDay(period.to, timeZone),
    rights: shownRights(rights, { admin: false, hidden: settings.hiddenFeatures }),
    waitsUntil: tellDate(waitsUntil(scope, now), timeZone),
    giverEnds: tellLastDay(giverEnds, timeZone),
  };
  web.send(ctx, 'delegation/firm-recap', locals, { status });
}
