import type { Knex } from 'knex';

/** Codes asked for again: where the post goes, and who asked, until the letters are written. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table adherent
      -- the lines under the raison sociale, as the window of an envelope shows them
      add column postal_address text[] not null default '{}'`);
  await knex.raw(`
    create table code_request (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      -- as typed, without separators, in upper case; whether anybody has it is found out later
      identifiant text not null,
      asked_at timestamptz not null,
      constraint code_request_pk primary key (caisse_id, id)
    )`);
  await knex.raw('create index code_request_by_time on code_request (asked_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
