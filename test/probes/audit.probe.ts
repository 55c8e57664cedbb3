/** Prints how fast a million lines of the audit are sealed and verified, and the memory that it takes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOn } from '../support/audit.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const LINES = 1_000_000;
const MEBIBYTE = 1024 * 1024;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await worldOn(database, 'grand-est');
  const { knex } = database;
  // Sealing reads none of them, and filling them takes longer than what is measured.
  for (const index of ['time', 'kind', 'actor', 'subject', 'site', 'request'])
    await knex.raw(`drop index audit_event_by_${index}`);
  for (let done = 0; done < LINES; done += LINES / 20)
    await knex.raw(
      `insert into audit_event (caisse_id, at, register, kind, actor_id, address, request_id, facts)
       select 'grand-est', now(), case when n % 4 = 0 then 'rights' else 'access' end, 'signed_in',
         gen_random_uuid(), '192.0.2.7', md5(n::text), '{"before": "active", "after": "closed"}'
       from generate_series(1, ?) n`,
      [LINES / 20],
    );
}, 600_000);
afterAll(() => database.drop());

/** Runs it, and prints its pace beside the most memory that the process held meanwhile. */
async function measured<T>(what: string, act: () => Promise<T>): Promise<T> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 100);
  const began = performance.now();
  const result = await act();
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const pace = Math.round(LINES / seconds).toLocaleString('fr-FR');
  const memory = `${Math.round(before / MEBIBYTE)} → ${Math.round(peak / MEBIBYTE)} Mio`;
  console.log(`${what} : ${seconds.toFixed(1)} s, ${pace} lignes par seconde, ${memory}`);
  return result;
}

test('a million lines', async () => {
  const audit = auditOn(database);
  expect(await measured('scellement', () => audit.seal())).toBe(LINES);
  expect((await measured('vérification', () => audit.verify())).found).toEqual([]);
}, 900_000);
