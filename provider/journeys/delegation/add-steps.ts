/** Draws the three steps of a gift to a colleague. */
import type { Context } from 'koa';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import type { Standing } from '../../store/gifts.ts';
import { localsOf, type SitePlace } from '../delegation-place.ts';
import { type Choice, carriedChoice, type GivenRights } from '../rights-form.ts';
import { scopeFor, type Web } from '../web.ts';
import type { TypedAddition } from './add-form.ts';
import { type GiftStep, recapStep, rightsStep, sitesOf, statusOf } from './gift-steps.ts';

type Shown = {
  readonly typed: TypedAddition;
  readonly administered: readonly AdministeredSite[];
  readonly errors?: readonly FieldError[];
};

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

export function showRights(
  ctx: Context,
  web: Web,
  place: SitePlace,
  step: GiftStep & { readonly choice?: Choice },
): void {
  const locals = {
    ...common(ctx, place),
    ...rightsStep(ctx, step),
    action: place.href(`${place.base}/ajouter/recapitulatif`),
    backAction: place.href(`${place.base}/ajouter/beneficiaire`),
    email: step.addition.email,
  };
  web.send(ctx, 'delegation/add-rights', locals, { status: statusOf(locals.errors) });
}

type Recap = GiftStep & {
  readonly rights: GivenRights;
  readonly notice?: Notice;
  readonly status?: number;
};

export function showRecap(ctx: Context, web: Web, place: SitePlace, step: Recap): void {
  const { rights, notice = null, status = 200 } = step;
  const { settings } = scopeFor(ctx).caisse;
  const href = (path: string) => place.href(`${place.base}/ajouter${path}`);
  const locals = {
    ...common(ctx, place, notice),
    ...recapStep(ctx, step, { kind: 'user', cabinetId: null, ...rights }),
    action: href(''),
    personAction: href('/beneficiaire'),
    rightsAction: href('/droits'),
    needsConfirmation: settings.delegations.confirmColleagues,
  };
  web.send(ctx, 'delegation/add-recap', locals, { status });
}
