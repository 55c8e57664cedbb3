/**
 * The beneficiaries of sites, as « Gérer les droits d'accès » lists them: filtered, sorted and paged in SQL over the
 * narrow rows that triggers keep (table `beneficiary`), so that ten thousand cost what ten do. Where each delegation
 * stands is the rule of domain/delegation; what it is worth is not told here.
 */
import type { DelegationKind, ShownStatus } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { contains } from './portfolio.ts';
import { named, run, type Statement } from './statement.ts';

export const SORT_COLUMNS = ['role', 'name', 'status', 'from', 'to', 'email', 'site'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export type BeneficiaryQuery = {
  readonly siteIds: readonly string[];
  readonly now: Instant;
  /** Folded terms (domain/search), all of which must occur in the name or the address. */
  readonly terms: readonly string[];
  readonly role: 'administrator' | 'user' | null;
  readonly status: ShownStatus | null;
  readonly withoutInactive: boolean;
  /** Only those that take effect then or later. */
  readonly fromAtLeast: Instant | null;
  /** Only those that end then or earlier. */
  readonly toAtMost: Instant | null;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
};

export type Beneficiary = {
  readonly delegationId: string;
  readonly kind: Extract<DelegationKind, 'enrolment' | 'user'>;
  readonly parentId: string | null;
  readonly site: { readonly id: string; readonly siret: string; readonly name: string };
  /** null: nobody has an account for it yet. */
  readonly accountId: string | null;
  readonly invitationId: string | null;
  /** null: not known by name yet. */
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string;
  readonly admin: boolean;
  readonly rights: Vector;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly waitsUntil: Instant | null;
};

export type BeneficiaryPage = {
  /** Delegations of those sites, whatever the filters. */
  readonly listed: number;
  readonly matching: number;
  readonly rows: readonly Beneficiary[];
};

// As domain/delegation has it: standingOf, then shownStatus.
const SHOWN = `
  case when b.ends_at <= :now or b.waits_until <= :now then 'inactive'
    when b.status in ('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew') then 'waiting'
    when b.status in ('active', 'suspended') then 'active'
    else 'inactive' end`;

// By what the screen says: « Actif », « En attente », « Inactif »; « Administrateur » before « Utilisateur ».
const KEYS: Readonly<Record<SortColumn, string>> = {
  role: 'not admin',
  name: 'name_key',
  status: `case ${SHOWN} when 'active' then 0 when 'waiting' then 1 else 2 end`,
  from: 'effective_at',
  to: 'ends_at',
  email: 'email_key',
  site: `(select search_text from site s where s.caisse_id = :caisse and s.id = b.site_id)`,
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

/** Rows without a last day come last when it ascends, as do the latest days: they go on the longest. */
const orderOf = ({ sort, descending }: BeneficiaryQuery): string => {
  const way = descending ? 'desc' : 'asc';
  const first = sort === 'name' ? '' : `${KEYS[sort]} ${way}, `;
  return `${first}name_key ${sort === 'name' ? way : 'asc'}, delegation_id ${sort === 'name' ? way : 'asc'}`;
};

function conditionsOf(query: BeneficiaryQuery): string {
  return [
    'true',
    ...(query.terms.length > 0 ? ["b.name_key || ' ' || b.email_key like all (:patterns)"] : []),
    ...(query.role !== null ? ['b.admin = :admin'] : []),
    ...(query.status !== null ? [`${SHOWN} = :status`] : []),
    ...(query.withoutInactive ? [`${SHOWN} <> 'inactive'`] : []),
    ...(query.fromAtLeast !== null ? ['b.effective_at >= :fromAtLeast'] : []),
    ...(query.toAtMost !== null ? ['b.ends_at <= :toAtMost'] : []),
  ].join(' and ');
}

// One site alone is told as one: only then are the rows read in the order of their index, as many as a page has.
const sitesAre = ({ siteIds }: BeneficiaryQuery): string =>
  siteIds.length === 1 ? 'b.site_id = :site' : 'b.site_id = any(:sites)';

const bound = (instant: Instant | null): string | null => (instant === null ? null : timestamp(instant));

const valuesOf = (caisseId: string, query: BeneficiaryQuery) => ({
  caisse: caisseId,
  site: query.siteIds[0] ?? null,
  sites: [...query.siteIds],
  now: timestamp(query.now),
  patterns: query.terms.map(contains),
  admin: query.role === 'administrator',
  status: query.status ?? '',
  fromAtLeast: bound(query.fromAtLeast),
  toAtMost: bound(query.toAtMost),
  limit: query.limit,
  offset: query.offset,
});

type Values = ReturnType<typeof valuesOf>;

/** One query, for any number of sites and delegations. */
export async function listBeneficiaries(
  { caisseId, sql }: Handle,
  query: BeneficiaryQuery,
): Promise<BeneficiaryPage> {
  const values = valuesOf(caisseId, query);
  const plain = plainOf(query);
  const { rows } = plain
    ? await run<Page>(
        sql,
        plain.statement,
        plain.parameters.map((parameter) => values[parameter]),
      )
    : await sql.raw<{ rows: Page[] }>(pageOf(query), values);
  const page = rows[0] as Page;
  return { ...page, rows: page.rows.map(toBeneficiary) };
}

type Page = Omit<BeneficiaryPage, 'rows'> & { readonly rows: readonly Row[] };

type Plain = { readonly statement: Statement; readonly parameters: readonly (keyof Values)[] };

const plains = new Map<string, Plain>();

/** Sent by name where nothing is filtered but by standing: a connection keeps a plan for each name, and filters are many. */
function plainOf(query: BeneficiaryQuery): Plain | null {
  const { terms, role, status, fromAtLeast, toAtMost, siteIds, sort, descending, withoutInactive } = query;
  if (terms.length > 0 || [role, status, fromAtLeast, toAtMost].some((filter) => filter !== null))
    return null;
  const which = [
    sort,
    descending && 'descending',
    withoutInactive && 'active',
    siteIds.length === 1 && 'of_site',
  ];
  const name = ['list_beneficiaries_by', ...which.filter(Boolean)].join('_');
  const known = plains.get(name) ?? makePlain(name, pageOf(query));
  plains.set(name, known);
  return known;
}

function makePlain(name: string, text: string): Plain {
  const parameters = [
    ...new Set([...text.matchAll(/(?<!:):([a-z]\w*)/g)].map(([, parameter = '']) => parameter)),
  ];
  return { statement: named(name, parameters, text), parameters: parameters as (keyof Values)[] };
}

// Values of bigint come as text: JSON numbers would lose their low bits.
const pageOf = (query: BeneficiaryQuery): string => `
  with counted as (
    select count(*)::int as listed, (count(*) filter (where ${conditionsOf(query)}))::int as matching
    from beneficiary b where b.caisse_id = :caisse and ${sitesAre(query)}
  ), chosen as (
    select b.delegation_id, row_number() over () as place
    from (select b.delegation_id from beneficiary b
      where b.caisse_id = :caisse and ${sitesAre(query)} and ${conditionsOf(query)}
      order by ${orderOf(query)} limit :limit offset :offset) b
  )
  select listed, matching, (
    select coalesce(json_agg(shown order by shown.place), '[]')
    from chosen cross join lateral (
      select chosen.place, d.id as "delegationId", d.kind, d.parent_id as "parentId", d.admin, d.levels::text as levels,
        d.colleges, d.status, ${MS('d.effective_at')} as "from", ${MS('d.ends_at')} as "to",
        ${MS('b.waits_until')} as "waitsUntil", b.account_id as "accountId", b.invitation_id as "invitationId",
        json_build_object('id', s.id, 'siret', s.siret, 'name', s.name) as site,
        case when a.id is not null then a.given_name else coalesce(ia.given_name, i.given_name) end as "givenName",
        case when a.id is not null then a.family_name else coalesce(ia.family_name, i.family_name) end as "familyName",
        coalesce(a.email, i.email) as email
      from delegation d
      join beneficiary b on b.caisse_id = d.caisse_id and b.delegation_id = d.id
      join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
      left join account a on a.caisse_id = d.caisse_id and a.id = d.grantee_account_id
      left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
      left join account ia on ia.caisse_id = i.caisse_id and ia.id = i.account_id
      where d.caisse_id = :caisse and d.id = chosen.delegation_id offset 0) shown) as rows
  from counted`;

type Row = Omit<Beneficiary, 'rights'> & { readonly levels: string; readonly colleges: number };

function toBeneficiary({ levels, colleges, ...row }: Row): Beneficiary {
  const { place: _, ...beneficiary } = row as typeof row & { place: number };
  return { ...beneficiary, rights: { levels: BigInt(levels), colleges } };
}
