/** Which pages a list offers, and their addresses. Pure; says nothing about what is listed. */

export type PageItem = number | 'gap';

export function lastPage(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage));
}

/** The first, the last and the neighbours of the current page; a gap never hides a single page. */
export function pageItems(current: number, last: number): readonly PageItem[] {
  const shown = [1, current - 1, current, current + 1, last].filter((page) => page >= 1 && page <= last);
  const pages = [...new Set(shown)].sort((a, b) => a - b);
  return pages.flatMap((page, index) => {
    const missing = index === 0 ? 0 : page - (pages[index - 1] ?? page) - 1;
    if (missing === 0) return [page];
    return missing === 1 ? [page - 1, page] : ['gap' as const, page];
  });
}

export type ListState = { readonly search: string; readonly page: number; readonly perPage: number };

/** The address of a list in a given state; what is at its default stays out of the address. */
export function listHref(action: string, state: ListState, defaultPerPage: number): string {
  const query = new URLSearchParams();
  if (state.search !== '') query.set('q', state.search);
  if (state.page > 1) query.set('page', String(state.page));
  if (state.perPage !== defaultPerPage) query.set('par_page', String(state.perPage));
  const text = query.toString();
  return text === '' ? action : `${action}?${text}`;
}
