import type { Knex } from 'knex';

/**
 * Lines of the audit belong to a register, and are sealed afterwards in segments, chained by caisse and register. A
 * line still never changes; it goes only with its whole segment, once the seal says that it was dropped, and why it
 * may be is proved by a key that the database does not hold.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit_event
      add column register text not null default 'account',
      add constraint audit_register_known check (register in ('access', 'account', 'rights', 'office'))`);
  await knex.raw('alter table audit_event disable trigger audit_is_append_only');
  await knex.raw(
    `update audit_event set register = case
       when kind ~ '^(delegation_|member_|site_handed_over$)' then 'rights'
       when kind ~ '^(code_letter_|provisional_made$|second_factor_reset$)' then 'office'
       else 'access' end
     where kind ~ '^(delegation_|member_|code_letter_)'
        or kind in ('site_handed_over', 'provisional_made', 'second_factor_reset', 'signed_in', 'sign_in_failed',
          'sign_in_throttled', 'site_chosen', 'signed_out', 'token_replayed', 'first_step_passed',
          'second_step_failed', 'second_step_throttled', 'session_ended', 'provisional_signed_in',
          'identification_failed', 'identification_throttled', 'site_identified')`,
  );
  await knex.raw('alter table audit_event enable trigger audit_is_append_only');
  await knex.raw('create index audit_event_by_register on audit_event (caisse_id, register, id)');
  await makeTables(knex);
  await guardSeals(knex);
  await guardLines(knex);
}

async function makeTables(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_seal (
      caisse_id text collate "C" not null references caisse (id),
      register text not null,
      number integer not null,
      -- the segment: every line of the register whose id is above the one and up to the other
      after_id bigint not null,
      until_id bigint not null,
      lines integer not null,
      first_at timestamptz not null,
      last_at timestamptz not null,
      sealed_at timestamptz not null,
      -- which key of the environment sealed it
      key_id bytea not null,
      -- for each line its id (8 bytes) and the head of its HMAC (16); null once the lines were dropped
      marks bytea,
      -- sha256 of the marks
      digest bytea not null,
      -- HMAC of all the above and of the former seal's
      mac bytea not null,
      dropped_at timestamptz,
      -- HMAC of the mac and the moment: whoever lacks the key drops nothing unseen
      drop_mac bytea,
      constraint audit_seal_pk primary key (caisse_id, register, number),
      constraint one_segment_per_end unique (caisse_id, register, until_id),
      constraint audit_segment_has_lines check (lines > 0 and until_id > after_id),
      constraint audit_seal_drops_whole check (
        (dropped_at is null and drop_mac is null and marks is not null)
        or (dropped_at is not null and drop_mac is not null and marks is null))
    )`);
  // Already random: compression would only cost.
  await knex.raw('alter table audit_seal alter column marks set storage external');
  await knex.raw(`
    create table audit_horizon (
      only_one boolean not null default true,
      -- no transaction under way can still bring a line up to this id
      safe_id bigint not null,
      -- up to this id they can, for as long as one of these holds its lock on audit_event; null: none is awaited
      noted_id bigint,
      writers text[],
      constraint audit_horizon_pk primary key (only_one),
      constraint one_audit_horizon check (only_one),
      constraint audit_horizon_names_its_writers check ((noted_id is null) = (writers is null))
    )`);
  await knex.raw('insert into audit_horizon (safe_id) values (0)');
}

async function guardSeals(knex: Knex): Promise<void> {
  await knex.raw(`
    create function refuse_to_rewrite_a_seal() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if old.dropped_at is null and new.dropped_at is not null
          and to_jsonb(new) - '{marks,dropped_at,drop_mac}'::text[] = to_jsonb(old) - '{marks,dropped_at,drop_mac}'::text[]
        then
          return new;
        end if;
      end if;
      raise exception 'seals of the audit stay' using errcode = 'check_violation', constraint = 'audit_seals_stay';
    end $$`);
  await knex.raw(`
    create trigger audit_seals_stay before update or delete on audit_seal for each row
    execute function refuse_to_rewrite_a_seal()`);
  await knex.raw(`
    create trigger audit_seals_are_never_emptied before truncate on audit_seal for each statement
    execute function refuse_to_rewrite_a_seal()`);
  await knex.raw(`
    create function require_a_whole_segment_dropped() returns trigger language plpgsql as $$
    begin
      if exists (
        select from audit_event
        where caisse_id = new.caisse_id and register = new.register and id > new.after_id and id <= new.until_id
      ) then
        raise exception 'a segment of the audit is dropped whole'
          using errcode = 'check_violation', constraint = 'audit_segments_drop_whole';
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create constraint trigger audit_segments_drop_whole after update on audit_seal
    deferrable initially deferred for each row execute function require_a_whole_segment_dropped()`);
}

async function guardLines(knex: Knex): Promise<void> {
  await knex.raw(`
    create function keep_lines_of_standing_segments() returns trigger language plpgsql as $$
    begin
      if exists (
        select from audit_seal
        where caisse_id = old.caisse_id and register = old.register
          and after_id < old.id and until_id >= old.id and dropped_at is not null
      ) then
        return old;
      end if;
      raise exception 'the audit is append-only' using errcode = 'check_violation', constraint = 'audit_is_append_only';
    end $$`);
  await knex.raw('drop trigger audit_keeps_its_lines on audit_event');
  await knex.raw(`
    create trigger audit_keeps_its_lines before delete on audit_event for each row
    execute function keep_lines_of_standing_segments()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
