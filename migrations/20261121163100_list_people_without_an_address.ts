import type { Knex } from 'knex';

/** Whoever signs in by letter has no address yet, and is listed by his name like everybody else. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace view beneficiary_now as
    select d.caisse_id, d.id as delegation_id, d.site_id, who.account_id, d.invitation_id,
      case when who.given_name is null and who.family_name is null then e'\\x7f' || fold(who.email)
        else fold(coalesce(who.family_name, '')) || e'\\t' || fold(coalesce(who.given_name, '')) end as name_key,
      fold(who.email) as email_key, d.admin, d.status, d.effective_at, d.ends_at,
      case when d.status in ('awaiting_beneficiary', 'awaiting_confirmation') then i.expires_at end as waits_until
    from delegation d
    left join lateral (
      select * from account where caisse_id = d.caisse_id and id = d.grantee_account_id offset 0) a on true
    left join lateral (
      select * from invitation where caisse_id = d.caisse_id and id = d.invitation_id offset 0) i on true
    left join lateral (
      select * from account where caisse_id = d.caisse_id and id = i.account_id offset 0) ia on true
    cross join lateral (
      select coalesce(a.id, ia.id) as account_id,
        case when a.id is not null then a.given_name else coalesce(ia.given_name, i.given_name) end as given_name,
        case when a.id is not null then a.family_name else coalesce(ia.family_name, i.family_name) end as family_name,
        coalesce(a.email, i.email, '') as email) who
    where d.kind in ('enrolment', 'user')`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
