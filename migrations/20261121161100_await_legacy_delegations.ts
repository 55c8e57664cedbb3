import type { Knex } from 'knex';

/**
 * What the former space gave, « à renouveler ». A delegation hangs on its giver, so one whose site has no administrator
 * yet, or whose beneficiary has no account yet, waits here; settled, it is a delegation of the same id, or something newer stands in its place.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table legacy_delegation (
      caisse_id text collate "C" not null,
      id uuid not null,
      site_id uuid not null,
      cabinet_id uuid,
      -- the address as compared: NFC, lower case
      email_key text collate "C",
      colleges smallint not null,
      levels bigint not null,
      ends_at timestamptz,
      created_at timestamptz not null,
      settled_at timestamptz,
      constraint legacy_delegation_pk primary key (caisse_id, id),
      constraint legacy_delegation_on_known_site foreign key (caisse_id, site_id) references site (caisse_id, id),
      constraint legacy_delegation_to_known_cabinet foreign key (caisse_id, cabinet_id) references cabinet (caisse_id, id),
      constraint legacy_delegation_to_a_firm_or_a_person check (num_nonnulls(cabinet_id, email_key) = 1),
      constraint legacy_delegation_colleges_in_3_bits check (colleges between 1 and 7),
      constraint one_legacy_delegation_per_site_and_cabinet unique (caisse_id, site_id, cabinet_id),
      constraint one_legacy_delegation_per_site_and_address unique (caisse_id, site_id, email_key)
    )`);
  await knex.raw(
    'create index legacy_delegation_waiting on legacy_delegation (caisse_id, id) where settled_at is null',
  );
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
