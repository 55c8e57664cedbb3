/** Worlds on a bare database, for tests of the store alone: no issuer, no screens. */
import { insertCaisse } from '../../provider/store/caisses.ts';
import { handleOf } from '../../provider/store/handle.ts';
import type { TestDatabase } from './database.ts';
import { makeWorld, type World } from './world.ts';

export async function worldOn(
  database: TestDatabase,
  caisseId: string,
  now: () => number = Date.now,
): Promise<World> {
  const issuer = `http://${caisseId}.test`;
  const settings = {};
  const cookieKeys = Buffer.from('sealed');
  await insertCaisse(
    database.knex,
    { id: caisseId, name: caisseId, issuer, timeZone: 'Europe/Paris', settings, cookieKeys },
    now(),
  );
  return makeWorld(handleOf(database.knex, caisseId), now);
}
