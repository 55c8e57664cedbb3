import type { Knex } from 'knex';

/** Whether the caisse itself invites: it names a firm's manager, or offers a site whose administrator has left. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation add column by_caisse boolean not null default false');
  await knex.raw(`update invitation set by_caisse = true where member_role = 'manager'`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
