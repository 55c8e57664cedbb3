import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { arrive, atTheList, named, search } from '../support/site-list.ts';
import { chooseOn, type Page, readableText, returned, sitesOn, type Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('the list of sites', () => {
  test('shows raison sociale, SIRET, name and identifiant of each site', async () => {
    const { list, sites } = await atTheList(app, [
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
    const { list } = await atTheList(app, named(2));
    const text = readableText(list);
    expect(text).toContain('CIBTP Grand Est');
    expect(text).toContain('Espace sécurisé');
    expect(text).toContain('Camille Essai');
  });

  test('is personal: nothing keeps it', async () => {
    const { list } = await atTheList(app, named(2));
    expect(list.headers['cache-control']).toBe('no-store');
  });

  test('counts the DSN alerts of a site and carries their messages, newest first', async () => {
    const { visitor, list, sites } = await atTheList(app, named(2));
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
    const { visitor, list } = await atTheList(app, named(2));
    await app.world().alert((await app.world().site()).id, 'DSN octobre 2026 : rien pour vous.');
    expect(readableText(await visitor.get(list.url))).not.toContain('rien pour vous');
  });

  test('leaves out sites whose rights have gone and those of other people', async () => {
    const world = app.world();
    const { accountId, delegations, sites } = await world.administrator(3);
    await world.administrator(2);
    await world.close(delegations[0] ?? '');
    const { list } = await arrive(app, accountId);
    expect(sitesOn(list).listed.sort()).toEqual(
      sites
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('puts the sites last acted for first, newest first', async () => {
    const { visitor, list, accountId, sites } = await atTheList(app, named(12));
    expect(sitesOn(list).recent).toEqual([]);
    const [third, seventh] = [sites[2]?.id ?? '', sites[6]?.id ?? ''];
    await chooseOn(visitor, list, seventh);
    app.clock.advance(1_000);
    await chooseOn(visitor, (await arrive(app, accountId, visitor)).list, third);
    const again = await arrive(app, accountId);
    expect(sitesOn(again.list).recent).toEqual([third, seventh]);
  });

  test('a recent site whose rights have gone is no longer offered', async () => {
    const { visitor, list, accountId, sites } = await atTheList(app, named(12));
    await chooseOn(visitor, list, sites[0]?.id ?? '');
    await app
      .world()
      .store.sql('delegation')
      .where({ site_id: sites[0]?.id })
      .update({ status: 'suspended' });
    const again = await arrive(app, accountId);
    expect(sitesOn(again.list)).toMatchObject({ recent: [] });
    expect(sitesOn(again.list).listed).not.toContain(sites[0]?.id);
  });
});

describe('a portfolio of 5,000 sites', () => {
  let visitor: Visitor;
  let list: Page;
  let sites: readonly NewSite[];
  beforeAll(async () => {
    const described = named(5_000).map(({ name }, i) => ({
      name: `${name}${i % 40 === 0 ? ' relais' : ''}${i === 4_320 ? ' phare' : ''}`,
    }));
    ({ visitor, list, sites } = await atTheList(app, described));
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
    const few = await atTheList(app, named(2));
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
    const { visitor, list, accountId, sites } = await atTheList(app, named(2));
    const page = await chooseOn(visitor, list, await idFor(accountId));
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(GONE);
    expect(page.text).toMatch(/<title>Erreur/);
    expect(sitesOn(page).listed.sort()).toEqual(sites.map(({ id }) => id).sort());
  });

  test('the same id of the same person at another caisse opens nothing here', async () => {
    const { visitor, list, accountId } = await atTheList(app, named(2));
    const there = app.world('nord-ouest');
    await there.account({ id: accountId });
    const site = await there.site();
    await there.enrol(accountId, site);
    expect((await chooseOn(visitor, list, site.id)).status).toBe(422);
  });

  test('no site at all: the list again, saying that one must be chosen', async () => {
    const { visitor, list } = await atTheList(app, named(2));
    const page = await visitor.post(list.url, {});
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Choisissez un site.');
  });

  test('a right choice goes on after a wrong one', async () => {
    const { visitor, list, sites } = await atTheList(app, named(2));
    const again = await chooseOn(visitor, list, crypto.randomUUID());
    const back = await chooseOn(visitor, again, sites[0]?.id ?? '');
    expect(returned(back).get('code')).toBeTruthy();
  });

  test('a choice posted from a foreign page is refused', async () => {
    const { visitor, list, sites } = await atTheList(app, named(2));
    const page = await visitor.post(
      list.url,
      { site: sites[0]?.id ?? '' },
      { Origin: 'https://ailleurs.test' },
    );
    expect(page.status).toBe(403);
  });

  test('a wrong choice is no visit', async () => {
    const { visitor, list, accountId } = await atTheList(app, named(2));
    await chooseOn(visitor, list, (await app.world().site()).id);
    expect(await app.database.knex('site_visit').where({ account_id: accountId })).toEqual([]);
  });
});
