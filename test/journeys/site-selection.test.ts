import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  chooseOn,
  type Page,
  readableText,
  request,
  returned,
  signInOn,
  sitesOn,
  Visitor,
} from '../support/visitor.ts';
import type { DescribedSite } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** Somebody who administers those sites, in front of the selection screen. */
async function atTheList(sites: readonly DescribedSite[]) {
  const world = app.world();
  const accountId = await world.account();
  const held = await world.sites(sites);
  await world.enrolOnAll(accountId, held);
  return { ...(await arrive(accountId)), accountId, sites: held };
}

async function arrive(accountId: string, visitor = new Visitor()) {
  const asked = await request(issuer, 'portail', { prompt: 'login select_organization' });
  const form = await visitor.get(asked.url);
  const list = await signInOn(visitor, form, `p${accountId.slice(0, 8)}@essai.test`);
  return { visitor, list };
}

const named = (count: number, prefix = 'Site'): DescribedSite[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix} ${String(i + 1).padStart(4, '0')}` }));

const search = (visitor: Visitor, list: Page, typed: string): Promise<Page> =>
  visitor.get(`${list.url}?q=${encodeURIComponent(typed)}`);

describe('the list of sites', () => {
  test('shows raison sociale, SIRET, name and identifiant of each site', async () => {
    const { list, sites } = await atTheList([
      { name: 'Dépôt de Nancy', raisonSociale: 'Charpentes Müller & Fils' },
      { name: 'Agence d’Épinal', raisonSociale: 'Toitures <des> Vosges' },
    ]);
    const text = readableText(list);
    for (const { siret, name, adherent } of sites) {
      expect(text).toContain(adherent.raisonSociale);
      expect(text).toContain(name);
      expect(text).toContain(adherent.identifiant);
      expect(text.replaceAll(' ', '')).toContain(siret);
    }
    expect(list.text).not.toContain('<des>');
  });

  test('names the caisse, the service and the person', async () => {
    const { list } = await atTheList(named(2));
    const text = readableText(list);
    expect(text).toContain('CIBTP Grand Est');
    expect(text).toContain('Espace sécurisé');
    expect(text).toContain('Camille Essai');
  });

  test('is personal: nothing keeps it', async () => {
    const { list } = await atTheList(named(2));
    expect(list.headers['cache-control']).toBe('no-store');
  });

  test('counts the DSN alerts of a site and carries their messages, newest first', async () => {
    const { visitor, list, sites } = await atTheList(named(2));
    const [warned] = sites as [NewSite];
    await app.world().alert(warned.id, 'DSN août 2026 : une déclaration à rectifier <vite>.');
    app.clock.advance(1_000);
    await app.world().alert(warned.id, 'DSN septembre 2026 : une action est attendue.');
    const text = readableText(await visitor.get(list.url));
    expect(text).toContain('2 alertes');
    expect(text.indexOf('DSN septembre 2026')).toBeLessThan(text.indexOf('DSN août 2026'));
    expect(text).toContain('une déclaration à rectifier <vite>.');
  });

  test('does not show the alerts of other sites', async () => {
    const { visitor, list } = await atTheList(named(2));
    await app.world().alert((await app.world().site()).id, 'DSN octobre 2026 : rien pour vous.');
    expect(readableText(await visitor.get(list.url))).not.toContain('rien pour vous');
  });

  test('leaves out sites whose rights have gone and those of other people', async () => {
    const world = app.world();
    const { accountId, delegations, sites } = await world.administrator(3);
    await world.administrator(2);
    await world.close(delegations[0] ?? '');
    const { list } = await arrive(accountId);
    expect(sitesOn(list).listed.sort()).toEqual(
      sites
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('puts the sites last acted for first, newest first', async () => {
    const { visitor, list, accountId, sites } = await atTheList(named(12));
    expect(sitesOn(list).recent).toEqual([]);
    const [third, seventh] = [sites[2]?.id ?? '', sites[6]?.id ?? ''];
    await chooseOn(visitor, list, seventh);
    app.clock.advance(1_000);
    await chooseOn(visitor, (await arrive(accountId, visitor)).list, third);
    const again = await arrive(accountId);
    expect(sitesOn(again.list).recent).toEqual([third, seventh]);
  });

  test('a recent site whose rights have gone is no longer offered', async () => {
    const { visitor, list, accountId, sites } = await atTheList(named(12));
    await chooseOn(visitor, list, sites[0]?.id ?? '');
    await app
      .world()
      .store.sql('delegation')
      .where({ site_id: sites[0]?.id })
      .update({ status: 'suspended' });
    const again = await arrive(accountId);
    expect(sitesOn(again.list)).toMatchObject({ recent: [] });
    expect(sitesOn(again.list).listed).not.toContain(sites[0]?.id);
  });
});

describe('the search', () => {
  let visitor: Visitor;
  let list: Page;
  let metz: NewSite;
  let brest: NewSite;
  beforeAll(async () => {
    const there = await atTheList([
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

describe('a portfolio of 5,000 sites', () => {
  let visitor: Visitor;
  let list: Page;
  let sites: readonly NewSite[];
  beforeAll(async () => {
    const described = named(5_000).map(({ name }, i) => ({
      name: `${name}${i % 40 === 0 ? ' relais' : ''}${i === 4_320 ? ' phare' : ''}`,
    }));
    ({ visitor, list, sites } = await atTheList(described));
  });

  const idsOf = (from: number, to: number) => sites.slice(from, to).map(({ id }) => id);

  test('its first page says how many there are and shows ten', () => {
    expect(sitesOn(list)).toEqual({ recent: [], listed: idsOf(0, 10) });
    expect(readableText(list)).toMatch(/5\s000 sites/);
  });

  test('each page follows the one before', async () => {
    const second = await visitor.get(`${list.url}?page=2`);
    expect(sitesOn(second).listed).toEqual(idsOf(10, 20));
    const wide = await visitor.get(`${list.url}?page=100&par_page=50`);
    expect(sitesOn(wide).listed).toEqual(idsOf(4_950, 5_000));
  });

  test('a page past the end is the last one', async () => {
    const page = await visitor.get(`${list.url}?page=9999`);
    expect(sitesOn(page).listed).toEqual(idsOf(4_990, 5_000));
  });

  test.each(['0', '-1', '1.5', 'x', '1e99'])('page %j is the first one', async (number) => {
    const page = await visitor.get(`${list.url}?page=${number}`);
    expect(sitesOn(page).listed).toEqual(idsOf(0, 10));
  });

  test('the search answers from all of them, and pages its answer', async () => {
    const found = await search(visitor, list, 'phare');
    expect(sitesOn(found).listed).toEqual(idsOf(4_320, 4_321));
    const many = await visitor.get(`${list.url}?q=relais&page=2`);
    expect(readableText(many)).toContain('125 sites trouvés');
    expect(sitesOn(many).listed).toHaveLength(10);
  });

  test('costs as many queries as a list of two', async () => {
    const few = await atTheList(named(2));
    expect(await queriesOf(() => visitor.get(list.url))).toBe(
      await queriesOf(() => few.visitor.get(few.list.url)),
    );
  });
});

async function queriesOf(act: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counting = () => {
    count += 1;
  };
  app.database.knex.on('query', counting);
  await act();
  app.database.knex.off('query', counting);
  expect(count).toBeGreaterThan(0);
  return count;
}

describe('a choice that cannot be', () => {
  const lost = async (accountId: string) => {
    const world = app.world();
    const site = await world.site();
    await world.close(await world.enrol(accountId, site));
    return site.id;
  };
  const GONE = 'Vous n’avez plus de droits sur le site choisi. Choisissez-en un autre.';

  test.each([
    ['a site whose rights have gone', lost],
    ['a stranger’s site', async () => (await app.world().site()).id],
    ['a site of another caisse', async () => (await app.world('nord-ouest').site()).id],
    ['an id that no site has', async () => crypto.randomUUID()],
    ['garbage', async () => "x'; drop table site --"],
  ])('%s: the list again, in the same words', async (_, idFor) => {
    const { visitor, list, accountId, sites } = await atTheList(named(2));
    const page = await chooseOn(visitor, list, await idFor(accountId));
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(GONE);
    expect(page.text).toMatch(/<title>Erreur/);
    expect(sitesOn(page).listed.sort()).toEqual(sites.map(({ id }) => id).sort());
  });

  test('the same id of the same person at another caisse opens nothing here', async () => {
    const { visitor, list, accountId } = await atTheList(named(2));
    const there = app.world('nord-ouest');
    await there.account({ id: accountId });
    const site = await there.site();
    await there.enrol(accountId, site);
    expect((await chooseOn(visitor, list, site.id)).status).toBe(422);
  });

  test('no site at all: the list again, saying that one must be chosen', async () => {
    const { visitor, list } = await atTheList(named(2));
    const page = await visitor.post(list.url, {});
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Choisissez un site.');
  });

  test('a right choice goes on after a wrong one', async () => {
    const { visitor, list, sites } = await atTheList(named(2));
    const again = await chooseOn(visitor, list, crypto.randomUUID());
    const back = await chooseOn(visitor, again, sites[0]?.id ?? '');
    expect(returned(back).get('code')).toBeTruthy();
  });

  test('a choice posted from a foreign page is refused', async () => {
    const { visitor, list, sites } = await atTheList(named(2));
    const page = await visitor.post(
      list.url,
      { site: sites[0]?.id ?? '' },
      { Origin: 'https://ailleurs.test' },
    );
    expect(page.status).toBe(403);
  });

  test('a wrong choice is no visit', async () => {
    const { visitor, list, accountId } = await atTheList(named(2));
    await chooseOn(visitor, list, (await app.world().site()).id);
    expect(await app.database.knex('site_visit').where({ account_id: accountId })).toEqual([]);
  });
});
