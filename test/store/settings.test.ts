import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { up } from '../../migrations/20261121185400_keep_acts_for_a_year.ts';
import { insertAdherents } from '../../provider/store/adherents.ts';
import { type Handle, handleOf, transaction } from '../../provider/store/handle.ts';
import { lockDecided, readDecided, writeDecided } from '../../provider/store/settings.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let store: Handle;
beforeAll(async () => {
  database = await testDatabase();
  store = (await worldOn(database, 'grand-est', () => NOW)).store;
});
afterAll(() => database.drop());

test('a caisse decides for itself while a long import writes its rows', async () => {
  const importing = await database.knex.transaction();
  const company = { id: randomUUID(), identifiant: 'E-1', raisonSociale: 'Maçonnerie', postalAddress: [] };
  await insertAdherents(handleOf(importing, 'grand-est'), [company], NOW);
  const renaming = transaction(store, async (inside) => {
    const { settings } = await lockDecided(inside);
    await writeDecided(inside, { name: 'Renommée', settings });
  });
  await renaming.finally(() => importing.commit());
  expect((await readDecided(store)).name).toBe('Renommée');
});

test('what a caisse kept of its acts for less than a year is kept for one; the rest stays as it was', async () => {
  const settings = { phone: '01', auditDays: { access: 30, account: 364, rights: 365, office: null } };
  await transaction(store, (inside) => writeDecided(inside, { name: 'Brève', settings }));
  const silent = (await worldOn(database, 'nord-ouest', () => NOW)).store;
  await up(database.knex);
  expect((await readDecided(store)).settings).toEqual({
    phone: '01',
    auditDays: { access: 30, account: 365, rights: 365, office: null },
  });
  expect((await readDecided(silent)).settings).toEqual({});
});
