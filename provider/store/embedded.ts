/**
 * The embedded PostgreSQL of a checkout: one server, shared by every process that works there. The first to come
 * starts it, later ones join, the last to leave stops it. Owns `.data/postgres`; not the databases in it.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { claim } from './claim.ts';
import { stop, urlOf } from './embedded-cluster.ts';
import {
  type Home,
  readAddress,
  readPassword,
  recordsOf,
  standingCluster,
  startCluster,
} from './embedded-home.ts';

export interface DatabaseServer {
  /** The address of a database, whether or not it exists. */
  url(databaseName: string): string;
  readonly adminUrl: string;
  /** Makes the database when it is missing; returns its address. */
  ensureDatabase(databaseName: string): Promise<string>;
  /** Leaves the server, and stops it when nobody else uses it. */
  release(): Promise<void>;
}

// Whoever uses the server holds this advisory lock in shared mode: a connection ends with its process, however it ends.
const presence = 7_214_905_337;

/** Joins the checkout's server, having made and started it when needed. `release()` before the process ends. */
export async function openDatabaseServer(home: Home): Promise<DatabaseServer> {
  let guard = await inTurn(home, () => arrive(home));
  let released = false;

  // A server that went down under us is started again; one that came back must know that we are still there.
  const watch = (watched: pg.Client): void => {
    watched.once('end', async () => {
      while (!released && guard === watched) {
        await sleep(500, undefined, { ref: false });
        await inTurn(home, async () => {
          if (!released) guard = await arrive(home);
        }).catch(() => undefined);
      }
      if (guard !== watched) watch(guard);
    });
  };
  watch(guard);

  const { port } = guard;
  const password = readPassword(home) ?? '';
  const url = (name: string) => urlOf(port, password, name);
  return {
    url,
    adminUrl: url('postgres'),
    ensureDatabase: async (name) => {
      await ensureDatabase(guard, name);
      return url(name);
    },
    release: async () => {
      if (released) return;
      released = true;
      await inTurn(home, () => leave(home, guard));
    },
  };
}

/** Arrivals and departures happen one at a time, so that nobody joins a server that is being stopped. */
async function inTurn<T>(home: Home, act: () => Promise<T>): Promise<T> {
  const release = await claim(join(recordsOf(home), 'turn'));
  try {
    return await act();
  } finally {
    release();
  }
}

async function arrive(home: Home): Promise<pg.Client> {
  const running = await enter(home);
  if (running) return running;
  await startCluster(home);
  const started = await enter(home);
  if (started) return started;
  throw new Error('the embedded PostgreSQL has started but cannot be reached');
}

/** A connection to the running server that says « here »; null when this checkout's server does not run. */
async function enter(home: Home): Promise<pg.Client | null> {
  const address = readAddress(home);
  const password = readPassword(home);
  if (!address || !password) return null;
  const connectionString = urlOf(address.port, password, 'postgres');
  for (;;) {
    const client = new pg.Client({
      connectionString,
      application_name: 'presence',
      connectionTimeoutMillis: 3_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query('show data_directory');
      if (rows[0]?.data_directory !== address.data) throw new Error('the server of another checkout');
      await client.query('select pg_advisory_lock_shared($1)', [presence]);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      // Starting up, recovering after a crash, or still going down.
      if (!(error instanceof pg.DatabaseError && error.code === '57P03')) return null;
      await sleep(50);
    }
  }
}

/** Asked in one session: the end of a connection frees its locks only a moment later. */
async function leave(home: Home, guard: pg.Client): Promise<void> {
  let isLast = false;
  try {
    await guard.query('select pg_advisory_unlock_shared($1)', [presence]);
    const { rows } = await guard.query('select pg_try_advisory_lock($1) as last', [presence]);
    isLast = rows[0]?.last === true;
  } catch {
    // The server is down already, or started by somebody who will stop it.
  }
  await guard.end().catch(() => undefined);
  if (isLast) await stop(standingCluster(home));
}

async function ensureDatabase(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // 42P04: it exists; 23505: another process makes it at this very moment.
    if (!(error instanceof pg.DatabaseError && ['42P04', '23505'].includes(error.code ?? ''))) throw error;
  }
}
