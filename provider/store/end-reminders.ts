/** Ends of delegations to come: who is to be told of which, and who has been. When is domain/end-reminders. */
import type { EndWindow } from '../domain/end-reminders.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { REACHES } from './portfolio.ts';

export type EndToTell = {
  readonly delegationId: string;
  readonly endsAt: Instant;
  readonly days: number;
  readonly account: {
    readonly id: string;
    readonly email: string;
    readonly givenName: string;
    readonly familyName: string;
  };
  readonly side: 'giver' | 'beneficiary';
  /** Of the other side: a person or a firm. */
  readonly other: string;
  readonly raisonSociale: string;
  readonly siteName: string;
  /** On this side stands a firm, of which the person is a manager. */
  readonly byFirm: boolean;
};

const MANAGERS = (cabinet: string) => `
  from cabinet_member m where m.caisse_id = :caisse and m.cabinet_id = ${cabinet} and m.role = 'manager'
    and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now)`;

const PERSON = (id: string) => `
  (select given_name || ' ' || family_name from account where caisse_id = :caisse and id = ${id})`;
const FIRM = (id: string) => `(select name from cabinet where caisse_id = :caisse and id = ${id})`;

// Its own link and all above it alive: what nobody can use any more ends unnoticed. `offset 0`: rows are looked up by
// key, also while the planner knows nothing of a caisse (right after its import).
const DUE = `
  select l.id as "delegationId", floor(extract(epoch from l.ends_at) * 1000)::float8 as "endsAt", :days::int as days,
    a.account, t.side, t.by_firm as "byFirm", s.raison_sociale as "raisonSociale", s.name as "siteName",
    case t.side
      when 'giver' then coalesce(${FIRM('l.grantee_cabinet_id')}, ${PERSON('l.grantee_account_id')})
      else coalesce(${FIRM('l.grantor_cabinet_id')}, ${PERSON('l.grantor_account_id')}) end as other
  from delegation l
  cross join lateral (
    select from reach r where r.caisse_id = :caisse and r.delegation_id = l.id and ${REACHES('r')} offset 0) alive
  cross join lateral (
    select l.grantor_account_id as account_id, 'giver' as side, false as by_firm where l.grantor_account_id is not null
    union all
    select m.account_id, 'giver', true ${MANAGERS('l.grantor_cabinet_id')}
    union all
    select l.grantee_account_id, 'beneficiary', false where l.grantee_account_id is not null
    union all
    select m.account_id, 'beneficiary', true ${MANAGERS('l.grantee_cabinet_id')}
  ) t
  cross join lateral (
    select json_build_object('id', id, 'email', email, 'givenName', given_name, 'familyName', family_name) as account
    from account where caisse_id = :caisse and id = t.account_id and status = 'active' offset 0) a
  cross join lateral (
    select s.name, s.search_text, h.raison_sociale
    from site s join adherent h on h.caisse_id = s.caisse_id and h.id = s.adherent_id
    where s.caisse_id = :caisse and s.id = l.site_id offset 0) s
  left join lateral (
    select true as told from delegation_end_reminder where caisse_id = :caisse and delegation_id = l.id
      and ends_at = l.ends_at and days = :days and account_id = t.account_id offset 0) r on true
  where l.caisse_id = :caisse and l.status = 'active' and l.kind <> 'enrolment'
    and l.ends_at > :after and l.ends_at <= :until
    and greatest(l.effective_at, l.changed_at) <= l.ends_at - :lead * interval '1 millisecond'
    and r.told is null
  order by l.ends_at, s.search_text, l.id`;

/** Soonest first; an administrator and a beneficiary of the same delegation are a line each. */
export async function listEndsToTell(
  { caisseId, sql }: Handle,
  window: EndWindow,
  now: Instant,
): Promise<readonly EndToTell[]> {
  const { rows } = await sql.raw(DUE, {
    caisse: caisseId,
    now: timestamp(now),
    after: timestamp(window.after),
    until: timestamp(window.until),
    days: window.days,
    lead: window.lead,
  });
  return rows as EndToTell[];
}

/** @returns the delegations of which this caller, and no other, may tell that person: still active, with that end. */
export async function claimEndReminders(
  { caisseId, sql }: Handle,
  accountId: string,
  ends: readonly EndToTell[],
  now: Instant,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql.raw(
    `insert into delegation_end_reminder (caisse_id, delegation_id, ends_at, days, account_id, announced_at)
     select d.caisse_id, d.id, d.ends_at, listed.days, :account, :now
     from unnest(:ids::uuid[], :ends::timestamptz[], :days::smallint[]) as listed (id, ends_at, days)
     join delegation d on d.caisse_id = :caisse and d.id = listed.id and d.status = 'active'
       and date_trunc('milliseconds', d.ends_at) = listed.ends_at
     order by d.id
     on conflict do nothing returning delegation_id as id`,
    {
      caisse: caisseId,
      account: accountId,
      now: timestamp(now),
      ids: ends.map(({ delegationId }) => delegationId),
      ends: ends.map(({ endsAt }) => timestamp(endsAt)),
      days: ends.map(({ days }) => days),
    },
  );
  return new Set((rows as { id: string }[]).map(({ id }) => id));
}
