import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
