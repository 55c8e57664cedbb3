import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportKind } from '../../provider/domain/import.ts';
import { differenceFile, tellChange } from '../../provider/journeys/import-difference.ts';
import { eachChange, listDifference } from '../../provider/store/import-difference.ts';
import { turnImport } from '../../provider/store/imports.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Around, approve, check, csv, importFile, step } from '../support/imports.ts';
import { worldOn } from '../support/store-world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const timeZone = 'Europe/Paris';
const now = () => NOW;

let database: TestDatabase;
let world: Awaited<ReturnType<typeof worldOn>>;
let here: Around;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', now);
  here = { store: world.store, now };
});
afterAll(() => database.drop());

const ALL = { added: null, after: null, skip: 0, limit: 100 };

/** « ajout about: column before > after » of each cell. */
async function difference(kind: ImportKind, ...lines: readonly string[]): Promise<string[]> {
  const { id } = await check(here, kind, csv(...lines));
  const changes = await listDifference(here.store, { id, kind, now: NOW }, ALL);
  return changes.flatMap((change) => {
    const { about, cells } = tellChange(change, { kind, timeZone });
    const named = `${change.added ? 'ajout' : 'modification'} ${about}:`;
    return cells.length === 0
      ? [named]
      : cells.map(({ column, before, after }) => `${named} ${column} ${before} > ${after}`);
  });
}

describe('each kind of file tells its difference by its own columns', () => {
  const ADHERENTS = 'identifiant;raison sociale;SIREN;adresse 1;adresse 2';

  test('adhérents', async () => {
    await importFile(here, 'adherents', csv(ADHERENTS, 'A-1;Un;;1 rue;57000 METZ', 'A-2;Deux;732829320;;'));
    const told = await difference(
      'adherents',
      ADHERENTS,
      'A-1;Un;732829320;1 rue;',
      'A-2;Deux;;;',
      'A-3;Trois;;3 rue;',
    );
    expect(told).toEqual([
      'modification A-1, Un: SIREN  > 732829320',
      'modification A-1, Un: adresse 2 57000 METZ > ',
      'modification A-2, Deux: SIREN 732829320 > ',
      'ajout A-3: raison sociale  > Trois',
      'ajout A-3: adresse 1  > 3 rue',
    ]);
    expect(await difference('adherents', 'identifiant;raison sociale', 'A-1;Uni')).toEqual([
      'modification A-1, Un: raison sociale Un > Uni',
    ]);
  });

  test('sites', async () => {
    const { siret, name } = await world.site({ identifiant: 'S-1' });
    const header = 'SIRET;identifiant;nom du site';
    const other = '73282932000074';
    expect(await difference('sites', header, `${siret};S-1;Autre`, `${other};S-1;Nouveau`)).toEqual([
      `modification ${siret}, ${name}: nom du site ${name} > Autre`,
      `ajout ${other}: identifiant CIBTP  > S1`,
      `ajout ${other}: nom du site  > Nouveau`,
    ]);
  });

  test('firms, their clients and what the former space gave them', async () => {
    const { siret, name, adherent } = await world.site({ identifiant: 'C-1' });
    const FIRMS = 'numéro du cabinet;nom du cabinet';
    expect(await difference('cabinets', FIRMS, 'K-1;Bilan')).toEqual(['ajout K-1: nom du cabinet  > Bilan']);
    await importFile(here, 'cabinets', csv(FIRMS, 'K-1;Bilan'));
    const ATTACHED = 'numéro du cabinet;identifiant;date de fin';
    const firm = `K-1, Bilan, C-1, ${adherent.raisonSociale}`;
    expect(await difference('rattachements', ATTACHED, 'K-1;C-1;')).toEqual([`ajout ${firm}:`]);
    await importFile(here, 'rattachements', csv(ATTACHED, 'K-1;C-1;'));
    expect(await difference('rattachements', ATTACHED, 'K-1;C-1;31/12/2026')).toEqual([
      `modification ${firm}: date de fin  > 31/12/2026`,
    ]);
    const GIVEN = 'SIRET;numéro du cabinet;collèges;droits;Mon planning';
    await importFile(here, 'delegations', csv(GIVEN, `${siret};K-1;ouvriers;;consultation`));
    expect(await difference('delegations', GIVEN, `${siret};K-1;ouvriers + ETAM;;mise à jour`)).toEqual([
      `modification ${siret}, ${name}, K-1, Bilan: collèges Ouvriers > Ouvriers + ETAM`,
      `modification ${siret}, ${name}, K-1, Bilan: Mon planning Consultation > Mise à jour`,
    ]);
  });

  test('former passwords, of which nothing leaves the database', async () => {
    const { siret, name } = await world.site();
    const header = 'SIRET;empreinte;nom';
    const hash = (letter: string) => `$2b$10$${letter.repeat(53)}`;
    const about = `${siret}, ${name}: empreinte  > nouveau mot de passe importé`;
    expect(await difference('codes', header, `${siret};${hash('a')};Exemple`)).toEqual([
      `ajout ${about}`,
      `ajout ${siret}, ${name}: nom  > Exemple`,
    ]);
    await importFile(here, 'codes', csv(header, `${siret};${hash('a')};Exemple`));
    expect(await difference('codes', header, `${siret};${hash('b')};Exemple`)).toEqual([
      `modification ${about}`,
    ]);
    expect(await difference('codes', header, `${siret};${hash('a')};Autre`)).toEqual([
      `modification ${siret}, ${name}: nom Exemple > Autre`,
    ]);
  });
});

const HEADER = 'identifiant;raison sociale';

test('what moved since it was checked is noted anew when it is shown again', async () => {
  await importFile(here, 'adherents', csv(HEADER, 'M-1;Un'));
  const { id } = await check(here, 'adherents', csv(HEADER, 'M-1;Autre', 'M-2;Deux'));
  await importFile(here, 'adherents', csv(HEADER, 'M-2;Deux bis'));
  await approve(here, id);
  expect(await step(here, id)).toMatchObject({ state: 'checked', shownAgain: true, added: 0, changed: 2 });
  const changes = await listDifference(here.store, { id, kind: 'adherents', now: NOW }, ALL);
  expect(changes.map(({ line, added, about }) => [line, added, about])).toEqual([
    [2, false, 'M-1, Un'],
    [3, false, 'M-2, Deux bis'],
  ]);
});

test('a long difference is read in bites, each line once', async () => {
  const lines = Array.from({ length: 2_050 }, (_, i) => `L-${i};Nom ${i}`);
  await importFile(here, 'adherents', csv(HEADER, ...lines.slice(2_000)));
  const renamed = lines.map((line) => `${line} bis`);
  const { id } = await check(here, 'adherents', csv(HEADER, ...renamed));
  const bites: number[][] = [];
  for await (const bite of eachChange(here.store, { id, kind: 'adherents', now: NOW }))
    bites.push(bite.map(({ line }) => line));
  expect(bites.map(({ length }) => length)).toEqual([1_000, 1_000, 50]);
  expect(bites.flat().slice(0, 51)).toEqual([...Array.from({ length: 50 }, (_, i) => 2_002 + i), 2]);
  expect(new Set(bites.flat()).size).toBe(2_050);
});

test('a file that is being read breaks off when the import is given up', async () => {
  const { id } = await check(here, 'adherents', csv(HEADER, 'Z-1;Un'));
  const reading = differenceFile({ ...here, caisse: { timeZone } }, { id, kind: 'adherents' });
  await turnImport(here.store, { id, from: 'checked', to: 'abandoned', now: NOW });
  await expect(reading.toArray()).rejects.toThrow('erased meanwhile');
});
