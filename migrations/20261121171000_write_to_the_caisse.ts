import type { Knex } from 'knex';

/** Messages of the contact form, and their files: kept until the caisse's mailbox has them, and as long as it says. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table contact_message (
      caisse_id text collate "C" not null,
      id uuid not null,
      -- what acknowledgement, mail and agents call it: « K7P2-M4XQ »
      number text not null,
      -- sha256 of the form's own token: the same form sent twice is one message
      form_hash bytea not null,
      -- who was signed in; null: nobody, and what is said of the writer is his own word
      account_id uuid,
      site_id uuid,
      given_name text not null,
      family_name text not null,
      email text not null,
      raison_sociale text not null,
      identifiant text not null,
      siret text not null,
      subject text not null,
      -- the words and the telephones, sealed; null once they are erased
      sealed bytea,
      -- with the tick box: without it nothing is taken
      consented_at timestamptz not null,
      created_at timestamptz not null,
      -- the caisse's mailbox has it
      transmitted_at timestamptz,
      handled_at timestamptz,
      handled_by uuid,
      search_text text not null generated always as (fold(
        number || ' ' || replace(number, '-', '') || ' ' || given_name || ' ' || family_name || ' ' || email || ' '
        || raison_sociale || ' ' || identifiant || ' ' || siret || ' ' || subject)) stored,
      constraint contact_message_pk primary key (caisse_id, id),
      constraint one_contact_message_per_number unique (caisse_id, number),
      constraint one_contact_message_per_form unique (caisse_id, form_hash),
      constraint contact_message_by_known_account foreign key (caisse_id, account_id)
        references account (caisse_id, id),
      constraint contact_message_about_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      constraint contact_message_handled_by_known_account foreign key (caisse_id, handled_by)
        references account (caisse_id, id),
      constraint contact_message_handled_by_somebody check ((handled_at is null) = (handled_by is null))
    )`);
  await knex.raw('create index contact_messages_in_turn on contact_message (caisse_id, created_at desc, id)');
  await knex.raw(`
    create index contact_messages_to_handle on contact_message (caisse_id, created_at desc, id)
      where handled_at is null`);
  await knex.raw(
    'create index contact_message_by_words on contact_message using gin (search_text gin_trgm_ops)',
  );
  await knex.raw(`
    create index contact_messages_to_erase on contact_message (transmitted_at)
      where sealed is not null and transmitted_at is not null`);
  await knex.raw('create index contact_messages_by_age on contact_message (created_at)');
  await knex.raw(`
    create table contact_file (
      caisse_id text collate "C" not null,
      id uuid not null,
      -- of the form that brought it; without a message of that form, somebody is still filling it in
      form_hash bytea not null,
      name text not null,
      media text not null,
      bytes integer not null,
      -- null once it is erased
      sealed bytea,
      created_at timestamptz not null,
      constraint contact_file_pk primary key (caisse_id, id)
    )`);
  await knex.raw('create index contact_files_of_form on contact_file (caisse_id, form_hash)');
  await knex.raw('create index contact_files_by_age on contact_file (created_at)');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
