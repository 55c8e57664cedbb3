/**
 * The one door to PostgreSQL: opens the pool, says how its types read in JavaScript, brings the schema up to
 * date and recognises a database that is away. Owns no table; the aggregates have a module each beside this one.
 */
import { fileURLToPath } from 'node:url';
import createKnex, { type Knex } from 'knex';
import pg from 'pg';
import type { Instant } from '../domain/instant.ts';

export type Database = Knex;

export interface ConnectOptions {
  /** The most connections that the pool opens; it keeps none when idle. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Milliseconds after which PostgreSQL gives a statement up; 0 = never. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a connection before the database counts as away. */
  readonly acquireTimeout?: number;
}

const defaultAcquireTimeout = 5_000;
const defaultStatementTimeout = 15_000;
const idleInTransactionTimeout = 30_000;

const { builtins } = pg.types;

/**
 * bigint → BigInt (rights vectors need all their bits), timestamptz → Instant (`infinity` → Infinity),
 * date → 'YYYY-MM-DD' and timestamp → text: neither has a zone, so neither may become a Date in the zone of the server.
 */
function parserOf(oid: number, format?: string): (value: string) => unknown {
  if (format === 'binary') return pg.types.getTypeParser(oid, 'binary') as (value: unknown) => unknown;
  if (oid === builtins.INT8) return BigInt;
  if (oid === builtins.TIMESTAMPTZ) return readInstant;
  if (oid === builtins.DATE || oid === builtins.TIMESTAMP) return String;
  return pg.types.getTypeParser(oid, 'text') as (value: string) => unknown;
}

const parseTimestamp = pg.types.getTypeParser(builtins.TIMESTAMPTZ, 'text') as (
  value: string,
) => Date | number;

function readInstant(value: string): Instant {
  return Number(parseTimestamp(value));
}

/** What to bind to a timestamptz column. PostgreSQL does not take milliseconds. */
export function timestamp(instant: Instant): string {
  if (instant === Number.POSITIVE_INFINITY) return 'infinity';
  return new Date(instant).toISOString();
}

// knex repeats on the console every error that it also hands to the caller; the caller logs it with its request id.
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../migrations', import.meta.url));

const migrations: Knex.MigratorConfig = {
  directory: MIGRATIONS_DIRECTORY,
  loadExtensions: ['.ts'],
  extension: 'ts',
};

/** The settings of `connect`, which the knex command line shares. */
export function knexConfig(url: string, options: ConnectOptions): Knex.Config {
  const acquireTimeout = options.acquireTimeout ?? defaultAcquireTimeout;
  return {
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: options.applicationName ?? 'caisse-id',
      statement_timeout: options.statementTimeout ?? defaultStatementTimeout,
      idle_in_transaction_session_timeout: idleInTransactionTimeout,
      connectionTimeoutMillis: acquireTimeout,
      keepAlive: true,
      // A server has it on by default: compiling the plan of a long list takes longer than the list, every time.
      options: '-c jit=off',
      types: { getTypeParser: parserOf },
    },
    pool: { min: 0, max: options.poolSize, idleTimeoutMillis: 30_000 },
    acquireConnectionTimeout: acquireTimeout,
    migrations,
    // Otherwise the message of every database error repeats the bound values: addresses, hashes, tokens.
    compileSqlOnError: false,
    log: silent,
  };
}

/**
 * Opens a pool; no connection is made before the first query, and a pool outlives a restart of the database.
 * Whoever opens it ends it with `destroy()`.
 */
export function connect(url: string, options: ConnectOptions): Database {
  return createKnex(knexConfig(url, options));
}

// Any number does, as long as every version of the product keeps it.
const migrationLock = 7_214_905_336;

/**
 * Brings the schema up to date; nothing to do is no error, and processes that start together wait for each other.
 * All pending migrations and their entries commit as one: a process that dies half-way leaves no trace and no lock.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (trx) => {
    await trx.raw('set local statement_timeout = 0');
    await trx.raw('set local idle_in_transaction_session_timeout = 0');
    await trx.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
    await trx.migrate.latest();
  });
}

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
]);

// pg gives these no code, and knex puts the statement before them.
const awayMessages =
  /(Connection terminated( unexpectedly)?|Client has encountered a connection error and is not queryable|timeout expired)$/;

/** True for errors that say that PostgreSQL cannot be reached now, and nothing about the query itself. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const code = 'code' in error ? String(error.code) : '';
  if (awayCodes.has(code) || /^08...$/.test(code)) return true;
  return error.name === 'KnexTimeoutError' || awayMessages.test(error.message);
}
