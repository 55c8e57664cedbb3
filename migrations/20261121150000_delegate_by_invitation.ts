import type { Knex } from 'knex';

/**
 * Invitations: who was invited to what, and how he answered. A delegation given by e-mail has no beneficiary until it
 * becomes active. Each delegation keeps its former states, dated, so that the past is told from facts.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table invitation (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      kind text not null,
      inviter_account_id uuid not null,
      adherent_id uuid,
      cabinet_id uuid,
      email text not null,
      -- the address as compared: NFC, lower case
      email_key text collate "C" not null,
      -- sha256 of the token of the last mail: 256 random bits that exist in clear only there
      token_hash bytea not null,
      needs_confirmation boolean not null,
      created_at timestamptz not null,
      sent_at timestamptz not null,
      -- of the step that it waits at: the beneficiary's answer, then the confirmation
      expires_at timestamptz not null,
      accepted_at timestamptz,
      -- who accepted, when he had an account already
      account_id uuid,
      -- who accepted without one: what the account will be made of, once it is
      given_name text,
      family_name text,
      landline text,
      mobile text,
      mobile_certified_at timestamptz,
      password_hash text,
      confirmed_at timestamptz,
      refused_at timestamptz,
      withdrawn_at timestamptz,
      constraint invitation_pk primary key (caisse_id, id),
      constraint one_invitation_per_token unique (caisse_id, token_hash),
      constraint invitation_kind_known check (kind in ('user', 'cabinet', 'member', 'succession')),
      constraint invitation_of_known_inviter foreign key (caisse_id, inviter_account_id) references account (caisse_id, id),
      constraint invitation_by_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint invitation_of_known_adherent foreign key (caisse_id, adherent_id) references adherent (caisse_id, id),
      constraint invitation_of_known_cabinet foreign key (caisse_id, cabinet_id) references cabinet (caisse_id, id),
      constraint invitation_fits_its_kind check (case kind
        when 'member' then adherent_id is null and cabinet_id is not null
        when 'cabinet' then adherent_id is not null and cabinet_id is not null
        else adherent_id is not null and cabinet_id is null end),
      constraint invitation_ends_once check (num_nonnulls(confirmed_at, refused_at, withdrawn_at) <= 1),
      constraint invitation_confirmed_once_accepted check (confirmed_at is null or accepted_at is not null)
    )`);
  await knex.raw(
    'create index invitation_by_cabinet on invitation (caisse_id, cabinet_id) where cabinet_id is not null',
  );
  await knex.raw('create index invitation_by_inviter on invitation (caisse_id, inviter_account_id)');
  await knex.raw(`
    alter table delegation
      add column invitation_id uuid,
      -- the enrolment that a successor's takes the place of
      add column succeeds_id uuid,
      -- since when the row says what it says
      add column changed_at timestamptz,
      add constraint delegation_by_known_invitation foreign key (caisse_id, invitation_id) references invitation (caisse_id, id),
      add constraint delegation_succeeds_on_its_site foreign key (caisse_id, succeeds_id) references delegation (caisse_id, id)`);
  await knex.raw('alter table delegation disable trigger delegation_never_moves');
  await knex.raw('update delegation set changed_at = created_at');
  await knex.raw('alter table delegation enable trigger delegation_never_moves');
  await knex.raw('alter table delegation alter column changed_at set not null');
  await knex.raw(
    'create index delegation_by_invitation on delegation (caisse_id, invitation_id) where invitation_id is not null',
  );
  await allowForAwaitedBeneficiaries(knex);
  await keepThePast(knex);
  await joinForOneClientAlone(knex);
}

/** No beneficiary yet, or none ever: only before it was active, and only by invitation. */
async function allowForAwaitedBeneficiaries(knex: Knex): Promise<void> {
  await knex.raw('alter table delegation drop constraint delegation_shape_fits_its_kind');
  await knex.raw(`
    alter table delegation add constraint delegation_shape_fits_its_kind check (case kind
      when 'enrolment' then parent_id is null and num_nonnulls(grantor_account_id, grantor_cabinet_id) = 0
        and (grantee_account_id is not null or (invitation_id is not null and succeeds_id is not null))
        and grantee_cabinet_id is null and cabinet_client_id is null and cabinet_member_id is null
      when 'user' then parent_id is not null and grantor_account_id is not null and grantor_cabinet_id is null
        and (grantee_account_id is not null or invitation_id is not null)
        and grantee_cabinet_id is null and cabinet_client_id is null and cabinet_member_id is null and succeeds_id is null
      when 'cabinet' then parent_id is not null and grantor_account_id is not null and grantor_cabinet_id is null
        and grantee_account_id is null and grantee_cabinet_id is not null and cabinet_client_id is not null
        and cabinet_member_id is null and succeeds_id is null
      else parent_id is not null and grantor_account_id is null and grantor_cabinet_id is not null
        and grantee_account_id is not null and grantee_cabinet_id is null and cabinet_client_id is null
        and cabinet_member_id is not null and succeeds_id is null
      end)`);
  await knex.raw(`
    alter table delegation add constraint delegation_without_beneficiary_is_not_active check (
      grantee_account_id is not null or grantee_cabinet_id is not null or status not in ('active', 'suspended', 'to_renew'))`);
  await knex.raw('drop trigger delegation_never_moves on delegation');
  await knex.raw(`
    create trigger delegation_never_moves before update on delegation for each row
    when ((old.caisse_id, old.id, old.site_id, old.parent_id, old.kind, old.grantor_account_id, old.grantor_cabinet_id,
           coalesce(old.grantee_account_id, new.grantee_account_id), old.grantee_cabinet_id, old.cabinet_client_id,
           old.cabinet_member_id, old.invitation_id, old.succeeds_id)
      is distinct from
          (new.caisse_id, new.id, new.site_id, new.parent_id, new.kind, new.grantor_account_id, new.grantor_cabinet_id,
           new.grantee_account_id, new.grantee_cabinet_id, new.cabinet_client_id,
           new.cabinet_member_id, new.invitation_id, new.succeeds_id))
    execute function refuse_to_move_a_delegation()`);
}

/** The row itself is its present; what it said before is kept here by whatever path it was changed. */
async function keepThePast(knex: Knex): Promise<void> {
  await knex.raw(`
    create table delegation_past (
      caisse_id text collate "C" not null,
      delegation_id uuid not null,
      -- half-open: from changed_at of the row as it was, to changed_at of the row that followed
      said_from timestamptz not null,
      said_to timestamptz not null,
      grantee_account_id uuid,
      admin boolean not null,
      colleges smallint not null,
      levels bigint not null,
      status text not null,
      effective_at timestamptz not null,
      ends_at timestamptz,
      constraint delegation_past_pk primary key (caisse_id, delegation_id, said_from),
      constraint delegation_past_of_known_delegation foreign key (caisse_id, delegation_id) references delegation (caisse_id, id),
      constraint delegation_past_dates_in_order check (said_to > said_from)
    )`);
  await knex.raw(`
    create function date_a_delegation() returns trigger language plpgsql as $$
    begin
      new.changed_at := coalesce(new.changed_at, new.created_at);
      return new;
    end $$`);
  await knex.raw(`
    create trigger delegation_is_dated before insert on delegation for each row execute function date_a_delegation()`);
  await knex.raw(`
    create function keep_what_a_delegation_said() returns trigger language plpgsql as $$
    begin
      if new.changed_at > old.changed_at then
        insert into delegation_past (caisse_id, delegation_id, said_from, said_to, grantee_account_id, admin, colleges,
          levels, status, effective_at, ends_at)
        values (old.caisse_id, old.id, old.changed_at, new.changed_at, old.grantee_account_id, old.admin, old.colleges,
          old.levels, old.status, old.effective_at, old.ends_at);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger delegation_keeps_its_past after update on delegation for each row
    when ((old.grantee_account_id, old.admin, old.colleges, old.levels, old.status, old.effective_at, old.ends_at)
      is distinct from
          (new.grantee_account_id, new.admin, new.colleges, new.levels, new.status, new.effective_at, new.ends_at))
    execute function keep_what_a_delegation_said()`);
}

/** Whom a client named joins the firm for that client alone. */
async function joinForOneClientAlone(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table cabinet_member
      -- null: belongs to the firm; else whom a client named, for that client alone
      add column adherent_id uuid,
      add constraint cabinet_member_for_known_adherent foreign key (caisse_id, adherent_id) references adherent (caisse_id, id),
      add constraint managers_belong_to_the_firm check (role <> 'manager' or adherent_id is null)`);
  await knex.raw('drop index one_open_membership_per_cabinet_and_account');
  await knex.raw(`
    create unique index one_open_membership_per_cabinet_and_account on cabinet_member
      (caisse_id, cabinet_id, account_id, coalesce(adherent_id, '00000000-0000-0000-0000-000000000000')) where ends_at is null`);
  await knex.raw('create index cabinet_member_by_cabinet on cabinet_member (caisse_id, cabinet_id)');
  await knex.raw(`
    create function refuse_staff_of_another_client() returns trigger language plpgsql as $$
    begin
      if exists (select from cabinet_member m where m.caisse_id = new.caisse_id and m.id = new.cabinet_member_id
                 and m.adherent_id <> new.adherent_id) then
        raise exception 'who joined a firm for one client holds nothing of another'
          using errcode = 'check_violation', constraint = 'staff_of_one_client_stays_there';
      end if;
      return new;
    end $$`);
  await knex.raw(`
    create trigger staff_of_one_client_stays_there before insert on delegation for each row
    when (new.cabinet_member_id is not null) execute function refuse_staff_of_another_client()`);
  await knex.raw(`
    create function refuse_to_move_a_member() returns trigger language plpgsql as $$
    begin
      raise exception 'a member keeps his firm, account and client'
        using errcode = 'check_violation', constraint = 'member_never_moves';
    end $$`);
  await knex.raw(`
    create trigger member_never_moves before update on cabinet_member for each row
    when ((old.caisse_id, old.id, old.cabinet_id, old.account_id, old.adherent_id)
      is distinct from (new.caisse_id, new.id, new.cabinet_id, new.account_id, new.adherent_id))
    execute function refuse_to_move_a_member()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
