/**
 * Delegations of the former space that wait for somebody to hang on: an administrator of the site, and an account for a
 * person. Hung, one is « à renouveler » and confers nothing until whoever stands above renews it.
 */
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';

export const listCaissesAwaiting = async (sql: Database): Promise<readonly CaisseId[]> => {
  const rows: readonly { id: string }[] = await sql('caisse as c')
    .select('c.id')
    .whereExists(
      sql('legacy_delegation as l')
        .select(sql.raw('1'))
        .whereRaw('l.caisse_id = c.id')
        .whereNull('l.settled_at'),
    )
    .orderBy('c.id');
  return rows.map(({ id }) => id);
};

const DUE = `l.caisse_id = :caisse and l.settled_at is null and (l.ends_at is null or l.ends_at > :now)`;
const NOW = (row: string) =>
  `${row}.effective_at <= :now and (${row}.ends_at is null or ${row}.ends_at > :now)`;

// What its administrator has given anew since stands in its place.
const SETTLE = `
  update legacy_delegation l set settled_at = :now
  where ${DUE} and exists (
    select from delegation d
    left join account a on a.caisse_id = d.caisse_id and a.id = d.grantee_account_id
    where d.caisse_id = :caisse and d.site_id = l.site_id
      and d.status in ('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended')
      and (d.grantee_cabinet_id = l.cabinet_id or a.email_key = l.email_key)
      and d.adherent_id = (select adherent_id from site where caisse_id = :caisse and id = l.site_id))`;

const HANG = `
  with due as (
    select l.id, l.site_id, s.adherent_id, root.id as parent_id, root.grantee_account_id as grantor_id,
      who.id as account_id, l.cabinet_id, held.id as attachment_id, l.colleges, l.levels, l.ends_at
    from legacy_delegation l
    join site s on s.caisse_id = l.caisse_id and s.id = l.site_id
    cross join lateral (
      select d.id, d.grantee_account_id from delegation d
      where d.caisse_id = :caisse and d.adherent_id = s.adherent_id and d.site_id = s.id
        and d.kind = 'enrolment' and d.status = 'active' and ${NOW('d')}
      order by d.created_at, d.id limit 1) root
    left join lateral (
      select m.id from cabinet_client m
      where m.caisse_id = :caisse and m.cabinet_id = l.cabinet_id and m.adherent_id = s.adherent_id and ${NOW('m')}
      order by m.ends_at desc nulls first limit 1) held on true
    left join account who on who.caisse_id = l.caisse_id and who.email_key = l.email_key and who.status = 'active'
      and who.id <> root.grantee_account_id
    where ${DUE} and num_nonnulls(held.id, who.id) = 1
    limit :limit for update of l skip locked
  ), hung as (
    insert into delegation (caisse_id, id, adherent_id, site_id, kind, parent_id, grantor_account_id,
      grantee_account_id, grantee_cabinet_id, cabinet_client_id, admin, colleges, levels, status, effective_at,
      ends_at, created_at)
    select :caisse, id, adherent_id, site_id, case when cabinet_id is null then 'user' else 'cabinet' end, parent_id,
      grantor_id, account_id, cabinet_id, attachment_id, false, colleges, levels, 'to_renew', :now, ends_at, :now
    from due
  )
  update legacy_delegation l set settled_at = :now from due
  where l.caisse_id = :caisse and l.id = due.id
  returning l.id, l.site_id as "siteId", due.account_id as "accountId"`;

export type Hung = { readonly id: string; readonly siteId: string; readonly accountId: string | null };

/** Hangs up to `limit` of them; of two processes at once each takes others. */
export async function hangLegacyDelegations(
  { caisseId, sql }: Handle,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly Hung[]> {
  const given = { caisse: caisseId, now: timestamp(now), limit };
  await sql.raw(SETTLE, given);
  return (await sql.raw(HANG, given)).rows;
}
