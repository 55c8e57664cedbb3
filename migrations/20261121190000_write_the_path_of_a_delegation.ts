import type { Knex } from 'knex';

/**
 * Each delegation bears the whole way from its enrolment down to itself: a chain is then read by its keys at one go,
 * instead of link by link. Parents never change, so that the path is written once, by the database.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table delegation add column path uuid[]');
  await knex.raw('alter table delegation disable trigger user');
  await knex.raw(`
    with recursive down as (
      select caisse_id, id, array[id] as path from delegation where parent_id is null
      union all
      select d.caisse_id, d.id, down.path || d.id
      from down join delegation d on d.caisse_id = down.caisse_id and d.parent_id = down.id
    )
    update delegation d set path = down.path from down where d.caisse_id = down.caisse_id and d.id = down.id`);
  await knex.raw('alter table delegation enable trigger user');
  await knex.raw(`
    alter table delegation
      alter column path set not null,
      add constraint path_leads_to_the_delegation check (path[cardinality(path)] = id
        and (parent_id is null) = (cardinality(path) = 1)
        and (parent_id is null or path[cardinality(path) - 1] = parent_id))`);
  await writeThePath(knex);
}

/** Of several written at once, a parent comes before what hangs on it. */
async function writeThePath(knex: Knex): Promise<void> {
  // By the key, also while the planner believes the table to be empty: a session would keep that plan.
  await knex.raw(`
    create function write_the_path_of_a_delegation() returns trigger language plpgsql set enable_seqscan = off as $$
    begin
      select path || new.id into new.path from delegation where caisse_id = new.caisse_id and id = new.parent_id;
      if not found then
        raise exception 'a delegation hangs on one that exists'
          using errcode = 'foreign_key_violation', constraint = 'delegation_hangs_on_its_giver';
      end if;
      return new;
    end $$`);
  await knex.raw(`
    create trigger path_goes_on_from_the_parent before insert on delegation for each row
    when (new.parent_id <> new.id) execute function write_the_path_of_a_delegation()`);
  await knex.raw(`
    create function begin_the_path_of_a_delegation() returns trigger language plpgsql as $$
    begin
      new.path := array[new.id];
      return new;
    end $$`);
  await knex.raw(`
    create trigger path_begins_with_an_enrolment before insert on delegation for each row
    when ((new.parent_id <> new.id) is not true) execute function begin_the_path_of_a_delegation()`);
  await knex.raw(`
    create trigger path_never_moves before update of path on delegation for each row
    when (old.path is distinct from new.path) execute function refuse_to_move_a_delegation()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
