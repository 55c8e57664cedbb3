import type { Knex } from 'knex';

/** The log is read newest first, by kind, by person, by site or by request, a page at a time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index audit_event_by_time');
  await knex.raw('create index audit_event_by_time on audit_event (caisse_id, at, id)');
  await knex.raw('create index audit_event_by_kind on audit_event (caisse_id, kind, at, id)');
  for (const column of ['actor_id', 'subject_id', 'site_id']) {
    await knex.raw(`
      create index audit_event_by_${column.slice(0, -3)} on audit_event (caisse_id, ${column}, at, id)
      where ${column} is not null`);
  }
  await knex.raw(`
    create index audit_event_by_request on audit_event (caisse_id, request_id) where request_id is not null`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
