/** The database that the configuration names: the one of DATABASE_URL, or the checkout's embedded one. */
import { dirname } from 'node:path';
import { type Config, embeddedDatabase } from './config.ts';
import { StartRefused } from './start-refused.ts';
import { connect, type Database, isDatabaseAway } from './store/database.ts';
import { openDatabaseServer } from './store/embedded.ts';
import { readAddress } from './store/embedded-home.ts';
import { serverVersion } from './store/server-version.ts';

export type OpenDatabase = {
  readonly sql: Database;
  readonly url: string;
  /** Directory of the embedded cluster; null with DATABASE_URL. */
  readonly place: string | null;
  /** Ends the pool; an embedded server that nobody else uses stops. */
  readonly close: () => Promise<void>;
};

export type Opening = {
  readonly config: Pick<Config, 'databaseUrl' | 'databasePoolSize'>;
  readonly root: string;
  readonly say: (line: string) => void;
};

/** The schema is not touched. @throws StartRefused when DATABASE_URL does not answer, or is too old. */
export async function openDatabase({ config, root, say }: Opening): Promise<OpenDatabase> {
  const { databaseUrl, databasePoolSize: poolSize } = config;
  if (databaseUrl !== null) {
    const sql = connect(databaseUrl, { poolSize });
    await requireAnswer(sql, databaseUrl);
    return { sql, url: databaseUrl, place: null, close: () => sql.destroy() };
  }
  const home = { root, log: say };
  const server = await openDatabaseServer(home);
  const url = await server.ensureDatabase(embeddedDatabase);
  const sql = connect(url, { poolSize });
  return {
    sql,
    url,
    place: dirname(readAddress(home)?.data ?? root),
    async close() {
      await sql.destroy();
      await server.release();
    },
  };
}

const OLDEST_VERSION = 15;

/** @throws StartRefused in words that hold no password. */
async function requireAnswer(sql: Database, url: string): Promise<void> {
  const { host, pathname } = new URL(url);
  const version = await serverVersion(sql).catch(async (cause: unknown) => {
    await sql.destroy();
    const what = isDatabaseAway(cause) ? 'ne répond pas' : 'refuse la connexion';
    throw new StartRefused(`La base de données ${host}${pathname} ${what} : voyez DATABASE_URL.`, { cause });
  });
  const fault = faultOfVersion(version, host);
  if (fault === null) return;
  await sql.destroy();
  throw new StartRefused(fault);
}

/** What is wrong with a server of that major version, for the person at the terminal; null when nothing is. */
export function faultOfVersion(version: number, host: string): string | null {
  if (version >= OLDEST_VERSION) return null;
  return `PostgreSQL ${OLDEST_VERSION} au moins est nécessaire, ${host} est en version ${version}.`;
}
