/** Where a checkout's embedded PostgreSQL lives: its records, its place on disk, its port and password. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDirectory } from './data-directory.ts';
import { runnableBinaries } from './embedded-binaries.ts';
import {
  type Cluster,
  dataOf,
  freePort,
  initialise,
  isInitialised,
  start,
  stop,
} from './embedded-cluster.ts';
import { canEnter, type ServerUser, serverUser, stateDirectory } from './embedded-user.ts';

export interface Home {
  /** The checkout, absolute. */
  readonly root: string;
  readonly log: (line: string) => void;
}

/** What later processes need to join. A copied checkout brings a copy, which the root tells apart. */
export interface Address {
  readonly root: string;
  readonly port: number;
  readonly data: string;
}

/** `.data/postgres`: who may open it reads the password, so its files have mode 0600. */
export function recordsOf(home: Home): string {
  const records = join(dataDirectory(home.root), 'postgres');
  mkdirSync(records, { recursive: true });
  if (process.getuid?.() === 0) chmodSync(records, 0o711);
  return records;
}

export function readAddress(home: Home): Address | null {
  const text = read(join(recordsOf(home), 'address.json'));
  const address = text === null ? null : (JSON.parse(text) as Address);
  return address?.root === home.root ? address : null;
}

export function readPassword(home: Home): string | null {
  return read(join(recordsOf(home), 'password'));
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The cluster where it stands, or where it will be made: a place stays, even when a better one becomes reachable. */
export function standingCluster(home: Home): Cluster {
  const records = recordsOf(home);
  const known = readAddress(home);
  const user = serverUser();
  const directory = known ? dirname(known.data) : placeFor(home.root, records, user);
  return { directory, binaries: runnableBinaries(ownerOf(directory, user)) };
}

function placeFor(root: string, records: string, user: ServerUser | null): string {
  if (user === null || canEnter(records, user)) return join(records, 'cluster');
  return join(stateDirectory(root, user), 'cluster');
}

/** A cluster that a developer made is run as that developer, even by root: PostgreSQL insists on its owner. */
function ownerOf(directory: string, user: ServerUser | null): ServerUser | null {
  if (user === null) return null;
  const entry = statSync(directory, { throwIfNoEntry: false });
  return entry && entry.uid !== 0 ? { uid: entry.uid, gid: entry.gid } : user;
}

/** Starts the cluster, made first when there is none or its password is lost, and records its address. */
export async function startCluster(home: Home): Promise<void> {
  const records = recordsOf(home);
  const cluster = standingCluster(home);
  if (!isInitialised(cluster) || readPassword(home) === null) await make(home, cluster);
  let port = readAddress(home)?.port ?? portOf(home.root);
  for (let attempt = 1; ; attempt += 1) {
    port = await freePort(port);
    try {
      await start(cluster, port);
      break;
    } catch (error) {
      if (attempt === 3) throw error;
      // Left behind by a crash, or the port was taken in between.
      await stop(cluster);
      await sleep(1_000);
    }
  }
  const address: Address = { root: home.root, port, data: dataOf(cluster) };
  writeFileSync(join(records, 'address.json'), JSON.stringify(address), { mode: 0o600 });
}

async function make(home: Home, cluster: Cluster): Promise<void> {
  home.log(`PostgreSQL embarqué : données dans ${cluster.directory}`);
  await stop(cluster).catch(() => undefined);
  const password = randomBytes(24).toString('hex');
  await initialise(cluster, password);
  writeFileSync(join(recordsOf(home), 'password'), password, { mode: 0o600 });
}

/** Checkouts seldom meet on one port, and keep theirs: below the range that systems give to outgoing connections. */
function portOf(root: string): number {
  return 20_000 + (createHash('sha256').update(root).digest().readUInt16BE() % 10_000);
}
