/**
 * What a person holds on one site: the chains of delegations that reach him there, in one recursive query, however
 * many people and sites are asked about at once. Brings dated facts; what they are worth is decided by domain/rights.
 */
import type { Instant } from '../domain/instant.ts';
import type { Chain, Link, LinkKind, LinkStatus } from '../domain/rights.ts';
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

type LinkOfChain = LinkRow & { readonly leaf: string; readonly cabinet_name: string | null };

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)`;

/** `place` names the site: by id where a grant has it, by SIRET where a request brings a hint. */
export type Place = { readonly siteId: string } | { readonly siret: string };

/** Links of a chain that are read; a longer one lacks its root and is worth nothing. */
export const MOST_LINKS = 32;

/** In SQL: whose account, and a condition on `s`. $1 is the caisse. */
type Asked = { readonly account: string; readonly siteIs: string };

const DELEGATION = `
  select id, parent_id, kind, grantor_id, grantee_id, grantee_cabinet_id, cabinet_client_id, cabinet_member_id,
    admin, colleges, levels, status, effective_at, ends_at
  from delegation where caisse_id = $1`;

// `offset 0`: a row is looked up by its key, also while the planner knows nothing of a caisse (right after its import);
// joined freely, every delegation of the caisse is read for one.
export const HOLDING = ({ account, siteIs }: Asked) => `
  with recursive place as (
    select s.id, s.siret, s.name, a.identifiant, a.raison_sociale
    from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
    where s.caisse_id = $1 and ${siteIs}
  ), leaf as (
    select d.id::text as leaf, d.id, null::uuid as membership
    from delegation d
    where d.caisse_id = $1 and d.grantee_account_id = ${account} and d.status = 'active'
      and d.site_id = (select id from place)
    union all
    select m.id::text || '/' || d.id::text, d.id, m.id
    from cabinet_member m cross join lateral (
      select id from delegation
      where caisse_id = $1 and grantee_cabinet_id = m.cabinet_id and status = 'active'
        and site_id = (select id from place)
      offset 0) d
    where m.caisse_id = $1 and m.account_id = ${account} and m.role = 'manager'
  ), up as (
    select leaf.leaf, 1 as height, d.* from leaf cross join lateral (${DELEGATION} and id = leaf.id offset 0) d
    union all
    select up.leaf, up.height + 1, d.* from up cross join lateral (${DELEGATION} and id = up.parent_id offset 0) d
    where up.height < ${MOST_LINKS}
  ), link as (
    select d.leaf, d.height, d.id, d.parent_id, d.kind, d.grantor_id, d.grantee_id, d.admin, d.colleges,
      d.levels::text as levels, d.status, ${MS('d.effective_at')} as from_ms, ${MS('d.ends_at')} as to_ms,
      ${MS('coalesce(cc.effective_at, cm.effective_at)')} as stands_from,
      ${MS('coalesce(cc.ends_at, cm.ends_at)')} as stands_to, c.name as cabinet_name
    from up d
    left join lateral (
      select effective_at, ends_at from cabinet_client
      where caisse_id = $1 and id = d.cabinet_client_id offset 0) cc on true
    left join lateral (
      select effective_at, ends_at from cabinet_member
      where caisse_id = $1 and id = d.cabinet_member_id offset 0) cm on true
    left join lateral (
      select name from cabinet where caisse_id = $1 and id = d.grantee_cabinet_id offset 0) c on true
    union all
    select leaf.leaf, 0, m.id, leaf.id, 'membership', m.cabinet_id, m.account_id, true, 7, '-1', 'active',
      ${MS('m.effective_at')}, ${MS('m.ends_at')}, null, null, null
    from leaf cross join lateral (
      select id, cabinet_id, account_id, effective_at, ends_at from cabinet_member
      where caisse_id = $1 and id = leaf.membership offset 0) m
  )
  select
    (select row_to_json(a) from (
      select id, status, staff_role as "staffRole", email, email_certified_at is not null as "emailCertified",
        given_name as "givenName", family_name as "familyName", landline, mobile,
        mobile_certified_at is not null as "mobileCertified"
      from account where caisse_id = $1 and id = ${account}) a) as account,
    (select row_to_json(p) from (
      select id, siret, name, identifiant, raison_sociale as "raisonSociale" from place) p) as site,
    (select coalesce(json_agg(link order by leaf, height desc), '[]') from link) as links`;

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
  readonly links: readonly LinkOfChain[];
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
  if (!row.account) return null;
  const siteId = row.site?.id ?? '';
  const chains = new Map<string, Link[]>();
  const cabinets: Record<string, string> = {};
  for (const link of row.links) {
    const chain = chains.get(link.leaf) ?? [];
    chain.push(toLink(link, caisseId, siteId));
    chains.set(link.leaf, chain);
    if (link.cabinet_name !== null) cabinets[link.grantee_id] = link.cabinet_name;
  }
  return { account: row.account, site: row.site, chains: [...chains.values()], cabinets };
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
