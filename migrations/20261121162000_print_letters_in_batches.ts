import type { Knex } from 'knex';

/** Letters are made, printed and followed in batches: what they say lies sealed until an agent says that it is on paper. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table letter_batch (
      caisse_id text collate "C" not null,
      id uuid not null,
      origin text not null,
      made_by uuid not null,
      made_at timestamptz not null,
      -- why codes that are still good are replaced; '' when none is
      reason text not null,
      with_welcome boolean not null,
      status text not null,
      -- who works at it, and until when nobody else does
      worker uuid,
      worked_until timestamptz,
      ready_at timestamptz,
      printed_at timestamptz,
      printed_by uuid,
      -- the first end of what its letters bring; beyond it nothing of them is left
      expires_at timestamptz not null,
      constraint letter_batch_pk primary key (caisse_id, id),
      constraint letter_batch_by_known_agent foreign key (caisse_id, made_by) references account (caisse_id, id),
      constraint letter_batch_printed_by_known_agent foreign key (caisse_id, printed_by) references account (caisse_id, id),
      constraint letter_batch_origin_known check (origin in ('adherent', 'missing', 'list', 'again', 'waiting')),
      constraint letter_batch_status_known check (status in ('writing', 'composing', 'ready', 'printed', 'erased')),
      constraint letter_batch_printed_by_somebody
        check ((status = 'printed') = (printed_at is not null) and num_nonnulls(printed_at, printed_by) <> 1)
    )`);
  await knex.raw('create index letter_batch_by_time on letter_batch (caisse_id, made_at desc, id)');
  await knex.raw(`
    create index letter_batch_at_work on letter_batch (made_at) where status in ('writing', 'composing')`);
  await knex.raw(`
    create index letter_batch_unprinted on letter_batch (expires_at) where status in ('writing', 'composing', 'ready')`);
  await knex.raw(`
    create table letter_batch_site (
      caisse_id text collate "C" not null,
      batch_id uuid not null,
      site_id uuid not null,
      -- null: not looked at yet
      outcome text,
      constraint letter_batch_site_pk primary key (caisse_id, batch_id, site_id),
      constraint letter_batch_site_of_known_batch foreign key (caisse_id, batch_id) references letter_batch (caisse_id, id),
      constraint letter_batch_site_of_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      constraint letter_batch_outcome_known
        check (outcome in ('written', 'space_open', 'no_address', 'returned', 'live_code', 'limit'))
    )`);
  await knex.raw(`
    create index letter_batch_site_to_do on letter_batch_site (caisse_id, batch_id, site_id) where outcome is null`);
  await knex.raw(`
    create table letter_file (
      caisse_id text collate "C" not null,
      batch_id uuid not null,
      template text not null,
      -- which attempt at composing it its pieces belong to
      making uuid not null,
      letters integer not null,
      bytes bigint not null,
      downloaded_at timestamptz,
      constraint letter_file_pk primary key (caisse_id, batch_id, template),
      constraint letter_file_of_known_batch foreign key (caisse_id, batch_id) references letter_batch (caisse_id, id)
    )`);
  await knex.raw(`
    create table letter_file_piece (
      caisse_id text collate "C" not null,
      batch_id uuid not null,
      making uuid not null,
      template text not null,
      number integer not null,
      -- a part of the PDF, sealed with the key of the environment
      sealed bytea not null,
      constraint letter_file_piece_pk primary key (caisse_id, batch_id, making, template, number),
      constraint letter_file_piece_of_known_batch foreign key (caisse_id, batch_id) references letter_batch (caisse_id, id)
    )`);
  await knex.raw(`
    alter table letter
      drop constraint letter_template_known,
      drop constraint printed_letter_is_erased,
      -- as printed on it, without the dash; null on letters of before
      add column reference text collate "C",
      add column site_id uuid,
      add column adherent_id uuid,
      add column code_id uuid,
      add column account_id uuid,
      -- the lines of the address that it went to, under the name
      add column sent_to text[] not null default '{}',
      add column batch_id uuid,
      -- the message, sealed with the key of the environment, until it is composed into the file of its batch
      add column content bytea,
      add column returned_at timestamptz,
      add column returned_by uuid,
      -- an agent has said that the address is good all the same
      add column return_lifted_at timestamptz,
      add constraint letter_template_known check (template in ('welcome', 'confidential_code', 'initial_password')),
      add constraint printed_letter_is_erased check (printed_at is null or (pdf is null and content is null)),
      add constraint letter_to_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      add constraint letter_to_known_adherent foreign key (caisse_id, adherent_id) references adherent (caisse_id, id),
      add constraint letter_of_known_code foreign key (caisse_id, code_id) references confidential_code (caisse_id, id),
      add constraint letter_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      add constraint letter_of_known_batch foreign key (caisse_id, batch_id) references letter_batch (caisse_id, id),
      add constraint letter_returned_to_known_agent foreign key (caisse_id, returned_by) references account (caisse_id, id),
      add constraint only_returned_letters_are_lifted check (return_lifted_at is null or returned_at is not null)`);
  await knex.raw(
    'create index letter_by_reference on letter (caisse_id, reference) where reference is not null',
  );
  await knex.raw(
    'create index letter_by_batch on letter (caisse_id, batch_id, template, id) where batch_id is not null',
  );
  await knex.raw(`
    create index letter_without_batch on letter (caisse_id, made_at) where batch_id is null and content is not null`);
  await knex.raw('create index letter_by_time on letter (caisse_id, made_at)');
  await knex.raw('create index letter_content_by_expiry on letter (expires_at) where content is not null');
  await knex.raw('create index letter_by_adherent on letter (caisse_id, adherent_id, made_at desc)');
  await knex.raw(`
    create index letter_returned on letter (caisse_id, adherent_id)
      where returned_at is not null and return_lifted_at is null`);
  await knex.raw(
    'create index confidential_code_by_site on confidential_code (caisse_id, site_id, created_at desc)',
  );
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
