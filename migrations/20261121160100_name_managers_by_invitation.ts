import type { Knex } from 'knex';

/** The caisse, and nobody else, names a firm's managers: also by an invitation, which says so. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table invitation
      -- what the person becomes in the firm; a manager is named by the caisse alone
      add column member_role text,
      add constraint member_role_known check (member_role in ('manager', 'staff')),
      add constraint only_members_have_a_role check (member_role is null or kind = 'member')`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
