import type { Knex } from 'knex';

/**
 * A site that changes administrators has its delegations written anew below the successor. What was there says by what
 * it was succeeded, and the list of beneficiaries shows it once: where it goes on. A former administrator stays listed,
 * as his place is somebody else's now and no other row tells of him.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table delegation
      -- what goes on in its place
      add column succeeded_by_id uuid,
      add constraint delegation_succeeded_by_known foreign key (caisse_id, succeeded_by_id) references delegation (caisse_id, id),
      add constraint what_was_succeeded_is_closed check (
        succeeded_by_id is null or (status = 'closed' and succeeded_by_id <> id))`);
  await tellOfFormerSuccessions(knex);
  await knex.raw(`
    create index delegation_by_successor on delegation (caisse_id, succeeded_by_id) where succeeded_by_id is not null`);
  await knex.raw(`
    create function refuse_to_move_a_succession() returns trigger language plpgsql as $$
    begin
      raise exception 'a delegation keeps what succeeded it'
        using errcode = 'check_violation', constraint = 'succession_never_moves';
    end $$`);
  await knex.raw(`
    create trigger succession_never_moves before update on delegation for each row
    when (old.succeeded_by_id <> new.succeeded_by_id or (old.succeeded_by_id is not null and new.succeeded_by_id is null))
    execute function refuse_to_move_a_succession()`);
  await listOnce(knex);
}

/**
 * Those of before: at the instant at which an enrolment closed, rows below it closed, and rows that said the same were
 * written on its site. What a row said at first is its first past; what the successor held himself has no such row.
 */
async function tellOfFormerSuccessions(knex: Knex): Promise<void> {
  await knex.raw(`
    with handed_over as (
      select former.caisse_id, former.site_id, former.id, former.changed_at as at, successor.id as successor_id,
        successor.grantee_account_id as successor_account_id
      from delegation former cross join lateral (
        select e.id, e.grantee_account_id from delegation e
        where e.caisse_id = former.caisse_id and e.site_id = former.site_id and e.adherent_id = former.adherent_id
          and e.kind = 'enrolment' and e.id <> former.id and e.grantee_account_id <> former.grantee_account_id
          and ((e.effective_at = former.changed_at and (e.succeeds_id = former.id or e.created_at = former.changed_at))
            or exists (select from delegation below where below.caisse_id = e.caisse_id and below.parent_id = e.id
              and below.created_at = former.changed_at))
        order by e.created_at desc, e.id limit 1) successor
      where former.kind = 'enrolment' and former.status = 'closed'
    ), goes_on as (
      select caisse_id, id, successor_id as by_id from handed_over
      union all
      select h.caisse_id, was.id, coalesce(anew.id, h.successor_id)
      from handed_over h
      join delegation was on was.caisse_id = h.caisse_id and was.site_id = h.site_id and was.kind <> 'enrolment'
        and was.status = 'closed' and was.changed_at = h.at and was.created_at < h.at
      left join lateral (
        select d.id from delegation d left join lateral (
          select * from delegation_past p where p.caisse_id = d.caisse_id and p.delegation_id = d.id
          order by p.said_from limit 1) p on true
        where d.caisse_id = h.caisse_id and d.site_id = h.site_id and d.created_at = h.at and d.kind = was.kind
          and coalesce(was.grantee_id, d.grantee_id) is not distinct from d.grantee_id
          and (d.invitation_id, d.cabinet_client_id, d.cabinet_member_id)
            is not distinct from (was.invitation_id, was.cabinet_client_id, was.cabinet_member_id)
          and coalesce(p.admin, d.admin) = was.admin and coalesce(p.colleges, d.colleges) = was.colleges
          and coalesce(p.levels, d.levels) = was.levels
          and coalesce(p.effective_at, d.effective_at) = was.effective_at
          and case when p.delegation_id is null then d.ends_at else p.ends_at end is not distinct from was.ends_at
        order by d.id limit 1) anew on true
      where anew.id is not null or was.grantee_account_id = h.successor_account_id
    )
    update delegation d set succeeded_by_id = goes_on.by_id
    from goes_on where d.caisse_id = goes_on.caisse_id and d.id = goes_on.id`);
}

async function listOnce(knex: Knex): Promise<void> {
  await knex.raw(`
    create view beneficiary_no_more as
    select d.caisse_id, d.id as delegation_id
    from delegation d join delegation successor on successor.caisse_id = d.caisse_id and successor.id = d.succeeded_by_id
    where d.grantee_account_id is null or d.grantee_account_id = successor.grantee_account_id`);
  await knex.raw(`
    delete from beneficiary b using beneficiary_no_more gone
    where gone.caisse_id = b.caisse_id and gone.delegation_id = b.delegation_id`);
  // As before, but for what is listed no more. Executed, so that it is planned for as many rows as there are.
  await knex.raw(`
    create or replace function follow_delegations() returns trigger language plpgsql as $$
    declare changed record;
    begin
      for changed in execute
        'select says.caisse_id, array_agg(says.id) as ids, array_agg(says.id) filter (where says.succeeded_by_id is not null) as succeeded
         from says join was on was.caisse_id = says.caisse_id and was.id = says.id
         where says.kind in (''enrolment'', ''user'')
           and (was.grantee_account_id, was.admin, was.status, was.effective_at, was.ends_at, was.succeeded_by_id) is distinct from
               (says.grantee_account_id, says.admin, says.status, says.effective_at, says.ends_at, says.succeeded_by_id)
         group by says.caisse_id'
      loop
        perform list_beneficiaries_again(changed.caisse_id, changed.ids);
        if changed.succeeded is not null then
          execute 'delete from beneficiary b using unnest($2) as gone (id)
            where b.caisse_id = $1 and b.delegation_id = gone.id and exists (
              select from beneficiary_no_more n where n.caisse_id = $1 and n.delegation_id = gone.id)'
            using changed.caisse_id, changed.succeeded;
        end if;
      end loop;
      return null;
    end $$`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
