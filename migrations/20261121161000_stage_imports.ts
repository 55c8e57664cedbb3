import type { Knex } from 'knex';

/** A file of the caisse's information system, staged until it is applied whole or not at all. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table import (
      caisse_id text collate "C" not null references caisse (id),
      id uuid not null,
      kind text not null,
      -- who sent it: an agent, a service, or nobody but the shell
      actor_id uuid,
      client_id text,
      state text not null,
      -- applied as soon as it is found without fault
      applies_itself boolean not null,
      sha256 bytea,
      bytes bigint not null default 0,
      lines integer not null default 0,
      -- lines that the step under way has dealt with
      lines_done integer not null default 0,
      faults integer not null default 0,
      added integer not null default 0,
      changed integer not null default 0,
      unchanged integer not null default 0,
      -- what there was, and what there would be
      total_before integer not null default 0,
      total_after integer not null default 0,
      -- the base moved between what was shown and what would have been done
      shown_again boolean not null default false,
      -- how often checking or applying it broke
      failures integer not null default 0,
      created_at timestamptz not null,
      -- the last sign of life
      changed_at timestamptz not null,
      constraint import_pk primary key (caisse_id, id),
      constraint import_kind_known check (kind in
        ('adherents', 'sites', 'cabinets', 'rattachements', 'delegations', 'codes')),
      constraint import_state_known check (state in
        ('receiving', 'received', 'checked', 'faulty', 'approved', 'applied', 'abandoned', 'failed')),
      constraint import_by_known_account foreign key (caisse_id, actor_id) references account (caisse_id, id)
    )`);
  await knex.raw('create index import_by_time on import (caisse_id, created_at desc, id)');
  await knex.raw(`
    create index import_under_way on import (changed_at) where state in ('receiving', 'received', 'approved')`);
  await knex.raw(`
    create table import_line (
      caisse_id text collate "C" not null,
      import_id uuid not null,
      line integer not null,
      -- what the line speaks of, as it is compared: twice in a file is a fault
      key text collate "C" not null,
      identifiant text collate "C",
      siret text collate "C",
      reference text collate "C",
      email text,
      name text,
      address text[],
      hash text,
      given_name text,
      family_name text,
      colleges smallint,
      levels bigint,
      starts_at timestamptz,
      ends_at timestamptz,
      constraint import_line_pk primary key (caisse_id, import_id, line),
      constraint import_line_of_known_import foreign key (caisse_id, import_id) references import (caisse_id, id) on delete cascade
    )`);
  await knex.raw(`
    create table import_fault (
      caisse_id text collate "C" not null,
      import_id uuid not null,
      id bigint not null generated always as identity,
      -- as a spreadsheet counts, from 1; 0: the file as a whole
      line integer not null,
      code text not null,
      -- the cell, cut short, or what else the sentence needs
      about text not null,
      constraint import_fault_pk primary key (caisse_id, import_id, line, id),
      constraint import_fault_of_known_import foreign key (caisse_id, import_id) references import (caisse_id, id) on delete cascade
    )`);
  await knex.raw(`
    alter table cabinet
      -- the caisse's own number for the firm; null for one that was entered by hand
      add column reference text collate "C",
      add constraint one_cabinet_per_reference unique (caisse_id, reference)`);
  // As the codes compare identifiants: without separators, in upper case.
  await knex.raw(`
    create index adherent_by_bare_identifiant on adherent (caisse_id, upper(regexp_replace(identifiant, '[ .-]', '', 'g')))`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
