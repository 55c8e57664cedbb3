import type { Knex } from 'knex';

/**
 * The two tables that nearly every request writes to no longer check that their caisse exists: each check locks its one
 * row, and all requests of a caisse passed by there. A caisse is never deleted, and a request has none but one that was
 * read from the table.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table oidc_artifact drop constraint oidc_artifact_caisse_id_fkey');
  await knex.raw('alter table audit_event drop constraint audit_event_caisse_id_fkey');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
