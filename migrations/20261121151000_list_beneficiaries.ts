import type { Knex } from 'knex';

/**
 * The list of a company's beneficiaries: one narrow row a delegation to a person, with all that the list sorts and
 * filters by, so that ten thousand are counted and paged without reading what they are made of. Kept by triggers,
 * whatever path a delegation, an invitation or an account is changed by. Without a foreign key to the delegation, which
 * is never deleted: its check is planned once a session and would cost an import more than all the rest.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table beneficiary (
      caisse_id text collate "C" not null,
      delegation_id uuid not null,
      site_id uuid not null,
      -- the person, once he has accepted; null before
      account_id uuid,
      invitation_id uuid,
      -- family name, tab, given name, folded; who is not known by name yet comes after all others
      name_key text collate "C" not null,
      email_key text collate "C" not null,
      admin boolean not null,
      status text not null,
      effective_at timestamptz not null,
      ends_at timestamptz,
      -- until when the invitation waits, while it does
      waits_until timestamptz,
      constraint beneficiary_pk primary key (caisse_id, delegation_id)
    )`);
  await knex.raw(`
    create index beneficiary_by_site on beneficiary (caisse_id, site_id, name_key, delegation_id)
      include (email_key, admin, status, effective_at, ends_at, waits_until)`);
  await knex.raw(
    'create index beneficiary_by_account on beneficiary (caisse_id, account_id) where account_id is not null',
  );
  await knex.raw(`
    create index beneficiary_by_invitation on beneficiary (caisse_id, invitation_id)
      where invitation_id is not null`);
  // As domain/search folds: no accents, lower case, ligatures opened, single spaces.
  await knex.raw(`
    create function fold(words text) returns text language sql immutable parallel safe as $$
      select trim(regexp_replace(lower(replace(replace(replace(replace(replace(replace(
        regexp_replace(normalize(words, nfkd), '[\\u0300-\\u036f]', '', 'g'),
        'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), '’', ''''), '‘', '''')), '\\s+', ' ', 'g'))
    $$`);
  await knex.raw(`
    create view beneficiary_now as
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
        coalesce(a.email, i.email) as email) who
    where d.kind in ('enrolment', 'user')`);
  await knex.raw('insert into beneficiary select * from beneficiary_now');
  await keepTheList(knex);
}

async function keepTheList(knex: Knex): Promise<void> {
  // Executed, so that it is planned anew each time: a plan made while the tables are all but empty reads them whole,
  // and a session would keep it through a whole import.
  await knex.raw(`
    create function list_new_beneficiaries() returns trigger language plpgsql as $$
    begin
      execute 'insert into beneficiary
        select b.* from given g cross join lateral (
          select * from beneficiary_now where caisse_id = g.caisse_id and delegation_id = g.id offset 0) b';
      return null;
    end $$`);
  await knex.raw(`
    create trigger new_beneficiaries_are_listed after insert on delegation referencing new table as given
    for each statement execute function list_new_beneficiaries()`);
  // In the order of the ids: two acts never wait for one another in a circle.
  await knex.raw(`
    create function list_beneficiaries_again(caisse text, delegations uuid[]) returns void language plpgsql as $$
    begin
      execute 'select from beneficiary where caisse_id = $1 and delegation_id = any($2)
        order by delegation_id for update' using caisse, delegations;
      execute 'update beneficiary b set account_id = n.account_id, name_key = n.name_key, email_key = n.email_key,
          admin = n.admin, status = n.status, effective_at = n.effective_at, ends_at = n.ends_at,
          waits_until = n.waits_until
        from unnest($2) as again (id) cross join lateral (
          select * from beneficiary_now where caisse_id = $1 and delegation_id = again.id offset 0) n
        where b.caisse_id = $1 and b.delegation_id = again.id' using caisse, delegations;
    end $$`);
  await knex.raw(`
    create function follow_a_delegation() returns trigger language plpgsql as $$
    begin
      perform list_beneficiaries_again(new.caisse_id, array[new.id]);
      return null;
    end $$`);
  await knex.raw(`
    create trigger listed_as_a_delegation_says after update on delegation for each row
    when (new.kind in ('enrolment', 'user')
      and (old.grantee_account_id, old.admin, old.status, old.effective_at, old.ends_at) is distinct from
          (new.grantee_account_id, new.admin, new.status, new.effective_at, new.ends_at))
    execute function follow_a_delegation()`);
  await knex.raw(`
    create function follow_an_invitation() returns trigger language plpgsql as $$
    begin
      perform list_beneficiaries_again(new.caisse_id, array(
        select delegation_id from beneficiary where caisse_id = new.caisse_id and invitation_id = new.id));
      return null;
    end $$`);
  await knex.raw(`
    create trigger listed_as_an_invitation_says after update on invitation for each row
    when ((old.email, old.expires_at, old.account_id, old.given_name, old.family_name) is distinct from
          (new.email, new.expires_at, new.account_id, new.given_name, new.family_name))
    execute function follow_an_invitation()`);
  await knex.raw(`
    create function follow_an_account() returns trigger language plpgsql as $$
    begin
      perform list_beneficiaries_again(new.caisse_id, array(
        select delegation_id from beneficiary where caisse_id = new.caisse_id and account_id = new.id));
      return null;
    end $$`);
  await knex.raw(`
    create trigger listed_as_an_account_is_named after update on account for each row
    when ((old.given_name, old.family_name, old.email) is distinct from (new.given_name, new.family_name, new.email))
    execute function follow_an_account()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
