import type { Knex } from 'knex';

/** A request that was validated goes as well, once the caisse's delay is over: every one of them has its turn. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index access_requests_to_erase');
  await knex.raw('create index access_requests_to_erase on access_request (changed_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
