import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canEnter, type ServerUser, serverUser, stateDirectory } from '../../provider/store/embedded-user.ts';

const repository = join(import.meta.dirname, '../..');

// Others run PostgreSQL themselves, in a checkout that they can enter.
describe.runIf(process.getuid?.() === 0)('a checkout in a directory that root alone can enter', () => {
  let closed: string;
  let root: string;
  let user: ServerUser;
  let state: string;
  beforeAll(() => {
    closed = mkdtempSync(join(tmpdir(), 'closed-'));
    root = join(closed, 'checkout');
    mkdirSync(root);
    cpSync(join(repository, 'provider/store'), join(root, 'provider/store'), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    user = serverUser() as ServerUser;
    state = stateDirectory(root, user);
  });
  afterAll(() => {
    for (const path of [closed, state]) rmSync(path, { recursive: true, force: true });
    expect([existsSync(closed), existsSync(state)]).toEqual([false, false]);
  });

  test('is closed to the user who runs PostgreSQL', () => {
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    expect(canEnter(root, user)).toBe(false);
  });

  test('keeps its PostgreSQL outside, says where, and stops it', async () => {
    const { code, output, errors } = await visit();
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(output).toContain(`PostgreSQL embarqué : données dans ${join(state, 'cluster')}`);
    expect(output).toContain(`data in ${join(state, 'cluster/data')}`);
    expect(dirname(state)).not.toBe(closed);
    expect(existsSync(join(state, 'cluster/data/PG_VERSION'))).toBe(true);
    expect(existsSync(join(state, 'cluster/data/postmaster.pid'))).toBe(false);
  });

  test('finds the same place at the next start', async () => {
    const { code, output } = await visit();
    expect(code).toBe(0);
    expect(output).toBe(`data in ${join(state, 'cluster/data')}\n`);
  });

  /** A process of that checkout, which joins the server, asks it something and leaves. */
  async function visit() {
    const script = `
      import pg from 'pg';
      import { openDatabaseServer } from '${join(root, 'provider/store/embedded.ts')}';
      const server = await openDatabaseServer({ root: '${root}', log: console.log });
      const client = new pg.Client({ connectionString: server.adminUrl });
      await client.connect();
      const { rows } = await client.query('show data_directory');
      console.log('data in ' + rows[0].data_directory);
      await client.end();
      await server.release();
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { code, output, errors };
  }
});
