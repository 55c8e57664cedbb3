/**
 * Who holds anything on one site: everybody whom a chain of delegations reaches there, firms' staff and managers
 * included, each with his chains, in one query. Brings dated facts; what they are worth is decided by domain/rights.
 */
import type { Chain, Link } from '../domain/rights.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import type { Handle } from './handle.ts';
import { type LinkRow, MOST_LINKS, type Place, toLink } from './holdings.ts';

export type SiteHolder = {
  readonly accountId: string;
  readonly status: AccountStatus;
  readonly staffRole: StaffRole | null;
  /** Root first. One that lost a link above lacks its root, and is worth nothing. */
  readonly chains: readonly Chain[];
};

export type SiteHolders = {
  /** null when no such site exists at this caisse. */
  readonly siteId: string | null;
  /** By account id. */
  readonly holders: readonly SiteHolder[];
};

/**
 * Where the delegations are read: SQL of a relation with the columns of `delegation` that SELECTED names, and what it
 * binds beside `:caisse` and `:site`. The table tells the present; another relation can tell what was said at a
 * moment of the past. A delegation of any other status than `active` is left out, whatever the relation.
 */
export type DelegationSource = {
  readonly relation: string;
  readonly bindings: Readonly<Record<string, string | number>>;
};

const PRESENT: DelegationSource = { relation: 'delegation', bindings: {} };

const SELECTED = `id, parent_id, kind, grantor_id, grantee_id, grantee_account_id, cabinet_client_id, cabinet_member_id,
  admin, colleges, levels, status, effective_at, ends_at`;

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

// `offset 0`: each row by its key, as in holdings.
const HOLDERS = (siteIs: string, relation: string) => `
  with place as (
    select id from site where caisse_id = :caisse and ${siteIs}
  ), given as (
    select d.* from place cross join lateral (
      select ${SELECTED} from ${relation} d
      where d.caisse_id = :caisse and d.site_id = place.id and d.status = 'active' offset 0) d
  ), link as (
    select d.id, d.parent_id, d.kind, d.grantor_id, d.grantee_id, d.grantee_account_id as account_id, d.admin,
      d.colleges::int as colleges, d.levels::text as levels, d.status,
      ${MS('d.effective_at')} as from_ms, ${MS('d.ends_at')} as to_ms,
      ${MS('coalesce(cc.effective_at, cm.effective_at)')} as stands_from,
      ${MS('coalesce(cc.ends_at, cm.ends_at)')} as stands_to
    from given d
    left join lateral (
      select effective_at, ends_at from cabinet_client
      where caisse_id = :caisse and id = d.cabinet_client_id offset 0) cc on true
    left join lateral (
      select effective_at, ends_at from cabinet_member
      where caisse_id = :caisse and id = d.cabinet_member_id offset 0) cm on true
    union all
    select m.id, d.id, 'membership', m.cabinet_id, m.account_id, m.account_id, true, 7, '-1', 'active',
      ${MS('m.effective_at')}, ${MS('m.ends_at')}, null, null
    from given d cross join lateral (
      select id, cabinet_id, account_id, effective_at, ends_at from cabinet_member
      where caisse_id = :caisse and cabinet_id = d.grantee_id and role = 'manager' offset 0) m
    where d.kind = 'cabinet'
  )
  select place.id as site_id, link.*, a.status as account_status, a.staff_role
  from place
  left join link on true
  left join lateral (
    select status, staff_role from account where caisse_id = :caisse and id = link.account_id offset 0) a on true`;

type Row = LinkRow & {
  readonly site_id: string;
  /** null: the firm's own link. */
  readonly account_id: string | null;
  readonly account_status: AccountStatus;
  readonly staff_role: StaffRole | null;
};

/** One query, however many they are. */
export async function readSiteHolders(
  { caisseId, sql }: Handle,
  place: Place,
  { relation, bindings }: DelegationSource = PRESENT,
): Promise<SiteHolders> {
  const [siteIs, site] = 'siteId' in place ? ['id = :site', place.siteId] : ['siret = :site', place.siret];
  const { rows } = await sql.raw(HOLDERS(siteIs, relation), { ...bindings, caisse: caisseId, site });
  const siteId = (rows as Row[])[0]?.site_id ?? null;
  // A site where nobody holds anything is one row without a link.
  const links = (rows as Row[]).filter(({ id }) => id !== null);
  return { siteId, holders: siteId === null ? [] : holdersOf(links, caisseId, siteId) };
}

function holdersOf(rows: readonly Row[], caisseId: string, siteId: string): SiteHolder[] {
  const links = new Map<Row, Link>(rows.map((row) => [row, toLink(row, caisseId, siteId)]));
  // A membership is nobody's parent, and several may bear one id: a manager's, under each link of his firm.
  const above = new Map([...links.values()].map((link) => [link.id, link]));
  const holders = new Map<string, SiteHolder & { readonly chains: Chain[] }>();
  for (const [{ account_id: accountId, account_status: status, staff_role: staffRole }, link] of links) {
    if (accountId === null) continue;
    const holder = holders.get(accountId) ?? { accountId, status, staffRole, chains: [] };
    holder.chains.push(chainOf(link, above));
    holders.set(accountId, holder);
  }
  return [...holders.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
}

function chainOf(last: Link, above: ReadonlyMap<string, Link>): Chain {
  const chain = [last];
  const most = last.kind === 'membership' ? MOST_LINKS + 1 : MOST_LINKS;
  for (let link = parentOf(last, above); link && chain.length < most; link = parentOf(link, above)) {
    chain.push(link);
  }
  return chain.reverse();
}

const parentOf = ({ parentId }: Link, above: ReadonlyMap<string, Link>): Link | undefined =>
  parentId === null ? undefined : above.get(parentId);
