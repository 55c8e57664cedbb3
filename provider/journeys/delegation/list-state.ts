/** What the list of beneficiaries is asked to show: read from its address and written back into it. */
import type { Context } from 'koa';
import { endOf, startOf } from '../../domain/calendar.ts';
import type { ShownStatus } from '../../domain/delegation.ts';
import { searchTerms } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { BeneficiaryQuery, SortColumn } from '../../store/delegation-list.ts';
import { addressOf, askedPage } from '../paged.ts';
import { dayTyped } from '../period-form.ts';

export const PER_PAGE = [5, 10, 25, 50, 100] as const;

export type ListState = {
  /** As typed. */
  readonly search: string;
  readonly allSites: boolean;
  readonly role: 'administrator' | 'user' | null;
  readonly status: ShownStatus | null;
  readonly withoutInactive: boolean;
  /** As typed; no day of the calendar filters nothing. */
  readonly from: string;
  readonly to: string;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly page: number;
  readonly perPage: number;
};

const ROLES = { administrateur: 'administrator', utilisateur: 'user' } as const;
const STATUSES = { actif: 'active', en_attente: 'waiting', inactif: 'inactive' } as const;
const SORTS = {
  role: 'role',
  nom: 'name',
  site: 'site',
  statut: 'status',
  effet: 'from',
  fin: 'to',
  courriel: 'email',
} as const satisfies Readonly<Record<string, SortColumn>>;

const known = <T>(table: Readonly<Record<string, T>>, text: string): T | null =>
  Object.hasOwn(table, text) ? (table[text] ?? null) : null;

const wordFor = (table: Readonly<Record<string, string>>, value: string | null): string =>
  Object.entries(table).find(([, one]) => one === value)?.[0] ?? '';

export function listState(ctx: Context): ListState {
  const sort = known<SortColumn>(SORTS, queryField(ctx, 'tri')) ?? 'name';
  const allSites = queryField(ctx, 'site') === 'tous';
  return {
    search: queryField(ctx, 'q').slice(0, 200).trim(),
    allSites,
    role: known<'administrator' | 'user'>(ROLES, queryField(ctx, 'role')),
    status: known<ShownStatus>(STATUSES, queryField(ctx, 'statut')),
    withoutInactive: queryField(ctx, 'sans_inactifs') === 'oui',
    from: queryField(ctx, 'effet').slice(0, 10),
    to: queryField(ctx, 'fin').slice(0, 10),
    sort: sort === 'site' && !allSites ? 'name' : sort,
    descending: queryField(ctx, 'ordre') === 'desc',
    ...askedPage(ctx, PER_PAGE),
  };
}

/** What is at its default stays out of the address. */
export function listPath(base: string, state: ListState): string {
  const sort = state.sort === 'name' ? '' : wordFor(SORTS, state.sort);
  return addressOf(base, {
    q: state.search,
    site: state.allSites ? 'tous' : '',
    role: wordFor(ROLES, state.role),
    statut: wordFor(STATUSES, state.status),
    effet: state.from,
    fin: state.to,
    sans_inactifs: state.withoutInactive ? 'oui' : '',
    tri: sort,
    ordre: state.descending ? 'desc' : '',
    par_page: state.perPage === PER_PAGE[0] ? '' : String(state.perPage),
    page: state.page === 1 ? '' : String(state.page),
  });
}

/** The fields that the filters do not show, but keep. */
export const keptByFilters = ({ sort, descending, perPage }: ListState) =>
  [
    { name: 'tri', value: sort === 'name' ? '' : wordFor(SORTS, sort) },
    { name: 'ordre', value: descending ? 'desc' : '' },
    { name: 'par_page', value: perPage === PER_PAGE[0] ? '' : String(perPage) },
  ].filter(({ value }) => value !== '');

export const isFiltered = ({ search, role, status, withoutInactive, from, to }: ListState): boolean =>
  search !== '' || role !== null || status !== null || withoutInactive || from !== '' || to !== '';

export const UNFILTERED = {
  search: '',
  role: null,
  status: null,
  withoutInactive: false,
  from: '',
  to: '',
  page: 1,
} as const satisfies Partial<ListState>;

export const roleChoices = (
  labels: { readonly user: string; readonly administrator: string },
  state: ListState,
) => [
  { value: '', label: 'Tous', chosen: state.role === null },
  { value: 'administrateur', label: labels.administrator, chosen: state.role === 'administrator' },
  { value: 'utilisateur', label: labels.user, chosen: state.role === 'user' },
];

export const statusChoices = (labels: Readonly<Record<ShownStatus, string>>, { status }: ListState) => [
  { value: '', label: 'Tous', chosen: status === null },
  ...Object.entries(STATUSES).map(([value, one]) => ({ value, label: labels[one], chosen: status === one })),
];

const DATE = 'Saisissez une date complète, par exemple 24/11/2026.';

export function errorsIn({ from, to }: ListState): FieldError[] {
  return [
    { field: 'effet', typed: from },
    { field: 'fin', typed: to },
  ].flatMap(({ field, typed }) => (typed === '' || dayTyped(typed) ? [] : [{ field, message: DATE }]));
}

/** The days of a filter are the caisse's own. */
export function queryOf(
  state: ListState,
  on: Pick<BeneficiaryQuery, 'siteIds' | 'now'> & { readonly timeZone: string },
): BeneficiaryQuery {
  const { timeZone, siteIds, now } = on;
  const [first, last] = [dayTyped(state.from), dayTyped(state.to)];
  return {
    siteIds,
    now,
    terms: searchTerms(state.search),
    role: state.role,
    status: state.status,
    withoutInactive: state.withoutInactive,
    fromAtLeast: first === null ? null : startOf(first, timeZone),
    toAtMost: last === null ? null : endOf(last, timeZone),
    sort: state.sort,
    descending: state.descending,
    limit: state.perPage,
    offset: (state.page - 1) * state.perPage,
  };
}
