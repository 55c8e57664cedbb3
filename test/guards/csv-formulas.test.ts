/**
 * Every file for a spreadsheet that the routers hand out, found by its type, in a caisse where everybody and everything
 * is called a formula. A new one is held to the same, once it is asked for with what it needs.
 */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillIn } from '../support/addresses.ts';
import { everyRole, HERE, type Method, type Stage, whose } from '../support/every-role.ts';

let stage: Stage;
let files: readonly Asked[];
beforeAll(async () => {
  stage = await everyRole();
  files = await everyFile();
}, 120_000);
afterAll(() => stage.app.close());

type Asked = { readonly method: Method; readonly route: string; readonly path: string };

const ask = ({ method, path }: Asked) => stage.ask(whose(path), method, path);

/** GET changes nothing; of what is posted, only exports are asked for. */
async function everyFile(): Promise<Asked[]> {
  const found: Asked[] = [];
  for (const { method, path: route } of stage.app.routes) {
    if (method === 'PUT' || (method === 'POST' && !route.endsWith('/export'))) continue;
    const asked = { method, route, path: fillIn({ path: route }, () => stage.ours.each) };
    const { headers } = await ask(asked);
    if (headers['content-type']?.startsWith('text/csv')) found.push(asked);
  }
  return found;
}

/** Everything that somebody chose a name for. */
const NAMES: readonly (readonly [string, string])[] = [
  ['account', 'given_name'],
  ['account', 'family_name'],
  ['adherent', 'raison_sociale'],
  ['adherent', 'identifiant'],
  ['site', 'name'],
  ['cabinet', 'name'],
  ['import_fault', 'about'],
];

async function nameAll(begin: string): Promise<void> {
  const { knex } = stage.app.database;
  for (const [table, column] of NAMES) {
    const { rows } = await knex.raw(
      "select 1 from information_schema.columns where table_schema = 'public' and table_name = ? and column_name = ?",
      [table, column],
    );
    expect([table, column, rows.length]).toEqual([table, column, 1]);
    await knex.raw(
      `update ?? t set ?? = ? || numbered.n from (select ctid, row_number() over () as n from ?? where caisse_id = ?) numbered
       where numbered.ctid = t.ctid`,
      [table, column, `${begin}HYPERLINK("https://vol.exemple")`, table, HERE],
    );
  }
}

test('the files for spreadsheets are known', () => {
  expect(files.map(({ route }) => route)).toEqual(
    expect.arrayContaining([
      '/gestion/journal/export',
      '/gestion/import/:id/erreurs.csv',
      '/gestion/import/envoi/:kind/modele.csv',
      '/mon-cabinet/import/modele.csv',
      '/api/v1/imports/:name/erreurs',
    ]),
  );
});

// OWASP, CSV injection; the signs of full width, which some spreadsheets read as the others.
const BEGINNINGS = ['=', '+', '-', '@', '\t=', '\r=', '\n=', ' =', '＝', '＋', '－', '＠', '\u00a0='];
const FORMULA = /^[\s"]*[=+\-@＝＋－＠]|^[\t\r\n]/;

describe.each(BEGINNINGS.map((begin) => [JSON.stringify(begin), begin] as const))(
  'what begins with %s',
  (_, begin) => {
    test('is no formula in any file', async () => {
      await nameAll(begin);
      for (const asked of files) {
        const { status, text } = await ask(asked);
        const rows = parse(text, { delimiter: ';', bom: true, relax_column_count: true }) as string[][];
        expect([asked.route, status, rows.length > 0]).toEqual([asked.route, 200, true]);
        expect([asked.route, rows.flat().filter((cell) => FORMULA.test(cell))]).toEqual([asked.route, []]);
      }
    });
  },
);
