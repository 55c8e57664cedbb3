import argon2 from 'argon2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fold } from '../../provider/domain/search.ts';
import { hangWhatWaits } from '../../provider/jobs/run-imports.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Around, approve, check, csv, everythingOf, importFile, step } from '../support/imports.ts';
import { worldOn } from '../support/store-world.ts';
import { emailOf, newSiret } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

let database: TestDatabase;
let world: Awaited<ReturnType<typeof worldOn>>;
let here: Around;
let at = NOW;
const now = () => at;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', now);
  here = { store: world.store, now };
});
afterAll(() => database.drop());

const rowOf = (table: string, where: Record<string, unknown>) =>
  database
    .knex(table)
    .first()
    .where({ caisse_id: 'grand-est', ...where });

const counts = ({ added, changed, unchanged }: { added: number; changed: number; unchanged: number }) => ({
  added,
  changed,
  unchanged,
});

describe('adhérents', () => {
  test('new ones are added, with or without an address', async () => {
    const file = csv(
      'Raison sociale;Identifiant CIBTP;Adresse 1;Adresse 2',
      'Charpentes Réunies;A-100;12 rue des Tailleurs;57000 METZ',
      'Façades de l’Œuvre;A-101;;',
    );
    const row = await importFile(here, 'adherents', file);
    expect(row).toMatchObject({ state: 'applied', added: 2, changed: 0, unchanged: 0 });
    expect(row.totalAfter - row.totalBefore).toBe(2);
    expect(await rowOf('adherent', { identifiant: 'A-100' })).toMatchObject({
      raison_sociale: 'Charpentes Réunies',
      postal_address: ['12 rue des Tailleurs', '57000 METZ'],
    });
    expect((await rowOf('adherent', { identifiant: 'A-101' })).postal_address).toEqual([]);
  });

  test('the same file again changes nothing, however its numbers are grouped', async () => {
    const file = (identifiant: string) => csv('identifiant;raison sociale', `${identifiant};Deux Fois`);
    await importFile(here, 'adherents', file('B-200'));
    const before = await everythingOf(here);
    for (const written of ['B-200', 'b 200', 'B200']) {
      expect(counts(await importFile(here, 'adherents', file(written)))).toEqual({
        added: 0,
        changed: 0,
        unchanged: 1,
      });
    }
    expect(await everythingOf(here)).toBe(before);
  });

  test('a company that changes its name is found by it on all its sites', async () => {
    const site = await world.site({ identifiant: 'C-300', raisonSociale: 'Ancien Nom' });
    await importFile(here, 'adherents', csv('identifiant;raison sociale', 'C300;Élan Bâtiment'));
    const { search_text } = await rowOf('site', { id: site.id });
    expect(search_text).toBe(fold(`Élan Bâtiment ${site.name} ${site.siret} C-300 C300`));
  });

  test('a company that only changes its address leaves its sites, and their places in the indexes, as they are', async () => {
    const site = await world.site({ identifiant: 'C-310', raisonSociale: 'Immobile' });
    const written = async () => {
      const { rows } = await database.knex.raw('select xmin::text, ctid::text from site where id = ?', [
        site.id,
      ]);
      return rows[0];
    };
    const before = await written();
    const file = csv('identifiant;raison sociale;adresse 1', 'C-310;Immobile;2 rue Basse');
    expect(counts(await importFile(here, 'adherents', file))).toMatchObject({ changed: 1 });
    expect(await written()).toEqual(before);
  });

  test('a file without address columns leaves the addresses; with them, it clears what it leaves empty', async () => {
    const file = (...lines: string[]) => importFile(here, 'adherents', csv(...lines));
    await file('identifiant;raison sociale;adresse 1', 'D-1;Adresse;1 rue Haute');
    await file('identifiant;raison sociale', 'D-1;Adresse neuve');
    expect((await rowOf('adherent', { identifiant: 'D-1' })).postal_address).toEqual(['1 rue Haute']);
    await file('identifiant;raison sociale;adresse 1', 'D-1;Adresse neuve;');
    expect((await rowOf('adherent', { identifiant: 'D-1' })).postal_address).toEqual([]);
  });

  test('a SIREN is kept, left alone by a file without that column, cleared by an empty cell, checked by its key', async () => {
    const sirenOf = async () => (await rowOf('adherent', { identifiant: 'SN-1' })).siren;
    const file = (...lines: string[]) => importFile(here, 'adherents', csv(...lines));
    await file('identifiant;raison sociale;SIREN', 'SN-1;Sirène;732 829 320');
    expect(await sirenOf()).toBe('732829320');
    expect(counts(await file('identifiant;raison sociale', 'SN-1;Sirène'))).toMatchObject({ unchanged: 1 });
    expect(await sirenOf()).toBe('732829320');
    const { faults } = await check(
      here,
      'adherents',
      csv('identifiant;raison sociale;SIREN', 'SN-1;Sirène;732829321'),
    );
    expect(faults).toEqual([
      '2: « 732829321 » n’est pas un SIREN : 9 chiffres, dont le dernier est une clé.',
    ]);
    expect(counts(await file('identifiant;raison sociale;SIREN', 'SN-1;Sirène;'))).toMatchObject({
      changed: 1,
    });
    expect(await sirenOf()).toBeNull();
  });

  test('who is not named stays', async () => {
    const site = await world.site();
    await importFile(here, 'adherents', csv('identifiant;raison sociale', 'E-1;Seul'));
    expect(await rowOf('adherent', { id: site.adherent.id })).toBeDefined();
  });
});

describe('sites', () => {
  test('new ones are added and found, changed ones renamed', async () => {
    const { adherent, siret } = await world.site({ identifiant: 'S-1', raisonSociale: 'Toitures Sûres' });
    const other = newSiret();
    const file = csv('SIRET;identifiant;nom du site', `${siret};S1;Siège`, `${other};S-1;Dépôt d’Épinal`);
    expect(counts(await importFile(here, 'sites', file))).toEqual({ added: 1, changed: 1, unchanged: 0 });
    const made = await rowOf('site', { siret: other });
    expect(made).toMatchObject({ adherent_id: adherent.id, name: 'Dépôt d’Épinal' });
    expect(made.search_text).toBe(fold(`Toitures Sûres Dépôt d’Épinal ${other} S-1 S1`));
    expect((await rowOf('site', { siret })).search_text).toContain('siege');
    expect(counts(await importFile(here, 'sites', file))).toEqual({ added: 0, changed: 0, unchanged: 2 });
  });

  test('a site does not change adhérents, and needs one that is known', async () => {
    const [mine, theirs] = await world.sites([{ identifiant: 'S-10' }, { identifiant: 'S-11' }]);
    const file = csv(
      'SIRET;identifiant;nom du site',
      `${theirs?.siret};S-10;Pris`,
      `${newSiret()};inconnu;Nulle part`,
      `${mine?.siret};S-10;Siège`,
    );
    const before = await everythingOf(here);
    const { row, faults } = await check(here, 'sites', file);
    expect(row).toMatchObject({ state: 'faulty', faults: 2 });
    expect(faults).toEqual([
      expect.stringMatching(/^2: Ce site est celui de l’adhérent « S-11 »/),
      expect.stringMatching(/^3: L’identifiant « INCONNU » n’est pas celui d’un adhérent/),
    ]);
    expect(await everythingOf(here)).toBe(before);
  });

  test('an adhérent of another caisse is unknown, and its site another’s', async () => {
    const there = await worldOn(database, 'nord-ouest', now);
    const foreign = await there.site({ identifiant: 'N-1' });
    const { faults } = await check(
      here,
      'sites',
      csv('SIRET;identifiant;nom du site', `${foreign.siret};N-1;Ailleurs`),
    );
    expect(faults).toEqual([expect.stringContaining('n’est pas celui d’un adhérent')]);
    await world.site({ identifiant: 'N-2' });
    await importFile(here, 'sites', csv('SIRET;identifiant;nom du site', `${foreign.siret};N-2;Ici aussi`));
    expect(await database.knex('site').where({ siret: foreign.siret })).toHaveLength(2);
    expect((await database.knex('site').first().where({ id: foreign.id })).name).toBe(foreign.name);
  });
});

describe('firms and their clients', () => {
  test('a firm is known by its number', async () => {
    const file = (name: string) => csv('numéro du cabinet;nom du cabinet', `K-1;${name}`);
    expect(counts(await importFile(here, 'cabinets', file('Chiffres & Cie')))).toMatchObject({ added: 1 });
    expect(counts(await importFile(here, 'cabinets', file('Chiffres et Cie')))).toMatchObject({ changed: 1 });
    expect(counts(await importFile(here, 'cabinets', file('Chiffres et Cie')))).toMatchObject({
      unchanged: 1,
    });
    expect(await database.knex('cabinet').where({ reference: 'K-1' })).toMatchObject([
      { name: 'Chiffres et Cie' },
    ]);
  });

  test('an attachment begins, goes on and ends by what the file says of it', async () => {
    const { adherent } = await world.site({ identifiant: 'R-1' });
    await importFile(here, 'cabinets', csv('numéro du cabinet;nom du cabinet', 'K-2;Bilan'));
    const file = (end: string) => csv('numéro du cabinet;identifiant;date de fin', `K-2;R1;${end}`);
    const standing = () =>
      database.knex('cabinet_client').where({ adherent_id: adherent.id }).orderBy('effective_at');
    expect(counts(await importFile(here, 'rattachements', file('')))).toMatchObject({ added: 1 });
    expect(counts(await importFile(here, 'rattachements', file('')))).toMatchObject({ unchanged: 1 });
    expect(counts(await importFile(here, 'rattachements', file('31/12/2026')))).toMatchObject({ changed: 1 });
    expect(await standing()).toMatchObject([{ effective_at: NOW, ends_at: Date.UTC(2026, 11, 31, 23) }]);
    at = NOW + 60 * DAY;
    expect(counts(await importFile(here, 'rattachements', file('31/12/2026')))).toMatchObject({
      unchanged: 1,
    });
    expect((await check(here, 'rattachements', file('01/01/2027'))).faults).toEqual([
      '2: La date de fin est passée.',
    ]);
    expect(counts(await importFile(here, 'rattachements', file('')))).toMatchObject({ added: 1 });
    expect(await standing()).toHaveLength(2);
    at = NOW;
  });

  test('unknown parties are named', async () => {
    const { faults } = await check(
      here,
      'rattachements',
      csv(
        'numéro du cabinet;identifiant;date d’effet;date de fin',
        'rien;rien;2/1/2026;1/1/2026',
        'rien;personne;;',
      ),
    );
    expect(faults).toEqual([
      '2: La date de fin précède la date d’effet.',
      expect.stringMatching(/^3: .*« rien »/),
      expect.stringMatching(/^3: .*« PERSONNE »/),
    ]);
  });
});

describe('delegations of the former space', () => {
  const header = 'SIRET;numéro du cabinet;e-mail;collèges;droits;Mon planning';

  test('to a firm, they wait for an administrator, then for him to renew them', async () => {
    const site = await world.site({ identifiant: 'L-1' });
    await importFile(here, 'cabinets', csv('numéro du cabinet;nom du cabinet', 'K-9;Legs'));
    const file = csv(header, `${site.siret};K-9;;ouvriers + ETAM;consultation;mise à jour`);
    expect((await check(here, 'delegations', file)).faults).toEqual([
      '2: Le cabinet « K-9 » n’est pas rattaché à cet adhérent.',
    ]);
    await importFile(here, 'rattachements', csv('numéro du cabinet;identifiant', 'K-9;L-1'));
    expect(counts(await importFile(here, 'delegations', file))).toMatchObject({ added: 1 });
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(0);
    const administrator = await world.account();
    const root = await world.enrol(administrator, site);
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(1);
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(0);
    const hung = await rowOf('delegation', { site_id: site.id, kind: 'cabinet' });
    expect(hung).toMatchObject({ parent_id: root, status: 'to_renew', colleges: 3, admin: false });
    expect(
      await database.knex('audit_event').where({ kind: 'delegation_carried_over', site_id: site.id }),
    ).toHaveLength(1);
    expect(counts(await importFile(here, 'delegations', file))).toMatchObject({ unchanged: 1 });
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(0);
  });

  test('to a person, they wait for his account as well', async () => {
    const site = await world.site();
    await world.enrol(await world.account(), site);
    const email = `${site.siret}@essai.test`;
    await importFile(
      here,
      'delegations',
      csv(header, `${site.siret};;${email.toUpperCase()};tous;mise à jour;`),
    );
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(0);
    const person = await world.account({ email });
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(1);
    expect(await rowOf('delegation', { grantee_account_id: person })).toMatchObject({
      status: 'to_renew',
      kind: 'user',
    });
  });

  test('what the administrator gave anew is not given twice', async () => {
    const site = await world.site();
    const [giver, person] = [await world.account(), await world.account()];
    const root = await world.enrol(giver, site);
    await world.delegate(site, root, { from: giver, to: person });
    await importFile(
      here,
      'delegations',
      csv(header, `${site.siret};;${emailOf(person)};tous;consultation;`),
    );
    expect(await hangWhatWaits({ sql: database.knex, now })).toBe(0);
    expect(await database.knex('delegation').where({ grantee_account_id: person })).toHaveLength(1);
  });

  test('a line names a firm or a person, and gives something', async () => {
    const { siret } = await world.site();
    const { faults } = await check(
      here,
      'delegations',
      csv(
        header,
        `${siret};;;tous;consultation;`,
        `${siret};K-9;a@b.fr;tous;consultation;`,
        `${siret};;a@b.fr;tous;;`,
        `${siret};;ab;maçons;tout;`,
      ),
    );
    expect(faults).toEqual([
      '2: Indiquez soit le numéro du cabinet, soit l’e-mail de la personne.',
      '3: Indiquez soit le numéro du cabinet, soit l’e-mail de la personne.',
      '4: Cette ligne ne donne aucun droit.',
      '5: « ab » n’est pas une adresse électronique.',
      '5: « tout » : écrivez « consultation », « mise à jour » ou « aucun ».',
      '5: « maçons » : écrivez « tous », ou par exemple « ouvriers + ETAM ».',
    ]);
  });
});

describe('passwords of the former space', () => {
  const header = 'SIRET;empreinte;nom;prénom';
  const hash = (password: string) => argon2.hash(password, { memoryCost: 1024, timeCost: 1, parallelism: 1 });

  test('each becomes its site’s code, replaced by the next one', async () => {
    const { id, siret } = await world.site();
    const [first, second] = [await hash('un'), await hash('deux')];
    const current = () =>
      database
        .knex('confidential_code')
        .where({ site_id: id, origin: 'former_space' })
        .whereNull('superseded_at');
    await importFile(here, 'codes', csv(header, `${siret};${first};Exemple;Camille`));
    expect(await current()).toMatchObject([
      { hash: first, given_name: 'Camille', family_name: 'Exemple', expires_at: null },
    ]);
    expect(
      counts(await importFile(here, 'codes', csv(header, `${siret};${first};Exemple;Camille`))),
    ).toMatchObject({ unchanged: 1 });
    expect(
      counts(await importFile(here, 'codes', csv(header, `${siret};${second};Exemple;Camille`))),
    ).toMatchObject({ changed: 1 });
    expect(await current()).toMatchObject([{ hash: second }]);
  });

  test('a site whose space is open gets none', async () => {
    const site = await world.site();
    await world.enrol(await world.account(), site);
    const row = await importFile(here, 'codes', csv(header, `${site.siret};${await hash('x')};;`));
    expect(counts(row)).toEqual({ added: 0, changed: 0, unchanged: 1 });
    expect(await rowOf('confidential_code', { site_id: site.id })).toBeUndefined();
  });

  test('a hash that could not be verified is refused, and repeated nowhere', async () => {
    const { siret } = await world.site();
    const { faults, id } = await check(
      here,
      'codes',
      csv(header, `${siret};5f4dcc3b5aa765d61d8327deb882cf99;;`),
    );
    expect(faults).toEqual([expect.stringMatching(/^2: Cette empreinte n’est pas prise en charge/)]);
    const kept = await database.knex('import_fault').where({ import_id: id });
    expect(JSON.stringify(kept, (_, v) => (typeof v === 'bigint' ? 0 : v))).not.toContain('5f4dcc');
    expect(await database.knex('import_line').where({ import_id: id })).toEqual([]);
  });
});

test('what was shown is looked at again before it is done', async () => {
  const file = csv('identifiant;raison sociale', 'Z-1;Entre-temps');
  const { id, row } = await check(here, 'adherents', file);
  expect(row).toMatchObject({ state: 'checked', added: 1 });
  await importFile(here, 'adherents', file);
  await approve(here, id);
  expect(await step(here, id)).toMatchObject({ state: 'checked', added: 0, unchanged: 1, shownAgain: true });
  await approve(here, id);
  expect(await step(here, id)).toMatchObject({ state: 'applied' });
});
