import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const execute = promisify(execFile);
const installer = join(import.meta.dirname, '../provider/install.mjs');

/** Stands in for npm: notes how it was called, and puts into node_modules what the checkout depends on. */
const npm = `
  import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
  appendFileSync('calls', process.argv[2] + '\\n');
  if (process.argv[2] === 'ci') await new Promise((resolve) => setTimeout(resolve, 300));
  if (process.argv[2] === 'ci') rmSync('node_modules', { recursive: true, force: true });
  mkdirSync('node_modules/node', { recursive: true });
  mkdirSync('node_modules/.bin', { recursive: true });
  writeFileSync('node_modules/node/package.json', '{}');
  const wantsScripts = process.argv[2] === 'rebuild' || !process.env.WITHOUT_SCRIPTS;
  if (wantsScripts) symlinkSync(process.env.NODE_TO_INSTALL ?? process.execPath, 'node_modules/.bin/node');
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  mkdirSync(join(root, 'provider'));
  copyFileSync(installer, join(root, 'provider/install.mjs'));
  const dependencies = { node: process.versions.node };
  write('package.json', JSON.stringify({ dependencies, allowScripts: { node: true } }));
  write('package-lock.json', JSON.stringify({ packages: { 'node_modules/node': { version: '1.0.0' } } }));
  write('npm.mjs', npm);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const calls = (): string[] =>
  existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];

async function install(environment: Record<string, string> = {}): Promise<{ code: number; said: string }> {
  const env = {
    PATH: '/usr/bin:/bin',
    npm_execpath: join(root, 'npm.mjs'),
    npm_node_execpath: process.execPath,
    ...environment,
  };
  return execute(process.execPath, [join(root, 'provider/install.mjs')], { cwd: root, env }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
  );
}

test('a bare checkout is installed, and what is installed is left alone without a word', async () => {
  expect(await install()).toMatchObject({
    code: 0,
    said: expect.stringContaining('Installation des dépendances'),
  });
  expect(await install()).toEqual({ code: 0, said: '' });
  expect(calls()).toEqual(['ci']);
});

test('a lock file that has changed is installed again', async () => {
  await install();
  write('package-lock.json', JSON.stringify({ packages: { 'node_modules/node': { version: '2.0.0' } } }));
  expect(await install()).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['ci', 'ci']);
});

const pretendNpmInstalledTheLock = (): void =>
  write('node_modules/.package-lock.json', readFileSync(join(root, 'package-lock.json'), 'utf8'));

test('what was installed by hand is taken as it is', async () => {
  await install();
  rmSync(join(root, 'node_modules/.caisse-id-installed'));
  pretendNpmInstalledTheLock();
  expect(await install()).toEqual({ code: 0, said: '' });
  expect(calls()).toEqual(['ci']);
});

test('what was installed on another machine is installed again', async () => {
  await install();
  write('node_modules/.caisse-id-installed', 'another machine');
  pretendNpmInstalledTheLock();
  expect(await install()).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['ci', 'ci']);
});

test.each(['.bin/node', 'node/package.json'])('an installation without its %s is none', async (path) => {
  await install();
  rmSync(join(root, 'node_modules', path));
  expect(await install()).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['ci', 'ci']);
});

test('of two commands started together one installs and the other waits', async () => {
  const outcomes = await Promise.all([install(), install()]);
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  expect(calls()).toEqual(['ci']);
});

test('a command that was killed while it installed does not stop the next', async () => {
  write('.data/install.lock', String(2 ** 22 + 1));
  expect(await install()).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['ci']);
});

test('install scripts that npm was told to ignore are run for the packages that we approve', async () => {
  expect(await install({ WITHOUT_SCRIPTS: 'yes' })).toMatchObject({ code: 0 });
  expect(calls()).toEqual(['ci', 'rebuild']);
});

test('a Node that could not be installed is said clearly, and leaves nothing marked as done', async () => {
  const outcome = await install({ NODE_TO_INSTALL: '/bin/false' });
  expect(outcome).toMatchObject({ code: 1, said: expect.stringContaining(`Node ${process.versions.node}`) });
  expect(existsSync(join(root, 'node_modules/.caisse-id-installed'))).toBe(false);
});

test('an npm that fails is said clearly', async () => {
  write('npm.mjs', 'process.exit(1)');
  expect(await install()).toMatchObject({ code: 1, said: expect.stringContaining('« npm ci » a échoué') });
});
