import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  filesStayShort,
  importsOf,
  importsStayInTheTable,
  longestFile,
  noPathOfAMachine,
  noRegistry,
  type Rule,
  restrict,
  restrictions,
  type Source,
} from './support/architecture.ts';

const root = join(import.meta.dirname, '..');
const notOurs = new Set(['node_modules', '.git', '.data', 'coverage', 'test-results']);

function filesUnder(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name) || entry.name.endsWith('.log')) return [];
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

const all: Source[] = filesUnder('')
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  .filter(({ text }) => !text.includes('\0'));
const code = all.filter(({ path }) => /\.(ts|mjs|js)$/.test(path));

const violations = (rule: Rule, sources: readonly Source[]): string[] => sources.flatMap(rule);

describe('the repository', () => {
  test('imports go from room to room only as the table allows', () => {
    expect(violations(importsStayInTheTable, code)).toEqual([]);
  });

  test.each(Object.entries(restrictions))('%s stays where it belongs', (_, restriction) => {
    expect(violations(restrict(restriction), code)).toEqual([]);
  });

  test(`no file of the provider is longer than ${longestFile} lines`, () => {
    expect(violations(filesStayShort, code)).toEqual([]);
  });

  test('no text names a place on one machine', () => {
    expect(violations(noPathOfAMachine, all)).toEqual([]);
  });

  test('the lock file names no registry', () => {
    expect(violations(noRegistry, all)).toEqual([]);
  });

  test('the checks have seen the repository', () => {
    const paths = code.map(({ path }) => path);
    expect(paths).toContain('provider/store/database.ts');
    expect(code.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(paths.length);
  });
});

describe('the checks themselves', () => {
  const imports = (path: string, ...lines: string[]) =>
    importsStayInTheTable({ path, text: lines.join('\n') });

  test.each([
    ['the domain, the store', 'provider/domain/siret.ts', `import { find } from '../store/sites.ts';`],
    ['the store, the web', 'provider/store/sites.ts', `import { page } from '../http/page.ts';`],
    [
      'a journey, its neighbour',
      'provider/journeys/account/routes.ts',
      `import { a } from '../sign-in/routes.ts';`,
    ],
    ['a room, the composition', 'provider/tenant/scope.ts', `import { app } from '../app.ts';`],
    ['a room, the demo', 'provider/jobs/sweep.ts', `import { seed } from '../demo/seed.ts';`],
    ['jobs, more of oidc than its keys', 'provider/jobs/sweep.ts', `import { a } from '../oidc/adapter.ts';`],
    [
      'a journey, the workings of delivery',
      'provider/journeys/account/a.ts',
      `import { a } from '../../delivery/mail.ts';`,
    ],
    [
      'the portal, the provider',
      'clients/portal/portal.ts',
      `import type { Siret } from '../../provider/domain/siret.ts';`,
    ],
    [
      'the API, the policies',
      'clients/api/api.ts',
      `import { features } from '../../policies/catalogue.ts';`,
    ],
    ['re-exported', 'provider/domain/index.ts', `export { find } from '../store/sites.ts';`],
    ['for its effect', 'provider/domain/siret.ts', `import '../store/sites.ts';`],
    ['at run time', 'provider/domain/siret.ts', `const late = await import('../store/sites.ts');`],
    [
      'over several lines',
      'provider/domain/siret.ts',
      `import {\n  find,\n  keep,\n} from '../store/sites.ts';`,
    ],
  ])('an import that the table forbids is found: %s', (_, path, line) => {
    expect(imports(path, `import { ok } from './ok.ts';`, line)).toHaveLength(1);
  });

  test.each([
    ['provider/journeys/account/a.ts', `import type { Mail } from '../../delivery/mail.ts';`],
    ['provider/journeys/account/a.ts', `import { page } from '../page.ts';`],
    ['provider/jobs/sweep.ts', `import { rotate } from '../oidc/keys.ts';`],
    ['provider/app.ts', `import { routes } from './journeys/account/routes.ts';`],
    ['clients/portal/portal.ts', `import { allows } from '../entitlements.ts';`],
  ])('an import that the table allows passes: %s %s', (path, line) => {
    expect(imports(path, line)).toEqual([]);
  });

  const said = (name: string, path: string, text: string) =>
    restrict(restrictions[name] as (typeof restrictions)[string])({ path, text });

  test.each([
    ['a web context', 'provider/domain/siret.ts', 'export const read = (ctx: unknown) => ctx;'],
    ['knex', 'provider/tenant/scope.ts', `import type { Knex } from 'knex';`],
    ['the clock', 'provider/store/sites.ts', 'const now = Date.now();'],
    ['the clock', 'provider/store/sites.ts', 'const now = new Date();'],
    ['chance', 'policies/lint.ts', 'const id = Math.random();'],
    ['the environment', 'provider/http/page.ts', 'const mode = process.env.NODE_ENV;'],
    ['the inside of oidc-provider', 'provider/app.ts', `import x from 'oidc-provider/lib/x.js';`],
    ['an effect in the domain', 'provider/domain/siret.ts', `import { readFileSync } from 'node:fs';`],
    ['an effect in the domain', 'provider/domain/siret.ts', 'export async function read() {}'],
  ])('%s is found in %s', (name, path, text) => {
    expect(said(name, path, text)).toHaveLength(1);
  });

  test('a word in a comment is no violation, and a moment may be made from its number', () => {
    const text = [
      '/** Never Date.now(). */',
      '// Math.random',
      'const day = new Date(moment); // not new Date()',
    ];
    expect(said('the clock', 'provider/store/sites.ts', text.join('\n'))).toEqual([]);
    expect(said('chance', 'provider/store/sites.ts', text.join('\n'))).toEqual([]);
  });

  test('an address does not hide what follows it in its line', () => {
    const text = `const a = 'https://exemple.fr' + Date.now();`;
    expect(said('the clock', 'provider/store/sites.ts', text)).toHaveLength(1);
  });

  test('a file that is too long, a place on one machine and a registry are found', () => {
    const long = { path: 'provider/app.ts', text: 'a\n'.repeat(longestFile + 1) };
    expect(filesStayShort(long)).toHaveLength(1);
    expect(filesStayShort({ ...long, text: 'a\n'.repeat(longestFile) })).toEqual([]);
    expect(noPathOfAMachine({ path: 'README.md', text: `see ${['', 'root', 'x'].join('/')}` })).toHaveLength(
      1,
    );
    expect(noPathOfAMachine({ path: 'README.md', text: 'a home/made path, network/root/x' })).toEqual([]);
    const lock = '"resolved": "https://registry.exemple.fr/a.tgz"';
    expect(noRegistry({ path: 'package-lock.json', text: lock })).toHaveLength(1);
  });
});
