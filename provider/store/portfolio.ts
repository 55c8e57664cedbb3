/**
 * The sites that a person reaches now, for the selection screen: searched, ordered and paged in SQL, because a firm
 * has thousands. A site is reached when one chain, every link alive, leaves at least one level and one collège:
 * the same rule as domain/rights, which decides what is held there.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

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

// A delegation that is alive now together with what it stands on.
const LIVE_LINK = `
  select d.id, d.site_id, d.parent_id, d.levels, d.colleges, d.grantee_account_id, d.grantee_cabinet_id
  from delegation d
  where d.caisse_id = :caisse and d.status = 'active' and ${ALIVE('d')}
    and (d.cabinet_client_id is null or exists (
      select from cabinet_client s where s.caisse_id = :caisse and s.id = d.cabinet_client_id and ${ALIVE('s')}))
    and (d.cabinet_member_id is null or exists (
      select from cabinet_member s where s.caisse_id = :caisse and s.id = d.cabinet_member_id and ${ALIVE('s')}))`;

// `offset 0`: each step looks its parents up by key, also while the planner has no statistics yet (right after an
// import); joined freely, it then compares every delegation with every other.
const REACHED = `
  recursive up as (
    select l.site_id, l.parent_id, l.levels, l.colleges::int as colleges
    from (${LIVE_LINK} and d.grantee_account_id = :account) l
    union all
    select l.site_id, l.parent_id, l.levels, l.colleges::int
    from cabinet_member m
    join lateral (${LIVE_LINK} and d.grantee_cabinet_id = m.cabinet_id) l on true
    where m.caisse_id = :caisse and m.account_id = :account and m.role = 'manager' and ${ALIVE('m')}
    union all
    select up.site_id, l.parent_id, up.levels & l.levels, up.colleges & l.colleges
    from up cross join lateral (${LIVE_LINK} and d.id = up.parent_id offset 0) l
    where up.parent_id is not null
  ), reached as (
    select distinct site_id from up where parent_id is null and levels <> 0 and colleges <> 0
  )`;

const SITE = `
  s.id, s.siret, s.name, a.identifiant, a.raison_sociale as "raisonSociale",
  (select coalesce(json_agg(x.message order by x.pushed_at desc), '[]') from dsn_alert x
    where x.caisse_id = s.caisse_id and x.site_id = s.id) as alerts`;

// The folded text begins with the raison sociale and the name: its order is the alphabet's, accents or not.
const PAGE = `
  with ${REACHED}, matching as (
    select s.id, s.siret, s.name, s.caisse_id, s.adherent_id, s.search_text
    from reached r join site s on s.caisse_id = :caisse and s.id = r.site_id
    where s.search_text like all (:patterns)
  )
  select
    (select count(*)::int from reached) as reached,
    (select count(*)::int from matching) as matching,
    (select coalesce(json_agg(p), '[]') from (
      select ${SITE} from matching s
      join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
      order by s.search_text limit :limit offset :offset) p) as sites,
    (select coalesce(json_agg(p), '[]') from (
      select ${SITE} from site_visit v
      join reached r on r.site_id = v.site_id
      join site s on s.caisse_id = v.caisse_id and s.id = v.site_id
      join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
      where v.caisse_id = :caisse and v.account_id = :account
      order by v.visited_at desc limit :recent) p) as recent`;

export type PortfolioQuery = {
  readonly accountId: string;
  readonly now: Instant;
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
  readonly recent: number;
};

const contains = (term: string): string => `%${term.replace(/[\\%_]/g, '\\$&')}%`;

/** One query, for any number of sites. */
export async function readPortfolio(
  { caisseId, sql }: Handle,
  query: PortfolioQuery,
): Promise<PortfolioPage> {
  const { rows } = await sql.raw(PAGE, {
    caisse: caisseId,
    account: query.accountId,
    now: timestamp(query.now),
    patterns: query.terms.map(contains),
    limit: query.limit,
    offset: query.offset,
    recent: query.recent,
  });
  return rows[0] as PortfolioPage;
}

/** The one site that a person reaches, or `none`, or `several` (then he must choose). */
export async function soleSite(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<{ readonly siteId: string } | 'none' | 'several'> {
  const { rows } = await sql.raw(`with ${REACHED} select site_id from reached limit 2`, {
    caisse: caisseId,
    account: accountId,
    now: timestamp(now),
  });
  const [first, second] = rows as { site_id: string }[];
  if (!first) return 'none';
  return second ? 'several' : { siteId: first.site_id };
}

/** Remembers that a person acted for a site: it comes first on his next selection screen. */
export async function recordVisit(
  { caisseId, sql }: Handle,
  visit: { readonly accountId: string; readonly siteId: string; readonly at: Instant },
): Promise<void> {
  await sql('site_visit')
    .insert({
      caisse_id: caisseId,
      account_id: visit.accountId,
      site_id: visit.siteId,
      visited_at: timestamp(visit.at),
    })
    .onConflict(['caisse_id', 'account_id', 'site_id'])
    .merge(['visited_at']);
}
