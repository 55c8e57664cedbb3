/** Lists whose state is in their address: what a query asks for, and the addresses of their other pages. */
import type { Context } from 'koa';
import { queryField } from '../http/forms.ts';
import { lastPage, pageItems } from '../http/pagination.ts';
import type { Carried } from '../http/screens-giving.ts';
import type { Paging } from '../http/screens-list.ts';

const MOST_PAGES = 100_000;

/** `sizes`: the first one unless another is asked for. */
export function askedPage(
  ctx: Context,
  sizes: readonly number[],
): { readonly page: number; readonly perPage: number } {
  const page = Number(queryField(ctx, 'page'));
  const perPage = Number(queryField(ctx, 'par_page'));
  return {
    page: Number.isInteger(page) && page >= 1 && page <= MOST_PAGES ? page : 1,
    perPage: sizes.find((size) => size === perPage) ?? sizes[0] ?? 10,
  };
}

export type Paged = {
  readonly page: number;
  readonly perPage: number;
  readonly matching: number;
  readonly sizes: readonly number[];
  readonly label: string;
  readonly unit: string;
  readonly hrefOf: (to: { readonly page: number; readonly perPage: number }) => string;
};

export function pagingOf({ page, perPage, matching, sizes, label, unit, hrefOf }: Paged): Paging {
  const last = lastPage(matching, perPage);
  const at = (to: number) => hrefOf({ page: to, perPage });
  const smallest = sizes[0] ?? perPage;
  return {
    page,
    last,
    label,
    unit,
    previous: page > 1 ? at(page - 1) : null,
    next: page < last ? at(page + 1) : null,
    pages: pageItems(page, last).map((item) => (item === 'gap' ? item : { page: item, href: at(item) })),
    perPage,
    sizes:
      matching > smallest ? sizes.map((size) => ({ size, href: hrefOf({ page: 1, perPage: size }) })) : [],
  };
}

/** Path and query of a page of ours; what is empty stays out of the address. */
export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A GET form loses the query of its address: what of it must stay goes along in fields. */
export function carriedBy(href: string): { readonly action: string; readonly carried: Carried } {
  const { pathname, searchParams } = new URL(href, 'http://caisse.invalid');
  return { action: pathname, carried: [...searchParams].map(([name, value]) => ({ name, value })) };
}
