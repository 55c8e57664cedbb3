/** An accountant with several clients: one selection screen, one site at a time, and no more of each than was given. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { ALERT } from '../support/cast.ts';
import {
  featuresShown,
  lookClosely,
  lookWithoutScript,
  pick,
  press,
  screen,
  stageOf,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { choose, headerOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { portfolio, serve } from '../support/portfolio.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** Four clients, of which one person follows three, each with other rights; the last one is asleep. */
  async function firm() {
    const names = ['Maçonnerie du Val', 'Charpentes du Toulois', 'Peintures de l’Est', 'Couverture de Metz'];
    const held = await portfolio(
      stage.world(),
      names.map((raisonSociale) => ({ name: 'Siège', raisonSociale })),
      {
        now: services.app.clock.now(),
        toFirm: (place) => (place === 3 ? { status: 'suspended' } : {}),
      },
    );
    const gifts = [
      rightsOn({ documents: 'mise_a_jour', planning: 'consultation' }),
      rightsOn({ salaries: 'mise_a_jour' }, ['ouvrier']),
    ];
    for (const [place, rights] of gifts.entries())
      await serve(stage.world(), held, { place, to: 'staff', given: { rights } });
    await serve(stage.world(), held, { place: 3, to: 'staff' });
    await stage.world().alert(held.sites[1]?.id ?? '', ALERT);
    return held;
  }

  test.each([true, false])(
    'chooses a client, works for it, and changes to another (JavaScript: %s)',
    async (scripted) => {
      const held = await firm();
      const look = scripted ? lookClosely('comptable') : lookWithoutScript('comptable');
      await stage.visit(
        async (tab) => {
          await stage.knock(tab, emailOf(held.staff));
          await screen(tab, /Choix de l’adhérent/);
          const list = await wordsOf(tab.getByRole('main'));
          expect(list).toContain('Maçonnerie du Val');
          expect(list).not.toContain('Peintures de l’Est');
          expect(list).not.toContain('Couverture de Metz');
          await look(tab, '01-choix');
          await choose(tab, 'Maçonnerie du Val');
          await screen(tab, WELCOME);
          expect(await headerOf(tab)).toContain('Accès par le cabinet comptable Cabinet des Remparts');
          expect(await featuresShown(tab)).toEqual(['Mon planning consultation seulement', 'Mes documents']);
          await pick(tab, 'link', 'Changer de tiers');
          await choose(tab, 'Charpentes du Toulois');
          await screen(tab, WELCOME);
          expect(await headerOf(tab)).toContain('Charpentes du Toulois');
          expect(await featuresShown(tab)).toEqual(['Gérer mes salariés']);
          await pick(tab, 'link', 'Voir le suivi DSN');
          await tab.getByRole('main').getByText(ALERT).waitFor();
        },
        { javaScriptEnabled: scripted },
      );
    },
  );

  test('the manager sees every client, who follows it, and goes from the portal and back', async () => {
    const held = await firm();
    const look = lookClosely('comptable');
    await stage.visit(async (tab) => {
      await stage.knock(tab, emailOf(held.manager));
      await screen(tab, /Choix de l’adhérent/);
      await choose(tab, 'Peintures de l’Est');
      await screen(tab, WELCOME);
      expect(await featuresShown(tab)).toHaveLength(17);
      await tab
        .getByRole('navigation', { name: 'Fonctionnalités' })
        .getByRole('link', { name: 'Mon cabinet' })
        .click();
      await screen(tab, 'Peintures de l’Est');
      await pick(tab, 'link', 'Clients');
      await screen(tab, 'Clients du cabinet');
      await look(tab, '02-portefeuille');
      await tab.getByLabel('Rechercher un client').fill('zinguerie');
      await press(tab, 'Rechercher');
      await look(tab, '03-portefeuille-aucun-resultat');
      await pick(tab, 'link', 'Revoir tous les clients');
      await pick(tab, 'link', 'Charpentes du Toulois');
      await screen(tab, 'Charpentes du Toulois');
      for (const summary of await tab.locator('summary').all()) await summary.click();
      await look(tab, '04-client');
      await pick(tab, 'link', /^Mettre en veille/);
      await look(tab, '05-mettre-en-veille');
      expect(await tab.getByRole('link', { name: 'Charpentes du Toulois' }).count()).toBe(1);
      await press(tab, 'Mettre en veille');
      await tab.getByText('La délégation est en veille').waitFor();
      await look(tab, '06-client-en-veille');
      await pick(tab, 'link', /^Réactiver/);
      await press(tab, 'Réactiver');
      await tab.getByText('La délégation est réactivée').waitFor();
      await press(tab, 'Revenir à Espace sécurisé');
      await screen(tab, WELCOME);
      expect(await headerOf(tab)).toContain('Peintures de l’Est');
    });
  });
});
