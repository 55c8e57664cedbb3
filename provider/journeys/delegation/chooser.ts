/** Which site's rights to manage: searched, paged, the last visited first; straight on to the only one. */
import type { Context } from 'koa';
import { searchTerms } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import { SITES_PER_PAGE } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import {
  type AdministeredSite,
  type AdministeredSites,
  listAdministeredSites,
} from '../../store/administered-sites.ts';
import { backOf } from '../back-to-service.ts';
import { type Entered, enter, goTo, localsOf } from '../delegation-place.ts';
import { addressOf, askedPage, carriedBy, pagingOf } from '../paged.ts';
import { scopeFor, type Web } from '../web.ts';

const HOME = '/droits-d-acces';
const RECENT = 5;

/** @throws Refusal `not_administrator` for who administers no site. */
export async function showChooser(ctx: Context, web: Web): Promise<void> {
  const entered = await enter(ctx, web);
  if (!entered) return;
  const { state, found } = await readSites(ctx, entered);
  const [only] = found.sites;
  if (found.administered === 0) throw new Refusal('not_administrator');
  if (found.administered === 1 && only) return goTo(ctx, entered, `${HOME}/${only.siret}`);
  const hrefOf = (to: { readonly page: number; readonly perPage: number }) =>
    entered.href(
      addressOf(HOME, {
        q: state.search,
        par_page: to.perPage === SITES_PER_PAGE[0] ? '' : String(to.perPage),
        page: to.page === 1 ? '' : String(to.page),
      }),
    );
  const back = await backOf(ctx, web, entered);
  const linked = (site: AdministeredSite) => ({ ...site, href: entered.href(`${HOME}/${site.siret}`) });
  const locals = {
    ...localsOf(ctx, entered),
    errors: [],
    back,
    ...carriedBy(entered.href(HOME)),
    search: state.search,
    recent: state.search === '' && state.page === 1 ? found.recent.map(linked) : [],
    sites: found.sites.map(linked),
    matching: found.total,
    administered: found.administered,
    long: found.administered > SITES_PER_PAGE[0],
    allHref: entered.href(HOME),
    paging: pagingOf({
      ...state,
      matching: found.total,
      sizes: SITES_PER_PAGE,
      label: 'Pages de la liste des sites',
      unit: 'sites par page',
      hrefOf,
    }),
  };
  web.send(ctx, 'delegation/chooser', locals, { formTargets: back?.formTargets ?? [] });
}

type ChooserState = { readonly search: string; readonly page: number; readonly perPage: number };

/** One query; a second one for whoever asks for a page past the end, who gets the last one. */
async function readSites(
  ctx: Context,
  { account }: Entered,
): Promise<{ readonly state: ChooserState; readonly found: AdministeredSites }> {
  const { store, now } = scopeFor(ctx);
  const asked = { search: queryField(ctx, 'q').slice(0, 200).trim(), ...askedPage(ctx, SITES_PER_PAGE) };
  const read = ({ search, page, perPage }: ChooserState) =>
    listAdministeredSites(store, {
      accountId: account.id,
      now: now(),
      terms: searchTerms(search),
      limit: perPage,
      offset: (page - 1) * perPage,
      recent: RECENT,
    });
  const found = await read(asked);
  const last = lastPage(found.total, asked.perPage);
  if (asked.page <= last) return { state: asked, found };
  const state = { ...asked, page: last };
  return { state, found: await read(state) };
}
