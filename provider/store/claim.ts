/**
 * An exclusive claim between processes, kept in a file that names its holder. A claim whose holder has died is
 * void: nobody has to remove a file by hand after a crash.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Holder {
  readonly pid: number;
  /** Tells two processes apart that had the same pid; empty where the system does not say. */
  readonly born: string;
  /** Free words of the holder, for whoever is turned away. */
  readonly note: string;
}

export type ClaimOutcome =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly holder: Holder };

export function tryClaim(path: string, note = ''): ClaimOutcome {
  for (;;) {
    if (create(path, note)) return { held: true, release: () => rmSync(path, { force: true }) };
    const holder = readHolder(path);
    if (holder !== null && isAlive(holder)) return { held: false, holder };
    clearVoid(path);
  }
}

/** Waits for the claim as long as its holder lives. Milliseconds between looks: 20. */
export async function claim(path: string): Promise<() => void> {
  for (;;) {
    const outcome = tryClaim(path);
    if (outcome.held) return outcome.release;
    await sleep(20);
  }
}

/** Linking a complete file makes the claim and its holder's name appear in one step. */
function create(path: string, note: string): boolean {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const holder: Holder = { pid: process.pid, born: birthOf(process.pid) ?? '', note };
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Of two processes that find the same void claim, the slower must not remove the claim that the faster has just made:
 * only the holder of a second claim looks again and removes.
 */
function clearVoid(path: string): void {
  const broom = `${path}.broom`;
  if (!create(broom, '')) {
    const sweeper = readHolder(broom);
    if (sweeper === null || !isAlive(sweeper)) rmSync(broom, { force: true });
    return;
  }
  const holder = readHolder(path);
  if (holder === null || !isAlive(holder)) rmSync(path, { force: true });
  rmSync(broom, { force: true });
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  const born = birthOf(holder.pid);
  return born === undefined || holder.born === '' || born === holder.born;
}

/** When a process began, in whatever words the system has; undefined where it does not say. A zombie is dead. */
function birthOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return birthByPs(pid);
  try {
    // proc(5): after the name in parentheses, the state, and as field 22 the start in ticks since boot.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}

function birthByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
