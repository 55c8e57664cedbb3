/**
 * The people of a firm whom its clients can be entrusted to, and what is entrusted to them. Written many at once: a
 * manager entrusts thousands of clients in one act.
 */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import { STANDING_AT_FIRM } from './firm-chains.ts';
import type { Handle } from './handle.ts';

export type FirmMember = {
  readonly membershipId: string;
  readonly accountId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly emailKey: string;
  /** null: belongs to the firm; else whom that client named, for that client alone. */
  readonly adherentId: string | null;
  readonly raisonSociale: string | null;
};

/** Those whose membership is open now, managers left out: they reach every client already. By name. */
export async function listFirmMembers(
  { caisseId, sql }: Handle,
  cabinetId: string,
  now: Instant,
): Promise<readonly FirmMember[]> {
  const { rows } = await sql.raw(
    `select m.id as "membershipId", p.id as "accountId", p.given_name as "givenName", p.family_name as "familyName",
       p.email, p.email_key as "emailKey", m.adherent_id as "adherentId", a.raison_sociale as "raisonSociale"
     from cabinet_member m
     join account p on p.caisse_id = m.caisse_id and p.id = m.account_id and p.status = 'active'
     left join adherent a on a.caisse_id = m.caisse_id and a.id = m.adherent_id
     where m.caisse_id = :caisse and m.cabinet_id = :cabinet and m.role = 'staff'
       and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now)
       and not exists (
         select from cabinet_member x where x.caisse_id = :caisse and x.cabinet_id = :cabinet
           and x.account_id = m.account_id and x.role = 'manager'
           and x.effective_at <= :now and (x.ends_at is null or x.ends_at > :now))
     order by p.family_name, p.given_name, p.id, m.adherent_id nulls first`,
    { caisse: caisseId, cabinet: cabinetId, now: timestamp(now) },
  );
  return rows as FirmMember[];
}

/** A delegation of the firm to one of its people, as it stands. */
export type Entrusted = {
  readonly id: string;
  readonly siteId: string;
  readonly parentId: string;
  readonly accountId: string;
  readonly membershipId: string;
  readonly rights: Vector;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly changedAt: Instant;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

/**
 * What stands (active or suspended, not past its end, membership open) below the firm's delegations on those sites.
 * One query.
 */
export async function listEntrusted(
  { caisseId, sql }: Handle,
  asked: {
    readonly cabinetId: string;
    readonly siteIds: readonly string[] | null;
    readonly accountIds: readonly string[] | null;
    readonly now: Instant;
  },
): Promise<readonly Entrusted[]> {
  const { rows } = await sql.raw(
    `select d.id, d.site_id as "siteId", d.parent_id as "parentId", d.grantee_account_id as "accountId",
       d.cabinet_member_id as "membershipId", d.levels::text as levels, d.colleges::int as colleges, d.status,
       ${MS('d.effective_at')} as "from", ${MS('d.ends_at')} as "to", ${MS('d.changed_at')} as "changedAt"
     from (select id from delegation where caisse_id = :caisse and grantee_cabinet_id = :cabinet
         and status in ${STANDING_AT_FIRM} and (:everySite or site_id = any (:sites::uuid[])) offset 0) firm
     cross join lateral (
       select * from delegation s where s.caisse_id = :caisse and s.parent_id = firm.id and s.kind = 'staff' offset 0) d
     cross join lateral (
       select effective_at, ends_at from cabinet_member
       where caisse_id = :caisse and id = d.cabinet_member_id offset 0) m
     where d.status in ('active', 'suspended') and (d.ends_at is null or d.ends_at > :now)
       and (m.ends_at is null or m.ends_at > :now)
       and (:everybody or d.grantee_account_id = any (:accounts::uuid[]))
     order by d.id`,
    {
      caisse: caisseId,
      cabinet: asked.cabinetId,
      everySite: asked.siteIds === null,
      sites: asked.siteIds ?? [],
      everybody: asked.accountIds === null,
      accounts: asked.accountIds ?? [],
      now: timestamp(asked.now),
    },
  );
  return (rows as (Omit<Entrusted, 'rights'> & { levels: string; colleges: number })[]).map(
    ({ levels, colleges, ...row }) => ({ ...row, rights: { levels: BigInt(levels), colleges } }),
  );
}

export type EntrustedChange = Pick<Entrusted, 'id' | 'changedAt' | 'rights' | 'status' | 'from' | 'to'>;

const BITE = 1_000;

/**
 * `changeDelegation` for many at once: each row as it was seen, `changed_at` moving on.
 * @returns false when any has changed since; what was written by then belongs to a transaction that must not commit.
 */
export async function changeEntrusted(
  { caisseId, sql }: Handle,
  changes: readonly EntrustedChange[],
  now: Instant,
): Promise<boolean> {
  for (let at = 0; at < changes.length; at += BITE) {
    const bite = changes.slice(at, at + BITE);
    const { rowCount } = await sql.raw(
      `update delegation d set levels = c.levels, colleges = c.colleges, status = c.status, effective_at = c.from_at,
         ends_at = c.to_at, changed_at = c.changed_at
       from unnest(:ids::uuid[], :seen::timestamptz[], :levels::bigint[], :colleges::smallint[], :statuses::text[],
         :froms::timestamptz[], :tos::timestamptz[], :changed::timestamptz[])
         as c (id, seen, levels, colleges, status, from_at, to_at, changed_at)
       where d.caisse_id = :caisse and d.id = c.id and date_trunc('milliseconds', d.changed_at) = c.seen`,
      {
        caisse: caisseId,
        ids: bite.map(({ id }) => id),
        seen: bite.map(({ changedAt }) => timestamp(changedAt)),
        levels: bite.map(({ rights }) => rights.levels.toString()),
        colleges: bite.map(({ rights }) => rights.colleges),
        statuses: bite.map(({ status }) => status),
        froms: bite.map(({ from }) => timestamp(from)),
        tos: bite.map(({ to }) => (to === null ? null : timestamp(to))),
        changed: bite.map(({ changedAt }) => timestamp(Math.max(now, changedAt + 1))),
      },
    );
    if (rowCount !== bite.length) return false;
  }
  return true;
}

/**
 * Keeps those members as they are until the act has committed, and every other such act waiting.
 * @returns false when one of them is no member of the firm's staff now.
 */
export async function holdMembers(
  { caisseId, sql }: Handle,
  asked: { readonly membershipIds: readonly string[]; readonly cabinetId: string; readonly now: Instant },
): Promise<boolean> {
  const { rows } = await sql.raw(
    `select id from cabinet_member
     where caisse_id = :caisse and id = any (:ids::uuid[]) and cabinet_id = :cabinet and role = 'staff'
       and effective_at <= :now and (ends_at is null or ends_at > :now)
     order by id for no key update`,
    { caisse: caisseId, ids: asked.membershipIds, cabinet: asked.cabinetId, now: timestamp(asked.now) },
  );
  return rows.length === asked.membershipIds.length;
}

export type MemberAddress = Pick<FirmMember, 'accountId' | 'givenName' | 'familyName' | 'email'>;

/** Whom to write to, in the order of their ids. */
export async function findAccounts(
  { caisseId, sql }: Handle,
  accountIds: readonly string[],
): Promise<readonly MemberAddress[]> {
  const { rows } = await sql.raw(
    `select id as "accountId", given_name as "givenName", family_name as "familyName", email
     from account where caisse_id = :caisse and id = any (:ids::uuid[]) order by id`,
    { caisse: caisseId, ids: accountIds },
  );
  return rows as MemberAddress[];
}
