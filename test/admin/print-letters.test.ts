import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { atWork } from '../support/at-work.ts';
import { OPERATOR, runCli } from '../support/cli.ts';
import { codeOn, company, readyBatch, sheetsOf } from '../support/letters.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

let app: TestApp;
let scratch: string;
let batchId: string;
beforeAll(async () => {
  app = await startApp();
  scratch = mkdtempSync(join(tmpdir(), 'letters-'));
  const staff = await atWork(app);
  const [site] = await company(app, 2);
  const identifiant = site?.adherent.identifiant ?? '';
  batchId = await readyBatch(app, staff, { origine: 'adherent', identifiant });
});
afterAll(async () => {
  await app.close();
  rmSync(scratch, { recursive: true, force: true });
});

const print = (caisse: string, batch: string, output: string) =>
  runCli(app, ['print-letters', caisse, batch, '--output', output]);

test('the files of a batch are written for their owner alone, noted, once, and nothing is erased', async () => {
  const output = join(scratch, 'lot');
  const done = await print('grand-est', batchId, output);
  expect(done).toMatchObject({ code: 0, errors: '' });
  const files = readdirSync(output).sort();
  expect(files).toEqual([`bienvenue-${batchId.slice(0, 8)}.pdf`, `codes-${batchId.slice(0, 8)}.pdf`]);
  const codes = join(output, files[1] ?? '');
  expect(statSync(codes).mode & 0o777).toBe(0o600);
  const sheets = await sheetsOf({ status: 200, headers: {}, bytes: readFileSync(codes) });
  expect(sheets.map((sheet) => codeOn(sheet).length)).toEqual([10, 10]);
  const lines = await app.database.knex('audit_event').where({ kind: 'letter_batch_downloaded' });
  expect(lines).toHaveLength(2);
  expect(lines[0]?.facts).toMatchObject({
    operator: OPERATOR,
    batch: batchId,
    before: null,
    after: 'downloaded',
  });
  const again = await print('grand-est', batchId, output);
  expect(again).toMatchObject({ code: 1 });
  expect(again.errors).toContain('existe déjà');
  expect(await app.database.knex('letter_file_piece').where({ batch_id: batchId })).not.toHaveLength(0);
});

test.each([
  ['another caisse’s', 'nord-ouest', () => batchId],
  ['an unknown one', 'grand-est', () => randomUUID()],
  ['what is no id', 'grand-est', () => 'lot'],
])('of %s nothing is written', async (_, caisse, batch) => {
  const output = join(scratch, randomUUID());
  const refused = await print(caisse, batch(), output);
  expect(refused.code).toBe(1);
  expect(refused.errors).toContain('n’a pas de lot de ce nom');
  expect(readdirSync(scratch)).not.toContain(output);
});
