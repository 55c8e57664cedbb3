import type { Knex } from 'knex';

/** A vector has room for 31 features (62 bits). The 63rd bit said nothing to the reading of rights, yet was not nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table delegation
      drop constraint delegation_levels_are_thermometers,
      add constraint delegation_levels_are_thermometers check (levels = -1 or
        (levels between 0 and x'3FFFFFFFFFFFFFFF'::bigint
          and (levels & x'2AAAAAAAAAAAAAAA'::bigint) >> 1 & levels = (levels & x'2AAAAAAAAAAAAAAA'::bigint) >> 1))`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
