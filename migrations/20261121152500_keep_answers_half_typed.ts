import type { Knex } from 'knex';

/** What somebody who was invited has typed so far, while a code goes to his telephone and comes back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table invitation_draft (
      caisse_id text collate "C" not null,
      invitation_id uuid not null,
      -- sha256 of 256 random bits that exist in clear only in one browser: whoever else opens the link begins anew
      browser_hash bytea not null,
      -- what the form held last, without its secrets
      typed jsonb not null,
      -- the password typed last, when it was acceptable
      password_hash text,
      certified_mobile text,
      mobile_certified_at timestamptz,
      changed_at timestamptz not null,
      constraint invitation_draft_pk primary key (caisse_id, invitation_id, browser_hash),
      constraint invitation_draft_of_known_invitation foreign key (caisse_id, invitation_id)
        references invitation (caisse_id, id),
      constraint drafted_number_and_moment_together check (num_nonnulls(certified_mobile, mobile_certified_at) <> 1)
    )`);
  await knex.raw('create index invitation_draft_by_age on invitation_draft (changed_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
