import type { Knex } from 'knex';

/** A demo that moves to other ports takes its services' addresses along, and nothing else of what was changed there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table demo_address (
      -- portal, api
      what text not null,
      -- at the last start, without a slash at the end
      origin text not null,
      constraint demo_address_pk primary key (what)
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
