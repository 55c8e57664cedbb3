import type { Knex } from 'knex';

/** Who has been reminded of the end of which delegation: each person once for an end date and a delay. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table delegation_end_reminder (
      caisse_id text collate "C" not null,
      delegation_id uuid not null,
      -- the date of which it reminds: one that has moved starts anew
      ends_at timestamptz not null,
      -- before that date
      days smallint not null,
      account_id uuid not null,
      announced_at timestamptz not null,
      constraint delegation_end_reminder_pk primary key (caisse_id, delegation_id, ends_at, days, account_id),
      constraint delegation_end_reminder_of_known_delegation foreign key (caisse_id, delegation_id)
        references delegation (caisse_id, id),
      constraint delegation_end_reminder_to_known_account foreign key (caisse_id, account_id)
        references account (caisse_id, id)
    )`);
  await knex.raw(`
    create index delegation_by_end on delegation (caisse_id, ends_at)
      where status = 'active' and ends_at is not null and kind <> 'enrolment'`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
