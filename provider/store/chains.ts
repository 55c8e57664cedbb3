/** The one chain that a delegation hangs on, from the enrolment at its head to itself, and who its links join. */
import type { Instant } from '../domain/instant.ts';
import type { Link, LinkKind, LinkStatus } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { MOST_LINKS } from './holdings.ts';
import { named, run } from './statement.ts';

export type NamedLink = Link & {
  readonly createdAt: Instant;
  /** null: an enrolment. */
  readonly grantorName: string | null;
  /** A person's or a firm's; null: nobody yet. */
  readonly granteeName: string | null;
  /** A person's. */
  readonly granteeEmail: string | null;
};

type Row = {
  readonly leaf: string;
  readonly id: string;
  readonly parent_id: string | null;
  readonly site_id: string;
  readonly kind: LinkKind;
  readonly grantor_id: string | null;
  readonly grantee_id: string | null;
  readonly admin: boolean;
  readonly colleges: number;
  readonly levels: string;
  readonly status: LinkStatus;
  readonly from_ms: number;
  readonly to_ms: number | null;
  readonly created_ms: number;
  readonly stands_from: number | null;
  readonly stands_to: number | null;
  readonly grantor_name: string | null;
  readonly grantee_name: string | null;
  readonly grantee_email: string | null;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const CHAINS = named(
  'read_chains',
  ['caisse', 'ids'],
  `
  with up as (
    select leaf.id as leaf, way.id, way.place
    from unnest(:ids::uuid[]) as asked (id)
    cross join lateral (select id, path from delegation where caisse_id = :caisse and id = asked.id offset 0) leaf
    cross join unnest(leaf.path[cardinality(leaf.path) - ${MOST_LINKS - 1}:]) with ordinality as way (id, place)
  )
  select up.leaf, d.id, d.parent_id, d.site_id, d.kind, d.grantor_id, d.grantee_id, d.admin, d.colleges::int as colleges,
    d.levels::text as levels, d.status, ${MS('d.effective_at')} as from_ms, ${MS('d.ends_at')} as to_ms,
    ${MS('d.created_at')} as created_ms,
    ${MS('coalesce(cc.effective_at, cm.effective_at)')} as stands_from,
    ${MS('coalesce(cc.ends_at, cm.ends_at)')} as stands_to,
    coalesce(gc.name, ga.given_name || ' ' || ga.family_name) as grantor_name,
    coalesce(bc.name, ba.given_name || ' ' || ba.family_name) as grantee_name, ba.email as grantee_email
  from up
  cross join lateral (select * from delegation where caisse_id = :caisse and id = up.id offset 0) d
  left join cabinet_client cc on cc.caisse_id = d.caisse_id and cc.id = d.cabinet_client_id
  left join cabinet_member cm on cm.caisse_id = d.caisse_id and cm.id = d.cabinet_member_id
  left join account ga on ga.caisse_id = d.caisse_id and ga.id = d.grantor_account_id
  left join cabinet gc on gc.caisse_id = d.caisse_id and gc.id = d.grantor_cabinet_id
  left join account ba on ba.caisse_id = d.caisse_id and ba.id = d.grantee_account_id
  left join cabinet bc on bc.caisse_id = d.caisse_id and bc.id = d.grantee_cabinet_id
  order by up.leaf, up.place`,
);

/** Root first, the delegation itself last; empty for an unknown one. One query. */
export async function readChain(handle: Handle, delegationId: string): Promise<readonly NamedLink[]> {
  return (await readChains(handle, [delegationId])).get(delegationId) ?? [];
}

/** Likewise of any number of delegations, by their ids, in one query; no entry for an unknown one. */
export async function readChains(
  { caisseId, sql }: Handle,
  delegationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NamedLink[]>> {
  const chains = new Map<string, NamedLink[]>();
  if (delegationIds.length === 0) return chains;
  const { rows } = await run<Row>(sql, CHAINS, [caisseId, [...new Set(delegationIds)]]);
  for (const row of rows) {
    const chain = chains.get(row.leaf) ?? [];
    chain.push(toLink(row, caisseId));
    chains.set(row.leaf, chain);
  }
  return chains;
}

const toLink = (row: Row, caisseId: string): NamedLink => ({
  id: row.id,
  parentId: row.parent_id,
  caisseId,
  siteId: row.site_id,
  kind: row.kind,
  grantorId: row.grantor_id,
  granteeId: row.grantee_id ?? '',
  admin: row.admin,
  colleges: row.colleges,
  levels: BigInt(row.levels),
  status: row.status,
  from: row.from_ms,
  to: row.to_ms,
  standsOn: row.stands_from === null ? [] : [{ from: row.stands_from, to: row.stands_to }],
  createdAt: row.created_ms,
  grantorName: row.grantor_name,
  granteeName: row.grantee_name,
  granteeEmail: row.grantee_email,
});

/**
 * As `readChain`, inside an act that gives by it: its links stay as they are until the act has committed, root first,
 * so that acts never wait for one another in a circle. Three queries.
 */
export const holdChain = async (inside: Handle, delegationId: string): Promise<readonly NamedLink[]> =>
  (await holdChains(inside, [delegationId])).get(delegationId) ?? [];

/** Likewise of any number of delegations: roots first, then what hangs on them, and so on; still three queries. */
export async function holdChains(
  inside: Handle,
  delegationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NamedLink[]>> {
  const { caisseId, sql } = inside;
  const seen = await readChains(inside, delegationIds);
  const depths = new Map(
    [...seen.values()].flatMap((chain) => chain.map(({ id }, depth) => [id, depth] as const)),
  );
  const links = [...depths].sort(([a, high], [b, low]) => high - low || (a < b ? -1 : 1)).map(([id]) => id);
  if (links.length === 0) return seen;
  await sql.raw(
    `select d.id from unnest(?::uuid[]) with ordinality as link (id, place)
     join delegation d on d.caisse_id = ? and d.id = link.id order by link.place for share of d`,
    [links, caisseId],
  );
  // Parents never change: the same links, as they are now.
  return readChains(inside, delegationIds);
}

/** A person's standing as manager of a firm, as a link below the firm's own; null when he is none now. */
export async function readManagership(
  { caisseId, sql }: Handle,
  {
    accountId,
    cabinetLink,
    now,
  }: { readonly accountId: string; readonly cabinetLink: Link; readonly now: Instant },
): Promise<Link | null> {
  const { rows } = await sql.raw(
    `select m.id, ${MS('m.effective_at')} as from_ms, ${MS('m.ends_at')} as to_ms from cabinet_member m
     where m.caisse_id = :caisse and m.account_id = :account and m.cabinet_id = :cabinet and m.role = 'manager'
       and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now)`,
    {
      caisse: caisseId,
      account: accountId,
      cabinet: cabinetLink.granteeId,
      now: timestamp(now),
    },
  );
  const row = rows[0] as { id: string; from_ms: number; to_ms: number | null } | undefined;
  if (!row) return null;
  return {
    id: row.id,
    parentId: cabinetLink.id,
    caisseId,
    siteId: cabinetLink.siteId,
    kind: 'membership',
    grantorId: cabinetLink.granteeId,
    granteeId: accountId,
    admin: true,
    colleges: 0b111,
    levels: -1n,
    status: 'active',
    from: row.from_ms,
    to: row.to_ms,
    standsOn: [],
  };
}
