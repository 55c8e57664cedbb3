import type { Knex } from 'knex';

/** Reminders of a certification to come: each is announced once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table certification_reminder (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      -- the certification that grows old: a new one starts anew
      certified_at timestamptz not null,
      -- before its date
      days smallint not null,
      announced_at timestamptz not null,
      constraint certification_reminder_pk primary key (caisse_id, account_id, certified_at, days),
      constraint certification_reminder_of_known_account foreign key (caisse_id, account_id)
        references account (caisse_id, id)
    )`);
  await knex.raw(`
    create index account_by_certification on account (caisse_id, email_certified_at) where status = 'active'`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
