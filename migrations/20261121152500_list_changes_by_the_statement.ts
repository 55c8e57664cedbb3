import type { Knex } from 'knex';

/**
 * The list of beneficiaries follows a statement that changes delegations once, not row by row: a site that changes
 * administrators changes ten thousand of them at a time.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop trigger listed_as_a_delegation_says on delegation');
  await knex.raw('drop function follow_a_delegation()');
  // Executed, so that it is planned for as many rows as there are this time.
  await knex.raw(`
    create function follow_delegations() returns trigger language plpgsql as $$
    declare changed record;
    begin
      for changed in execute
        'select says.caisse_id, array_agg(says.id) as ids
         from says join was on was.caisse_id = says.caisse_id and was.id = says.id
         where says.kind in (''enrolment'', ''user'')
           and (was.grantee_account_id, was.admin, was.status, was.effective_at, was.ends_at) is distinct from
               (says.grantee_account_id, says.admin, says.status, says.effective_at, says.ends_at)
         group by says.caisse_id'
      loop
        perform list_beneficiaries_again(changed.caisse_id, changed.ids);
      end loop;
      return null;
    end $$`);
  await knex.raw(`
    create trigger listed_as_delegations_say after update on delegation
    referencing old table as was new table as says for each statement execute function follow_delegations()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
