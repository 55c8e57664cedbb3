/** The recap of what would change, client by client, and the button that does it: all of it, or nothing. */
import type { Context } from 'koa';
import { startOf } from '../../domain/calendar.ts';
import { tellDate } from '../../domain/dates.ts';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import { takeDraft } from '../../store/cabinet-drafts.ts';
import { type ClientName, nameSites } from '../../store/firm-portfolio.ts';
import { goTo } from '../delegation-place.ts';
import { shownRights } from '../rights-shown.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { entrust, preview } from './entrust.ts';
import { changesNothing, fingerprintOf } from './entrust-sum.ts';
import { type DraftPlace, enterDraft, vectorOfDraft, wishesOf } from './entrusting-draft.ts';
import { FIRM, firmLocals, nameOfMember } from './firm-page.ts';
import { shownPlan } from './plan-shown.ts';

const PATH = `${FIRM}/confier/:draft/recapitulatif`;

/** Of any plan whose ground has moved between the page and its button. */
export const CHANGED: Notice = {
  kind: 'warning',
  title: 'La situation a changé entre-temps',
  text: 'Rien n’a été fait. Voici ce qui changerait maintenant : vérifiez, puis validez de nouveau.',
};

export const recapRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterChosen(ctx, web);
    if (place) await show(ctx, web, place);
  });
  router.post(PATH, (ctx) => submit(ctx, web));
};

async function enterChosen(ctx: Context, web: Web): Promise<DraftPlace | null> {
  const place = await enterDraft(ctx, web);
  if (!place || (place.draft.rights && place.draft.siteIds.length > 0)) return place;
  goTo(ctx, place, `${place.page}/${place.draft.siteIds.length > 0 ? 'droits' : 'clients'}`);
  return null;
}

async function entrustingOf(ctx: Context, place: DraftPlace) {
  const places = await nameSites(scopeFor(ctx).store, { siteIds: place.draft.siteIds });
  return { place, places, wishes: wishesOf(ctx, place, places), shortfall: place.draft.shortfall };
}

async function show(ctx: Context, web: Web, place: DraftPlace, notice: Notice | null = null): Promise<void> {
  const scope = scopeFor(ctx);
  const { caisse } = scope;
  const entrusting = await entrustingOf(ctx, place);
  const plan = await preview(ctx, web, entrusting);
  const page = Number(queryField(ctx, 'page'));
  const named = new Map(entrusting.places.map((site): [string, ClientName] => [site.siteId, site]));
  const path = `${place.page}/recapitulatif`;
  const { draft } = place;
  const day = (text: string) => tellDate(startOf(text, caisse.timeZone), caisse.timeZone);
  const rights = vectorOfDraft(draft);
  web.send(
    ctx,
    'cabinet/entrust-recap',
    {
      ...firmLocals(ctx, place, { tab: 'clients', notice }),
      action: place.href(path),
      member: nameOfMember(place.member),
      email: place.member.email,
      from: day(draft.from),
      to: draft.to === '' ? null : day(draft.to),
      rights: rights && shownRights(rights, { admin: false, hidden: caisse.settings.hiddenFeatures }),
      plan: shownPlan(
        plan,
        { places: named },
        { scope, page: page >= 1 && page < 10_000 ? Math.trunc(page) : 1 },
      ),
      planHref: place.href(path),
      seen: changesNothing(plan) ? null : fingerprintOf(plan),
      rightsHref: place.href(`${place.page}/droits`),
      clientsHref: draft.single ? null : place.href(`${place.page}/clients`),
      personHref: place.href(place.page),
      cancelHref: place.href(FIRM),
    },
    { status: notice ? 409 : 200 },
  );
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enterChosen(ctx, web);
  if (!place) return;
  const entrusting = await entrustingOf(ctx, place);
  const applied = await entrust(ctx, web, {
    ...entrusting,
    seen: field(ctx, 'vu'),
    // Of the button pressed twice, the second finds nothing to do.
    also: (inside) => takeDraft(inside, place.draftId),
  });
  if (!applied.done) return show(ctx, web, place, CHANGED);
  goTo(ctx, place, FIRM, 'confie');
}
