import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDatabaseServer } from '../../provider/store/embedded.ts';

const module = new URL('../../provider/store/embedded.ts', import.meta.url).href;

let root: string;
let users: ChildProcess[] = [];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  // PostgreSQL's own user must be able to reach the checkout when the tests run as root.
  chmodSync(root, 0o755);
});
afterEach(async () => {
  await Promise.all(users.map((user) => leave(user)));
  users = [];
  expect(existsSync(postmasterFile())).toBe(false);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const postmasterFile = () => join(root, '.data/postgres/cluster/data/postmaster.pid');
const postmaster = () => Number.parseInt(readFileSync(postmasterFile(), 'utf8'), 10);

/** Another process of the checkout; resolves to the server's address once it has joined. */
async function arrive(): Promise<{ user: ChildProcess; url: string }> {
  const script = `
    import { openDatabaseServer } from '${module}';
    const server = await openDatabaseServer({ root: '${root}', log: () => undefined });
    console.log(await server.ensureDatabase('shared'));
    process.stdin.once('end', () => server.release()).resume();
  `;
  const user = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  users.push(user);
  const [line] = await once(user.stdout as NodeJS.ReadableStream, 'data');
  return { user, url: String(line).trim() };
}

async function leave(user: ChildProcess): Promise<void> {
  if (user.exitCode !== null || user.signalCode !== null) return;
  user.stdin?.end();
  await once(user, 'exit');
}

async function kill(user: ChildProcess): Promise<void> {
  user.kill('SIGKILL');
  await once(user, 'exit');
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('processes that come together share one server, and the last to leave stops it', async () => {
  const [first, second, third] = await Promise.all([arrive(), arrive(), arrive()]);
  expect(new Set([first.url, second.url, third.url]).size).toBe(1);
  await leave(first.user);
  await leave(second.user);
  expect(await query(third.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await leave(third.user);
  expect(existsSync(postmasterFile())).toBe(false);
});

test('data and address are kept from one start to the next', async () => {
  const before = await arrive();
  await query(before.url, 'create table if not exists kept as select 7 as seven');
  await leave(before.user);
  const after = await arrive();
  expect(after.url).toBe(before.url);
  expect(await query(after.url, 'select * from kept')).toEqual([{ seven: 7 }]);
});

test('a process that joins while the last one leaves finds a server', async () => {
  let { user, url } = await arrive();
  for (let turn = 0; turn < 5; turn += 1) {
    const [next] = await Promise.all([arrive(), leave(user)]);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    ({ user, url } = next);
  }
});

test('a process that is killed neither keeps the server up nor takes it from the others', async () => {
  const [killed, other] = await Promise.all([arrive(), arrive()]);
  const present = `select count(*)::int from pg_stat_activity where application_name = 'presence'`;
  expect(await query(other.url, present)).toEqual([{ count: 2 }]);
  await kill(killed.user);
  await expect.poll(() => query(other.url, present)).toEqual([{ count: 1 }]);
  await leave(other.user);
  expect(existsSync(postmasterFile())).toBe(false);
});

test('a server that crashed with its users starts again, whoever has its old pid by now', async () => {
  const { user, url } = await arrive();
  await query(url, 'create table if not exists kept as select 7 as seven');
  await kill(user);
  const lock = readFileSync(postmasterFile(), 'utf8');
  process.kill(postmaster(), 'SIGKILL');
  // As after a reboot: the pid in the lock file belongs to a stranger.
  writeFileSync(postmasterFile(), lock.replace(/^\d+/, String(process.pid)));
  const after = await arrive();
  expect(await query(after.url, 'select * from kept')).toEqual([{ seven: 7 }]);
});

test('a claim left behind by a process that died is taken over', async () => {
  const { user } = await arrive();
  await leave(user);
  const dead = JSON.stringify({ pid: user.pid, born: '1', note: '' });
  writeFileSync(join(root, '.data/postgres/turn'), dead);
  writeFileSync(join(root, '.data/postgres/turn.broom'), dead);
  const { url } = await arrive();
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a server that goes down under its user is started again', async () => {
  const server = await openDatabaseServer({ root, log: () => undefined });
  const first = postmaster();
  process.kill(first, 'SIGINT');
  await expect.poll(() => query(server.adminUrl, 'select 1').catch(() => null)).not.toBe(null);
  expect(postmaster()).not.toBe(first);
  await server.release();
});

test('its password opens it, and nothing else does', async () => {
  const server = await openDatabaseServer({ root, log: () => undefined });
  const stranger = new URL(server.adminUrl);
  stranger.password = 'wrong';
  await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  await server.release();
});
