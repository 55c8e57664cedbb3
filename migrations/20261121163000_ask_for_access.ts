import type { Knex } from 'knex';

/** Who holds a site's code may ask the caisse on paper for accounts: a request, its convention, what became of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table access_request (
      caisse_id text collate "C" not null,
      id uuid not null,
      -- what page, mail, convention and agents call it: « K7P2-M4XQ »
      number text not null,
      -- the confidential code that proved the site
      code_id uuid not null,
      site_id uuid not null,
      -- the site as the convention names it
      siret text not null,
      site_name text not null,
      identifiant text not null,
      raison_sociale text not null,
      -- received: a signed convention is awaited; incomplete: something is missing; the others are its end
      status text not null,
      -- counts every change: who acts on a request that he saw otherwise is told so
      version integer not null default 1,
      given_name text not null,
      family_name text not null,
      position text not null,
      email text not null,
      unaffiliated boolean not null,
      -- an employee or somebody of an accounting firm, with name, postal address and how far the rights go; null: nobody
      delegate jsonb,
      -- sha256 of the token of the mails' link, and the token sealed, for the mails that follow
      link_hash bytea not null,
      sealed_link bytea not null,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      search_text text not null generated always as (fold(
        number || ' ' || replace(number, '-', '') || ' ' || raison_sociale || ' ' || siret || ' ' || identifiant || ' '
        || given_name || ' ' || family_name || ' ' || email)) stored,
      constraint access_request_pk primary key (caisse_id, id),
      constraint one_access_request_per_number unique (caisse_id, number),
      constraint access_request_by_known_code foreign key (caisse_id, code_id)
        references confidential_code (caisse_id, id),
      constraint access_request_for_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      constraint access_request_status_known check (status in ('received', 'incomplete', 'validated', 'refused'))
    )`);
  await knex.raw(`
    create unique index one_open_access_request_per_code on access_request (caisse_id, code_id)
      where status in ('received', 'incomplete')`);
  await knex.raw('create unique index access_request_by_link on access_request (caisse_id, link_hash)');
  await knex.raw(
    'create index access_requests_in_turn on access_request (caisse_id, status, created_at, id)',
  );
  await knex.raw('create index access_requests_of_site on access_request (caisse_id, site_id, created_at)');
  await knex.raw(
    'create index access_request_by_words on access_request using gin (search_text gin_trgm_ops)',
  );
  await knex.raw(`
    create index access_requests_to_erase on access_request (changed_at)
      where status <> 'validated'`);
  await knex.raw(`
    create table access_request_step (
      caisse_id text collate "C" not null,
      request_id uuid not null,
      -- the version of the request that it made
      version integer not null,
      kind text not null,
      at timestamptz not null,
      -- the agent; null: whoever asked
      actor_id uuid,
      -- what is missing, why it is refused: as the mail says it; '' otherwise
      note text not null,
      constraint access_request_step_pk primary key (caisse_id, request_id, version),
      constraint access_request_step_of_known_request foreign key (caisse_id, request_id)
        references access_request (caisse_id, id) on delete cascade,
      constraint access_request_step_by_known_account foreign key (caisse_id, actor_id)
        references account (caisse_id, id),
      constraint access_request_step_kind_known
        check (kind in ('received', 'corrected', 'incomplete', 'validated', 'refused'))
    )`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
