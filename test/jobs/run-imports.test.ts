import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runImport, runImports } from '../../provider/jobs/run-imports.ts';
import { connect } from '../../provider/store/database.ts';
import { transaction } from '../../provider/store/handle.ts';
import { holdImports } from '../../provider/store/import-apply.ts';
import { findImport, sweepImports, turnImport } from '../../provider/store/imports.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import {
  type Around,
  approve,
  check,
  csv,
  everythingOf,
  importFile,
  receive,
  step,
} from '../support/imports.ts';
import { worldOn } from '../support/store-world.ts';

const stepProcess = fileURLToPath(new URL('../support/import-step-process.ts', import.meta.url));

let database: TestDatabase;
let here: Around;
let there: Around;
let moved = 0;
const now = () => Date.now() + moved;
beforeAll(async () => {
  database = await testDatabase();
  here = { store: (await worldOn(database, 'grand-est', now)).store, now };
  there = { store: (await worldOn(database, 'nord-ouest', now)).store, now };
});
afterAll(() => database.drop());
beforeEach(() =>
  database.knex('import').update({ state: 'abandoned' }).whereIn('state', ['received', 'approved']),
);

const file = (...names: string[]) =>
  csv('identifiant;raison sociale', ...names.map((name) => `${name};Entreprise ${name}`));
const known = async (identifiant: string) =>
  (await database.knex('adherent').where({ identifiant }).orderBy('caisse_id')).map(
    ({ caisse_id }) => caisse_id,
  );

/**
 * A process that runs a step with connections of its own, which end with it: its `fatal`-th statement fails, and none
 * after it is sent. @returns how many statements there were.
 */
async function dyingStep(id: string, fatal: number): Promise<number> {
  const itsOwn = connect(database.url, { poolSize: 2 });
  let statements = 0;
  itsOwn.on('query', ({ sql }: { sql: string }) => {
    statements += 1;
    if (statements >= fatal && !/^ROLLBACK/i.test(sql)) throw new Error('the process is gone');
  });
  await runImport({ sql: itsOwn, now }, { caisseId: 'grand-est', id }).catch(() => {});
  await itsOwn.destroy();
  return statements;
}

test('a process that dies at any statement changes nothing, and another goes on from there', async () => {
  const { id } = await check(here, 'adherents', file('D-1', 'D-2'));
  await approve(here, id);
  const before = await everythingOf(here);
  for (let fatal = 1; ; fatal++) {
    const statements = await dyingStep(id, fatal);
    const { state } = (await findImport(here.store, id)) ?? {};
    if (statements < fatal) {
      expect(state).toBe('applied');
      break;
    }
    expect(state).toBe('approved');
    expect(await everythingOf(here)).toBe(before);
  }
  expect(await known('D-2')).toEqual(['grand-est']);
  expect(await database.knex('audit_event').where({ kind: 'import_applied' })).toHaveLength(1);
  expect(await database.knex('import_line').where({ import_id: id })).toEqual([]);
});

test('a process killed outright, with all lines written, changes nothing, and another goes on from there', async () => {
  const { knex, url } = database;
  await importFile(here, 'adherents', csv('identifiant;raison sociale', 'KILL-1;Avant'));
  const { id } = await check(
    here,
    'adherents',
    csv('identifiant;raison sociale', 'KILL-1;Après', 'KILL-2;Neuf'),
  );
  await approve(here, id);
  const before = await everythingOf(here);
  const holding = await knex.transaction();
  // The staged lines go last, once everything else is written: there it stands still.
  await holding('import_line').where({ import_id: id }).forUpdate().select('line');
  const child = spawn(process.execPath, [stepProcess, url, 'grand-est', id], { stdio: 'inherit' });
  const standing = () =>
    knex('pg_stat_activity')
      .whereRaw(`datname = current_database() and wait_event_type = 'Lock'`)
      .whereRaw(`query like 'delete from "import_line"%'`)
      .pluck('pid');
  const [pid] = await until(standing, (pids) => pids.length > 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await holding.rollback();
  await until(
    () => knex('pg_stat_activity').where({ pid }).pluck('pid'),
    (pids) => pids.length === 0,
  );
  expect(await everythingOf(here)).toBe(before);
  expect(await findImport(here.store, id)).toMatchObject({ state: 'approved' });
  expect(await step(here, id)).toMatchObject({ state: 'applied', added: 1, changed: 1 });
  expect(await known('KILL-2')).toEqual(['grand-est']);
});

async function until<T>(read: () => Promise<T>, is: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await read();
    if (is(seen)) return seen;
    await delay(20);
  }
}

test('two processes at one import apply it once', async () => {
  const { id } = await check(here, 'adherents', file('E-1'));
  await approve(here, id);
  await Promise.all(Array.from({ length: 4 }, () => step(here, id)));
  await step(here, id);
  expect(await findImport(here.store, id)).toMatchObject({ state: 'applied', added: 1 });
  const lines = await database.knex('audit_event').where({ kind: 'import_applied' });
  expect(lines.filter(({ facts }) => facts.import === id)).toHaveLength(1);
});

test('an import waits for the one before it in its caisse, and for none of another', async () => {
  const [mine, other] = [
    await receive(here, 'adherents', file('F-1')),
    await receive(there, 'adherents', file('F-2')),
  ];
  await transaction(here.store, async (inside) => {
    expect(await holdImports(inside)).toBe(true);
    await runImports({ sql: database.knex, now });
    expect(await findImport(here.store, mine)).toMatchObject({ state: 'received' });
    expect(await findImport(there.store, other)).toMatchObject({ state: 'checked' });
  });
  expect(await step(here, mine)).toMatchObject({ state: 'checked' });
});

test('two files that add the same company: one adds it, the other has nothing left to do', async () => {
  const ids = await Promise.all(
    [1, 2].map(() => receive(here, 'adherents', file('G-1'), { appliesItself: true })),
  );
  await Promise.all(ids.map((id) => step(here, id)));
  // One at least found the other at it.
  for (const id of ids) await step(here, id);
  const rows = await Promise.all(ids.map((id) => findImport(here.store, id)));
  expect(rows.map((row) => row?.state)).toEqual(['applied', 'applied']);
  expect(rows.map((row) => row?.added).sort()).toEqual([0, 1]);
  expect(await known('G-1')).toEqual(['grand-est']);
});

test('an import that keeps breaking is given up, and says so', async () => {
  const id = await receive(here, 'adherents', file('H-1'));
  await database.knex.raw(`alter table import_line rename to import_line_away`);
  try {
    for (let turn = 0; turn < 5; turn++)
      await expect(runImports({ sql: database.knex, now })).rejects.toThrow();
  } finally {
    await database.knex.raw(`alter table import_line_away rename to import_line`);
  }
  expect(await findImport(here.store, id)).toMatchObject({ state: 'failed' });
});

test('what nobody sends any more is given up, with what it staged; what nobody decided on as well', async () => {
  const sending = await receive(here, 'adherents', file('I-1'));
  await database.knex('import').update({ state: 'receiving' }).where({ id: sending });
  const { id: undecided } = await check(here, 'adherents', file('I-2'));
  await sweepImports(database.knex, now());
  expect(await database.knex('import_line').where({ import_id: undecided })).toHaveLength(1);
  moved += 11 * 60_000;
  await sweepImports(database.knex, now());
  expect(await findImport(here.store, sending)).toMatchObject({ state: 'failed' });
  expect(await findImport(here.store, undecided)).toMatchObject({ state: 'checked' });
  moved += 48 * 3_600_000;
  await sweepImports(database.knex, now());
  expect(await findImport(here.store, undecided)).toMatchObject({ state: 'abandoned' });
  expect(await database.knex('import_line').whereIn('import_id', [sending, undecided])).toEqual([]);
  expect(await approve(here, undecided)).toBe(false);
});

test('faults are kept for a month', async () => {
  const { id } = await check(here, 'adherents', csv('identifiant;raison sociale', 'K-1;'));
  moved += 29 * 24 * 3_600_000;
  await sweepImports(database.knex, now());
  expect(await database.knex('import_fault').where({ import_id: id })).toHaveLength(1);
  moved += 2 * 24 * 3_600_000;
  await sweepImports(database.knex, now());
  expect(await database.knex('import_fault').where({ import_id: id })).toEqual([]);
});

test('a caisse reads and turns none of another’s imports', async () => {
  const { id } = await check(here, 'adherents', file('L-1'));
  expect(await findImport(there.store, id)).toBeUndefined();
  expect(await approve(there, id)).toBe(false);
  expect(await turnImport(there.store, { id, from: 'checked', to: 'abandoned', now: now() })).toBe(false);
  await approve(here, id);
  await runImport({ sql: database.knex, now }, { caisseId: 'nord-ouest', id });
  expect(await findImport(here.store, id)).toMatchObject({ state: 'approved' });
  await importFile(there, 'adherents', file('L-1'));
  await step(here, id);
  expect(await known('L-1')).toEqual(['grand-est', 'nord-ouest']);
});
