import type { Knex } from 'knex';

/**
 * Delegations: a tree by parent_id, root = enrolment. The composite foreign key makes a chain across caisses or
 * sites, or hung on somebody else's delegation, impossible to write.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table delegation (
      caisse_id text collate "C" not null,
      id uuid not null,
      adherent_id uuid not null,
      site_id uuid not null,
      kind text not null,
      parent_id uuid,
      grantor_account_id uuid,
      grantor_cabinet_id uuid,
      grantee_account_id uuid,
      grantee_cabinet_id uuid,
      grantor_id uuid generated always as (coalesce(grantor_account_id, grantor_cabinet_id)) stored,
      grantee_id uuid generated always as (coalesce(grantee_account_id, grantee_cabinet_id)) stored,
      -- what the link stands on: the firm's attachment to its client, the person's membership of the firm
      cabinet_client_id uuid,
      cabinet_member_id uuid,
      admin boolean not null,
      -- 3 bits: ouvrier 1, etam 2, cadre 4
      colleges smallint not null,
      -- 2 bits a feature in catalogue order, thermometer-coded (00 none, 01 consultation, 11 mise à jour); -1 = everything
      levels bigint not null,
      status text not null,
      effective_at timestamptz not null,
      ends_at timestamptz,
      created_at timestamptz not null,
      constraint delegation_pk primary key (caisse_id, id),
      constraint delegation_identity unique (caisse_id, site_id, id, grantee_id),
      constraint delegation_on_known_site foreign key (caisse_id, site_id, adherent_id) references site (caisse_id, id, adherent_id),
      constraint delegation_hangs_on_its_giver foreign key (caisse_id, site_id, parent_id, grantor_id)
        references delegation (caisse_id, site_id, id, grantee_id),
      constraint delegation_to_known_account foreign key (caisse_id, grantee_account_id) references account (caisse_id, id),
      constraint delegation_to_known_cabinet foreign key (caisse_id, grantee_cabinet_id) references cabinet (caisse_id, id),
      constraint delegation_stands_on_attachment foreign key (caisse_id, cabinet_client_id, grantee_cabinet_id, adherent_id)
        references cabinet_client (caisse_id, id, cabinet_id, adherent_id),
      constraint delegation_stands_on_membership foreign key (caisse_id, cabinet_member_id, grantor_cabinet_id, grantee_account_id)
        references cabinet_member (caisse_id, id, cabinet_id, account_id),
      constraint delegation_kind_known check (kind in ('enrolment', 'user', 'cabinet', 'staff')),
      constraint delegation_status_known check (status in
        ('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended', 'refused', 'lapsed', 'closed')),
      constraint delegation_shape_fits_its_kind check (case kind
        when 'enrolment' then parent_id is null and num_nonnulls(grantor_account_id, grantor_cabinet_id) = 0
          and grantee_account_id is not null and grantee_cabinet_id is null and cabinet_client_id is null and cabinet_member_id is null
        when 'user' then parent_id is not null and grantor_account_id is not null and grantor_cabinet_id is null
          and grantee_account_id is not null and grantee_cabinet_id is null and cabinet_client_id is null and cabinet_member_id is null
        when 'cabinet' then parent_id is not null and grantor_account_id is not null and grantor_cabinet_id is null
          and grantee_account_id is null and grantee_cabinet_id is not null and cabinet_client_id is not null and cabinet_member_id is null
        else parent_id is not null and grantor_account_id is null and grantor_cabinet_id is not null
          and grantee_account_id is not null and grantee_cabinet_id is null and cabinet_client_id is null and cabinet_member_id is not null
        end),
      constraint delegation_not_its_own_parent check (parent_id <> id),
      constraint delegation_colleges_in_3_bits check (colleges between 1 and 7),
      constraint delegation_levels_are_thermometers check (levels = -1 or
        (levels >= 0 and (levels & x'2AAAAAAAAAAAAAAA'::bigint) >> 1 & levels = (levels & x'2AAAAAAAAAAAAAAA'::bigint) >> 1)),
      constraint administrators_reach_everything check (not admin or (levels = -1 and colleges = 7 and kind in ('enrolment', 'user'))),
      constraint enrolment_is_administrator check (kind <> 'enrolment' or admin),
      constraint delegation_dates_in_order check (ends_at is null or ends_at > effective_at)
    )`);
  await knex.raw(`
    create unique index one_active_root_per_site_and_account on delegation (caisse_id, site_id, grantee_account_id)
      where kind = 'enrolment' and status = 'active'`);
  await knex.raw(`
    create index live_delegation_by_account on delegation (caisse_id, grantee_account_id, site_id)
      where grantee_account_id is not null and status = 'active'`);
  await knex.raw(`
    create index live_delegation_by_cabinet on delegation (caisse_id, grantee_cabinet_id, site_id)
      where grantee_cabinet_id is not null and status = 'active'`);
  await knex.raw('create index delegation_by_parent on delegation (caisse_id, parent_id)');
  await knex.raw('create index delegation_by_adherent on delegation (caisse_id, adherent_id, site_id)');
  await knex.raw(`
    create function refuse_to_move_a_delegation() returns trigger language plpgsql as $$
    begin
      raise exception 'a delegation keeps its site, parent, giver and beneficiary'
        using errcode = 'check_violation', constraint = 'delegation_never_moves';
    end $$`);
  await knex.raw(`
    create trigger delegation_never_moves before update on delegation for each row
    when ((old.caisse_id, old.id, old.site_id, old.parent_id, old.kind, old.grantor_account_id, old.grantor_cabinet_id,
           old.grantee_account_id, old.grantee_cabinet_id, old.cabinet_client_id, old.cabinet_member_id)
      is distinct from
          (new.caisse_id, new.id, new.site_id, new.parent_id, new.kind, new.grantor_account_id, new.grantor_cabinet_id,
           new.grantee_account_id, new.grantee_cabinet_id, new.cabinet_client_id, new.cabinet_member_id))
    execute function refuse_to_move_a_delegation()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
