import type { Knex } from 'knex';

/** Whoever leaves a firm loses what it gave him, found by his membership among all the delegations of a caisse. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index delegation_by_membership on delegation (caisse_id, cabinet_member_id)
      where cabinet_member_id is not null`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
