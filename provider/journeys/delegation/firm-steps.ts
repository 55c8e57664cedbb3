/** Draws the three steps of a gift to the company's firm. */
import type { Context } from 'koa';
import type { Vector } from '../../domain/rights.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { localsOf } from '../delegation-place.ts';
import { type Choice, carriedChoice } from '../rights-form.ts';
import type { Web } from '../web.ts';
import type { TypedAddition } from './add-form.ts';
import type { FirmPlace } from './firm-routes.ts';
import { type GiftStep, recapStep, rightsStep, sitesOf, statusOf } from './gift-steps.ts';

type Shown = {
  readonly typed: TypedAddition;
  /** Where the firm has nothing yet. */
  readonly free: readonly AdministeredSite[];
  readonly errors?: readonly FieldError[];
};

const common = (ctx: Context, place: FirmPlace, notice: Notice | null = null) => ({
  ...localsOf(ctx, place, notice),
  site: place.site,
  firm: place.cabinet.name,
  cancelHref: place.href(`${place.base}/cabinet`),
});

export function showFirmPerson(ctx: Context, web: Web, place: FirmPlace, shown: Shown): void {
  const { typed, free, errors = [] } = shown;
  const locals = {
    ...common(ctx, place),
    action: place.href(`${place.steps}/droits`),
    carried: carriedChoice(ctx),
    errors,
    email: typed.email,
    period: typed.period,
    sites: place.scene.administered.length > 1 ? sitesOf(typed, free) : null,
  };
  web.send(ctx, 'delegation/firm-add', locals, { status: statusOf(errors) });
}

export function showFirmRights(
  ctx: Context,
  web: Web,
  place: FirmPlace,
  step: GiftStep & { readonly choice?: Choice },
): void {
  const locals = {
    ...common(ctx, place),
    ...rightsStep(ctx, step),
    action: place.href(`${place.steps}/recapitulatif`),
    backAction: place.href(`${place.steps}/destinataire`),
    trail: 'Mon cabinet comptable',
    // The rights are the firm's, whoever answers for it.
    email: place.cabinet.name,
  };
  web.send(ctx, 'delegation/add-rights', locals, { status: statusOf(locals.errors) });
}

type Recap = GiftStep & { readonly rights: Vector; readonly notice?: Notice; readonly status?: number };

export function showFirmRecap(ctx: Context, web: Web, place: FirmPlace, step: Recap): void {
  const { rights, notice = null, status = 200 } = step;
  const { cabinetId } = place.cabinet;
  const locals = {
    ...common(ctx, place, notice),
    ...recapStep(ctx, step, { kind: 'cabinet', cabinetId, admin: false, vector: rights }),
    action: place.href(place.steps),
    personAction: place.href(`${place.steps}/destinataire`),
    rightsAction: place.href(`${place.steps}/droits`),
  };
  web.send(ctx, 'delegation/firm-recap', locals, { status });
}
