/**
 * The sites that a person reaches now, for the selection screen: searched, ordered and paged in SQL, because a firm
 * has thousands. A site is reached when one chain, every link alive, leaves at least one level and one collège. Each
 * delegation's row of `reach`, which the database keeps, says from when until when its chain does; what is held on a
 * site is for domain/rights to decide, from the chain itself.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

export type ReachedSite = {
  readonly id: string;
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly alerts: readonly string[];
};

export type PortfolioPage = {
  /** All the sites reached, whatever was searched. */
  readonly reached: number;
  /** Those that match the search. */
  readonly matching: number;
  readonly sites: readonly ReachedSite[];
  /** The last ones acted for, newest first. */
  readonly recent: readonly ReachedSite[];
};

/** Of a row of the kept list: its whole chain is alive now. */
export const REACHES = (row: string) =>
  `${row}.since <= :now and (${row}.until is null or ${row}.until > :now)`;

// A person's own, and of the firms that he manages; a site once, by however many chains. In the order of the list.
// `offset 0`: a firm's by its index, also while the planner knows nothing of a caisse (right after its import).
const REACHED = `
  reached as materialized (
    select distinct on (place, site_id) place, site_id
    from (
      select r.place, r.site_id from reach r
      where r.caisse_id = :caisse and r.holder_id = :account and ${REACHES('r')}
      union all
      select firm.place, firm.site_id
      from cabinet_member m cross join lateral (
        select r.place, r.site_id from reach r
        where r.caisse_id = :caisse and r.holder_id = m.cabinet_id and ${REACHES('r')} offset 0) firm
      where m.caisse_id = :caisse and m.account_id = :account and m.role = 'manager'
        and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now)
    ) either
    order by place, site_id
  )`;

/** The sites that a query chooses (`id`, and `place` to order by), each looked up by key. */
const shown = (chosen: string) => `
  (select coalesce(json_agg(described order by chosen.place, chosen.id), '[]')
   from (${chosen}) chosen cross join lateral (
     select s.id, s.siret, s.name, a.identifiant, a.raison_sociale as "raisonSociale",
       (select coalesce(json_agg(x.message order by x.pushed_at desc), '[]') from dsn_alert x
         where x.caisse_id = s.caisse_id and x.site_id = s.id) as alerts
     from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where s.caisse_id = :caisse and s.id = chosen.id offset 0) described)`;

// The folded text begins with the raison sociale and the name: its order is the alphabet's, accents or not.
const PAGE = named(
  'portfolio_page',
  ['caisse', 'account', 'now', 'patterns', 'limit', 'offset', 'recent'],
  `
  with ${REACHED}, matching as (
    select site_id as id, place from reached where place like all (:patterns)
  )
  select
    (select count(*)::int from reached) as reached,
    (select count(*)::int from matching) as matching,
    ${shown('select id, place from matching order by place, id limit :limit offset :offset')} as sites,
    ${shown(`select v.site_id as id, -extract(epoch from v.visited_at) as place
      from site_visit v join reached r on r.site_id = v.site_id
      where v.caisse_id = :caisse and v.account_id = :account
      order by v.visited_at desc, v.site_id limit :recent`)} as recent`,
);

export type PortfolioQuery = {
  readonly accountId: string;
  readonly now: Instant;
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
  readonly recent: number;
};

/** What `like` takes for text that occurs anywhere. */
export const contains = (term: string): string => `%${term.replace(/[\\%_]/g, '\\$&')}%`;

/** One query, for any number of sites. */
export async function readPortfolio(
  { caisseId, sql }: Handle,
  query: PortfolioQuery,
): Promise<PortfolioPage> {
  const { rows } = await run<PortfolioPage>(sql, PAGE, [
    caisseId,
    query.accountId,
    timestamp(query.now),
    query.terms.map(contains),
    query.limit,
    query.offset,
    query.recent,
  ]);
  return rows[0] as PortfolioPage;
}

const SOLE = named(
  'sole_site',
  ['caisse', 'account', 'now'],
  `with ${REACHED} select distinct site_id from reached limit 2`,
);

/** The one site that a person reaches, or `none`, or `several` (then he must choose). */
export async function soleSite(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<{ readonly siteId: string } | 'none' | 'several'> {
  const { rows } = await run<{ site_id: string }>(sql, SOLE, [caisseId, accountId, timestamp(now)]);
  const [first, second] = rows;
  if (!first) return 'none';
  return second ? 'several' : { siteId: first.site_id };
}
