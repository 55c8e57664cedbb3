/**
 * What a person holds on one site: the chains of delegations that reach him there, in one recursive query, however
 * many people and sites are asked about at once. Brings dated facts; what they are worth is decided by domain/rights.
 */
import type { Instant } from '../domain/instant.ts';
import { type Chain, EVERYTHING, type Link, type LinkKind, type LinkStatus } from '../domain/rights.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import type { Handle } from './handle.ts';
import { run, type Statement } from './statement.ts';

export type Site = {
  readonly id: string;
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
};

export type Holding = {
  readonly account: {
    readonly id: string;
    readonly status: AccountStatus;
    readonly staffRole: StaffRole | null;
    readonly email: string;
    readonly emailCertified: boolean;
    readonly givenName: string;
    readonly familyName: string;
    readonly landline: string | null;
    readonly mobile: string | null;
    readonly mobileCertified: boolean;
  };
  /** null when no such site exists at this caisse. */
  readonly site: Site | null;
  readonly chains: readonly Chain[];
  /** Names of the firms that occur in the chains, by id. */
  readonly cabinets: Readonly<Record<string, string>>;
};

export type LinkRow = {
  readonly id: string;
  readonly parent_id: string | null;
  readonly kind: LinkKind;
  readonly grantor_id: string | null;
  readonly grantee_id: string;
  readonly admin: boolean;
  readonly colleges: number;
  readonly levels: string;
  readonly status: LinkStatus;
  readonly from_ms: Instant;
  readonly to_ms: Instant | null;
  readonly stands_from: Instant | null;
  readonly stands_to: Instant | null;
};

/** A link of the chain that ends at `leaf`, as JSON tells it, and the membership by which that one is held, if any. */
type ChainRow = Omit<LinkRow, 'from_ms' | 'to_ms' | 'stands_from' | 'stands_to'> & {
  readonly leaf: string;
  readonly effective_at: string;
  readonly ends_at: string | null;
  readonly stands_from: string | null;
  readonly stands_to: string | null;
  readonly cabinet_name: string | null;
  readonly member_id: string | null;
  readonly member_cabinet_id: string;
  readonly member_from: string;
  readonly member_to: string | null;
};

/** `place` names the site: by id where a grant has it, by SIRET where a request brings a hint. */
export type Place = { readonly siteId: string } | { readonly siret: string };

/** Links of a chain that are read; a longer one lacks its root and is worth nothing. */
export const MOST_LINKS = 32;

/** In SQL: whose account, and a condition on `s`. $1 is the caisse. */
type Asked = { readonly account: string; readonly siteIs: string };

// `offset 0`, here and below: a row is looked up by its key, also while the planner knows nothing of a caisse (right
// after its import); joined freely, every delegation of the caisse is read for one.
const LEAVES = (account: string) => `
  select id as leaf, path, null::uuid as member_id, null::uuid as member_cabinet_id,
    null::timestamptz as member_from, null::timestamptz as member_to
  from delegation
  where caisse_id = $1 and grantee_account_id = ${account} and status = 'active' and site_id = place.id
  union all
  select d.id, d.path, m.id, m.cabinet_id, m.effective_at, m.ends_at
  from cabinet_member m cross join lateral (
    select id, path from delegation
    where caisse_id = $1 and grantee_cabinet_id = m.cabinet_id and status = 'active' and site_id = place.id
    offset 0) d
  where m.caisse_id = $1 and m.account_id = ${account} and m.role = 'manager'`;

const LINKS = (account: string) => `
  select leaf.leaf, leaf.member_id, leaf.member_cabinet_id, leaf.member_from, leaf.member_to,
    d.id, d.parent_id, d.kind, d.grantor_id, d.grantee_id, d.admin, d.colleges, d.levels::text as levels, d.status,
    d.effective_at, d.ends_at, coalesce(cc.effective_at, cm.effective_at) as stands_from,
    coalesce(cc.ends_at, cm.ends_at) as stands_to, c.name as cabinet_name
  from (${LEAVES(account)}) leaf
  cross join unnest(leaf.path[cardinality(leaf.path) - ${MOST_LINKS - 1}:]) as way (id)
  cross join lateral (
    select id, parent_id, kind, grantor_id, grantee_id, grantee_cabinet_id, cabinet_client_id, cabinet_member_id,
      admin, colleges, levels, status, effective_at, ends_at
    from delegation where caisse_id = $1 and id = way.id offset 0) d
  left join lateral (
    select effective_at, ends_at from cabinet_client
    where caisse_id = $1 and id = d.cabinet_client_id offset 0) cc on true
  left join lateral (
    select effective_at, ends_at from cabinet_member
    where caisse_id = $1 and id = d.cabinet_member_id offset 0) cm on true
  left join lateral (
    select name from cabinet where caisse_id = $1 and id = d.grantee_cabinet_id offset 0) c on true`;

export const HOLDING = ({ account, siteIs }: Asked) => `
  select
    (select row_to_json(a) from (
      select id, status, staff_role as "staffRole", email, email_certified_at is not null as "emailCertified",
        given_name as "givenName", family_name as "familyName", landline, mobile,
        mobile_certified_at is not null as "mobileCertified"
      from account where caisse_id = $1 and id = ${account}) a) as account,
    (select row_to_json(place) where place.id is not null) as site,
    (select json_agg(link) from (${LINKS(account)}) link) as links
  from (select) one left join lateral (
    select s.id, s.siret, s.name, a.identifiant, a.raison_sociale as "raisonSociale"
    from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
    where s.caisse_id = $1 and ${siteIs} offset 0) place on true`;

const BY_ID: Statement = {
  name: 'holding_by_id',
  text: HOLDING({ account: '$2', siteIs: 's.id = $3' }),
};
const BY_SIRET: Statement = {
  name: 'holding_by_siret',
  text: HOLDING({ account: '$2', siteIs: 's.siret = $3' }),
};

export type HoldingRow = {
  readonly account: Holding['account'] | null;
  readonly site: Site | null;
  /** null: none. */
  readonly links: readonly ChainRow[] | null;
};

/** One query. null when the account does not exist at this caisse. */
export async function readHolding(
  { caisseId, sql }: Handle,
  accountId: string,
  place: Place,
): Promise<Holding | null> {
  const [statement, site] = 'siteId' in place ? [BY_ID, place.siteId] : [BY_SIRET, place.siret];
  const { rows } = await run<HoldingRow>(sql, statement, [caisseId, accountId, site]);
  return toHolding(rows[0] as HoldingRow, caisseId);
}

/** `asks`: rows of account, siret and n, the place of the answer. */
const HOLDINGS = (asks: string) => `
  select held.*
  from (${asks}) ask
  cross join lateral (${HOLDING({ account: 'ask.account', siteIs: 's.siret = ask.siret' })} offset 0) held
  order by ask.n`;

const OF_PAIRS: Statement = {
  name: 'holdings_of_pairs',
  text: HOLDINGS(`
    select account, siret, n
    from unnest($2::uuid[], $3::text[]) with ordinality pair (account, siret, n)`),
};

export type Pair = { readonly accountId: string; readonly siret: string };

/** Likewise for any number of people and sites, in their order, still in one query; none for none. */
export async function readHoldings(handle: Handle, pairs: readonly Pair[]): Promise<(Holding | null)[]> {
  const [first] = pairs;
  if (!first) return [];
  if (pairs.length === 1) return [await readHolding(handle, first.accountId, first)];
  const { caisseId, sql } = handle;
  const { rows } = await run<HoldingRow>(sql, OF_PAIRS, [
    caisseId,
    pairs.map(({ accountId }) => accountId),
    pairs.map(({ siret }) => siret),
  ]);
  return rows.map((row) => toHolding(row, caisseId));
}

// Sites where a delegation of his stands, alive or not above it: what is held there is for domain/rights to say.
const OF_PORTFOLIO: Statement = {
  name: 'holdings_of_portfolio',
  text: HOLDINGS(`
  select $2::uuid as account, s.siret, row_number() over (order by s.siret) as n
  from (
    select site_id from delegation
    where caisse_id = $1 and grantee_account_id = $2 and status = 'active'
    union
    select d.site_id
    from cabinet_member m cross join lateral (
      select site_id from delegation
      where caisse_id = $1 and grantee_cabinet_id = m.cabinet_id and status = 'active' offset 0) d
    where m.caisse_id = $1 and m.account_id = $2 and m.role = 'manager'
  ) held
  cross join lateral (
    select siret from site where caisse_id = $1 and id = held.site_id and siret >= $3 offset 0) s
  order by s.siret limit $4`),
};

/** What one person holds on the first sites of his from that SIRET on ('' for the first of all), in one query. */
export async function readPortfolioHoldings(
  { caisseId, sql }: Handle,
  asked: { readonly accountId: string; readonly from: string; readonly limit: number },
): Promise<Holding[]> {
  const { accountId, from, limit } = asked;
  const { rows } = await run<HoldingRow>(sql, OF_PORTFOLIO, [caisseId, accountId, from, limit]);
  return rows.map((row) => toHolding(row, caisseId)).filter((held) => held !== null);
}

export function toHolding(row: HoldingRow, caisseId: string): Holding | null {
  const { account, site } = row;
  if (!account) return null;
  const siteId = site?.id ?? '';
  const ways = new Map<string, ChainRow[]>();
  const cabinets: Record<string, string> = {};
  for (const link of row.links ?? []) {
    const way = `${link.leaf} ${link.member_id}`;
    ways.set(way, [...(ways.get(way) ?? []), link]);
    if (link.cabinet_name !== null) cabinets[link.grantee_id] = link.cabinet_name;
  }
  const chains = [...ways.values()].map((links) =>
    toChain(links, { caisseId, siteId, accountId: account.id }),
  );
  return { account, site, chains, cabinets };
}

type Held = { readonly caisseId: string; readonly siteId: string; readonly accountId: string };

/** Root first, in whatever order its links come. */
function toChain(rows: readonly ChainRow[], { caisseId, siteId, accountId }: Held): Chain {
  const chain: Link[] = [];
  const leaf = rows.find(({ id, leaf }) => id === leaf);
  for (let row = leaf; row; row = rows.find(({ id }) => id === row?.parent_id)) {
    const times = { from_ms: at(row.effective_at), to_ms: at(row.ends_at) };
    const stands = { stands_from: at(row.stands_from), stands_to: at(row.stands_to) };
    chain.unshift(toLink({ ...row, ...times, ...stands }, caisseId, siteId));
  }
  if (!leaf || leaf.member_id === null) return chain;
  chain.push({
    ...EVERYTHING,
    id: leaf.member_id,
    parentId: leaf.id,
    caisseId,
    siteId,
    kind: 'membership',
    grantorId: leaf.member_cabinet_id,
    granteeId: accountId,
    admin: true,
    status: 'active',
    from: at(leaf.member_from),
    to: at(leaf.member_to),
    standsOn: [],
  });
  return chain;
}

/** PostgreSQL's microseconds are cut, as everywhere. */
function at(time: string): Instant;
function at(time: string | null): Instant | null;
function at(time: string | null): Instant | null {
  return time === null ? null : Date.parse(time);
}

export const toLink = (row: LinkRow, caisseId: string, siteId: string): Link => ({
  id: row.id,
  parentId: row.parent_id,
  caisseId,
  siteId,
  kind: row.kind,
  grantorId: row.grantor_id,
  granteeId: row.grantee_id,
  admin: row.admin,
  colleges: row.colleges,
  levels: BigInt(row.levels),
  status: row.status,
  from: row.from_ms,
  to: row.to_ms,
  standsOn: row.stands_from === null ? [] : [{ from: row.stands_from, to: row.stands_to }],
});
