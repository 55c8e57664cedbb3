/**
 * The people of a firm as its managers see them: who belongs to it, whom a client named for itself alone, how many
 * clients each serves, and who is invited. Who may change it is decided above; what one holds is domain/rights.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { contains, REACHES } from './portfolio.ts';

export type CabinetPerson = {
  readonly accountId: string;
  readonly givenName: string;
  readonly familyName: string;
  /** null while the account has none of its own. */
  readonly email: string | null;
  readonly role: 'manager' | 'staff';
  /** Belongs to the firm; else it is the clients below alone who named him. */
  readonly wholeFirm: boolean;
  readonly namedBy: readonly string[];
  readonly since: Instant;
  /** Clients on whose sites he holds something through the firm, now. */
  readonly clients: number;
};

export type MemberInvitation = {
  readonly id: string;
  readonly email: string;
  readonly inviter: string;
  readonly sentAt: Instant;
  readonly expiresAt: Instant;
};

export type CabinetPeople = {
  /** All of them, whatever was searched. */
  readonly all: number;
  readonly matching: number;
  readonly people: readonly CabinetPerson[];
  /** Not answered yet; also those whose delay has run out, which may be sent again. Newest first. */
  readonly invitations: readonly MemberInvitation[];
};

/** Whoever was removed before his membership began has one that is open at no time. */
const OPEN = '(m.ends_at is null or m.ends_at > greatest(:now, m.effective_at))';
const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;
/** As domain/search folds what is typed. */
const FOLDED = (text: string) =>
  `regexp_replace(replace(replace(lower(normalize(${text}, NFKD)), 'œ', 'oe'), 'æ', 'ae'), '[\\u0300-\\u036f]', '', 'g')`;

const MOST_INVITATIONS_SHOWN = 100;

// One line a person, however many memberships of the firm he has: those that have ended belong to the past.
const PEOPLE = `
  person as (
    select m.account_id, bool_or(m.role = 'manager') as manager, bool_or(m.adherent_id is null) as whole_firm,
      min(m.effective_at) as since, array_agg(m.adherent_id) filter (where m.adherent_id is not null) as named_by
    from cabinet_member m
    where m.caisse_id = :caisse and m.cabinet_id = :cabinet and ${OPEN}
    group by m.account_id
  ), matching as (
    select p.*, a.given_name, a.family_name, case when a.status <> 'provisional' then a.email end as email,
      ${FOLDED(`a.family_name || ' ' || a.given_name || ' ' || case when a.status <> 'provisional' then a.email else '' end`)} as told
    from person p join account a on a.caisse_id = :caisse and a.id = p.account_id
  ), page as (
    select * from matching where told like all (:patterns) order by told, account_id limit :limit offset :offset
  )`;

// What the firm reaches, and what each of its people does through it. A manager (account_id null) serves whom the firm
// serves. Materialized: counted once, not once a row. `offset 0`: each row by its key, whatever the planner knows.
const SERVED = `
  reached as (
    select null::uuid as account_id, delegation_id from reach r
    where r.caisse_id = :caisse and r.holder_id = :cabinet and ${REACHES('r')} and exists (select from page where manager)
    union all
    select p.account_id, own.delegation_id
    from page p cross join lateral (
      select r.delegation_id from reach r
      where r.caisse_id = :caisse and r.holder_id = p.account_id and ${REACHES('r')} offset 0) own
    where not p.manager
  ), served as materialized (
    select r.account_id, count(distinct d.adherent_id)::int as clients
    from reached r cross join lateral (
      select adherent_id from delegation
      where caisse_id = :caisse and id = r.delegation_id and :cabinet in (grantee_cabinet_id, grantor_cabinet_id)
      offset 0) d
    group by r.account_id
  )`;

const PAGE = `
  with ${PEOPLE}, ${SERVED}
  select
    (select count(*)::int from person) as "all",
    (select count(*)::int from matching where told like all (:patterns)) as matching,
    (select coalesce(json_agg(json_build_object(
        'accountId', p.account_id, 'givenName', p.given_name, 'familyName', p.family_name, 'email', p.email,
        'role', case when p.manager then 'manager' else 'staff' end, 'wholeFirm', p.whole_firm,
        'namedBy', (select coalesce(json_agg(n.raison_sociale order by n.raison_sociale), '[]') from adherent n
          where n.caisse_id = :caisse and n.id = any (p.named_by)),
        'since', ${MS('p.since')},
        'clients', coalesce((select clients from served s
          where s.account_id is not distinct from case when p.manager then null else p.account_id end), 0)
      ) order by p.told, p.account_id), '[]') from page p) as people,
    (select coalesce(json_agg(json_build_object('id', i.id, 'email', i.email, 'sentAt', ${MS('i.sent_at')},
        'expiresAt', ${MS('i.expires_at')}, 'inviter', i.inviter) order by i.sent_at desc, i.id), '[]')
      from (select v.id, v.email, v.sent_at, v.expires_at, a.given_name || ' ' || a.family_name as inviter
        from invitation v join account a on a.caisse_id = v.caisse_id and a.id = v.inviter_account_id
        where v.caisse_id = :caisse and v.cabinet_id = :cabinet and v.kind = 'member'
          and v.member_role is distinct from 'manager'
          and num_nonnulls(v.accepted_at, v.refused_at, v.withdrawn_at, v.confirmed_at) = 0
        order by v.sent_at desc limit ${MOST_INVITATIONS_SHOWN}) i) as invitations`;

export type PeopleQuery = {
  readonly cabinetId: string;
  readonly now: Instant;
  /** Folded terms (domain/search), all of which must occur in name or address. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
};

/** One query. */
export async function readCabinetPeople(
  { caisseId, sql }: Handle,
  { cabinetId, now, terms, limit, offset }: PeopleQuery,
): Promise<CabinetPeople> {
  const { rows } = await sql.raw(PAGE, {
    caisse: caisseId,
    cabinet: cabinetId,
    now: timestamp(now),
    patterns: terms.map(contains),
    limit,
    offset,
  });
  return rows[0] as CabinetPeople;
}

export type CabinetMember = Pick<CabinetPerson, 'accountId' | 'givenName' | 'familyName' | 'role'> & {
  readonly memberships: readonly string[];
  readonly namedBy: readonly string[];
};

/** One person of the firm; undefined for whoever is none, and for an id that is none. */
export async function findCabinetMember(
  { caisseId, sql }: Handle,
  asked: { readonly cabinetId: string; readonly accountId: string; readonly now: Instant },
): Promise<CabinetMember | undefined> {
  if (!isId(asked.accountId)) return undefined;
  const { rows } = await sql.raw(
    `select a.id as "accountId", a.given_name as "givenName", a.family_name as "familyName",
       case when bool_or(m.role = 'manager') then 'manager' else 'staff' end as role,
       array_agg(m.id::text order by m.id) as memberships,
       coalesce(array_agg(n.raison_sociale order by n.raison_sociale) filter (where n.id is not null), '{}') as "namedBy"
     from cabinet_member m
     join account a on a.caisse_id = m.caisse_id and a.id = m.account_id
     left join adherent n on n.caisse_id = m.caisse_id and n.id = m.adherent_id
     where m.caisse_id = :caisse and m.cabinet_id = :cabinet and m.account_id = :account
       and ${OPEN}
     group by a.id, a.given_name, a.family_name`,
    { caisse: caisseId, cabinet: asked.cabinetId, account: asked.accountId, now: timestamp(asked.now) },
  );
  return rows[0] as CabinetMember | undefined;
}
