import type { Knex } from 'knex';

/** The codes that the demo invents, to be shown on its page beside its passwords. Stays empty anywhere else. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table demo_letter (
      caisse_id text collate "C" not null,
      code_id uuid not null,
      -- the code in clear, sealed with the key of the environment
      sealed bytea not null,
      constraint demo_letter_pk primary key (caisse_id, code_id),
      constraint demo_letter_of_known_code foreign key (caisse_id, code_id) references confidential_code (caisse_id, id)
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
