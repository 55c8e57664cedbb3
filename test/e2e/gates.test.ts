/** The gates that stand before the portal for some: an address to certify again, what a letter brought. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawInitialPassword, makeProvisionalAccount } from '../../provider/journeys/make-provisional.ts';
import { agentScope } from '../support/agent.ts';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, signIn, titleOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';

const browser = await openBrowser();
const YEAR = 366 * 86_400_000;
const CHOSEN = 'moulin zinc cordage pluie';

describe.skipIf(!browser)('in a real browser, without JavaScript', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>) =>
    asVisitor(browser as Browser, play, { javaScriptEnabled: false });

  async function leaveForSignIn(tab: Page, login: string, password?: string): Promise<void> {
    await tab.goto(services.portal.home);
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await signIn(tab, login, password);
  }

  const arrive = (tab: Page) =>
    tab.getByRole('heading', { name: 'Bienvenue sur votre espace sécurisé' }).waitFor();

  async function linkTo(email: string): Promise<string> {
    await services.app.deliver();
    return services.app.inbox.next(email).link;
  }

  test('an address is certified again in another tab, and its person goes on to the portal', () =>
    visit(async (tab) => {
      const { app } = services;
      const emailCertifiedAt = app.clock.now() - YEAR;
      const { email } = await app.world().administrator(1, { emailCertifiedAt });
      await leaveForSignIn(tab, email);
      expect(await titleOf(tab)).toBe('Confirmez votre adresse');
      const mail = await tab.context().newPage();
      await mail.goto(await linkTo(email));
      await mail.getByRole('button', { name: 'Confirmer mon adresse' }).click();
      await mail.getByRole('heading', { name: 'Votre adresse est confirmée' }).waitFor();
      await tab.getByRole('button', { name: 'J’ai ouvert le lien, continuer' }).click();
      await arrive(tab);
    }));

  test('who comes by letter chooses an address and a password, and enters the portal with those', () =>
    visit(async (tab) => {
      const { app } = services;
      const agentId = await app.world().account({ staffRole: 'agent' });
      const asked = { givenName: 'Dominique', familyName: 'Essai', identifiant: 'GE-104 217', agentId };
      const scope = await agentScope(app);
      const password = await drawInitialPassword(scope);
      const { accountId, initialPassword } = await makeProvisionalAccount(scope, { ...asked, password });
      await app.world().enrol(accountId, await app.world().site());
      const email = `d-${accountId.slice(0, 8)}@essai.test`;
      await leaveForSignIn(tab, 'GE104217', initialPassword);
      expect(await titleOf(tab)).toBe('Choisissez vos identifiants');
      await tab.getByLabel('Adresse électronique', { exact: true }).fill(email);
      await tab.getByLabel('Confirmation de l’adresse électronique').fill(email);
      await tab.getByLabel('Nouveau mot de passe').fill(CHOSEN);
      await tab.getByLabel('Confirmation du mot de passe').fill(CHOSEN);
      await tab.getByRole('button', { name: 'Valider' }).click();
      await tab.getByRole('heading', { name: 'Un message vous attend' }).waitFor();
      await tab.goto(await linkTo(email));
      await tab.getByRole('button', { name: 'Ouvrir mon espace' }).click();
      await tab.getByRole('heading', { name: 'Votre espace est ouvert' }).waitFor();
      await leaveForSignIn(tab, email, CHOSEN);
      await arrive(tab);
    }));
});
