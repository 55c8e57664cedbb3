/**
 * The sites where a person holds the power to delegate as an administrator of the company, now: searched and paged in
 * SQL. The same rule as domain/rights, which decides: a chain whose every link is alive, gives that power, and goes
 * through no firm.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { MOST_LINKS, type Site } from './holdings.ts';
import { contains } from './portfolio.ts';
import { named, run } from './statement.ts';

export type AdministeredSite = Site & { readonly adherentId: string };

export type AdministeredSites = {
  /** All of them, whatever was searched. */
  readonly administered: number;
  /** Those that match the search. */
  readonly total: number;
  /** In the order of the alphabet. */
  readonly sites: readonly AdministeredSite[];
  /** The last ones acted for, newest first. */
  readonly recent: readonly AdministeredSite[];
};

export type AdministeredQuery = {
  readonly accountId: string;
  readonly now: Instant;
  /** Only the sites of that company. */
  readonly adherentId?: string;
  /** Only the sites of the company that this one belongs to. */
  readonly besideSiteId?: string;
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
  /** How many of the last visited ones are brought besides; none unless told. */
  readonly recent?: number;
};

// An administrator's link says everything: a chain of them leaves something to whoever stands at its end.
const LINK = `
  select d.site_id, d.parent_id from delegation d
  where d.caisse_id = :caisse and d.status = 'active' and d.admin and d.kind in ('enrolment', 'user')
    and d.effective_at <= :now and (d.ends_at is null or d.ends_at > :now)`;

// `offset 0`: a row is looked up by its key, also while the planner knows nothing of a caisse (right after its import).
const ADMINISTERED = `
  recursive up as (
    select 1 as height, l.*
    from (${LINK} and d.grantee_account_id = :account and (:adherent::uuid is null or d.adherent_id = :adherent)
      and (:beside::uuid is null or d.adherent_id = (
        select adherent_id from site where caisse_id = :caisse and id = :beside))) l
    union all
    select up.height + 1, l.*
    from up cross join lateral (${LINK} and d.id = up.parent_id offset 0) l
    where up.parent_id is not null and up.height < ${MOST_LINKS}
  ), administered as (
    select distinct site_id from up where parent_id is null
  )`;

const shown = (chosen: string) => `
  (select coalesce(json_agg(described order by chosen.place), '[]')
   from (${chosen}) chosen cross join lateral (
     select s.id, s.siret, s.name, s.adherent_id as "adherentId", a.identifiant, a.raison_sociale as "raisonSociale"
     from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where s.caisse_id = :caisse and s.id = chosen.id offset 0) described)`;

const PAGE = named(
  'list_administered_sites',
  ['caisse', 'account', 'adherent', 'beside', 'now', 'patterns', 'limit', 'offset', 'recent'],
  `
  with ${ADMINISTERED}, matching as (
    select s.id, s.search_text
    from administered r cross join lateral (
      select id, search_text from site where caisse_id = :caisse and id = r.site_id offset 0) s
    where s.search_text like all (:patterns)
  )
  select
    (select count(*)::int from administered) as administered,
    (select count(*)::int from matching) as total,
    ${shown(`select id, row_number() over (order by search_text, id) as place from matching
      order by place limit :limit offset :offset`)} as sites,
    ${shown(`select v.site_id as id, row_number() over (order by v.visited_at desc, v.site_id) as place
      from site_visit v join administered r on r.site_id = v.site_id
      where v.caisse_id = :caisse and v.account_id = :account
      order by place limit :recent`)} as recent`,
);

/** One query, for any number of sites. */
export async function listAdministeredSites(
  { caisseId, sql }: Handle,
  query: AdministeredQuery,
): Promise<AdministeredSites> {
  const { rows } = await run<AdministeredSites>(sql, PAGE, [
    caisseId,
    query.accountId,
    query.adherentId ?? null,
    query.besideSiteId ?? null,
    timestamp(query.now),
    query.terms.map(contains),
    query.limit,
    query.offset,
    query.recent ?? 0,
  ]);
  return rows[0] as AdministeredSites;
}
