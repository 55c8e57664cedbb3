/** The list of a firm's clients: searched, filtered, paged, its whole state in the address. */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import { lastPage, pageItems } from '../../http/pagination.ts';
import type { ClientSearch, ListPages } from '../../http/screens-portfolio.ts';
import { type ClientPage, readClients } from '../../store/firm-portfolio.ts';
import { type FirmMember, listFirmMembers } from '../../store/firm-staff.ts';
import { backOf } from '../back-to-service.ts';
import { scopeFor, type Web } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import {
  CLIENTS_PER_PAGE,
  filterOf,
  isFiltered,
  type ListState,
  queryOf,
  readListState,
  STATE_CHOICES,
  stateValue,
} from './clients-list.ts';
import { doneNotice, FIRM, firmLocals, getForm, listedName, shownClient } from './firm-page.ts';

const DONE = {
  confie: ['C’est fait', 'Les clients sont confiés. La personne en est informée par un message.'],
  rien: ['Rien à changer', 'Cette personne avait déjà exactement ces droits.'],
  import: ['Le fichier est appliqué', 'Les personnes concernées en sont informées par un message.'],
} as const;

export async function showClients(ctx: Context, web: Web, place: CabinetPlace): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, now } = scope;
  const at = now();
  const asked = readListState((name) => queryField(ctx, name));
  const [members, { state, found }, back] = await Promise.all([
    listFirmMembers(store, place.cabinet.id, at),
    readList(asked, (one) =>
      readClients(store, filterOf(one, { cabinetId: place.cabinet.id, now: at }), windowOf(one)),
    ),
    backOf(ctx, web, place),
  ]);
  const locals = {
    ...firmLocals(ctx, place, { tab: 'clients', notice: doneNotice(ctx, DONE) }),
    back,
    list: searchForm(place, FIRM, state, members),
    pages: pagesOf(place, FIRM, state, found.matching),
    clients: found.clients.map((client) => shownClient(client, place, scope)),
    total: found.total,
    matching: found.matching,
    entrustHref: place.href(`${FIRM}/confier`),
  };
  web.send(ctx, 'cabinet/clients', locals, { formTargets: back?.formTargets ?? [] });
}

export const windowOf = ({ page, perPage }: ListState) => ({ limit: perPage, offset: (page - 1) * perPage });

/** One query; a second one for whoever asks for a page past the end, who gets the last one. */
export async function readList(
  state: ListState,
  read: (state: ListState) => Promise<ClientPage>,
): Promise<{ readonly state: ListState; readonly found: ClientPage }> {
  const found = await read(state);
  const last = lastPage(found.matching, state.perPage);
  if (state.page <= last) return { state, found };
  const atEnd = { ...state, page: last };
  return { state: atEnd, found: await read(atEnd) };
}

export function searchForm(
  place: CabinetPlace,
  path: string,
  state: ListState,
  members: readonly FirmMember[],
): ClientSearch {
  const people = new Map(members.map((member) => [member.accountId, listedName(member)]));
  return {
    ...getForm(place, path),
    search: state.search,
    servedBy: state.servedBy,
    people: [
      { value: '', label: 'Qui que ce soit' },
      { value: 'personne', label: 'Personne' },
      ...[...people].map(([value, label]) => ({ value, label })),
    ],
    state: stateValue(state.state),
    states: STATE_CHOICES,
    filtered: isFiltered(state),
    clearHref: place.href(path),
  };
}

export function pagesOf(place: CabinetPlace, path: string, state: ListState, matching: number): ListPages {
  const last = lastPage(matching, state.perPage);
  const href = (to: Partial<ListState>) => place.href(`${path}${queryOf({ ...state, ...to })}`);
  return {
    page: state.page,
    last,
    perPage: state.perPage,
    items: pageItems(state.page, last).map((item) =>
      item === 'gap'
        ? { label: '…', href: null, here: false }
        : { label: String(item), href: href({ page: item }), here: item === state.page },
    ),
    previousHref: state.page > 1 ? href({ page: state.page - 1 }) : null,
    nextHref: state.page < last ? href({ page: state.page + 1 }) : null,
    sizes: CLIENTS_PER_PAGE.map((size) => ({
      size,
      href: href({ page: 1, perPage: size }),
      here: size === state.perPage,
    })),
  };
}
