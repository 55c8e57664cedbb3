import type { Knex } from 'knex';

/** Confidential codes, and what a person who holds one goes through until the account is open. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table confidential_code (
      caisse_id text collate "C" not null,
      id uuid not null,
      site_id uuid not null,
      -- postal: a code that a letter brings; former_space: the password of the account before
      origin text not null,
      -- PHC form; of a code, argon2id of its 10 characters
      hash text not null,
      -- whom the caisse expects: what the form begins with
      given_name text not null,
      family_name text not null,
      tries integer not null,
      created_at timestamptz not null,
      -- null: the password of a former space does not age
      expires_at timestamptz,
      used_at timestamptz,
      superseded_at timestamptz,
      constraint confidential_code_pk primary key (caisse_id, id),
      constraint confidential_code_of_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      constraint confidential_code_origin_known check (origin in ('postal', 'former_space')),
      constraint postal_codes_expire check (origin <> 'postal' or expires_at is not null),
      constraint confidential_code_tries_counted check (tries >= 0),
      constraint confidential_code_used_or_superseded check (num_nonnulls(used_at, superseded_at) <= 1)
    )`);
  await knex.raw(`
    create unique index one_current_code_per_site_and_origin on confidential_code (caisse_id, site_id, origin)
      where used_at is null and superseded_at is null`);
  await knex.raw(`
    create index former_space_codes on confidential_code (caisse_id) where origin = 'former_space'`);
  await knex.raw(`
    create table identification_ticket (
      caisse_id text collate "C" not null,
      -- sha256 of the ticket: 256 random bits that exist in clear only in one browser
      token_hash bytea not null,
      code_id uuid not null,
      -- what the form held last, without its secrets; null until it was sent
      draft jsonb,
      -- the password typed last, when it was acceptable: nobody types it again because of another field
      password_hash text,
      certified_mobile text,
      mobile_certified_at timestamptz,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      constraint identification_ticket_pk primary key (caisse_id, token_hash),
      constraint ticket_of_known_code foreign key (caisse_id, code_id) references confidential_code (caisse_id, id),
      constraint certified_number_and_moment_together check (num_nonnulls(certified_mobile, mobile_certified_at) <> 1)
    )`);
  await knex.raw(
    'create index identification_ticket_by_expiry on identification_ticket (caisse_id, expires_at)',
  );
  await knex.raw(`
    create table enrolment (
      caisse_id text collate "C" not null,
      id uuid not null,
      code_id uuid not null,
      -- not an account yet, and no claim on the address: whoever types it first does not keep it from its owner
      email text not null,
      email_key text collate "C" not null,
      password_hash text not null,
      given_name text not null,
      family_name text not null,
      landline text,
      mobile text,
      mobile_certified_at timestamptz,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      constraint enrolment_pk primary key (caisse_id, id),
      constraint one_enrolment_per_code unique (caisse_id, code_id),
      constraint enrolment_by_known_code foreign key (caisse_id, code_id) references confidential_code (caisse_id, id),
      constraint enrolment_certified_mobile_exists check (mobile_certified_at is null or mobile is not null)
    )`);
  await knex.raw(`
    create table activation_link (
      caisse_id text collate "C" not null,
      token_hash bytea not null,
      enrolment_id uuid not null,
      -- the address that the link was sent to; it certifies that one and no other
      email text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      superseded_at timestamptz,
      constraint activation_link_pk primary key (caisse_id, token_hash),
      constraint activation_link_of_known_enrolment foreign key (caisse_id, enrolment_id) references enrolment (caisse_id, id),
      constraint activation_link_used_or_superseded check (num_nonnulls(used_at, superseded_at) <= 1)
    )`);
  await knex.raw(`
    create unique index one_live_activation_link_per_enrolment on activation_link (caisse_id, enrolment_id)
      where used_at is null and superseded_at is null`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
