import type { Knex } from 'knex';

/** A batch that was made by mistake is called off before it is printed; one may be for what an import brought. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table letter_batch
      add column cancelled_at timestamptz,
      add column cancelled_by uuid,
      add column cancelled_because text,
      drop constraint letter_batch_status_known,
      add constraint letter_batch_status_known
        check (status in ('writing', 'composing', 'ready', 'printed', 'erased', 'cancelled')),
      add constraint letter_batch_cancelled_by_somebody
        check (num_nonnulls(cancelled_at, cancelled_by, cancelled_because) = case status when 'cancelled' then 3 else 0 end),
      add constraint letter_batch_cancelled_by_known_agent
        foreign key (caisse_id, cancelled_by) references account (caisse_id, id),
      drop constraint letter_batch_origin_known,
      add constraint letter_batch_origin_known
        check (origin in ('adherent', 'missing', 'list', 'import', 'again', 'waiting'))`);
  // Its letter was never sent: it does not count among those that a site may get.
  await knex.raw('alter table confidential_code add column withdrawn_at timestamptz');
  // What the rows that it brought bear as their beginning; null on imports of before.
  await knex.raw('alter table import add column applied_at timestamptz');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
