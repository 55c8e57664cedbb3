import type { Knex } from 'knex';

/**
 * A person renamed while a delegation becomes his: the one waits for the other, whichever comes first, so that the list
 * never keeps a name that nobody bears any more.
 */
export async function up(knex: Knex): Promise<void> {
  // Accounts before rows of the list, each in the order of the ids: two acts never wait for one another in a circle.
  await knex.raw(`
    create or replace function list_beneficiaries_again(caisse text, delegations uuid[]) returns void language plpgsql as $$
    begin
      execute 'select from account a
        where a.caisse_id = $1 and a.id in (
          select d.grantee_account_id from delegation d where d.caisse_id = $1 and d.id = any($2)
          union all
          select i.account_id from delegation d join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
          where d.caisse_id = $1 and d.id = any($2))
        order by a.id for share of a' using caisse, delegations;
      execute 'select from beneficiary where caisse_id = $1 and delegation_id = any($2)
        order by delegation_id for update' using caisse, delegations;
      execute 'update beneficiary b set account_id = n.account_id, name_key = n.name_key, email_key = n.email_key,
          admin = n.admin, status = n.status, effective_at = n.effective_at, ends_at = n.ends_at,
          waits_until = n.waits_until
        from unnest($2) as again (id) cross join lateral (
          select * from beneficiary_now where caisse_id = $1 and delegation_id = again.id offset 0) n
        where b.caisse_id = $1 and b.delegation_id = again.id' using caisse, delegations;
    end $$`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
