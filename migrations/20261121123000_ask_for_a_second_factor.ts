import type { Knex } from 'knex';

/** What a person has besides the password: an authenticator application, and recovery codes for the day it is lost. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table second_factor (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      -- base32 key of the application, sealed with the key of the environment
      secret bytea not null,
      created_at timestamptz not null,
      -- null: shown, and no code typed back yet
      confirmed_at timestamptz,
      -- the latest time step whose code was used: none is taken twice, nor an older one
      last_step bigint,
      constraint second_factor_pk primary key (caisse_id, account_id),
      constraint second_factor_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint second_factor_confirmed_by_a_code check (confirmed_at is null or last_step is not null)
    )`);
  await knex.raw(`
    create table recovery_code (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      -- the first character of the code: which of the ten it is
      place smallint not null,
      -- argon2id
      hash text not null,
      created_at timestamptz not null,
      used_at timestamptz,
      constraint recovery_code_pk primary key (caisse_id, account_id, place),
      constraint recovery_code_of_second_factor foreign key (caisse_id, account_id)
        references second_factor (caisse_id, account_id) on delete cascade,
      constraint recovery_code_place_known check (place between 0 and 9)
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
