import type { Knex } from 'knex';

/** Since when a caisse signs its cookies by the first of its keys; null: since it was founded. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table caisse add column cookie_keys_since timestamptz');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
