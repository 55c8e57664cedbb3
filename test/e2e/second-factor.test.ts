/** Two steps to the portal in a real Chromium: the application is added in My account, and asked at the next sign-in. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, openBrowser } from '../support/browser.ts';
import { asVisitor, signIn, titleOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { type Authenticator, authenticator, FACTOR_PAGE } from '../support/second-factor.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>, javaScriptEnabled = true) =>
    asVisitor(browser as Browser, play, { javaScriptEnabled });

  /** @returns the application and the recovery codes, as the person leaves with them. */
  async function addInMyAccount(tab: Page, email: string) {
    await tab.goto(`${services.app.issuerOf('grand-est')}${FACTOR_PAGE}`);
    await signIn(tab, email);
    await tab.getByRole('link', { name: 'Activer la connexion en deux étapes' }).click();
    const key = await tab.locator('.secret').innerText();
    const application = authenticator(services.app, key.replace(/\s/g, ''));
    await tab.getByLabel('Code à 6 chiffres').fill(application.code());
    await tab.getByRole('button', { name: 'Activer' }).click();
    await tab.getByRole('heading', { name: 'Vos codes de secours' }).waitFor();
    const codes = await tab.locator('.codes__item').allInnerTexts();
    await tab.getByRole('link', { name: 'J’ai noté mes codes' }).click();
    expect(await tab.getByText('Elle est active depuis le').count()).toBe(1);
    return { application, codes };
  }

  async function enterByTwoSteps(tab: Page, email: string, application: Authenticator): Promise<void> {
    await tab.goto(services.portal.home);
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await signIn(tab, email);
    expect(await titleOf(tab)).toBe('Code de connexion');
    await tab.getByLabel('Code à 6 chiffres').fill(application.next());
    await tab.getByRole('button', { name: 'Valider' }).click();
    await tab.getByRole('heading', { name: 'Bienvenue sur votre espace sécurisé' }).waitFor();
  }

  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('a person adds an application and enters the portal with its code, %s', async (_, javaScript) => {
    const { email } = await services.app.world().administrator(1);
    const { application, codes } = await visit((tab) => addInMyAccount(tab, email), javaScript);
    expect(codes).toHaveLength(10);
    await visit((tab) => enterByTwoSteps(tab, email, application), javaScript);
  });

  test('a person without his application enters by a recovery code, on screens that axe finds nothing on', async () => {
    const { email } = await services.app.world().administrator(1);
    const { codes } = await visit((tab) => addInMyAccount(tab, email));
    await visit(async (tab) => {
      await tab.goto(services.portal.home);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      await signIn(tab, email);
      await tab.getByRole('link', { name: 'utiliser un code de secours' }).click();
      expect(await axeViolations(tab)).toEqual([]);
      await tab.getByLabel('Code de secours').fill(codes[7] ?? '');
      await tab.getByRole('button', { name: 'Valider' }).click();
      await tab.getByRole('heading', { name: 'Bienvenue sur votre espace sécurisé' }).waitFor();
    });
  });
});
