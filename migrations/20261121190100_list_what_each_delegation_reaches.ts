import type { Knex } from 'knex';

/**
 * The list of the sites that somebody reaches: one narrow row a delegation, with the one interval in which its whole
 * chain is alive and what the list is ordered and searched by, so that thousands of sites are counted and paged from
 * an index alone. For listing only: what is held on a site is read from its chains by domain/rights, at every reading.
 * Kept by triggers, whatever path a delegation, what it stands on or a site is changed by. Without foreign keys, as the
 * list of beneficiaries.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table reach (
      caisse_id text collate "C" not null,
      delegation_id uuid not null,
      site_id uuid not null,
      -- the person or firm, once there is one
      holder_id uuid,
      -- the site's folded text
      place text not null,
      -- half-open; since is null while no date makes the chain alive
      since timestamptz,
      until timestamptz
    )`);
  await describeTheReach(knex);
  await knex.raw('insert into reach select * from reach_now');
  await knex.raw('alter table reach add constraint reach_pk primary key (caisse_id, delegation_id)');
  await knex.raw(`
    create index reach_by_holder on reach (caisse_id, holder_id, place, site_id) include (since, until)
      where since is not null`);
  await knex.raw(`
    create index delegation_by_attachment on delegation (caisse_id, cabinet_client_id)
      where cabinet_client_id is not null`);
  await knex.raw('analyze reach');
  await followDelegations(knex);
  await followWhatTheyStandOn(knex);
  await followSites(knex);
}

/** What domain/rights asks of a chain: every link alive, each of a kind that fits the one above, and something left. */
async function describeTheReach(knex: Knex): Promise<void> {
  // `offset 0`: each row by its key, one by one, also while the planner knows nothing of a caisse. 32: as many links as
  // are read.
  await knex.raw(`
    create view reach_now as
    select d.caisse_id, d.id as delegation_id, d.site_id, d.grantee_id as holder_id, s.search_text as place,
      case when chain.lives then chain.since end as since, case when chain.lives then chain.until end as until
    from delegation d
    cross join lateral (select search_text from site where caisse_id = d.caisse_id and id = d.site_id offset 0) s
    cross join lateral (
      select dated.since, dated.until, dated.fits and (dated.until is null or dated.since < dated.until) as lives
      from (
        select max(greatest(l.effective_at, c.effective_at, m.effective_at)) as since,
          min(least(l.ends_at, c.ends_at, m.ends_at)) as until,
          bool_and(l.status = 'active') and bit_and(l.levels) <> 0 and bit_and(l.colleges) <> 0
            and string_agg(l.kind, ' ' order by way.place) ~ '^enrolment( user)*(| cabinet| cabinet staff)$'
            and cardinality(d.path) <= 32 as fits
        from unnest(d.path) with ordinality as way (id, place)
        cross join lateral (
          select kind, status, levels, colleges, effective_at, ends_at, cabinet_client_id, cabinet_member_id
          from delegation where caisse_id = d.caisse_id and id = way.id offset 0) l
        left join lateral (
          select effective_at, ends_at from cabinet_client
          where caisse_id = d.caisse_id and id = l.cabinet_client_id offset 0) c on true
        left join lateral (
          select effective_at, ends_at from cabinet_member
          where caisse_id = d.caisse_id and id = l.cabinet_member_id offset 0) m on true) dated) chain`);
}

/**
 * Of two acts at once the later sees what the earlier did. Whoever changes a delegation locks the rows of all that hangs
 * on it before it reads them anew; whoever adds one holds what it hangs and stands on, so that a change of that comes
 * before, or finds it. Executed, so that each is planned for as many rows as there are this time.
 */
async function followDelegations(knex: Knex): Promise<void> {
  await knex.raw(`
    create function list_reach_again(caisse text, delegations uuid[]) returns void language plpgsql as $$
    declare below uuid[];
    begin
      execute 'with recursive below as (
          select unnest($2) as id
          union
          select d.id from below cross join lateral (
            select id from delegation where caisse_id = $1 and parent_id = below.id offset 0) d)
        select array_agg(id) from below' into below using caisse, delegations;
      execute 'select from reach where caisse_id = $1 and delegation_id = any($2)
        order by delegation_id for update' using caisse, below;
      execute 'update reach r set holder_id = n.holder_id, place = n.place, since = n.since, until = n.until
        from unnest($2) as again (id) cross join lateral (
          select * from reach_now where caisse_id = $1 and delegation_id = again.id offset 0) n
        where r.caisse_id = $1 and r.delegation_id = again.id
          and (r.holder_id, r.place, r.since, r.until) is distinct from (n.holder_id, n.place, n.since, n.until)'
        using caisse, below;
    end $$`);
  // Root first, as acts hold chains. What is not active reaches nothing, whatever happens above: it holds nobody up.
  await knex.raw(`
    create function list_new_reach() returns trigger language plpgsql as $$
    declare held record;
    begin
      for held in execute
        'select caisse_id, array_agg(distinct link.id) as links, array_agg(distinct cabinet_client_id) as clients,
           array_agg(distinct cabinet_member_id) as members
         from given cross join unnest(path[:cardinality(path) - 1]) as link (id)
         where status = ''active'' group by caisse_id'
      loop
        execute 'select from delegation where caisse_id = $1 and id = any($2)
          order by cardinality(path), id for share' using held.caisse_id, held.links;
        execute 'select from cabinet_client where caisse_id = $1 and id = any($2) order by id for share'
          using held.caisse_id, held.clients;
        execute 'select from cabinet_member where caisse_id = $1 and id = any($2) order by id for share'
          using held.caisse_id, held.members;
      end loop;
      execute 'insert into reach
        select n.* from given g cross join lateral (
          select * from reach_now where caisse_id = g.caisse_id and delegation_id = g.id offset 0) n';
      return null;
    end $$`);
  await knex.raw(`
    create trigger new_delegations_reach_sites after insert on delegation referencing new table as given
    for each statement execute function list_new_reach()`);
  await knex.raw(`
    create function follow_delegations_in_reach() returns trigger language plpgsql as $$
    declare changed record;
    begin
      for changed in execute
        'select says.caisse_id, array_agg(says.id) as ids
         from says join was on was.caisse_id = says.caisse_id and was.id = says.id
         where (was.grantee_id, was.status, was.levels, was.colleges, was.effective_at, was.ends_at) is distinct from
               (says.grantee_id, says.status, says.levels, says.colleges, says.effective_at, says.ends_at)
         group by says.caisse_id'
      loop
        perform list_reach_again(changed.caisse_id, changed.ids);
      end loop;
      return null;
    end $$`);
  await knex.raw(`
    create trigger reach_as_delegations_say after update on delegation
    referencing old table as was new table as says for each statement execute function follow_delegations_in_reach()`);
}

/** The firm's attachment to its client, the person's membership of the firm. */
async function followWhatTheyStandOn(knex: Knex): Promise<void> {
  // The delegations themselves are held as well: whoever adds something below them holds them, and not what they stand on.
  await knex.raw(`
    create function follow_dates_in_reach() returns trigger language plpgsql as $$
    declare
      changed record;
      delegations uuid[];
    begin
      for changed in execute
        'select says.caisse_id, array_agg(says.id) as ids
         from says join was on was.caisse_id = says.caisse_id and was.id = says.id
         where (was.effective_at, was.ends_at) is distinct from (says.effective_at, says.ends_at)
         group by says.caisse_id'
      loop
        execute format('select array(select id from delegation where caisse_id = $1 and %I = any($2)
          order by id for no key update)', tg_argv[0]) into delegations using changed.caisse_id, changed.ids;
        perform list_reach_again(changed.caisse_id, delegations);
      end loop;
      return null;
    end $$`);
  for (const [table, column] of [
    ['cabinet_client', 'cabinet_client_id'],
    ['cabinet_member', 'cabinet_member_id'],
  ])
    await knex.raw(`
      create trigger reach_as_${table}_says after update on ${table}
      referencing old table as was new table as says
      for each statement execute function follow_dates_in_reach('${column}')`);
}

/** At the end of the transaction: a file that renames sites is long, and keeps nobody from his acts meanwhile. */
async function followSites(knex: Knex): Promise<void> {
  // `for update` waits for whoever is adding a delegation to the site (a foreign key holds it), and it for this. By
  // keys, also while the planner believes the tables to be empty: a session would keep that plan.
  await knex.raw(`
    create function follow_a_site_in_reach() returns trigger language plpgsql set enable_seqscan = off as $$
    declare delegations uuid[];
    begin
      perform from site where caisse_id = new.caisse_id and id = new.id for update;
      delegations := array(select id from delegation where caisse_id = new.caisse_id and site_id = new.id);
      perform from reach where caisse_id = new.caisse_id and delegation_id = any(delegations)
        order by delegation_id for update;
      update reach set place = new.search_text where caisse_id = new.caisse_id and delegation_id = any(delegations);
      return null;
    end $$`);
  await knex.raw(`
    create constraint trigger reach_as_a_site_is_named after update on site deferrable initially deferred
    for each row when (old.search_text is distinct from new.search_text) execute function follow_a_site_in_reach()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
