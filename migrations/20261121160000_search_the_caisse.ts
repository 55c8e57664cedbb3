import type { Knex } from 'knex';

/** The caisse's own people find anybody and anything of it by a part of a name, number or address: one indexed query. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create extension if not exists pg_trgm');
  await knex.raw('create index site_by_words on site using gin (search_text gin_trgm_ops)');
  await knex.raw(`
    alter table account add column search_text text not null
      generated always as (fold(family_name || ' ' || given_name || ' ' || coalesce(email, ''))) stored`);
  await knex.raw('create index account_by_words on account using gin (search_text gin_trgm_ops)');
  await knex.raw(
    'alter table cabinet add column search_text text not null generated always as (fold(name)) stored',
  );
  await knex.raw('create index cabinet_by_words on cabinet using gin (search_text gin_trgm_ops)');
  await knex.raw('create index letter_by_siret on letter (caisse_id, siret, made_at)');
  await knex.raw('create index staff_of_the_caisse on account (caisse_id) where staff_role is not null');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
