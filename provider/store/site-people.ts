/**
 * Whoever was ever given something on a site, by name: colleagues, a firm's staff and its managers. What they hold is
 * not told here; the chains that lead to one of them are brought with every link, whatever became of it.
 */
import type { Link } from '../domain/rights.ts';
import { type NamedLink, readChains } from './chains.ts';
import { type Handle, isId } from './handle.ts';
import { contains } from './portfolio.ts';

export type SitePerson = {
  readonly accountId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const PEOPLE = `
  with given as (
    select grantee_account_id, grantee_cabinet_id from delegation where caisse_id = :caisse and site_id = :site
  ), known as (
    select grantee_account_id as id from given where grantee_account_id is not null
    union
    select m.account_id
    from (select distinct grantee_cabinet_id as id from given where grantee_cabinet_id is not null) firm
    cross join lateral (
      select account_id from cabinet_member
      where caisse_id = :caisse and cabinet_id = firm.id and role = 'manager' offset 0) m
  )
  select a.id as "accountId", a.given_name as "givenName", a.family_name as "familyName", a.email,
    count(*) over ()::int as matching
  from known cross join lateral (
    select * from account where caisse_id = :caisse and id = known.id offset 0) a
  where fold(a.family_name || ' ' || a.given_name || ' ' || a.email) like all (:patterns)
  order by fold(a.family_name), fold(a.given_name), a.id
  limit :limit`;

/** By folded terms, all of which must occur in the name or the address. */
export async function findSitePeople(
  { caisseId, sql }: Handle,
  asked: { readonly siteId: string; readonly terms: readonly string[]; readonly limit: number },
): Promise<{ readonly matching: number; readonly people: readonly SitePerson[] }> {
  const { siteId, terms, limit } = asked;
  const bindings = { caisse: caisseId, site: siteId, patterns: terms.map(contains), limit };
  const rows = (await sql.raw(PEOPLE, bindings)).rows as (SitePerson & { readonly matching: number })[];
  return { matching: rows[0]?.matching ?? 0, people: rows.map(({ matching: _, ...person }) => person) };
}

/** People by their ids; names of firms are read by `readFirmNames`. */
export async function readPeople(
  { caisseId, sql }: Handle,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, SitePerson>> {
  const rows = await sql('account')
    .select({ accountId: 'id', givenName: 'given_name', familyName: 'family_name', email: 'email' })
    .where({ caisse_id: caisseId })
    .whereIn('id', [...accountIds]);
  return new Map(rows.map((row) => [row.accountId, row as SitePerson]));
}

export async function readFirmNames(
  { caisseId, sql }: Handle,
  cabinetIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql('cabinet')
    .select('id', 'name')
    .where({ caisse_id: caisseId })
    .whereIn('id', [...cabinetIds]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type PersonOnSite = SitePerson & {
  /** Root first. Never empty: without any chain nobody is known here. */
  readonly chains: readonly (readonly [NamedLink, ...NamedLink[]])[];
};

type Leaf = {
  readonly id: string;
  readonly member_id: string | null;
  readonly from_ms: number;
  readonly to_ms: number | null;
};

const LEAVES = `
  select d.id, null::uuid as member_id, null::float8 as from_ms, null::float8 as to_ms, d.created_at
  from delegation d where d.caisse_id = :caisse and d.site_id = :site and d.grantee_id = :account
  union all
  select d.id, m.id, ${MS('m.effective_at')}, ${MS('m.ends_at')}, d.created_at
  from cabinet_member m cross join lateral (
    select id, created_at from delegation
    where caisse_id = :caisse and site_id = :site and grantee_id = m.cabinet_id offset 0) d
  where m.caisse_id = :caisse and m.account_id = :account and m.role = 'manager'
  order by created_at, id`;

/** undefined for whoever was never given anything on that site; ids that are none included. */
export async function findPersonOnSite(
  handle: Handle,
  { siteId, accountId }: { readonly siteId: string; readonly accountId: string },
): Promise<PersonOnSite | undefined> {
  if (!isId(accountId)) return undefined;
  const { caisseId, sql } = handle;
  const leaves = (await sql.raw(LEAVES, { caisse: caisseId, site: siteId, account: accountId }))
    .rows as Leaf[];
  const person = leaves.length > 0 && (await readPeople(handle, [accountId])).get(accountId);
  if (!person) return undefined;
  const chains = await readChains(
    handle,
    leaves.map(({ id }) => id),
  );
  return {
    ...person,
    chains: leaves.flatMap((leaf) => {
      const [root, ...below] = chains.get(leaf.id) ?? [];
      if (!root) return [];
      const last = below.at(-1) ?? root;
      return [leaf.member_id === null ? [root, ...below] : [root, ...below, managerOf(last, leaf, person)]];
    }),
  };
}

/** A manager's membership as the link below his firm's. */
const managerOf = (firm: NamedLink, leaf: Leaf, person: SitePerson): NamedLink => ({
  ...MANAGING,
  id: leaf.member_id ?? '',
  parentId: firm.id,
  caisseId: firm.caisseId,
  siteId: firm.siteId,
  grantorId: firm.granteeId,
  granteeId: person.accountId,
  from: leaf.from_ms,
  to: leaf.to_ms,
  createdAt: leaf.from_ms,
  grantorName: firm.granteeName,
  granteeName: `${person.givenName} ${person.familyName}`,
  granteeEmail: person.email,
});

const MANAGING = {
  kind: 'membership',
  admin: true,
  colleges: 0b111,
  levels: -1n,
  status: 'active',
  standsOn: [],
} as const satisfies Partial<Link>;
