import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog } from '../provider/logging.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
  file = join(directory, 'caisse-id.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const lines = () =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a fault is told with its cause, and without the values that PostgreSQL repeats', () => {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "one"'), {
    code: '23505',
    constraint: 'one',
    detail: 'Key (email)=(personne@demo.test) already exists.',
  });
  openLog({ level: 'info', file }).info({ err: new Error('not saved', { cause }) }, 'fault');
  const [{ err }] = lines();
  expect(err).toMatchObject({ message: 'not saved', cause: { code: '23505', constraint: 'one' } });
  expect(readFileSync(file, 'utf8')).not.toContain('personne@demo.test');
});

test('only its owner may read the log, and nothing below its level is in it', () => {
  const log = openLog({ level: 'warn', file });
  log.info('not kept');
  expect(readFileSync(file, 'utf8')).toBe('');
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('a log that has grown large makes room for a new one at the next start', () => {
  writeFileSync(file, 'x'.repeat(5_000_001));
  openLog({ level: 'info', file }).info('new');
  expect(lines()).toHaveLength(1);
  expect(statSync(`${file}.1`).size).toBe(5_000_001);
});

describe('on standard output, lines that wait to be written together', () => {
  const room = JSON.stringify(new URL('../provider/logging.ts', import.meta.url).href);

  /** A process that writes 300 lines, then does what `next` says. */
  const writing = (next: string): ChildProcessByStdio<null, Readable, null> => {
    const code = `
      import { openLog } from ${room};
      const log = openLog({ level: 'info', file: null });
      process.once('uncaughtException', (err) => { log.fatal({ err, i: 300 }, 'fault'); process.exit(1); });
      for (let i = 0; i < 300; i++) log.info({ i }, 'request');
      ${next}`;
    const given = ['--input-type=module', '--eval', code];
    return spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'ignore'] });
  };

  async function readFrom(child: ReturnType<typeof writing>, count: number): Promise<number[]> {
    const read: number[] = [];
    for await (const line of createInterface(child.stdout)) {
      read.push(JSON.parse(line).i);
      // Otherwise until the process has ended.
      if (read.length === count) child.kill('SIGKILL');
    }
    return read.sort((a, b) => a - b);
  }

  const all = (count: number) => Array.from({ length: count }, (_, i) => i);

  test.each([
    ['exits', 'process.exit(0);', 300],
    ['breaks', `setTimeout(() => { throw new Error('broken'); });`, 301],
    ['has nothing left to do', '', 300],
  ])('are all there when the process %s', async (_, next, count) => {
    expect(await readFrom(writing(next), Number.POSITIVE_INFINITY)).toEqual(all(count));
  });

  test('are there while it runs on', async () => {
    expect(await readFrom(writing('setInterval(() => {}, 1_000);'), 300)).toEqual(all(300));
  });
});
