import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
