import type { Knex } from 'knex';

/** Letters wait sealed until they are printed, and are erased then. What the demo sends is kept to be read on /dev. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table letter (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      template text not null,
      siret text not null,
      raison_sociale text not null,
      made_at timestamptz not null,
      -- beyond this moment its code is worth nothing, and it must not be printed
      expires_at timestamptz,
      -- a PDF, sealed with the key of the environment; null once it is printed or has expired
      pdf bytea,
      printed_at timestamptz,
      constraint letter_pk primary key (caisse_id, id),
      constraint letter_template_known check (template in ('welcome', 'confidential_code')),
      constraint printed_letter_is_erased check (printed_at is null or pdf is null)
    )`);
  await knex.raw('create index letter_to_print on letter (caisse_id, made_at) where pdf is not null');
  await knex.raw('create index letter_by_expiry on letter (expires_at) where pdf is not null');
  await knex.raw(`
    create table kept_message (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      channel text not null,
      kept_at timestamptz not null,
      -- the message as it would have left, a JSON object, sealed with the key of the environment
      sealed bytea not null,
      constraint kept_message_pk primary key (caisse_id, id),
      constraint kept_message_channel_known check (channel in ('mail', 'sms'))
    )`);
  await knex.raw('create index kept_message_by_time on kept_message (caisse_id, kept_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
