import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { OPERATOR, runCli } from '../support/cli.ts';
import { csv } from '../support/imports.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

let app: TestApp;
let scratch: string;
beforeAll(async () => {
  app = await startApp();
  scratch = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(async () => {
  await app.close();
  rmSync(scratch, { recursive: true, force: true });
});

const run = (...args: string[]) => runCli(app, ['import', ...args]);
const fileOf = (...lines: string[]): string => {
  const path = join(scratch, `${lines.length + 1}.csv`);
  writeFileSync(path, csv('identifiant;raison sociale', ...lines));
  return path;
};
const known = async () =>
  (await app.database.knex('adherent').where({ caisse_id: 'grand-est' })).map(
    ({ identifiant }) => identifiant,
  );

test('a file is tried, then applied, and says what it changes', async () => {
  const file = fileOf('CL-1;Un', 'CL-2;Deux');
  const difference = join(scratch, 'difference.csv');
  const tried = await run('grand-est', 'adherents', file, '--difference', difference);
  expect(tried).toMatchObject({ code: 0, errors: '' });
  expect(tried.out).toContain('Adhérents : 2 lignes. À appliquer.');
  expect(tried.out).toContain('2 nouveaux, 0 modifié, 0 inchangé. En tout : 0 avant, 2 après.');
  expect(tried.out).toContain('Rien n’a été changé');
  expect(tried.out).toContain(`ligne par ligne, est dans ${difference}`);
  expect(readFileSync(difference, 'utf8')).toContain('\r\n2;ajout;CL-1;raison sociale;;Un\r\n');
  expect(await known()).toEqual([]);
  const applied = await run('grand-est', 'adherents', file, '--apply');
  expect(applied.code).toBe(0);
  expect(applied.out).toContain('2 lignes. Appliqué.');
  expect((await known()).sort()).toEqual(['CL-1', 'CL-2']);
  const again = await run('grand-est', 'adherents', file, '--apply');
  expect(again.out).toContain('0 nouveau, 0 modifié, 2 inchangés.');
  const operators = async (kind: string) =>
    (await app.database.knex('audit_event').where({ kind })).map(({ facts }) => facts.operator);
  expect(await operators('import_begun')).toEqual([OPERATOR, OPERATOR, OPERATOR]);
  expect(await operators('import_applied')).toEqual([OPERATOR, OPERATOR]);
  const given = await app.database.knex('audit_event').where({ kind: 'import_abandoned' });
  expect(given.map(({ facts }) => facts)).toMatchObject([
    { operator: OPERATOR, of: 'adherents', lines: 2, before: 'checked', after: 'abandoned' },
  ]);
});

test('a faulty file exits with 1, names its lines, and writes them all where asked', async () => {
  const before = await known();
  const errors = join(scratch, 'erreurs.csv');
  const file = fileOf('CL-9;Bon', ...Array.from({ length: 60 }, (_, i) => `CL-${i + 100};`));
  const { code, out } = await run('grand-est', 'adherents', file, '--apply', '--errors', errors);
  expect(code).toBe(1);
  expect(out).toContain('Refusé : des lignes sont à corriger.');
  expect(out).toContain('Ligne 3 : La cellule « raison sociale » est vide.');
  expect(out).toContain('… et 10 autres.');
  expect(readFileSync(errors, 'utf8').trim().split('\r\n')).toHaveLength(61);
  expect(await known()).toEqual(before);
});

test('what would change is asked for before it is applied', async () => {
  const asked = ['--difference', join(scratch, 'jamais.csv'), '--apply'];
  const { code, errors } = await run('grand-est', 'adherents', fileOf('CL-5;Cinq'), ...asked);
  expect(code).toBe(1);
  expect(errors).toContain('sans --apply');
  expect(await known()).not.toContain('CL-5');
});

test.each([
  ['a caisse', ['nulle-part', 'adherents', '1.csv'], 'La caisse « nulle-part » n’existe pas.'],
  ['a kind', ['grand-est', 'salaries', '1.csv'], 'au choix, adherents, sites,'],
  ['a file', ['grand-est', 'adherents', 'absent.csv'], 'n’existe pas, ou ne se lit pas.'],
])('%s that is none is named, and nothing is begun', async (_, [caisse = '', kind = '', file = ''], told) => {
  fileOf();
  const before = await app.database.knex('import').count({ n: '*' });
  const { code, errors } = await run(caisse, kind, join(scratch, file));
  expect(code).toBe(1);
  expect(errors.replaceAll('\u00a0', ' ')).toContain(told);
  expect(await app.database.knex('import').count({ n: '*' })).toEqual(before);
});
