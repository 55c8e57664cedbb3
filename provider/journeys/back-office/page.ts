/** A page of the back office about one thing: what it is, what may be done, what hangs on it. Owns its shape alone. */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { Paging } from '../../http/screens-list.ts';
import type { OfficePageLocals } from '../../http/screens-office-adherent.ts';
import { type Office, officeLocals } from '../office-place.ts';
import { addressOf, pagingOf } from '../paged.ts';
import { scopeFor, type Web } from '../web.ts';

type List = OfficePageLocals['lists'][number];

export type ListGiven = Pick<List, 'id' | 'title' | 'empty' | 'rows'> &
  Partial<Omit<List, 'id' | 'title' | 'empty' | 'rows'>>;

export type PageGiven = Pick<OfficePageLocals, 'title'> &
  Partial<Pick<OfficePageLocals, 'trail' | 'badge' | 'lead' | 'warnings' | 'facts' | 'acts'>> & {
    readonly section: string;
    readonly lists: readonly ListGiven[];
    /** What was done, by the name of it in the address. */
    readonly done: Readonly<Record<string, string>>;
  };

export function sendPage(ctx: Context, web: Web, office: Office, given: PageGiven): void {
  const { section, lists, done, ...page } = given;
  const text = Object.hasOwn(done, queryField(ctx, 'fait')) ? done[queryField(ctx, 'fait')] : undefined;
  const notice: Notice | null = text === undefined ? null : { kind: 'success', title: null, text };
  const { basePath } = scopeFor(ctx).caisse;
  web.send(ctx, 'office/page', {
    trail: [{ label: 'Recherche', href: `${basePath}/gestion` }],
    badge: null,
    lead: null,
    warnings: [],
    facts: [],
    acts: [],
    ...page,
    ...officeLocals(ctx, office, section, notice),
    lists: lists.map((list) => ({ paging: null, search: null, links: [], ...list })),
  });
}

export const PER_PAGE = [25, 50] as const;

export type PagedList = {
  readonly matching: number;
  readonly page: number;
  readonly perPage: number;
  readonly path: string;
  readonly search?: string;
  readonly label: string;
  readonly unit: string;
};

export function pagesOf(ctx: Context, list: PagedList): Paging | null {
  if (list.matching <= PER_PAGE[0]) return null;
  const { basePath } = scopeFor(ctx).caisse;
  return pagingOf({
    ...list,
    sizes: PER_PAGE,
    hrefOf: ({ page, perPage }) =>
      addressOf(basePath + list.path, {
        q: list.search ?? '',
        page: page > 1 ? String(page) : '',
        par_page: perPage === PER_PAGE[0] ? '' : String(perPage),
      }),
  });
}
