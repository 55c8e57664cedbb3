/** « Gérer les droits d'accès »: who was given what on a site, or on all that its administrator manages. */
import type { Context } from 'koa';
import { type Act, actsOn, standingOf } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { lastPage } from '../../http/pagination.ts';
import type { ActLink, BeneficiaryShown, FirmShown, ListColumn } from '../../http/screens-list.ts';
import { type AdministeredSites, listAdministeredSites } from '../../store/administered-sites.ts';
import { type NamedLink, readChains } from '../../store/chains.ts';
import { type DelegableFirm, listDelegableFirms } from '../../store/delegable-firms.ts';
import { type Beneficiary, type BeneficiaryPage, listBeneficiaries } from '../../store/delegation-list.ts';
import type { Handle } from '../../store/handle.ts';
import { backOf } from '../back-to-service.ts';
import { enterSite, goTo, localsOf, type SitePlace } from '../delegation-place.ts';
import { carriedBy, pagingOf } from '../paged.ts';
import { STATUS_LABELS, tellShortDate, tellStanding } from '../standing-words.ts';
import { scopeFor, type Web } from '../web.ts';
import { actsFor, linkTo } from './acts.ts';
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
  const { store, now, caisse } = scopeFor(ctx);
  const at = now();
  const beside = await listAdministeredSites(store, {
    accountId: place.account.id,
    besideSiteId: place.site.id,
    now: at,
    terms: [],
    limit: MOST_SITES,
    offset: 0,
  });
  const elsewhere = beside.sites.find(({ siret }) => siret === ctx.query.site && siret !== place.site.siret);
  const asked = listState(ctx);
  if (elsewhere)
    return goTo(ctx, place, listPath(`/droits-d-acces/${elsewhere.siret}`, { ...asked, page: 1 }));
  const errors = errorsIn(asked);
  const siteIds = asked.allSites ? beside.sites.map(({ id }) => id) : [place.site.id];
  const [{ state, found }, firms, back] = await Promise.all([
    readPage(ctx, asked, siteIds, at),
    listDelegableFirms(store, { siteId: place.site.id, now: at }),
    backOf(ctx, web, place),
  ]);
  const hrefOf = (change: Partial<ListState>) => place.href(listPath(place.base, { ...state, ...change }));
  const { action, carried } = carriedBy(place.href(place.base));
  const { roles } = caisse.settings.delegations;
  web.send(
    ctx,
    'delegation/list',
    {
      ...localsOf(ctx, place, noticeOf(ctx)),
      errors,
      back,
      site: place.site,
      action,
      carried: [...carried, ...keptByFilters(state)],
      filters: {
        search: state.search,
        sites: siteChoices(beside, place, state),
        roles: roleChoices(roles, state),
        statuses: statusChoices(STATUS_LABELS, state),
        from: state.from,
        to: state.to,
        withoutInactive: state.withoutInactive,
      },
      filtered: isFiltered(state),
      allSites: state.allSites,
      columns: columnsOf(state, hrefOf),
      rows: await rowsOf(ctx, web, place, { rows: found.rows, now: at }),
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
      hrefs: {
        unfiltered: hrefOf(UNFILTERED),
        add: place.href(`${place.base}/ajouter`),
        firm: place.href(`${place.base}/cabinet`),
        why: place.href(`${place.base}/pourquoi`),
        atDate: place.href(`${place.base}/a-la-date`),
        handOver: place.givings.some(({ chain }) => chain.length === 1)
          ? place.href(`${place.base}/ceder`)
          : null,
        chooser: place.href('/droits-d-acces'),
      },
      firms: firms.map((firm) => firmShown(firm, place, { now: at, timeZone: caisse.timeZone })),
    },
    { status: errors.length > 0 ? 422 : 200, ...(back && { formTargets: back.formTargets }) },
  );
}

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

function siteChoices({ sites }: AdministeredSites, { site }: SitePlace, { allSites }: ListState) {
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

/** What a row offers beside « Voir »: what waits for its administrator first. */
const ON_A_ROW: readonly Act[] = ['confirm', 'renew', 'modify', 'close', 'withdraw'];

async function rowsOf(
  ctx: Context,
  web: Web,
  place: SitePlace,
  { rows, now }: { readonly rows: readonly Beneficiary[]; readonly now: Instant },
): Promise<BeneficiaryShown[]> {
  const { store, caisse } = scopeFor(ctx);
  const { roles } = caisse.settings.delegations;
  const chains = await readChains(
    store,
    rows.flatMap(({ parentId }) => (parentId === null ? [] : [parentId])),
  );
  return Promise.all(
    rows.map(async (row) => {
      const chain = chains.get(row.parentId ?? '') ?? [];
      return {
        role: row.admin ? roles.administrator : roles.user,
        name: nameIn(row),
        isSelf: row.accountId === place.account.id,
        siteName: row.site.name,
        standing: tellStanding(standingOf(row, now), row.from, now),
        from: tellShortDate(row.from, caisse.timeZone),
        to: row.to === null ? null : tellShortDate(row.to - 1, caisse.timeZone),
        email: row.email,
        acts: linksOf(place, row, await offered(store, web, place, { row, chain, now })),
      };
    }),
  );
}

async function offered(
  store: Handle,
  web: Web,
  { account }: SitePlace,
  on: { readonly row: Beneficiary; readonly chain: readonly NamedLink[]; readonly now: Instant },
): Promise<readonly Act[]> {
  const { row, chain, now } = on;
  if (row.kind === 'enrolment') return [];
  const gift = { kind: row.kind, cabinetId: null, admin: row.admin, vector: row.rights };
  const possible = await actsFor(store, web, { gift, chain, accountId: account.id, now });
  const standing = actsOn(standingOf(row, now));
  return ON_A_ROW.filter((act) => possible.includes(act) && standing.includes(act));
}

function linksOf({ href }: SitePlace, row: Beneficiary, acts: readonly Act[]): ActLink[] {
  const about = `la délégation de ${nameIn(row) ?? row.email}`;
  const base = `/droits-d-acces/${row.site.siret}`;
  const on = { base, id: row.delegationId, invitationId: row.invitationId };
  return [
    { label: 'Voir', href: href(`${base}/delegations/${row.delegationId}`), about },
    ...acts.map((act) => {
      const { label, path } = linkTo(act, on);
      return { label, href: href(path), about };
    }),
  ];
}

const nameIn = ({ familyName, givenName }: Beneficiary): string | null =>
  familyName === null ? null : `${familyName} ${givenName ?? ''}`.trim();

function firmShown(
  { name, delegation }: DelegableFirm,
  { base, href }: SitePlace,
  { now, timeZone }: { readonly now: Instant; readonly timeZone: string },
): FirmShown {
  if (!delegation) return { name, standing: null, from: null, href: null };
  return {
    name,
    standing: tellStanding(standingOf(delegation, now), delegation.from, now),
    from: tellShortDate(delegation.from, timeZone),
    href: href(`${base}/delegations/${delegation.id}`),
  };
}
