import type { Knex } from 'knex';

/** Links in mails and codes in SMS: what proves that an address or a number is somebody's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table link (
      caisse_id text collate "C" not null,
      -- sha256 of the token: 256 random bits that exist in clear only in the mail
      token_hash bytea not null,
      purpose text not null,
      account_id uuid not null,
      -- the address that the link was sent to; it proves that one and no other
      email text not null,
      -- what the link does beyond its purpose (a site, a new address), decided when it was made
      facts jsonb not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      superseded_at timestamptz,
      constraint link_pk primary key (caisse_id, token_hash),
      constraint link_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint link_purpose_known check (purpose in
        ('activation', 'password_reset', 'email_change', 'email_change_cancel', 'certification')),
      constraint link_used_or_superseded check (num_nonnulls(used_at, superseded_at) <= 1)
    )`);
  await knex.raw(`
    create unique index one_live_link_per_account_and_purpose on link (caisse_id, account_id, purpose)
      where used_at is null and superseded_at is null`);
  await knex.raw(`
    create table sms_code (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      -- who asked: an account, or an enrolment under way
      subject text not null,
      -- E.164: the one number that the code certifies
      number text not null,
      -- sealed, not hashed: six digits are guessed from any hash
      code bytea not null,
      tries integer not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      constraint sms_code_pk primary key (caisse_id, id),
      constraint sms_code_tries_counted check (tries >= 0)
    )`);
  await knex.raw('create index sms_code_by_subject on sms_code (caisse_id, subject, created_at desc)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
