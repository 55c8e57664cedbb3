import type { Knex } from 'knex';

/** Accounts, adhérents, their declaring sites, accounting firms and who belongs to them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table account (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      email text not null,
      -- the address as compared: NFC, lower case
      email_key text collate "C" not null,
      password_hash text,
      given_name text not null,
      family_name text not null,
      landline text,
      mobile text,
      mobile_certified_at timestamptz,
      email_certified_at timestamptz,
      status text not null,
      staff_role text,
      created_at timestamptz not null,
      constraint account_pk primary key (caisse_id, id),
      constraint one_account_per_email unique (caisse_id, email_key),
      constraint account_status_known check (status in ('awaiting_activation', 'active', 'deactivated', 'closed')),
      constraint staff_role_known check (staff_role in ('agent', 'superviseur')),
      constraint certified_mobile_exists check (mobile_certified_at is null or mobile is not null)
    )`);
  await knex.raw(`
    create table adherent (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      identifiant text collate "C" not null,
      raison_sociale text not null,
      created_at timestamptz not null,
      constraint adherent_pk primary key (caisse_id, id),
      constraint one_adherent_per_identifiant unique (caisse_id, identifiant)
    )`);
  await knex.raw(`
    create table site (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      adherent_id uuid not null,
      siret text collate "C" not null,
      name text not null,
      -- raison sociale, name, SIRET and identifiant, folded (no accent, lower case) for the search of the selection screen
      search_text text not null,
      created_at timestamptz not null,
      constraint site_pk primary key (caisse_id, id),
      constraint site_belongs_to_one_adherent unique (caisse_id, id, adherent_id),
      constraint site_of_known_adherent foreign key (caisse_id, adherent_id) references adherent (caisse_id, id),
      constraint one_site_per_siret unique (caisse_id, siret),
      constraint siret_has_14_digits check (siret ~ '^[0-9]{14}$')
    )`);
  await knex.raw('create index site_by_adherent on site (caisse_id, adherent_id)');
  await knex.raw(`
    create table cabinet (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      name text not null,
      created_at timestamptz not null,
      constraint cabinet_pk primary key (caisse_id, id)
    )`);
  await knex.raw(`
    create table cabinet_client (
      caisse_id text collate "C" not null,
      id uuid not null,
      cabinet_id uuid not null,
      adherent_id uuid not null,
      effective_at timestamptz not null,
      ends_at timestamptz,
      constraint cabinet_client_pk primary key (caisse_id, id),
      constraint cabinet_client_identity unique (caisse_id, id, cabinet_id, adherent_id),
      constraint cabinet_client_of_known_cabinet foreign key (caisse_id, cabinet_id) references cabinet (caisse_id, id),
      constraint cabinet_client_of_known_adherent foreign key (caisse_id, adherent_id) references adherent (caisse_id, id),
      constraint cabinet_client_dates_in_order check (ends_at is null or ends_at >= effective_at)
    )`);
  await knex.raw(`
    create unique index one_open_attachment_per_cabinet_and_adherent
      on cabinet_client (caisse_id, cabinet_id, adherent_id) where ends_at is null`);
  await knex.raw('create index cabinet_client_by_adherent on cabinet_client (caisse_id, adherent_id)');
  await knex.raw(`
    create table cabinet_member (
      caisse_id text collate "C" not null,
      id uuid not null,
      cabinet_id uuid not null,
      account_id uuid not null,
      -- a manager holds what the firm holds; staff hold only what a delegation of the firm gives them
      role text not null,
      effective_at timestamptz not null,
      ends_at timestamptz,
      constraint cabinet_member_pk primary key (caisse_id, id),
      constraint cabinet_member_identity unique (caisse_id, id, cabinet_id, account_id),
      constraint cabinet_member_of_known_cabinet foreign key (caisse_id, cabinet_id) references cabinet (caisse_id, id),
      constraint cabinet_member_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint cabinet_member_role_known check (role in ('manager', 'staff')),
      constraint cabinet_member_dates_in_order check (ends_at is null or ends_at >= effective_at)
    )`);
  await knex.raw(`
    create unique index one_open_membership_per_cabinet_and_account
      on cabinet_member (caisse_id, cabinet_id, account_id) where ends_at is null`);
  await knex.raw('create index cabinet_member_by_account on cabinet_member (caisse_id, account_id)');
  await knex.raw(`
    create table dsn_alert (
      caisse_id text collate "C" not null,
      id uuid not null,
      site_id uuid not null,
      message text not null,
      pushed_at timestamptz not null,
      constraint dsn_alert_pk primary key (caisse_id, id),
      constraint dsn_alert_of_known_site foreign key (caisse_id, site_id) references site (caisse_id, id)
    )`);
  await knex.raw('create index dsn_alert_by_site on dsn_alert (caisse_id, site_id)');
  await knex.raw(`
    create table site_visit (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      site_id uuid not null,
      visited_at timestamptz not null,
      constraint site_visit_pk primary key (caisse_id, account_id, site_id),
      constraint site_visit_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint site_visit_of_known_site foreign key (caisse_id, site_id) references site (caisse_id, id)
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
