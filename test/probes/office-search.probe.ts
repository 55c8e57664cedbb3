/**
 * Prints how long the back office's search takes among 200,000 companies, one in twenty without any site, with nearly
 * 300,000 sites and as many people.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchTerms } from '../../provider/domain/search.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { searchCaisse } from '../../provider/store/office-search.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const COMPANIES = 200_000;
const CAISSE = 'sonde';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  const { knex } = database;
  await knex('caisse').insert({
    id: CAISSE,
    name: 'Sonde',
    issuer: 'http://sonde.test',
    time_zone: 'Europe/Paris',
    settings: '{}',
    cookie_keys: Buffer.alloc(1),
    created_at: new Date(),
  });
  // Each statement of the product has its seconds; these fill a caisse.
  const many = (statement: string) =>
    knex.transaction(async (trx) => {
      await trx.raw('set local statement_timeout = 0');
      await trx.raw(statement);
    });
  const trade = `(array['Maçonnerie','Charpente','Couverture','Plomberie','Étanchéité','Peinture'])[1 + n % 6]`;
  await many(
    `insert into adherent (caisse_id, id, identifiant, raison_sociale, created_at)
     select '${CAISSE}', md5('a' || n)::uuid, 'S-' || n, ${trade} || ' ' || md5('r' || n), now()
     from generate_series(1, ${COMPANIES}) n`,
  );
  await many(
    `insert into site (caisse_id, id, adherent_id, siret, name, search_text, created_at)
     select '${CAISSE}', md5('s' || n || '-' || k)::uuid, md5('a' || n)::uuid,
       (300000000 + n)::text || lpad(k::text, 5, '0'), 'Site ' || k,
       fold(${trade} || ' ' || md5('r' || n) || ' Site ' || k || ' ' || (300000000 + n)::text || lpad(k::text, 5, '0') || ' S-' || n),
       now()
     from generate_series(1, ${COMPANIES}) n, generate_series(1, 2) k
     where n % 20 <> 7 and (k = 1 or n % 2 = 0)`,
  );
  await many(
    `insert into account (caisse_id, id, email, email_key, given_name, family_name, status, created_at)
     select '${CAISSE}', md5('p' || n)::uuid, 'p' || n || '@essai.test', 'p' || n || '@essai.test', 'Camille',
       initcap(md5('f' || n)), 'active', now() from generate_series(1, ${COMPANIES}) n`,
  );
  await knex.raw('vacuum analyze site, account, adherent');
}, 600_000);
afterAll(() => database.drop());

test('what is searched answers soon, however little it says', async () => {
  const store = handleOf(database.knex, CAISSE);
  const siret = (await database.knex('site').first('siret').where({ caisse_id: CAISSE })).siret as string;
  const typed = [
    siret,
    siret.slice(0, 9),
    'p123456@essai',
    'S-150000',
    'S-150007',
    'etancheite 00042',
    'maçonnerie',
    'camille',
  ];
  for (const words of typed) {
    const times: number[] = [];
    let found = 0;
    for (let i = 0; i < 7; i++) {
      const start = performance.now();
      const result = await searchCaisse(store, { terms: searchTerms(words), limit: 5, offset: 0 });
      times.push(performance.now() - start);
      found = result.adherents.count + result.persons.count;
    }
    const median = times.toSorted((a, b) => a - b)[3] ?? 0;
    console.log(`${words.padEnd(24)} ${median.toFixed(1).padStart(8)} ms   ${found} trouvés`);
    expect(found).toBeGreaterThan(0);
  }
}, 120_000);
