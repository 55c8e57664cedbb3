import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fold } from '../../provider/domain/search.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function foldedThere(words: readonly string[]): Promise<string[]> {
  const { rows } = await database.knex.raw(
    'select fold(word) as folded from unnest(?::text[]) with ordinality w (word, n) order by n',
    [[...words]],
  );
  return rows.map((row: { readonly folded: string }) => row.folded);
}

const LETTERS = [..."abcxyzABCXYZàâäçéèêëîïôöùûüÿñœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÑŒÆ’‘'- \t\u00a0@._0129ﬁ½ŠžøÅ"];

describe('text as the database folds it', () => {
  test('is what the search folds, for the letters of names and addresses', async () => {
    const words = fc.sample(fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 40 }), 2_000);
    expect(await foldedThere(words)).toEqual(words.map(fold));
  });

  test('however accents are written', async () => {
    const words = ['Élie', 'E\u0301lie', 'ÉLIE', '  Élie\u00a0 Le\tGoff '];
    expect(await foldedThere(words)).toEqual(['elie', 'elie', 'elie', 'elie le goff']);
  });
});
