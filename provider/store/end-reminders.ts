/** Ends of delegations to come: who is to be told of which, and who has been. When is domain/end-reminders. */
import type { EndWindow } from '../domain/end-reminders.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { MOST_LINKS } from './holdings.ts';
import { FITS, LIVE_LINK } from './portfolio.ts';

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
  cabinet_member m where m.caisse_id = :caisse and m.cabinet_id = ${cabinet} and m.role = 'manager'
    and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now)`;

// Its own link and all above it alive: what nobody can use any more ends unnoticed.
const DUE = `
  with recursive due as (
    select d.* from delegation d
    where d.caisse_id = :caisse and d.status = 'active' and d.kind <> 'enrolment'
      and d.ends_at > :after and d.ends_at <= :until
      and greatest(d.effective_at, d.changed_at) <= d.ends_at - :lead * interval '1 millisecond'
  ), up as (
    select due.id as due_id, 1 as height, l.*
    from due cross join lateral (${LIVE_LINK} and d.id = due.id offset 0) l
    union all
    select up.due_id, up.height + 1, l.*
    from up cross join lateral (${LIVE_LINK} and d.id = up.parent_id and ${FITS} offset 0) l
    where up.parent_id is not null and up.height < ${MOST_LINKS}
  ), living as (
    select due.* from due where exists (select from up where up.due_id = due.id and up.parent_id is null)
  ), told as (
    select l.id, l.grantor_account_id as account_id, 'giver' as side, false as by_firm from living l
      where l.grantor_account_id is not null
    union all select l.id, m.account_id, 'giver', true from living l join lateral (select m.account_id from ${MANAGERS('l.grantor_cabinet_id')}) m on true
    union all select l.id, l.grantee_account_id, 'beneficiary', false from living l
      where l.grantee_account_id is not null
    union all select l.id, m.account_id, 'beneficiary', true from living l join lateral (select m.account_id from ${MANAGERS('l.grantee_cabinet_id')}) m on true
  )
  select l.id as "delegationId", floor(extract(epoch from l.ends_at) * 1000)::float8 as "endsAt", :days::int as days,
    json_build_object('id', a.id, 'email', a.email, 'givenName', a.given_name, 'familyName', a.family_name) as account,
    t.side, t.by_firm as "byFirm",
    case t.side when 'giver' then coalesce(bc.name, ba.given_name || ' ' || ba.family_name)
      else coalesce(gc.name, ga.given_name || ' ' || ga.family_name) end as other,
    h.raison_sociale as "raisonSociale", s.name as "siteName"
  from told t
  join living l on l.id = t.id
  join account a on a.caisse_id = :caisse and a.id = t.account_id and a.status = 'active'
  join site s on s.caisse_id = :caisse and s.id = l.site_id
  join adherent h on h.caisse_id = :caisse and h.id = s.adherent_id
  left join account ga on ga.caisse_id = :caisse and ga.id = l.grantor_account_id
  left join cabinet gc on gc.caisse_id = :caisse and gc.id = l.grantor_cabinet_id
  left join account ba on ba.caisse_id = :caisse and ba.id = l.grantee_account_id
  left join cabinet bc on bc.caisse_id = :caisse and bc.id = l.grantee_cabinet_id
  where not exists (select from delegation_end_reminder r where r.caisse_id = :caisse and r.delegation_id = l.id
    and r.ends_at = l.ends_at and r.days = :days and r.account_id = t.account_id)
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
