import type { Knex } from 'knex';

/** Which lines of a staged file add something or change it, so that a page of them is read off an index. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table import_change (
      caisse_id text collate "C" not null,
      import_id uuid not null,
      -- false: it changes what is there
      added boolean not null,
      line integer not null,
      constraint import_change_pk primary key (caisse_id, import_id, added, line)
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
