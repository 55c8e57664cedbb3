/**
 * The step where clients are ticked, over pages and searches. Ticks of the page shown are kept by whatever button is
 * pressed, so that nothing is lost on the way to another page.
 */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { saveDraft } from '../../store/cabinet-drafts.ts';
import { listMatchingSites, nameSites, readClients } from '../../store/firm-portfolio.ts';
import { listFirmMembers } from '../../store/firm-staff.ts';
import { goTo } from '../delegation-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { filterOf, type ListState, queryOf, readListState } from './clients-list.ts';
import { type DraftPlace, enterDraft } from './entrusting-draft.ts';
import { FIRM, firmLocals, nameOfMember, shownClient } from './firm-page.ts';
import { pagesOf, readList, searchForm, windowOf } from './show-clients.ts';

const PATH = `${FIRM}/confier/:draft/clients`;

export const clientsStepRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterDraft(ctx, web);
    if (place)
      await show(
        ctx,
        web,
        place,
        readListState((name) => queryField(ctx, name)),
      );
  });
  router.post(PATH, async (ctx) => {
    const place = await enterDraft(ctx, web);
    if (place) await submit(ctx, web, place);
  });
};

async function show(
  ctx: Context,
  web: Web,
  place: DraftPlace,
  asked: ListState,
  errors: readonly FieldError[] = [],
): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, now } = scope;
  const at = now();
  const path = `${place.page}/clients`;
  const [members, { state, found }] = await Promise.all([
    listFirmMembers(store, place.cabinet.id, at),
    readList(asked, (one) => readClients(store, filterIn(place, one, at), windowOf(one))),
  ]);
  const chosen = new Set(place.draft.siteIds);
  web.send(
    ctx,
    'cabinet/entrust-clients',
    {
      ...firmLocals(ctx, place, { tab: 'clients' }),
      errors,
      action: place.href(path),
      member: nameOfMember(place.member),
      list: searchForm(place, path, state, members),
      pages: pagesOf(place, path, state, found.matching),
      listQuery: queryOf(state),
      clients: found.clients.map((client) => ({
        ...shownClient(client, place, scope),
        ticked: chosen.has(client.siteId),
      })),
      total: found.total,
      matching: found.matching,
      chosen: chosen.size,
      backHref: place.href(place.page),
    },
    { status: errors.length > 0 ? 422 : 200 },
  );
}

const filterIn = ({ cabinet, member }: DraftPlace, state: ListState, now: number) =>
  filterOf(state, { cabinetId: cabinet.id, now, adherentId: member.adherentId });

const EVERYTHING: ListState = { search: '', servedBy: '', state: 'all', page: 1, perPage: 25 };

/** `aller`: continuer, chercher, tout, aucun (of the list as shown), vider, or page:<n> and taille:<n>. */
async function submit(ctx: Context, web: Web, place: DraftPlace): Promise<void> {
  const { store, now } = scopeFor(ctx);
  const at = now();
  const typed = new URLSearchParams(field(ctx, 'liste'));
  const shown = readListState((name) => typed.get(name) ?? '');
  const chosen = await tickedIn(ctx, place);
  const [button = '', which = ''] = field(ctx, 'aller').split(':');
  if (button === 'tout' || button === 'aucun') {
    const matching = await listMatchingSites(store, filterIn(place, shown, at));
    for (const siteId of matching) button === 'tout' ? chosen.add(siteId) : chosen.delete(siteId);
  }
  if (button === 'vider') chosen.clear();
  // Only what stands at the firm: a number written by hand names nobody else's site.
  const known = new Set(await listMatchingSites(store, filterIn(place, EVERYTHING, at)));
  const draft = { ...place.draft, siteIds: [...chosen].filter((siteId) => known.has(siteId)) };
  await saveDraft(store, place.draftId, draft);
  if (button === 'continuer' && draft.siteIds.length === 0) {
    const errors = [{ field: 'clients', message: 'Cochez au moins un client.' }];
    return show(ctx, web, { ...place, draft }, shown, errors);
  }
  if (button === 'continuer') return goTo(ctx, place, `${place.page}/droits`);
  const next = nextState(ctx, { button, which, shown });
  goTo(ctx, place, `${place.page}/clients${queryOf(next)}`);
}

type Going = { readonly button: string; readonly which: string; readonly shown: ListState };

function nextState(ctx: Context, { button, which, shown }: Going): ListState {
  if (button === 'page' || button === 'taille') {
    const changed = new URLSearchParams(queryOf(shown));
    changed.set(button === 'page' ? 'page' : 'par_page', which);
    if (button === 'taille') changed.delete('page');
    return readListState((name) => changed.get(name) ?? '');
  }
  if (button !== 'chercher') return shown;
  return { ...readListState((name) => field(ctx, name)), page: 1, perPage: shown.perPage };
}

/** What was chosen already, with the boxes of the page as they came. */
async function tickedIn(ctx: Context, { draft }: DraftPlace): Promise<Set<string>> {
  const shown = field(ctx, 'montres').split(',').filter(Boolean).slice(0, 100);
  const chosen = new Set(draft.siteIds);
  for (const { siteId, siret } of await nameSites(scopeFor(ctx).store, { sirets: shown })) {
    if (field(ctx, `client_${siret}`) === 'oui') chosen.add(siteId);
    else chosen.delete(siteId);
  }
  return chosen;
}
