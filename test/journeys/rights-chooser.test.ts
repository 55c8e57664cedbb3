import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordChoice } from '../../provider/store/site-choice.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administratorOfThree } from '../support/cast.ts';
import { company, linkOn, rightsPages } from '../support/rights-list.ts';
import { readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
let at: ReturnType<typeof rightsPages>['at'];
let open: ReturnType<typeof rightsPages>['open'];
beforeAll(async () => {
  app = await startApp();
  world = app.world();
  ({ at, open } = rightsPages(app));
});
afterAll(() => app.close());

describe('the way to the list', () => {
  test('asks for a sign-in first, and comes back', async () => {
    const { email, path } = await company(app);
    const { page } = await open(email, `${path}?tri=fin&par_page=10`);
    expect(page.url).toBe(at(`${path}?tri=fin&par_page=10`));
    expect(page.status).toBe(200);
  });

  test('leads straight on to the only site', async () => {
    const { email, sites } = await world.administrator(1);
    const { page } = await open(email);
    expect(page.url).toBe(at(`/${sites[0]?.siret}`));
  });

  test('offers the sites that one administers, and no other', async () => {
    const head = await administratorOfThree(world);
    const other = await administratorOfThree(world);
    await world.delegate(other.metz, other.delegations[0] ?? '', {
      from: other.accountId,
      to: head.accountId,
    });
    const { page } = await open(head.email);
    expect(page.url).toBe(at());
    const text = readableText(page);
    for (const name of ['Agence de Metz', 'Agence de Nancy', 'Dépôt de Toul']) expect(text).toContain(name);
    expect(page.text).not.toContain(other.metz.siret);
  });

  test('with many sites is searched and paged, the last visited first', async () => {
    const accountId = await world.account();
    const sites = await world.sites(
      Array.from({ length: 23 }, (_, i) => ({ name: `Chantier ${String(i).padStart(2, '0')}` })),
    );
    sites.push(...(await world.sites([{ name: 'Mirabelle' }])));
    await world.enrolOnAll(accountId, sites);
    const visitedAt = app.clock.now();
    await recordChoice(
      world.store,
      { accountId, siteId: sites[20]?.id ?? '', at: visitedAt },
      { kind: 'site_chosen', at: visitedAt },
    );
    const { visitor, page } = await open(emailOf(accountId));
    expect(readableText(page)).toMatch(
      /Récemment utilisés.*Chantier 20.*Tous vos sites 24 sites.*Chantier 00/,
    );
    const second = await visitor.get(linkOn(page, 'Page Suivante'));
    expect(readableText(second)).toContain('Chantier 10');
    expect(readableText(second)).not.toContain('Récemment utilisés');
    expect(readableText(await visitor.get(at('?page=99')))).toContain('Chantier 22');
    const found = await visitor.get(at('?q=mirab'));
    expect(readableText(found)).toMatch(/1 site trouvé.*Mirabelle/);
    expect(readableText(await visitor.get(at('?q=introuvable')))).toContain('Aucun résultat pour');
  });

  test('is closed to whoever administers nothing', async () => {
    const accountId = await world.account();
    const { page } = await open(emailOf(accountId));
    expect(page.status).toBe(403);
  });

  test('is closed to a user of the site, and unknown to a stranger and another caisse', async () => {
    const { path, metz, root, accountId } = await company(app);
    const user = await world.account();
    await world.delegate(metz, root, { from: accountId, to: user });
    expect((await open(emailOf(user), path)).page.status).toBe(403);
    const { email } = await world.administrator(1);
    const stranger = await open(email, path);
    expect(stranger.page.status).toBe(404);
    const nobody = (await stranger.visitor.get(at('/73282932000074'))).text;
    const without = (text: string) => text.replace(/reference__id">[^<]*/, '');
    expect(without(nobody)).toBe(without(stranger.page.text));
    const neighbour = app.world('nord-ouest');
    const there = await neighbour.administrator(1);
    const visitor = new Visitor();
    const url = `${app.issuerOf('nord-ouest')}/droits-d-acces${path}`;
    expect((await signInOn(visitor, await visitor.get(url), there.email)).status).toBe(404);
  });
});
