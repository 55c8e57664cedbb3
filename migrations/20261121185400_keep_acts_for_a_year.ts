import type { Knex } from 'knex';

/** Lines about accounts, rights and the caisse's own acts are kept for a year at least. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    update caisse set settings = settings || jsonb_build_object('auditDays', settings->'auditDays' || short.raised)
    from (
      select c.id, jsonb_object_agg(d.key, 365) as raised
      from caisse c cross join lateral jsonb_each(
        case when jsonb_typeof(c.settings->'auditDays') = 'object' then c.settings->'auditDays' end) d
      where d.key in ('account', 'rights', 'office')
        and jsonb_typeof(d.value) = 'number' and d.value < to_jsonb(365)
      group by c.id
    ) short
    where short.id = caisse.id`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
