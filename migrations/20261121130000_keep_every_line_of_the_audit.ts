import type { Knex } from 'knex';

/** The audit loses no line either: neither one by one nor all at once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create trigger audit_keeps_its_lines before delete on audit_event for each row
    execute function refuse_to_rewrite_the_audit()`);
  await knex.raw(`
    create trigger audit_is_never_emptied before truncate on audit_event for each statement
    execute function refuse_to_rewrite_the_audit()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
