/** Lists of which a page is shown beside how many there are, in one query. */
import type { Knex } from 'knex';
import { contains } from './portfolio.ts';

export type CountedPage<Row> = { readonly matching: number; readonly page: readonly Row[] };

type Listing = {
  /** Common table expressions, of which `hit` has the rows that match. */
  readonly hits: string;
  /** Columns of `hit`, or drawn from them. */
  readonly shown: string;
  /** Of `hit`; it leaves no two rows to chance. */
  readonly order: string;
  readonly bindings: Readonly<Record<string, string | readonly string[]>>;
  readonly limit: number;
  readonly offset: number;
};

export async function countAndPage<Row>(
  sql: Knex,
  { hits, shown, order, bindings, limit, offset }: Listing,
): Promise<CountedPage<Row>> {
  const { rows } = await sql.raw(
    `with ${hits}
    select (select count(*)::int from hit) as matching, (select coalesce(json_agg(p), '[]') from (
      select ${shown} from hit order by ${order} limit :limit offset :offset) p) as page`,
    { ...bindings, limit, offset } as Knex.RawBinding,
  );
  return rows[0];
}

/** Folded terms (domain/search), all of which must occur in `column`: what follows a condition, and its bindings. */
export const matchingAll = (terms: readonly string[], column: string) => ({
  condition: terms.map((_, i) => ` and ${column} like :t${i}`).join(''),
  bindings: Object.fromEntries(terms.map((term, i) => [`t${i}`, contains(term)])),
});
