/** From the portal to the rights of its site and back, in a real Chromium, while somebody else works with those rights. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, faultsOf, signIn } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const browser = await openBrowser();

const AT_CAISSE = /^\S.* – CIBTP Grand Est$/;
const WELCOME = 'Bienvenue sur votre espace sécurisé';
/** An access token's life, as a clock that runs ahead sees it end. */
const TOKEN_LIFE_MS = 5 * 60_000;

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>) => asVisitor(browser as Browser, play);

  /** An administrator, and a colleague of his, each of one site. */
  async function colleagues() {
    const world = services.app.world();
    const administrator = await world.administrator(1, { givenName: 'Camille', familyName: 'Bâtisseur' });
    const colleague = await world.account({ givenName: 'Alix', familyName: 'Collègue' });
    const delegationId = await world.delegate(
      administrator.sites[0] as (typeof administrator.sites)[0],
      administrator.delegations[0] as string,
      { from: administrator.accountId, to: colleague },
      { rights: rightsOn({ documents: 'mise_a_jour', planning: 'consultation' }) },
    );
    return { administrator: administrator.email, colleague: emailOf(colleague), delegationId };
  }

  async function enter(tab: Page, email: string): Promise<void> {
    await tab.goto(services.portal.home);
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await signIn(tab, email);
    await tab.getByRole('heading', { name: WELCOME }).waitFor();
  }

  const manage = (tab: Page) =>
    tab
      .getByRole('navigation', { name: 'Fonctionnalités' })
      .getByRole('link', { name: 'Gérer les droits d’accès' })
      .click();

  const backToPortal = async (tab: Page) => {
    await tab.getByRole('button', { name: 'Revenir à Espace sécurisé' }).click();
    await tab.getByRole('heading', { name: WELCOME }).waitFor();
  };

  test('an administrator goes to the rights of his site, closes one, and comes back to the portal', () =>
    visit((tab) =>
      visit(async (other) => {
        const { administrator, colleague } = await colleagues();
        await enter(other, colleague);
        await enter(tab, administrator);
        await manage(tab);
        await tab.getByRole('heading', { level: 1, name: 'Gérer les droits d’accès' }).waitFor();
        expect(await faultsOf(tab, 'rights-from-service', AT_CAISSE)).toEqual([]);
        await tab
          .getByRole('row')
          .filter({ hasText: 'Alix' })
          .getByRole('link', { name: /^Clôturer/ })
          .click();
        await tab.getByRole('button', { name: 'Clôturer la délégation' }).click();
        await tab.getByRole('heading', { level: 1, name: 'Gérer les droits d’accès' }).waitFor();
        await backToPortal(tab);
        // The back channel has told the portal: no token had to grow old.
        await other.reload();
        await other.getByRole('heading', { name: 'Votre session est terminée' }).waitFor();
      }),
    ));

  test('whose rights are narrowed goes on with what is left, from the next token on', () =>
    visit(async (other) => {
      const { colleague, delegationId } = await colleagues();
      await enter(other, colleague);
      const menu = other.getByRole('navigation', { name: 'Fonctionnalités' });
      expect(await menu.getByRole('link', { name: 'Mes documents' }).count()).toBe(1);
      const { levels, colleges } = rightsOn({ planning: 'consultation' });
      await services.app.world().change('delegation', delegationId, { levels: levels.toString(), colleges });
      services.portal.advance(TOKEN_LIFE_MS);
      await other.reload();
      await other.getByRole('heading', { name: WELCOME }).waitFor();
      expect(await menu.getByRole('link', { name: 'Mon planning' }).count()).toBe(1);
      expect(await menu.getByRole('link', { name: 'Mes documents' }).count()).toBe(0);
    }));

  test('whoever gives up is told so by the portal, and goes back to his espace', () =>
    visit(async (tab) => {
      await enter(tab, (await colleagues()).administrator);
      await manage(tab);
      await tab.getByRole('link', { name: 'Abandonner la demande de ce service' }).click();
      await tab.getByRole('heading', { name: 'Connexion abandonnée' }).waitFor();
      await tab.getByRole('link', { name: 'Revenir à mon espace' }).click();
      await tab.getByRole('heading', { name: WELCOME }).waitFor();
    }));

  test('whoever may not delegate is not offered to', () =>
    visit(async (tab) => {
      await enter(tab, (await colleagues()).colleague);
      expect(await tab.getByText('Gérer les droits d’accès').count()).toBe(0);
    }));
});
