import type { Knex } from 'knex';

/** My account: an address that waits to be confirmed, sessions that their person can tell apart and end. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table account
      -- the address asked for; the account is deactivated until somebody there confirms
      add column pending_email text,
      -- a session begun before this moment is over (password changed or reset)
      add column sessions_valid_from timestamptz,
      add constraint pending_email_deactivates check (pending_email is null or status = 'deactivated')`);
  await knex.raw(`
    create table session_note (
      caisse_id text collate "C" not null,
      -- the session's stable name, which no cookie bears
      session_uid text collate "C" not null,
      account_id uuid not null,
      user_agent text not null,
      address text not null,
      signed_in_at timestamptz not null,
      -- once set, nothing of this session is written any more, not even by a request that was under way
      ended_at timestamptz,
      constraint session_note_pk primary key (caisse_id, session_uid),
      constraint session_note_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id)
    )`);
  await knex.raw('create index session_note_by_account on session_note (caisse_id, account_id)');
  await knex.raw(
    "create index oidc_session_by_account on oidc_artifact (caisse_id, account_id) where kind = 'Session'",
  );
  // A second change of address must not silence the warning that the first one sent: those links live side by side.
  await knex.raw('drop index one_live_link_per_account_and_purpose');
  await knex.raw(`
    create unique index one_live_link_per_account_and_purpose on link (caisse_id, account_id, purpose)
      where used_at is null and superseded_at is null and purpose <> 'email_change_cancel'`);
  await knex.raw('create index link_by_account on link (caisse_id, account_id, purpose)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
