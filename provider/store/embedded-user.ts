/** Who runs PostgreSQL, which refuses root, and where that user can reach. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The system user who runs PostgreSQL in place of root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', '_postgres', 'nobody', 'daemon'];

/** null when this process may run PostgreSQL itself. Throws when it is root and the system knows no other user. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of candidates) {
    const user = users.find((fields) => fields[0] === name);
    // Unsigned: some systems write nobody as -2.
    if (user) return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 };
  }
  throw new Error(`PostgreSQL refuses to run as root, and the system has none of ${candidates.join(', ')}`);
}

/** Only a try as that user answers: modes leave out access lists and mount options. */
export function userCan(user: ServerUser, script: string, path: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', path], { ...user, cwd: '/', stdio: 'ignore' });
  return status === 0;
}

export function canEnter(directory: string, user: ServerUser): boolean {
  return userCan(user, 'cd -- "$1"', directory);
}

/** A directory of root's, one per checkout, that the server's user can enter although the checkout is closed to it. */
export function stateDirectory(root: string, user: ServerUser): string {
  const name = `caisse-id-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
  return firstReachable(['/var/lib', '/var/tmp', tmpdir()], name, user);
}

/** A directory for what may go at any time. */
export function temporaryDirectory(name: string, user: ServerUser | null): string {
  if (user) return firstReachable([tmpdir(), '/var/tmp', '/tmp'], name, user);
  const directory = join(tmpdir(), name);
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}

function firstReachable(parents: readonly string[], name: string, user: ServerUser): string {
  const found = parents
    .map((parent) => join(parent, name))
    .find((path) => isRoots(path) && canEnter(path, user));
  if (found) return found;
  throw new Error(`the user who runs PostgreSQL (${user.uid}) can reach none of ${parents.join(', ')}`);
}

/** Under a world-writable parent, a directory that somebody else made in advance is not trusted. */
function isRoots(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    const entry = lstatSync(path);
    return entry.isDirectory() && entry.uid === 0 && (entry.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
