/**
 * The chains by which a firm holds its clients' sites, from each enrolment down to the firm's own delegation, for any
 * number of sites in one query; and, for an act over many of them, held as they are until it has committed.
 */
import type { Chain, Link } from '../domain/rights.ts';
import type { Handle } from './handle.ts';
import { type LinkRow, MOST_LINKS, toLink } from './holdings.ts';

export type FirmAsked = {
  readonly cabinetId: string;
  /** null: all of them. */
  readonly siteIds: readonly string[] | null;
};

/** By site; sites where the firm has no delegation that stands are absent. The last link is the firm's. */
export type FirmChains = ReadonlyMap<string, readonly Chain[]>;

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

/** What stands at a firm, whether it is worth something now or not. */
export const STANDING_AT_FIRM = `('active', 'suspended', 'to_renew')`;

const DELEGATION = `
  select id, site_id, parent_id, kind, grantor_id, grantee_id, cabinet_client_id, cabinet_member_id, admin, colleges,
    levels, status, effective_at, ends_at
  from delegation where caisse_id = :caisse`;

// `offset 0`: each row by its key, also while the planner knows nothing of a caisse (right after its import).
const UP = `
  recursive up as (
    select d.id as leaf, 1 as height, d.*
    from (${DELEGATION} and grantee_cabinet_id = :cabinet and status in ${STANDING_AT_FIRM}
      and (:all or site_id = any (:sites::uuid[]))) d
    union all
    select up.leaf, up.height + 1, d.*
    from up cross join lateral (${DELEGATION} and id = up.parent_id offset 0) d
    where up.height < ${MOST_LINKS}
  )`;

const CHAINS = `
  with ${UP}
  select d.leaf, d.site_id, d.id, d.parent_id, d.kind, d.grantor_id, d.grantee_id, d.admin, d.colleges::int as colleges,
    d.levels::text as levels, d.status, ${MS('d.effective_at')} as from_ms, ${MS('d.ends_at')} as to_ms,
    ${MS('coalesce(cc.effective_at, cm.effective_at)')} as stands_from,
    ${MS('coalesce(cc.ends_at, cm.ends_at)')} as stands_to
  from up d
  left join lateral (
    select effective_at, ends_at from cabinet_client
    where caisse_id = :caisse and id = d.cabinet_client_id offset 0) cc on true
  left join lateral (
    select effective_at, ends_at from cabinet_member
    where caisse_id = :caisse and id = d.cabinet_member_id offset 0) cm on true
  order by d.leaf, d.height desc`;

type Row = LinkRow & { readonly leaf: string; readonly site_id: string };

const bindings = (caisseId: string, { cabinetId, siteIds }: FirmAsked) => ({
  caisse: caisseId,
  cabinet: cabinetId,
  all: siteIds === null,
  sites: siteIds ?? [],
});

/** One query. */
export async function readFirmChains({ caisseId, sql }: Handle, asked: FirmAsked): Promise<FirmChains> {
  const { rows } = await sql.raw(CHAINS, bindings(caisseId, asked));
  return toChains(rows as Row[], caisseId);
}

export function toChains(rows: readonly Row[], caisseId: string): FirmChains {
  const byLeaf = new Map<string, Link[]>();
  for (const row of rows) {
    const chain = byLeaf.get(row.leaf) ?? [];
    chain.push(toLink(row, caisseId, row.site_id));
    byLeaf.set(row.leaf, chain);
  }
  const bySite = new Map<string, Chain[]>();
  for (const chain of byLeaf.values()) {
    const siteId = chain[0]?.siteId ?? '';
    bySite.set(siteId, [...(bySite.get(siteId) ?? []), chain]);
  }
  return bySite;
}

/**
 * As `readFirmChains`, inside an act: every link stays as it is until the act has committed. Locked from the roots
 * down and by id within a level, the order in which acts on one chain lock it, so that none waits in a circle.
 */
export async function holdFirmChains(inside: Handle, asked: FirmAsked): Promise<FirmChains> {
  const { caisseId, sql } = inside;
  await sql.raw(
    `with ${UP}, depth as (
       select up.id, max(tall.height - up.height) as depth
       from up join (select leaf, max(height) as height from up group by leaf) tall on tall.leaf = up.leaf
       group by up.id
     ), ordered as materialized (select id, depth from depth order by depth, id)
     select d.id from ordered join delegation d on d.caisse_id = :caisse and d.id = ordered.id
     order by ordered.depth, d.id for share of d`,
    bindings(caisseId, asked),
  );
  return readFirmChains(inside, asked);
}
