import type { Knex } from 'knex';

/**
 * An adhérent is found by its own name, identifiant and SIREN, before it has any site. Its SIREN is what the caisse's
 * information system says of it; those of its sites are read off their SIRETs.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table adherent
      add column siren text collate "C",
      add column search_text text not null generated always as (fold(
        raison_sociale || ' ' || (identifiant || ' ' || regexp_replace(identifiant, '[ .-]', '', 'g')
          || ' ' || coalesce(siren, '')) collate "default")) stored,
      add constraint siren_has_9_digits check (siren ~ '^[0-9]{9}$')`);
  await knex.raw('create index adherent_by_words on adherent using gin (search_text gin_trgm_ops)');
  await knex.raw('create index adherent_by_siren on adherent (caisse_id, siren) where siren is not null');
  // '': the file says that there is none; null: it does not speak of it.
  await knex.raw('alter table import_line add column siren text collate "C"');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
