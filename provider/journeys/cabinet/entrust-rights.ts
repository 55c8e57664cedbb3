/** The step of rights: the part of what the firm holds, and what becomes of clients where it holds less. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { saveDraft } from '../../store/cabinet-drafts.ts';
import { readFirmChains } from '../../store/firm-chains.ts';
import { nameSites } from '../../store/firm-portfolio.ts';
import { listEntrusted } from '../../store/firm-staff.ts';
import { goTo } from '../delegation-place.ts';
import { type Choice, choiceOf, drawMatrix, firstChoice, type Offer, readRights } from '../rights-form.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type DraftPlace, enterDraft, vectorOfDraft } from './entrusting-draft.ts';
import { FIRM, firmLocals, nameOfMember } from './firm-page.ts';
import { heldBy, join } from './held.ts';

const PATH = `${FIRM}/confier/:draft/droits`;

export const rightsStepRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterReady(ctx, web);
    if (!place) return;
    const offer = await offerOf(ctx, place);
    const choice = await choiceBefore(ctx, place, offer);
    await show(ctx, web, place, { offer, choice, shortfall: place.draft.shortfall });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
};

/** Without a client there is nothing to give: back to where they are chosen. */
async function enterReady(ctx: Context, web: Web): Promise<DraftPlace | null> {
  const place = await enterDraft(ctx, web);
  if (!place || place.draft.siteIds.length > 0) return place;
  goTo(ctx, place, `${place.page}/clients`);
  return null;
}

/** All that the firm holds on some client chosen: each is then given its own part. */
async function offerOf(ctx: Context, { cabinet, draft }: DraftPlace): Promise<Offer> {
  const { caisse, store, now } = scopeFor(ctx);
  const chains = await readFirmChains(store, { cabinetId: cabinet.id, siteIds: draft.siteIds });
  const held = [...chains.values()].flatMap((here) => heldBy(here, now()).vectors);
  return { holds: join(held), hidden: caisse.settings.hiddenFeatures, allowAdmin: false };
}

/** What was chosen here before; else, of one client, what that person has there already. */
async function choiceBefore(
  ctx: Context,
  { cabinet, draft, member }: DraftPlace,
  offer: Offer,
): Promise<Choice> {
  const { store, now } = scopeFor(ctx);
  const chosen = vectorOfDraft(draft);
  if (chosen) return choiceOf({ admin: false, vector: chosen }, offer);
  if (draft.siteIds.length !== 1) return firstChoice(offer);
  const asked = { cabinetId: cabinet.id, siteIds: draft.siteIds, accountIds: [member.accountId], now: now() };
  const [his] = await listEntrusted(store, asked);
  return his ? choiceOf({ admin: false, vector: his.rights }, offer) : firstChoice(offer);
}

type Shown = {
  readonly offer: Offer;
  readonly choice: Choice;
  readonly shortfall: string;
  readonly errors?: readonly FieldError[];
};

async function show(ctx: Context, web: Web, place: DraftPlace, shown: Shown): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const { offer, choice, shortfall, errors = [] } = shown;
  const { siteIds, single } = place.draft;
  const [site] = siteIds.length === 1 ? await nameSites(store, { siteIds }) : [];
  web.send(
    ctx,
    'cabinet/entrust-rights',
    {
      ...firmLocals(ctx, place, { tab: 'clients' }),
      errors,
      action: place.href(`${place.page}/droits`),
      member: nameOfMember(place.member),
      clients: siteIds.length,
      site: site ?? null,
      matrix:
        offer.holds.levels === 0n
          ? null
          : drawMatrix(choice, offer, { admin: caisse.settings.delegations.roles.administrator }),
      shortfall,
      backHref: place.href(single ? place.page : `${place.page}/clients`),
    },
    { status: errors.length > 0 ? 422 : 200 },
  );
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enterReady(ctx, web);
  if (!place) return;
  const offer = await offerOf(ctx, place);
  const { choice, applied, given, errors } = readRights(ctx, offer);
  const shortfall = field(ctx, 'manque') === 'ecarter' ? 'leave_out' : 'narrow';
  if (applied || !given) return show(ctx, web, place, { offer, choice, shortfall, errors });
  const { levels, colleges } = given.vector;
  const rights = { levels: levels.toString(), colleges };
  await saveDraft(scopeFor(ctx).store, place.draftId, { ...place.draft, rights, shortfall });
  goTo(ctx, place, `${place.page}/recapitulatif`);
}
