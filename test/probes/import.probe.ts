/**
 * 200,000 companies and 300,000 sites, each file generated as it is sent to a process of its own: rows a second and the
 * most memory it took. Then the same files again, one with a faulty line 150,000, and one killed in the middle. Printed
 * for people to read; a busy machine is slower.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSiret } from '../../provider/domain/siret.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const COMPANIES = Number(process.env.PROBE_COMPANIES ?? 200_000);
const SITES = COMPANIES * 1.5;
const script = fileURLToPath(new URL('../support/import-process.ts', import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await worldOn(database, 'grand-est');
});
afterAll(() => database.drop());

const identifiant = (i: number) => `54-${String(1_000_000 + i)}`;

function* companies(): Generator<string> {
  yield 'identifiant;raison sociale;adresse 1;adresse 2\r\n';
  for (let i = 0; i < COMPANIES; i++)
    yield `${identifiant(i)};Maçonnerie Générale de l’Œuvre n° ${i};${i % 200} rue des Tailleurs;57000 METZ\r\n`;
}

/** Fourteen digits that pass Luhn: the last one makes up for the others. */
function siretOf(i: number): string {
  const digits = `${String(100_000_000 + i)}0000`;
  const sum = [...digits].reduce((all, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return digits + ((10 - (sum % 10)) % 10);
}

function* sites(faulty = -1): Generator<string> {
  yield 'SIRET;identifiant;nom du site\r\n';
  for (let i = 0; i < SITES; i++)
    yield `${i === faulty ? '12345678901234' : siretOf(i)};${identifiant(i % COMPANIES)};Agence n° ${i}\r\n`;
}

/** In pieces as a network brings them. */
function* pieces(lines: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 64 * 1024) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

async function send(kind: string, lines: Iterable<string>, { killAfter = 0 } = {}) {
  // In a heap that a file held whole would not fit in.
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=64', script, database.url, 'grand-est', kind],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const said = text(child.stdout);
  const sent = pipeline(Readable.from(pieces(lines)), child.stdin);
  if (killAfter > 0) {
    await sent;
    await untilApplying();
    await delay(killAfter);
    child.kill('SIGKILL');
    await once(child, 'exit');
    return null;
  }
  await sent;
  const told = JSON.parse(await said);
  const { received, checked, applied } = told.seconds;
  const all = received + checked + applied;
  const seconds = [received, checked, applied].map((one: number) => one.toFixed(1)).join(' + ');
  const rate = Math.round(told.lines / all).toLocaleString('fr-FR');
  console.log(
    `${kind}: ${told.lines} lines, ${told.state}, ${all.toFixed(1)} s (received + checked + applied: ${seconds}), ${rate} rows/s, peak ${Math.round(told.peak / 1024)} MB`,
  );
  return told;
}

const untilApplying = async () => {
  for (;;) {
    const { rows } = await database.knex.raw(`select 1 from import where state = 'approved'`);
    if (rows.length > 0) return;
    await delay(20);
  }
};

const countOf = async (table: string): Promise<number> =>
  Number((await database.knex(table).count({ n: '*' }))[0]?.n);

test('the SIRETs are valid', () => {
  for (let i = 0; i < 1_000; i++) expect(parseSiret(siretOf(i))).not.toBeNull();
});

test('one line, for the memory of a process that does nothing', async () => {
  await send('cabinets', ['numéro du cabinet;nom du cabinet\r\n', 'C-1;Un\r\n']);
});

test('all companies, killed in the middle: nothing changed', async () => {
  await send('adherents', companies(), { killAfter: 1_000 });
  expect(await countOf('adherent')).toBe(0);
  await database.knex('import').update({ state: 'abandoned' }).where({ state: 'approved' });
});

test('all companies', async () => {
  await send('adherents', companies());
  expect(await countOf('adherent')).toBe(COMPANIES);
});

test('all sites, line 150,000 faulty: nothing changed', async () => {
  const told = await send('sites', sites(Math.min(150_000, SITES - 1) - 2));
  expect(told).toMatchObject({ state: 'faulty', faults: 1 });
  expect(await countOf('site')).toBe(0);
});

test('all sites', async () => {
  await send('sites', sites());
  expect(await countOf('site')).toBe(SITES);
});

test('the same files again', async () => {
  await send('adherents', companies());
  await send('sites', sites());
  expect(await countOf('site')).toBe(SITES);
});
