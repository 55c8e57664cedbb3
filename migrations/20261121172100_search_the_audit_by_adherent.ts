import type { Knex } from 'knex';

/** The log is also read by adhérent (its sites' lines, and those that name it), and by network address. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index audit_event_by_adherent on audit_event (caisse_id, (facts->>'adherent'), at, id)
    where facts->>'adherent' is not null`);
  await knex.raw(`
    create index audit_event_by_address on audit_event (caisse_id, address, at, id) where address is not null`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
