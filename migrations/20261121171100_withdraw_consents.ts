import type { Knex } from 'knex';

/** Who wrote by the contact form may withdraw his consent: nothing of the message stays then but that there was one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table contact_message add column withdrawn_at timestamptz');
  await knex.raw(`
    alter table contact_message add constraint contact_message_withdrawn_is_empty check (
      withdrawn_at is null or (sealed is null and account_id is null and site_id is null
        and given_name = '' and family_name = '' and email = '' and raison_sociale = '' and identifiant = ''
        and siret = '' and subject = ''))`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
