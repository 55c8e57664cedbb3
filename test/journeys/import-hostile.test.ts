import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Around, check, csv, everythingOf, importFile } from '../support/imports.ts';
import { worldOn } from '../support/store-world.ts';
import { newSiret } from '../support/world.ts';

let database: TestDatabase;
let here: Around;
beforeAll(async () => {
  database = await testDatabase();
  const { store } = await worldOn(database, 'grand-est');
  here = { store, now: Date.now };
});
afterAll(() => database.drop());

const HEADER = 'identifiant;raison sociale';
const nameOf = async (identifiant: string) =>
  (await database.knex('adherent').first().where({ identifiant }))?.raison_sociale;

const WINDOWS_1252 = (text: string): Buffer =>
  Buffer.from(text.replaceAll('’', '\x92').replaceAll('Œ', '\x8c').replaceAll('€', '\x80'), 'latin1');

describe('the encoding', () => {
  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['Windows-1252', WINDOWS_1252],
  ])('%s is read, however the bytes are cut', async (name, encode) => {
    for (const size of [1, 3, 7, 65_536]) {
      const identifiant = `${name.replace(/\W/g, '')}-${size}`;
      const bytes = encode(
        csv(HEADER, `${identifiant};L’Œuvre d’Été à 3 €`, `"${identifiant}bis";"Dit ""le Grand"" ; fils"`),
      );
      const { row, faults } = await check(here, 'adherents', bytes, { size, appliesItself: true });
      expect({ state: row.state, faults }).toEqual({ state: 'applied', faults: [] });
      expect(await nameOf(identifiant)).toBe('L’Œuvre d’Été à 3 €');
      expect(await nameOf(`${identifiant}bis`)).toBe('Dit "le Grand" ; fils');
    }
  });

  test('a file that mixes two is told the line where the second begins', async () => {
    const mixed = Buffer.concat([
      Buffer.from(csv(HEADER, 'MIX-1;Été')),
      WINDOWS_1252(csv('MIX-2;Été')),
      Buffer.from(csv('MIX-3;Été')),
    ]);
    expect((await check(here, 'adherents', mixed)).faults).toEqual([
      '3: L’encodage de cette ligne n’est pas celui du reste du fichier.',
    ]);
  });

  test('UTF-16 is no text of ours', async () => {
    const { faults } = await check(here, 'adherents', Buffer.from(csv(HEADER, 'U-1;Été'), 'utf16le'));
    expect(faults).toEqual([expect.stringMatching(/^0: Ce fichier n’est pas un fichier CSV/)]);
  });
});

const ZIP = Buffer.from('504b0304140006000800000021', 'hex');

test.each([
  ['a zip or a workbook', ZIP],
  ['a gzip', gzipSync('x'.repeat(1_000_000))],
  ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n')],
  [
    'a NUL far away',
    Buffer.concat([Buffer.from(csv(HEADER, ...Array(5_000).fill('N-1;Nul'))), Buffer.from([0])]),
  ],
])('%s is refused as a whole', async (_, bytes) => {
  const before = await everythingOf(here);
  const { row, faults } = await check(here, 'adherents', bytes, { appliesItself: true });
  expect(row.state).toBe('faulty');
  expect(faults.at(0)).toMatch(/^0: Ce fichier n’est pas un fichier CSV/);
  expect(await everythingOf(here)).toBe(before);
});

test('a file too large is not read to its end', async () => {
  const { faults, row } = await check(here, 'adherents', csv(HEADER, ...Array(50_000).fill('G-1;Grand')), {
    mostBytes: 10_000,
  });
  expect(row.lines).toBeLessThan(50_000);
  expect(faults).toContainEqual(expect.stringMatching(/^0: Ce fichier dépasse/));
});

describe('a line that is wrong leaves the others readable', () => {
  test('quotes that do not close, a cell without end, control characters', async () => {
    const { faults } = await check(
      here,
      'adherents',
      csv(
        HEADER,
        'H-1;"jamais fermé',
        'H-2;au "milieu',
        `H-3;${'x'.repeat(10 * 1024 * 1024)}`,
        'H-4;cloche\u0007',
        'H-5;un;de trop',
        'H-6',
        '=1+1;@cmd',
        `H-7;${'y'.repeat(201)}`,
        'H-8;Bon',
        ';',
        'H-9;',
      ),
    );
    expect(faults).toEqual([
      '2: Les guillemets de cette ligne sont mal placés ou ne se ferment pas. Une cellule ne contient pas de saut de ligne.',
      '3: Les guillemets de cette ligne sont mal placés ou ne se ferment pas. Une cellule ne contient pas de saut de ligne.',
      '4: Cette ligne est beaucoup trop longue.',
      '5: Cette ligne contient un caractère qui n’est pas du texte.',
      '6: Cette ligne compte 3 cellules : ce n’est pas le nombre des colonnes.',
      '7: Cette ligne compte 1 cellules : ce n’est pas le nombre des colonnes.',
      '8: La cellule « identifiant CIBTP » contient une formule.',
      '8: La cellule « raison sociale » contient une formule.',
      '9: La cellule est trop longue (raison sociale : 200 caractères au plus).',
      '12: La cellule « raison sociale » est vide.',
    ]);
  });

  test('a SIRET that fails its key or was rounded, and lines that say the same', async () => {
    await importFile(here, 'adherents', csv(HEADER, 'J-1;Juste'));
    const siret = newSiret();
    const wrong = siret.slice(0, 13) + ((Number(siret[13]) + 1) % 10);
    const { faults } = await check(
      here,
      'sites',
      csv(
        'SIRET;identifiant;nom du site',
        `${wrong};J-1;Clé`,
        '7,32829E+13;J-1;Arrondi',
        `${siret};J-1;Un`,
        `${siret};J-1;Un`,
        `${siret};j1;Deux`,
      ),
    );
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^2: « ${wrong} » n’est pas un SIRET`)),
      expect.stringMatching(/^3: « 7,32829E\+13 » n’est pas un SIRET/),
      '5: Cette ligne parle de la même chose que la ligne 4.',
      '6: Cette ligne parle de la même chose que la ligne 4.',
    ]);
  });

  test('a faulty line far down loses no other fault and changes nothing', async () => {
    const before = await everythingOf(here);
    const lines = Array.from({ length: 12_000 }, (_, i) =>
      i === 7_000 || i === 11_999 ? `T-${i};` : `T-${i};Tas`,
    );
    const { row, faults } = await check(here, 'adherents', csv(HEADER, ...lines), { appliesItself: true });
    expect(row).toMatchObject({ state: 'faulty', faults: 2, lines: 12_000 });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['7002', '12001']);
    expect(await everythingOf(here)).toBe(before);
  });
});

test('columns unknown, twice or lacking are all told, and no line is', async () => {
  const { faults } = await check(
    here,
    'adherents',
    csv('identifiant;Identifiant CIBTP;__proto__;constructor;adresse 9', ...Array(100).fill('a;b;c;d;e')),
  );
  expect(faults).toEqual([
    '1: La colonne « Identifiant CIBTP » est là deux fois.',
    '1: La colonne « __proto__ » n’est pas connue.',
    '1: La colonne « constructor » n’est pas connue.',
    '1: La colonne « adresse 9 » n’est pas connue.',
    '1: Il manque la colonne « raison sociale ».',
  ]);
  expect((await check(here, 'adherents', 'identifiant,raison sociale\r\na,b\r\n')).faults).toEqual([
    '1: Les colonnes doivent être séparées par des points-virgules.',
  ]);
});

test('words that mean something to the database are words', async () => {
  const name = `'); drop table site; -- \\ {"a":1} $1 :caisse ?`;
  await importFile(here, 'adherents', csv(HEADER, `SQL-1;"${name.replaceAll('"', '""')}"`));
  expect(await nameOf('SQL-1')).toBe(name);
});

test('spaces around a cell go, and nothing else', async () => {
  await importFile(
    here,
    'adherents',
    csv(HEADER, ' ES-1 ;\t(Ex-)Bâtisseurs /_ ', '"ES-2";"  Cités  "', 'ES-3;__(/'),
  );
  expect(await nameOf('ES-1')).toBe('(Ex-)Bâtisseurs /_');
  expect(await nameOf('ES-2')).toBe('Cités');
  expect(await nameOf('ES-3')).toBe('__(/');
});

test('what our own files protect from a spreadsheet comes back as it was', async () => {
  await importFile(here, 'adherents', csv(HEADER, "SP-1;'-10 % Matériaux", 'SP-2;+ Simple Bâtiment'));
  expect(await nameOf('SP-1')).toBe('-10 % Matériaux');
  expect(await nameOf('SP-2')).toBe('+ Simple Bâtiment');
});
