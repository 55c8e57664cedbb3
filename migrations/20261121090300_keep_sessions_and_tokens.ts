import type { Knex } from 'knex';

/** What the protocol library keeps (sessions, interactions, codes, tokens, grants), consents, throttling, audit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table oidc_artifact (
      caisse_id text collate "C" not null references caisse (id),
      kind text collate "C" not null,
      -- sha256 of the id: the ids of tokens, codes and sessions are bearer secrets
      id_hash bytea not null,
      payload jsonb not null,
      grant_id text collate "C",
      account_id text collate "C",
      client_id text collate "C",
      -- on grants only: the site they are bound to and the session they were made in
      site_id uuid,
      session_uid text collate "C",
      uid text collate "C",
      consumed_at timestamptz,
      expires_at timestamptz not null,
      constraint oidc_artifact_pk primary key (caisse_id, kind, id_hash)
    )`);
  await knex.raw(
    'create index oidc_artifact_by_grant on oidc_artifact (caisse_id, grant_id) where grant_id is not null',
  );
  await knex.raw("create index oidc_session_by_uid on oidc_artifact (caisse_id, uid) where kind = 'Session'");
  await knex.raw(
    "create index oidc_grant_by_account_and_site on oidc_artifact (caisse_id, account_id, site_id) where kind = 'Grant'",
  );
  await knex.raw(
    "create index oidc_grant_by_session on oidc_artifact (caisse_id, session_uid) where kind = 'Grant'",
  );
  await knex.raw('create index oidc_artifact_by_expiry on oidc_artifact (expires_at)');
  await knex.raw(`
    create table consent (
      caisse_id text collate "C" not null,
      account_id uuid not null,
      client_id text not null,
      scopes text[] not null,
      given_at timestamptz not null,
      constraint consent_pk primary key (caisse_id, account_id, client_id),
      constraint consent_of_known_account foreign key (caisse_id, account_id) references account (caisse_id, id),
      constraint consent_to_known_client foreign key (caisse_id, client_id) references client (caisse_id, client_id) on delete cascade
    )`);
  await knex.raw(`
    create table throttle (
      key varchar(255) primary key,
      points integer not null default 0,
      -- milliseconds since 1970; the limiter reads a number, which a bigint would not be
      expire double precision
    )`);
  await knex.raw(`
    create table audit_event (
      caisse_id text collate "C" not null references caisse (id),
      id bigint generated always as identity,
      at timestamptz not null,
      kind text not null,
      actor_id uuid,
      subject_id uuid,
      site_id uuid,
      client_id text,
      address text,
      request_id text,
      facts jsonb not null,
      constraint audit_event_pk primary key (caisse_id, id)
    )`);
  await knex.raw('create index audit_event_by_time on audit_event (caisse_id, at)');
  await knex.raw(`
    create function refuse_to_rewrite_the_audit() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit is append-only' using errcode = 'check_violation', constraint = 'audit_is_append_only';
    end $$`);
  await knex.raw(`
    create trigger audit_is_append_only before update on audit_event for each row
    execute function refuse_to_rewrite_the_audit()`);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
