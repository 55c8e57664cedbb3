/** One PostgreSQL cluster on disk: makes, starts and stops it. Knows nothing of who shares it. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Binaries, run } from './embedded-binaries.ts';

const superuser = 'caisse_id';

export interface Cluster {
  readonly binaries: Binaries;
  /** Belongs to PostgreSQL's user; holds data/ and server.log. */
  readonly directory: string;
  /** Further settings, as `name=value`. */
  readonly settings?: readonly string[];
}

// For a developer's machine: small, on the loopback only, quiet about what applications are told anyway.
const commonSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=64MB',
  'io_method=sync',
  'jit=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_checkpoints=off',
  // The log must hold no personal data: neither statements nor the values in « Key (email)=(…) already exists ».
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
];

export function urlOf(port: number, password: string, databaseName: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(databaseName)}`;
}

export function dataOf(cluster: Cluster): string {
  return join(cluster.directory, 'data');
}

/** Makes an empty cluster in place of whatever is there. C.UTF-8 of PostgreSQL's own, so that no system locale counts. */
export async function initialise(cluster: Cluster, password: string): Promise<void> {
  rmSync(cluster.directory, { recursive: true, force: true });
  mkdirSync(cluster.directory, { recursive: true, mode: 0o700 });
  giveTo(cluster, cluster.directory);
  const passwordFile = join(cluster.directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(cluster, passwordFile);
  // Renamed when complete: an initdb that was killed must not look like a cluster.
  const draft = join(cluster.directory, 'data.draft');
  await run(cluster.binaries, 'initdb', [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  rmSync(passwordFile);
  renameSync(draft, dataOf(cluster));
}

export function isInitialised(cluster: Cluster): boolean {
  return existsSync(join(dataOf(cluster), 'PG_VERSION'));
}

function giveTo(cluster: Cluster, path: string): void {
  const { user } = cluster.binaries;
  if (user) chownSync(path, user.uid, user.gid);
}

/** Resolves once the server takes connections. Throws with the end of its log when it does not start. */
export async function start(cluster: Cluster, port: number): Promise<void> {
  dropVoidLockFile(cluster);
  rotateLog(cluster);
  const settings = [`port=${port}`, ...commonSettings, ...(cluster.settings ?? [])];
  const options = settings.map((setting) => `-c ${setting}`).join(' ');
  try {
    await run(cluster.binaries, 'pg_ctl', [
      'start',
      '--wait',
      '--timeout=60',
      '--silent',
      `--pgdata=${dataOf(cluster)}`,
      `--log=${logOf(cluster)}`,
      `--options=${options}`,
    ]);
  } catch (error) {
    throw new Error(`PostgreSQL does not start:\n${endOfLog(cluster)}`, { cause: error });
  }
}

/** Ends every session; resolves once the server is down. */
export async function stop(cluster: Cluster): Promise<void> {
  dropVoidLockFile(cluster);
  if (readLockFile(cluster) === null) return;
  const wait = ['stop', '--wait', '--silent', `--pgdata=${dataOf(cluster)}`];
  try {
    await run(cluster.binaries, 'pg_ctl', [...wait, '--mode=fast', '--timeout=20']);
  } catch {
    if (readLockFile(cluster) === null) return;
    await run(cluster.binaries, 'pg_ctl', [...wait, '--mode=immediate']);
  }
}

/** The first lines of the cluster's lock file: pid, data directory. */
function readLockFile(cluster: Cluster): { pid: number; data: string } | null {
  try {
    const [pid = '', data = ''] = readFileSync(lockFileOf(cluster), 'utf8').split('\n');
    return { pid: Number(pid), data };
  } catch {
    return null;
  }
}

/**
 * PostgreSQL waits for the process in its lock file to end. After a reboot that pid can be anybody's, and a copied
 * checkout brings the lock file of the server that it was copied from.
 */
function dropVoidLockFile(cluster: Cluster): void {
  const lock = readLockFile(cluster);
  if (lock === null) return;
  const isPostgres = commandOf(lock.pid)?.includes('postgres') ?? true;
  if (lock.data !== dataOf(cluster) || !isPostgres) rmSync(lockFileOf(cluster), { force: true });
}

/** undefined where the system does not say. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

function lockFileOf(cluster: Cluster): string {
  return join(dataOf(cluster), 'postmaster.pid');
}

function logOf(cluster: Cluster): string {
  return join(cluster.directory, 'server.log');
}

function rotateLog(cluster: Cluster): void {
  const log = logOf(cluster);
  if (existsSync(log) && statSync(log).size > 5_000_000) renameSync(log, `${log}.1`);
}

function endOfLog(cluster: Cluster): string {
  const log = logOf(cluster);
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-15).join('\n') : '(no log)';
}

async function isPortFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  return promise;
}

/** Counts up from `first`, below the range that systems give to outgoing connections. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 1_000; port += 1) {
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port between ${first} and ${first + 999}`);
}
