/**
 * A firm's portfolio: its clients' sites, searched, filtered and paged in SQL, because a firm has thousands. What it
 * holds on the sites of a page comes as chains, for domain/rights to decide; the filters read the same dates.
 */
import type { Instant } from '../domain/instant.ts';
import type { Chain } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import { STANDING_AT_FIRM, toChains } from './firm-chains.ts';
import type { Handle } from './handle.ts';
import type { LinkRow } from './holdings.ts';
import { contains, REACHES } from './portfolio.ts';

/** `ending`: the firm holds something that ends by `soon`. `asleep`: suspended by the client, or to be renewed. */
export type ClientState = 'all' | 'open' | 'ending' | 'asleep';

export type ClientFilter = {
  readonly cabinetId: string;
  readonly now: Instant;
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly state: ClientState;
  readonly soon: Instant;
  /** Served by somebody of the staff, by nobody of them; null: whatever. */
  readonly servedBy: { readonly accountId: string } | 'nobody' | null;
  /** The sites of that client alone; null: of all. */
  readonly adherentId?: string | null;
};

export type Client = {
  readonly siteId: string;
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  /** Each ends with the firm's own link. */
  readonly chains: readonly Chain[];
  /** Who of the staff serves it now, by name. */
  readonly staff: readonly { readonly accountId: string; readonly name: string }[];
};

export type ClientPage = {
  /** Sites where something stands, whatever was searched. */
  readonly total: number;
  readonly matching: number;
  readonly clients: readonly Client[];
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)`;

const ALIVE = (row: string) =>
  `${row}.effective_at <= :now and (${row}.ends_at is null or ${row}.ends_at > :now)`;

const SERVING = `
  select s.grantee_account_id as account_id
  from delegation f
  cross join lateral (
    select grantee_account_id, cabinet_member_id from delegation s
    where s.caisse_id = :caisse and s.parent_id = f.id and s.kind = 'staff' and s.status = 'active' and ${ALIVE('s')}
    offset 0) s
  cross join lateral (
    select from cabinet_member m where m.caisse_id = :caisse and m.id = s.cabinet_member_id and ${ALIVE('m')} offset 0) m
  where f.caisse_id = :caisse and f.grantee_cabinet_id = :cabinet and f.status in ${STANDING_AT_FIRM}`;

// What stands, and whether its chain is alive: the list's own dates. `offset 0`, here and below: each row by its key,
// also while the planner knows nothing of a caisse (right after its import).
const MATCHING = `
  standing as (
    select d.id, d.site_id, d.adherent_id, d.path, d.status, r.place, r.until, coalesce(${REACHES('r')}, false) as live
    from delegation d cross join lateral (
      select place, since, until from reach where caisse_id = :caisse and delegation_id = d.id offset 0) r
    where d.caisse_id = :caisse and d.grantee_cabinet_id = :cabinet and d.status in ${STANDING_AT_FIRM}
      and (d.ends_at is null or d.ends_at > :now)
  ), place as (
    select site_id, adherent_id, place, bool_or(live) as live, bool_or(status <> 'active') as asleep,
      case when bool_or(live and until is null) then null else max(until) filter (where live) end as ends_at
    from standing group by site_id, adherent_id, place
  ), matching as (
    select p.site_id as id, p.place
    from place p
    where p.place like all (:patterns)
      and (:adherent::uuid is null or p.adherent_id = :adherent)
      and case :state when 'open' then p.live when 'ending' then p.live and p.ends_at <= :soon
        when 'asleep' then p.asleep else true end
      and case :served when 'nobody' then not exists (${SERVING} and f.site_id = p.site_id)
        when 'person' then exists (${SERVING} and f.site_id = p.site_id and s.grantee_account_id = :served_by)
        else true end
  )`;

// The folded text begins with the raison sociale and the name: its order is the alphabet's, accents or not.
const PAGE = `
  with ${MATCHING}, shown as (
    select id, place from matching order by place, id limit :limit offset :offset
  ), held as (
    select leaf.site_id, json_agg(json_build_object('leaf', leaf.id, 'site_id', leaf.site_id, 'id', l.id,
      'parent_id', l.parent_id, 'kind', l.kind, 'grantor_id', l.grantor_id, 'grantee_id', l.grantee_id,
      'admin', l.admin, 'colleges', l.colleges, 'levels', l.levels::text, 'status', l.status,
      'from_ms', ${MS('l.effective_at')}, 'to_ms', ${MS('l.ends_at')},
      'stands_from', ${MS('cc.effective_at')}, 'stands_to', ${MS('cc.ends_at')})
      order by leaf.id, way.place) as links
    from standing leaf
    join shown on shown.id = leaf.site_id
    cross join unnest(leaf.path) with ordinality as way (id, place)
    cross join lateral (select * from delegation where caisse_id = :caisse and id = way.id offset 0) l
    left join lateral (
      select effective_at, ends_at from cabinet_client
      where caisse_id = :caisse and id = l.cabinet_client_id offset 0) cc on true
    group by leaf.site_id
  )
  select (select count(*)::int from place) as total, (select count(*)::int from matching) as matching,
    (select coalesce(json_agg(row order by row.place, row."siteId"), '[]') from (
      select shown.place, s.id as "siteId", s.siret, s.name, a.identifiant,
        a.raison_sociale as "raisonSociale", held.links,
        (select coalesce(json_agg(person order by person.name), '[]') from (
          select distinct p.id as "accountId", p.given_name || ' ' || p.family_name as name
          from (${SERVING} and f.site_id = shown.id) serving
          join account p on p.caisse_id = :caisse and p.id = serving.account_id) person) as staff
      from shown
      join held on held.site_id = shown.id
      join site s on s.caisse_id = :caisse and s.id = shown.id
      join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id) row) as clients`;

const bindings = (caisseId: string, filter: ClientFilter) => ({
  caisse: caisseId,
  cabinet: filter.cabinetId,
  now: timestamp(filter.now),
  patterns: filter.terms.map(contains),
  adherent: filter.adherentId ?? null,
  state: filter.state,
  soon: timestamp(filter.soon),
  served: servedOf(filter),
  served_by: filter.servedBy !== null && filter.servedBy !== 'nobody' ? filter.servedBy.accountId : null,
});

const servedOf = ({ servedBy }: ClientFilter): string =>
  servedBy === null ? 'any' : servedBy === 'nobody' ? 'nobody' : 'person';

type Row = Omit<Client, 'chains'> & {
  readonly links: readonly (LinkRow & { readonly leaf: string; readonly site_id: string })[];
};

/** One query, for any number of clients. */
export async function readClients(
  { caisseId, sql }: Handle,
  filter: ClientFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<ClientPage> {
  const { rows } = await sql.raw(PAGE, { ...bindings(caisseId, filter), limit, offset });
  const [{ total, matching, clients }] = rows as [{ total: number; matching: number; clients: Row[] }];
  return {
    total,
    matching,
    clients: clients.map(({ links, siteId, siret, name, identifiant, raisonSociale, staff }) => ({
      siteId,
      siret,
      name,
      identifiant,
      raisonSociale,
      staff,
      chains: toChains(links, caisseId).get(siteId) ?? [],
    })),
  };
}

/** The ids of all the sites that match, in the list's order. */
export async function listMatchingSites(
  { caisseId, sql }: Handle,
  filter: ClientFilter,
): Promise<readonly string[]> {
  const { rows } = await sql.raw(
    `with ${MATCHING} select id from matching order by place, id`,
    bindings(caisseId, filter),
  );
  return (rows as { readonly id: string }[]).map(({ id }) => id);
}

export type ClientName = Omit<Client, 'chains' | 'staff'> & { readonly adherentId: string };

/** What sites are called, in the list's order; those that this caisse does not know are absent. */
export async function nameSites(
  { caisseId, sql }: Handle,
  by: { readonly siteIds: readonly string[] } | { readonly sirets: readonly string[] },
): Promise<readonly ClientName[]> {
  const [column, values] = 'siteIds' in by ? ['id', by.siteIds] : ['siret', by.sirets];
  const { rows } = await sql.raw(
    `select s.id as "siteId", s.siret, s.name, s.adherent_id as "adherentId", a.identifiant,
       a.raison_sociale as "raisonSociale"
     from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where s.caisse_id = :caisse and s.${column} = any (:values::${column === 'id' ? 'uuid' : 'text'}[])
     order by s.search_text, s.id`,
    { caisse: caisseId, values },
  );
  return rows as ClientName[];
}
