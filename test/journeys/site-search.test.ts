import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { atTheList, named, search } from '../support/site-list.ts';
import { type Page, readableText, sitesOn, type Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('the search', () => {
  let visitor: Visitor;
  let list: Page;
  let metz: NewSite;
  let brest: NewSite;
  beforeAll(async () => {
    const there = await atTheList(app, [
      ...named(10, 'Chantier'),
      { name: 'Agence de Metz-Nord', raisonSociale: 'Maçonnerie Élégante' },
      { name: 'Dépôt 100 %', raisonSociale: 'Bâti_Brest' },
      { name: 'Entrepôt', raisonSociale: 'Œuvres du Gros-Œuvre', identifiant: '57-00123.4' },
    ]);
    ({ visitor, list } = there);
    [metz, brest] = there.sites.slice(10) as [NewSite, NewSite];
  });

  test.each([
    ['a raison sociale without its accents', 'maconnerie elegante', () => metz],
    ['a name in capitals', 'METZ-NORD', () => metz],
    ['words of both, in any order', 'nord maçonnerie', () => metz],
    ['a literal per cent sign', '100 %', () => brest],
    ['a literal underscore', 'bati_brest', () => brest],
  ] as const)('finds by %s', async (_, typed, site) => {
    const found = await search(visitor, list, typed);
    expect(sitesOn(found)).toEqual({ recent: [], listed: [site().id] });
  });

  test('finds by SIRET, typed in groups or not', async () => {
    const { siret } = metz;
    for (const typed of [siret, siret.replace(/^(...)(...)(...)/, '$1 $2 $3 '), ` ${siret} `]) {
      expect(sitesOn(await search(visitor, list, typed)).listed).toEqual([metz.id]);
    }
  });

  test('finds by SIREN and by the beginning of a SIREN', async () => {
    const siren = metz.siret.slice(0, 9);
    for (const typed of [siren, siren.replace(/^(...)(...)/, '$1.$2.'), siren.slice(0, 8)]) {
      expect(sitesOn(await search(visitor, list, typed)).listed).toContain(metz.id);
    }
  });

  test.each(['57-00123.4', '57-00123', '57001234', '57 00123 4'])(
    'finds the identifiant 57-00123.4 by %j',
    async (typed) => {
      const found = await search(visitor, list, typed);
      expect(sitesOn(found).listed).toHaveLength(1);
      expect(readableText(found)).toContain('57-00123.4');
    },
  );

  test('finds an opened ligature', async () => {
    expect(readableText(await search(visitor, list, 'gros-oeuvre'))).toContain('Œuvres du Gros-Œuvre');
  });

  test('does not find what the person does not reach', async () => {
    const stranger = await app.world().site({ name: 'Comptoir secret' });
    for (const typed of ['comptoir secret', stranger.siret]) {
      const page = await search(visitor, list, typed);
      expect(sitesOn(page).listed).toEqual([]);
      expect(readableText(page)).toContain('Aucun résultat pour');
    }
  });

  test('gives back what was typed, as text', async () => {
    const page = await search(visitor, list, '"><script>alert(1)</script>');
    expect(page.text).not.toContain('<script>alert');
    expect(readableText(page)).toContain('"><script>alert(1)</script>');
  });

  test.each(['%', '_', '\\', "'", '\0', ' '.repeat(300), 'a '.repeat(3_000)])(
    'survives %j',
    async (typed) => {
      expect((await search(visitor, list, typed)).status).toBe(200);
    },
  );
});
