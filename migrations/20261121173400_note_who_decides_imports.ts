import type { Knex } from 'knex';

/** Who has an import applied is not always who sent it: the log names the one who decided. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table import
      add column decided_actor_id uuid,
      add column decided_client_id text,
      add constraint import_decided_by_known_account
        foreign key (caisse_id, decided_actor_id) references account (caisse_id, id)`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
