/**
 * The sites that a person reaches now, for the selection screen: searched, ordered and paged in SQL, because a firm
 * has thousands. A site is reached when one chain, every link alive, leaves at least one level and one collège:
 * the same rule as domain/rights, which decides what is held there.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { MOST_LINKS } from './holdings.ts';
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

const ALIVE = (row: string) =>
  `${row}.effective_at <= :now and (${row}.ends_at is null or ${row}.ends_at > :now)`;

// Of a delegation `d`: alive now together with what it stands on.
export const LIVE = `
  d.caisse_id = :caisse and d.status = 'active' and ${ALIVE('d')}
    and (d.cabinet_client_id is null or exists (
      select from cabinet_client s where s.caisse_id = :caisse and s.id = d.cabinet_client_id and ${ALIVE('s')}))
    and (d.cabinet_member_id is null or exists (
      select from cabinet_member s where s.caisse_id = :caisse and s.id = d.cabinet_member_id and ${ALIVE('s')}))`;

export const LIVE_LINK = `
  select d.site_id, d.parent_id, d.kind, d.levels, d.colleges::int as colleges
  from delegation d
  where ${LIVE}`;

// As domain/rights has it: what a link of each kind may hang on.
export const FITS = `d.kind = any (case up.kind when 'staff' then array['cabinet'] else array['enrolment', 'user'] end)`;

// `offset 0`, here and below: a row is looked up by its key, also while the planner knows nothing of a caisse (right
// after its import); joined freely, every row is then compared with every other.
const REACHED = `
  recursive up as (
    select 1 as height, l.*
    from (${LIVE_LINK} and d.grantee_account_id = :account) l
    union all
    select 1, l.*
    from cabinet_member m
    join lateral (${LIVE_LINK} and d.grantee_cabinet_id = m.cabinet_id) l on true
    where m.caisse_id = :caisse and m.account_id = :account and m.role = 'manager' and ${ALIVE('m')}
    union all
    select up.height + 1, l.site_id, l.parent_id, l.kind, up.levels & l.levels, up.colleges & l.colleges
    from up cross join lateral (${LIVE_LINK} and d.id = up.parent_id and ${FITS} offset 0) l
    where up.parent_id is not null and up.height < ${MOST_LINKS}
  ), reached as (
    select distinct site_id from up where parent_id is null and levels <> 0 and colleges <> 0
  )`;

/** The sites that a query chooses (`id`, and `place` to order by), each looked up by key. */
const shown = (chosen: string) => `
  (select coalesce(json_agg(described order by chosen.place), '[]')
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
    select s.id, s.search_text
    from reached r cross join lateral (
      select id, search_text from site where caisse_id = :caisse and id = r.site_id offset 0) s
    where s.search_text like all (:patterns)
  )
  select
    (select count(*)::int from reached) as reached,
    (select count(*)::int from matching) as matching,
    ${shown(`select id, search_text as place from matching order by search_text limit :limit offset :offset`)} as sites,
    ${shown(`select v.site_id as id, -extract(epoch from v.visited_at) as place
      from site_visit v join reached r on r.site_id = v.site_id
      where v.caisse_id = :caisse and v.account_id = :account
      order by v.visited_at desc limit :recent`)} as recent`,
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
  `with ${REACHED} select site_id from reached limit 2`,
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

const VISIT = named(
  'record_visit',
  ['caisse', 'account', 'site', 'at'],
  `insert into site_visit (caisse_id, account_id, site_id, visited_at) values (:caisse, :account, :site, :at)
   on conflict (caisse_id, account_id, site_id) do update set visited_at = excluded.visited_at`,
);

/** Remembers that a person acted for a site: it comes first on his next selection screen. */
export async function recordVisit(
  { caisseId, sql }: Handle,
  visit: { readonly accountId: string; readonly siteId: string; readonly at: Instant },
): Promise<void> {
  await run(sql, VISIT, [caisseId, visit.accountId, visit.siteId, timestamp(visit.at)]);
}
