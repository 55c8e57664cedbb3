import type { Knex } from 'knex';

/** A caisse is the tenant: its issuer, keys, services and settings. Every other table hangs on it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table caisse (
      id text collate "C" not null,
      name text not null,
      issuer text not null,
      time_zone text not null,
      settings jsonb not null,
      -- cookie-signing keys: a JSON list, newest first, sealed with the key of the environment
      cookie_keys bytea not null,
      created_at timestamptz not null,
      constraint caisse_pk primary key (id),
      constraint caisse_id_is_a_slug check (id ~ '^[a-z][a-z0-9-]{1,39}$'),
      constraint one_caisse_per_issuer unique (issuer)
    )`);
  await knex.raw(`
    create table signing_key (
      caisse_id text collate "C" not null references caisse (id),
      kid text not null,
      alg text not null,
      status text not null,
      -- the private JWK, sealed with the key of the environment
      private_jwk bytea not null,
      created_at timestamptz not null,
      constraint signing_key_pk primary key (caisse_id, kid),
      constraint signing_key_alg_known check (alg in ('ES256', 'RS256')),
      constraint signing_key_status_known check (status in ('next', 'current', 'previous'))
    )`);
  await knex.raw(`
    create unique index one_current_signing_key_per_alg on signing_key (caisse_id, alg) where status = 'current'`);
  await knex.raw(`
    create unique index one_next_signing_key_per_alg on signing_key (caisse_id, alg) where status = 'next'`);
  await knex.raw(`
    create table client (
      caisse_id text collate "C" not null references caisse (id),
      client_id text not null,
      -- dynamic client registration metadata (RFC 7591), without the secret
      metadata jsonb not null,
      -- the client secret, sealed with the key of the environment; null for public clients and private_key_jwt
      secret bytea,
      third_party boolean not null,
      default_service boolean not null,
      created_at timestamptz not null,
      constraint client_pk primary key (caisse_id, client_id)
    )`);
  await knex.raw(`
    create unique index one_default_service_per_caisse on client (caisse_id) where default_service`);
  await knex.raw(`
    create function announce_caisse_change() returns trigger language plpgsql as $$
    begin
      if tg_table_name = 'caisse' then
        perform pg_notify('caisse_changed', coalesce(new.id, old.id));
      else
        perform pg_notify('caisse_changed', coalesce(new.caisse_id, old.caisse_id));
      end if;
      return null;
    end $$`);
  for (const table of ['caisse', 'signing_key', 'client']) {
    await knex.raw(`
      create trigger ${table}_announces_its_change after insert or update or delete on ${table}
      for each row execute function announce_caisse_change()`);
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
