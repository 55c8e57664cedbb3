/**
 * Whom an act on delegations concerns: everybody at or below them and, for each person and site, all his chains there.
 * Brings dated facts; what they lose is domain/impact. Thousands of clients of a firm and its staff are one query.
 */
import type { Affected, AffectedLink } from '../domain/impact.ts';
import { EVERYTHING } from '../domain/rights.ts';
import type { Handle } from './handle.ts';
import { type LinkRow, MOST_LINKS, toLink } from './holdings.ts';

/** Where the act strikes: delegations, or somebody's memberships of firms. */
export type Struck = {
  readonly delegationIds?: readonly string[];
  readonly membershipIds?: readonly string[];
  /** Only people and sites for which some service holds access. */
  readonly entered?: boolean;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

// Below a link that is not active nobody holds anything by it. What was struck is read as it stands: it may be closed.
const STRUCK = `
  down as (
    select d.* from unnest(:delegations::uuid[]) struck (id) cross join lateral (
      select id, site_id, grantee_account_id, grantee_cabinet_id, 1 as depth from delegation
      where caisse_id = :caisse and id = struck.id offset 0) d
    union all
    select d.* from down cross join lateral (
      select id, site_id, grantee_account_id, grantee_cabinet_id, down.depth + 1 from delegation
      where caisse_id = :caisse and parent_id = down.id and status = 'active' offset 0) d
    where down.depth < ${MOST_LINKS}
  ), place as (
    select account_id, site_id from (
      select grantee_account_id as account_id, site_id from down where grantee_account_id is not null
      union
      select m.account_id, down.site_id from down cross join lateral (
        select account_id from cabinet_member
        where caisse_id = :caisse and cabinet_id = down.grantee_cabinet_id and role = 'manager' offset 0) m
      union
      select m.account_id, d.site_id from unnest(:memberships::uuid[]) struck (id)
      cross join lateral (
        select account_id, cabinet_id, role from cabinet_member where caisse_id = :caisse and id = struck.id offset 0) m
      cross join lateral (
        select site_id from delegation
        where caisse_id = :caisse and grantee_cabinet_id = m.cabinet_id and status = 'active' and m.role = 'manager'
        union all
        select site_id from delegation
        where caisse_id = :caisse and grantee_account_id = m.account_id and status = 'active'
          and cabinet_member_id = struck.id
        offset 0) d
    ) concerned
    where not :entered or exists (
      select from oidc_artifact g where g.caisse_id = :caisse and g.kind = 'Grant'
        and g.account_id = concerned.account_id::text and g.site_id = concerned.site_id)
  )`;

// Each link once, however many chains go through it. `offset 0`: as in portfolio.ts.
const AFFECTED = `
  with recursive ${STRUCK}, leaf as (
    select place.account_id, place.site_id, d.id, null::uuid as membership_id
    from place cross join lateral (
      select id from delegation
      where caisse_id = :caisse and grantee_account_id = place.account_id and status = 'active'
        and site_id = place.site_id offset 0) d
    union all
    select place.account_id, place.site_id, d.id, m.id
    from place
    cross join lateral (
      select id, cabinet_id from cabinet_member
      where caisse_id = :caisse and account_id = place.account_id and role = 'manager' offset 0) m
    cross join lateral (
      select id from delegation
      where caisse_id = :caisse and grantee_cabinet_id = m.cabinet_id and status = 'active'
        and site_id = place.site_id offset 0) d
  ), up as (
    select id from leaf
    union
    select d.parent_id from up cross join lateral (
      select parent_id from delegation where caisse_id = :caisse and id = up.id and parent_id is not null offset 0) d
  )
  select
    (select coalesce(json_agg(json_build_array(account_id, site_id)), '[]') from place) as places,
    (select coalesce(json_agg(json_build_array(account_id, site_id, id, membership_id)), '[]') from leaf) as leaves,
    (select coalesce(json_agg(link), '[]') from (
      select d.id, d.parent_id, d.site_id, d.kind, d.grantor_id, d.grantee_id, d.cabinet_member_id, d.admin,
        d.colleges, d.levels::text as levels, d.status, ${MS('d.effective_at')} as from_ms, ${MS('d.ends_at')} as to_ms,
        ${MS('coalesce(cc.effective_at, cm.effective_at)')} as stands_from,
        ${MS('coalesce(cc.ends_at, cm.ends_at)')} as stands_to
      from up cross join lateral (select * from delegation where caisse_id = :caisse and id = up.id offset 0) d
      left join lateral (
        select effective_at, ends_at from cabinet_client
        where caisse_id = :caisse and id = d.cabinet_client_id offset 0) cc on true
      left join lateral (
        select effective_at, ends_at from cabinet_member
        where caisse_id = :caisse and id = d.cabinet_member_id offset 0) cm on true) link) as links,
    (select coalesce(json_agg(member), '[]') from (
      select id, account_id, cabinet_id, ${MS('effective_at')} as from_ms, ${MS('ends_at')} as to_ms
      from cabinet_member
      where caisse_id = :caisse and id in (select membership_id from leaf)) member) as members`;

type AffectedRow = LinkRow & { readonly site_id: string; readonly cabinet_member_id: string | null };

type MemberRow = {
  readonly id: string;
  readonly account_id: string;
  readonly cabinet_id: string;
  readonly from_ms: number;
  readonly to_ms: number | null;
};

type Row = {
  readonly places: readonly (readonly [string, string])[];
  readonly leaves: readonly (readonly [string, string, string, string | null])[];
  readonly links: readonly AffectedRow[];
  readonly members: readonly MemberRow[];
};

/** One query. Who holds nothing there comes with no chain. */
export async function readAffected({ caisseId, sql }: Handle, struck: Struck): Promise<Affected[]> {
  const { rows } = await sql.raw(AFFECTED, {
    caisse: caisseId,
    delegations: [...(struck.delegationIds ?? [])],
    memberships: [...(struck.membershipIds ?? [])],
    entered: struck.entered ?? false,
  });
  return assemble(rows[0] as Row, caisseId);
}

function assemble({ places, leaves, links, members }: Row, caisseId: string): Affected[] {
  const linkOf = new Map(links.map((row) => [row.id, toAffected(row, caisseId)]));
  const memberOf = new Map(members.map((row) => [row.id, row]));
  const chainsAt = new Map<string, AffectedLink[][]>();
  for (const [accountId, siteId, leafId, membershipId] of leaves) {
    const chain = chainOf(leafId, linkOf);
    const leaf = chain.at(-1);
    const member = membershipId === null ? undefined : memberOf.get(membershipId);
    if (leaf && member) chain.push(toMembership(member, leaf));
    const key = `${accountId} ${siteId}`;
    const chains = chainsAt.get(key);
    if (chains) chains.push(chain);
    else chainsAt.set(key, [chain]);
  }
  return places.map(([accountId, siteId]) => ({
    accountId,
    siteId,
    chains: chainsAt.get(`${accountId} ${siteId}`) ?? [],
  }));
}

/** Root first; a chain longer than is ever read lacks its root, and is worth nothing. */
function chainOf(leafId: string, linkOf: ReadonlyMap<string, AffectedLink>): AffectedLink[] {
  const chain: AffectedLink[] = [];
  let link = linkOf.get(leafId);
  while (link && chain.length < MOST_LINKS) {
    chain.push(link);
    link = link.parentId === null ? undefined : linkOf.get(link.parentId);
  }
  return chain.reverse();
}

const toAffected = (row: AffectedRow, caisseId: string): AffectedLink => ({
  ...toLink(row, caisseId, row.site_id),
  membershipId: row.cabinet_member_id,
});

/** A manager holds what his firm holds: his membership is the last link. */
const toMembership = (
  { id, account_id, cabinet_id, ...row }: MemberRow,
  leaf: AffectedLink,
): AffectedLink => ({
  ...EVERYTHING,
  id,
  parentId: leaf.id,
  caisseId: leaf.caisseId,
  siteId: leaf.siteId,
  kind: 'membership',
  grantorId: cabinet_id,
  granteeId: account_id,
  membershipId: id,
  admin: true,
  status: 'active',
  from: row.from_ms,
  to: row.to_ms,
  standsOn: [],
});
