/** The state of the list of clients, as its address says it: search, filters, page. */
import { searchTerms } from '../../domain/search.ts';
import type { ClientFilter, ClientState } from '../../store/firm-portfolio.ts';
import { isId } from '../../store/handle.ts';

export const CLIENTS_PER_PAGE = [25, 50, 100] as const;
/** « Prend fin bientôt »: within so many days. */
const SOON_DAYS = 30;
const DAY = 86_400_000;

export type ListState = {
  readonly search: string;
  /** '' | 'personne' | the id of an account. */
  readonly servedBy: string;
  readonly state: ClientState;
  readonly page: number;
  readonly perPage: (typeof CLIENTS_PER_PAGE)[number];
};

/** As in addresses. */
const STATES: ReadonlyMap<string, ClientState> = new Map([
  ['ouverts', 'open'],
  ['fin-proche', 'ending'],
  ['en-veille', 'asleep'],
]);

export const STATE_CHOICES = [
  { value: '', label: 'Tous' },
  { value: 'ouverts', label: 'Droits ouverts' },
  { value: 'fin-proche', label: `Prennent fin dans les ${SOON_DAYS} jours` },
  { value: 'en-veille', label: 'En veille ou à renouveler' },
] as const;

/** Of what an address says, or a form: `said` answers '' for what is not there. */
export function readListState(said: (name: string) => string): ListState {
  const page = Number(said('page'));
  const perPage = Number(said('par_page'));
  const servedBy = said('suivi');
  return {
    // A NUL may hide in what a form carries, written %00: the database takes none.
    search: said('q').replaceAll('\0', '').slice(0, 200),
    servedBy: servedBy === 'personne' || isId(servedBy) ? servedBy : '',
    state: STATES.get(said('etat')) ?? 'all',
    page: Number.isInteger(page) && page >= 1 && page <= 100_000 ? page : 1,
    perPage: CLIENTS_PER_PAGE.find((size) => size === perPage) ?? CLIENTS_PER_PAGE[0],
  };
}

export const stateValue = (state: ClientState): string =>
  [...STATES].find(([, known]) => known === state)?.[0] ?? '';

/** What is at its default stays out of the address. */
export function queryOf(state: ListState): string {
  const query = new URLSearchParams();
  if (state.search.trim() !== '') query.set('q', state.search.trim());
  if (state.servedBy !== '') query.set('suivi', state.servedBy);
  if (state.state !== 'all') query.set('etat', stateValue(state.state));
  if (state.page > 1) query.set('page', String(state.page));
  if (state.perPage !== CLIENTS_PER_PAGE[0]) query.set('par_page', String(state.perPage));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export const isFiltered = ({ search, servedBy, state }: ListState): boolean =>
  search.trim() !== '' || servedBy !== '' || state !== 'all';

export const filterOf = (
  { search, servedBy, state }: ListState,
  at: { readonly cabinetId: string; readonly now: number; readonly adherentId?: string | null },
): ClientFilter => ({
  ...at,
  terms: searchTerms(search),
  state,
  soon: at.now + SOON_DAYS * DAY,
  servedBy: servedBy === '' ? null : servedBy === 'personne' ? 'nobody' : { accountId: servedBy },
});
