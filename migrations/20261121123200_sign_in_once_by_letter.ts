import type { Knex } from 'knex';

/** Accounts made by the caisse have no address before their first sign-in, which an identifiant and a letter open. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'alter table account alter column email drop not null, alter column email_key drop not null',
  );
  await knex.raw('alter table account drop constraint account_status_known');
  await knex.raw(`
    alter table account
      add constraint account_status_known
        check (status in ('provisional', 'awaiting_activation', 'active', 'deactivated', 'closed')),
      add constraint only_provisional_accounts_lack_an_address
        check (num_nonnulls(email, email_key) = 2
          or (num_nonnulls(email, email_key) = 0 and status in ('provisional', 'closed')))`);
  await knex.raw(`
    create table provisional_credential (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      -- the identifiant of the letter, as compared: upper case, without spaces, dots and dashes
      login text collate "C" not null,
      -- argon2id of the initial password
      password_hash text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      constraint provisional_credential_pk primary key (caisse_id, account_id),
      constraint provisional_credential_of_known_account foreign key (caisse_id, account_id)
        references account (caisse_id, id)
    )`);
  await knex.raw(`
    create unique index one_unused_provisional_credential_per_login on provisional_credential (caisse_id, login)
      where used_at is null`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
