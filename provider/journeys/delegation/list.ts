/** « Gérer les droits d'accès »: who was given what on a site, or on all that its administrator manages. */
import type { Context } from 'koa';
import { tellShortDate } from '../../domain/dates.ts';
import { standingOf } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { lastPage } from '../../http/pagination.ts';
import type { FirmShown, ListColumn, ListLocals } from '../../http/screens-list.ts';
import { type AdministeredSite, listAdministeredSites } from '../../store/administered-sites.ts';
import { readChain } from '../../store/chains.ts';
import { type DelegableFirm, listDelegableFirms } from '../../store/delegable-firms.ts';
import { findDelegation } from '../../store/delegation-acts.ts';
import { type BeneficiaryPage, listBeneficiaries } from '../../store/delegation-list.ts';
import type { Handle } from '../../store/handle.ts';
import { backOf } from '../back-to-service.ts';
import { enterSite, goTo, localsOf, type SitePlace } from '../delegation-place.ts';
import { giftOf } from '../giving.ts';
import { carriedBy, pagingOf } from '../paged.ts';
import { STATUS_LABELS, tellStanding } from '../standing-words.ts';
import { scopeFor, type Web } from '../web.ts';
import { actsFor } from './acts.ts';
import { rowsOf } from './list-rows.ts';
import {
  errorsIn,
  isFiltered,
  keptByFilters,
  type ListState,
  listPath,
  listState,
  PER_PAGE,
  queryOf,
  roleChoices,
  statusChoices,
  UNFILTERED,
} from './list-state.ts';
import { noticeOf } from './notices.ts';

/** More sites than an adhérent has; the list of all of them ends there. */
const MOST_SITES = 1_000;

export async function showList(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const { store, now } = scopeFor(ctx);
  const at = now();
  const { sites } = await listAdministeredSites(store, {
    accountId: place.account.id,
    besideSiteId: place.site.id,
    now: at,
    terms: [],
    limit: MOST_SITES,
    offset: 0,
  });
  const elsewhere = sites.find(({ siret }) => siret === ctx.query.site && siret !== place.site.siret);
  const asked = listState(ctx);
  if (elsewhere)
    return goTo(ctx, place, listPath(`/droits-d-acces/${elsewhere.siret}`, { ...asked, page: 1 }));
  const siteIds = asked.allSites ? sites.map(({ id }) => id) : [place.site.id];
  const errors = errorsIn(asked);
  const [{ state, found }, firms, back] = await Promise.all([
    readPage(ctx, asked, siteIds, at),
    listDelegableFirms(store, { siteId: place.site.id, now: at }),
    backOf(ctx, web, place),
  ]);
  const locals = {
    ...localsOf(ctx, place, noticeOf(ctx)),
    errors,
    back,
    ...listShown(ctx, place, { state, found, sites }),
    rows: await rowsOf(ctx, web, place, { rows: found.rows, now: at }),
    firms: await Promise.all(firms.map((firm) => firmShown(ctx, web, place, { firm, now: at }))),
  };
  const status = errors.length > 0 ? 422 : 200;
  web.send(ctx, 'delegation/list', locals, { status, ...(back && { formTargets: back.formTargets }) });
}

type Listed = {
  readonly state: ListState;
  readonly found: BeneficiaryPage;
  /** Those of the company that he administers. */
  readonly sites: readonly AdministeredSite[];
};

function listShown(ctx: Context, place: SitePlace, { state, found, sites }: Listed) {
  const { roles } = scopeFor(ctx).caisse.settings.delegations;
  const hrefOf = (change: Partial<ListState>) => place.href(listPath(place.base, { ...state, ...change }));
  const { action, carried } = carriedBy(place.href(place.base));
  return {
    site: place.site,
    action,
    carried: [...carried, ...keptByFilters(state)],
    filters: {
      search: state.search,
      sites: siteChoices(sites, place, state),
      roles: roleChoices(roles, state),
      statuses: statusChoices(STATUS_LABELS, state),
      from: state.from,
      to: state.to,
      withoutInactive: state.withoutInactive,
    },
    filtered: isFiltered(state),
    allSites: state.allSites,
    columns: columnsOf(state, hrefOf),
    listed: found.listed,
    matching: found.matching,
    paging: pagingOf({
      ...state,
      matching: found.matching,
      sizes: PER_PAGE,
      label: 'Pages de la liste des bénéficiaires',
      unit: 'bénéficiaires par page',
      hrefOf,
    }),
    hrefs: { unfiltered: hrefOf(UNFILTERED), ...hrefsOf(place) },
  };
}

const hrefsOf = ({ base, href, givings }: SitePlace): Omit<ListLocals['hrefs'], 'unfiltered'> => ({
  add: href(`${base}/ajouter`),
  firm: href(`${base}/cabinet`),
  why: href(`${base}/pourquoi`),
  atDate: href(`${base}/a-la-date`),
  handOver: givings.some(({ chain }) => chain.length === 1) ? href(`${base}/ceder`) : null,
  chooser: href('/droits-d-acces'),
});

/** One query; a second one for whoever asks for a page past the end, who gets the last one. */
async function readPage(
  ctx: Context,
  asked: ListState,
  siteIds: readonly string[],
  now: Instant,
): Promise<{ readonly state: ListState; readonly found: BeneficiaryPage }> {
  const { store, caisse } = scopeFor(ctx);
  const read = (state: ListState) =>
    listBeneficiaries(store, queryOf(state, { siteIds, now, timeZone: caisse.timeZone }));
  const found = await read(asked);
  const last = lastPage(found.matching, asked.perPage);
  if (asked.page <= last) return { state: asked, found };
  const state = { ...asked, page: last };
  return { state, found: await read(state) };
}

function siteChoices(sites: readonly AdministeredSite[], { site }: SitePlace, { allSites }: ListState) {
  if (sites.length < 2) return [];
  return [
    { value: 'tous', label: `Tous ceux que j’administre (${sites.length})`, chosen: allSites },
    ...sites.map(({ id, siret, name }) => ({
      value: siret,
      label: name,
      chosen: !allSites && id === site.id,
    })),
  ];
}

const COLUMNS = [
  { id: 'role', label: 'Rôle' },
  { id: 'name', label: 'Nom et prénom' },
  { id: 'site', label: 'Site' },
  { id: 'status', label: 'Statut' },
  { id: 'from', label: 'Date d’effet' },
  { id: 'to', label: 'Date de fin' },
  { id: 'email', label: 'Courriel' },
] as const;

function columnsOf(state: ListState, hrefOf: (change: Partial<ListState>) => string): ListColumn[] {
  return COLUMNS.filter(({ id }) => id !== 'site' || state.allSites).map(({ id, label }) => {
    const isSorted = state.sort === id;
    return {
      id,
      label,
      href: hrefOf({ sort: id, descending: isSorted && !state.descending, page: 1 }),
      sorted: !isSorted ? null : state.descending ? 'descending' : 'ascending',
    };
  });
}

async function firmShown(
  ctx: Context,
  web: Web,
  { base, href, account }: SitePlace,
  { firm, now }: { readonly firm: DelegableFirm; readonly now: Instant },
): Promise<FirmShown> {
  const { name, delegation } = firm;
  if (!delegation) return { name, standing: null, from: null, href: null, renewHref: null };
  const { store, caisse } = scopeFor(ctx);
  const page = `${base}/delegations/${delegation.id}`;
  const waits = delegation.status === 'to_renew';
  return {
    name,
    standing: tellStanding(standingOf(delegation, now), delegation.from, now),
    from: tellShortDate(delegation.from, caisse.timeZone),
    href: href(page),
    renewHref:
      waits && (await mayRenew(store, web, delegation.id, { accountId: account.id, now }))
        ? href(`${page}/renouveler`)
        : null,
  };
}

async function mayRenew(
  store: Handle,
  web: Web,
  delegationId: string,
  asking: { readonly accountId: string; readonly now: Instant },
): Promise<boolean> {
  const [delegation, chain] = await Promise.all([
    findDelegation(store, delegationId),
    readChain(store, delegationId),
  ]);
  if (!delegation) return false;
  const offering = { gift: giftOf(delegation), chain: chain.slice(0, -1), ...asking };
  return (await actsFor(store, web, offering)).includes('renew');
}
