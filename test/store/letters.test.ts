import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { foundCaisse } from '../../provider/oidc/founding.ts';
import type { Handle } from '../../provider/store/handle.ts';
import {
  eraseExpiredLetters,
  keepLetter,
  listLettersToPrint,
  readLetter,
} from '../../provider/store/letters.ts';
import { CODE, NOW, WELCOME } from '../delivery/samples.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const sealer = makeSealer([randomBytes(32)], randomBytes);
const pdf = Buffer.from('%PDF-1.7 …');
const DAY = 86_400_000;

let database: TestDatabase;
let caisse: Handle;
let other: Handle;
beforeAll(async () => {
  database = await testDatabase();
  const found = (id: string) =>
    foundCaisse(
      database.knex,
      {
        id,
        name: id,
        issuer: `https://id.exemple.fr/${id}`,
        timeZone: 'Europe/Paris',
        settings: { shortName: id, theme: { primary: '#1b4f72', accent: '#b9770e' } },
      },
      { sealer, random: randomBytes, now: NOW },
    );
  caisse = await found('grand-est');
  other = await found('nord-ouest');
});
afterAll(() => database.drop());

async function keep(letter = CODE, id: string = randomUUID()): Promise<string> {
  await keepLetter(caisse, { id, letter, pdf, madeAt: NOW }, sealer);
  return id;
}

const read = (id: string, now = NOW, by = caisse) => readLetter(by, id, { sealer, now });

test('a letter is read as it was kept, by its own caisse alone', async () => {
  const id = await keep();
  expect(await read(id)).toEqual(pdf);
  expect(await read(id, NOW, other)).toBeUndefined();
});

test('a letter that is handed over twice is one letter', async () => {
  const id = await keep();
  await keep(CODE, id);
  const listed = await listLettersToPrint(caisse, { now: NOW, limit: 100 });
  expect(listed.filter((letter) => letter.id === id)).toHaveLength(1);
});

test('once its code has expired it is neither printed nor kept', async () => {
  const id = await keep();
  const welcome = await keep(WELCOME);
  const later = NOW + 31 * DAY;
  expect(await read(id, later)).toBeUndefined();
  const listed = await listLettersToPrint(caisse, { now: later, limit: 100 });
  expect(listed.map((letter) => letter.id)).not.toContain(id);
  expect(await eraseExpiredLetters(database.knex, later)).toBeGreaterThan(0);
  expect(await database.knex('letter').where({ id }).first()).toMatchObject({ pdf: null, printed_at: null });
  expect(await read(welcome, later)).toEqual(pdf);
});

test('a letter cannot be said to be printed and kept all the same', async () => {
  const id = await keep();
  const both = database
    .knex('letter')
    .where({ id })
    .update({ printed_at: new Date(NOW) });
  await expect(both).rejects.toMatchObject({ constraint: 'printed_letter_is_erased' });
});
