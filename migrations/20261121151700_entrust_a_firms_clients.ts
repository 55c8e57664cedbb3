import type { Knex } from 'knex';

/** A firm's clients are found by firm whatever their state, and what a manager prepares is kept until he applies it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index delegation_by_firm on delegation (caisse_id, grantee_cabinet_id, site_id)
      where grantee_cabinet_id is not null`);
  await knex.raw(`
    create table cabinet_draft (
      caisse_id text collate "C" not null,
      id uuid not null,
      cabinet_id uuid not null,
      -- the manager who prepares it: nobody else sees it
      account_id uuid not null,
      kind text not null,
      content jsonb not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      constraint cabinet_draft_pk primary key (caisse_id, id),
      constraint cabinet_draft_kind_known check (kind in ('entrusting', 'import')),
      constraint cabinet_draft_of_known_cabinet foreign key (caisse_id, cabinet_id) references cabinet (caisse_id, id),
      constraint cabinet_draft_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id)
    )`);
  await knex.raw('create index cabinet_draft_by_account on cabinet_draft (caisse_id, account_id)');
  await knex.raw('create index cabinet_draft_by_expiry on cabinet_draft (expires_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
