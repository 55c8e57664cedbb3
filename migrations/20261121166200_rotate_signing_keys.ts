import type { Knex } from 'knex';

/** Since when a signing key is what it is: a rotation waits between its steps. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table signing_key add column status_since timestamptz');
  await knex.raw('update signing_key set status_since = created_at');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
