/** From the letters to the portal in a real Chromium, and every screen on the way held to axe and 320 px. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { CHOSEN_PASSWORD, type Letters, letters } from '../support/enrolment.ts';
import { asVisitor, faultsOf, headerOf, signIn, titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { PASSWORD } from '../support/world.ts';

const browser = await openBrowser();

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  let issuer: string;
  beforeAll(async () => {
    services = await startServices();
    issuer = services.app.issuerOf('grand-est');
  });
  afterAll(async () => {
    await services.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, options);

  const newLetters = (): Promise<Letters> =>
    letters(services.app.world(), services.app.clock.now(), {
      name: 'Agence de Metz-Nord',
      raisonSociale: 'Maçonnerie, Charpente et Couverture de Lorraine',
    });

  async function identify(tab: Page, { identifiant, siret, code }: Letters): Promise<void> {
    await tab.getByLabel('Identifiant CIBTP').fill(identifiant);
    await tab.getByLabel('Numéro SIRET').fill(siret);
    await tab.getByLabel('Code confidentiel').fill(code);
    await tab.getByRole('button', { name: 'Continuer' }).click();
  }

  async function fillDetails(tab: Page, email: string): Promise<void> {
    await tab.getByLabel('Adresse électronique', { exact: true }).fill(email);
    await tab.getByLabel('Confirmation de l’adresse électronique').fill(email);
    await tab.getByLabel('Mot de passe', { exact: true }).fill(CHOSEN_PASSWORD);
    await tab.getByLabel('Confirmation du mot de passe').fill(CHOSEN_PASSWORD);
  }

  const mobileNumber = (tab: Page) =>
    tab.getByRole('group', { name: 'Téléphone mobile' }).getByLabel('Numéro');

  async function linkTo(email: string): Promise<string> {
    await services.app.deliver();
    return services.app.inbox.next(email).link;
  }

  test('without JavaScript: from the portal’s sign-in page to the portal, mobile certified on the way', () =>
    visit(
      async (tab) => {
        const email = 'sans-script@essai.test';
        await tab.goto(services.portal.home);
        await tab.getByRole('link', { name: 'Se connecter' }).click();
        await tab.getByRole('link', { name: 'Première connexion' }).click();
        await tab.getByRole('link', { name: 'Commencer' }).click();
        await identify(tab, await newLetters());
        await fillDetails(tab, email);
        await mobileNumber(tab).fill('06 39 98 45 67');
        await tab.getByRole('button', { name: 'Certifier' }).click();
        await services.app.deliver();
        await tab.getByLabel('Code reçu par SMS').fill(services.app.phones.next('+33639984567').code);
        await tab.getByRole('button', { name: 'Valider le code' }).click();
        await tab.getByText('Numéro certifié').waitFor();
        expect(await tab.getByLabel('Adresse électronique', { exact: true }).inputValue()).toBe(email);
        // Enter sends the whole form, not the button that stands first in it.
        await tab.getByLabel('Prénom').press('Enter');
        expect(await titleOf(tab)).toBe('Un courriel vous attend');
        await tab.goBack();
        expect(await tab.getByLabel('Adresse électronique', { exact: true }).inputValue()).toBe(email);
        await tab.goto(await linkTo(email));
        await tab.getByRole('button', { name: 'Activer mon espace' }).click();
        expect(await titleOf(tab)).toBe('Votre espace est ouvert');
        await tab.goto(services.portal.home);
        await tab.getByRole('link', { name: 'Se connecter' }).click();
        await signIn(tab, email, CHOSEN_PASSWORD);
        await tab.getByRole('heading', { name: 'Bienvenue sur votre espace sécurisé' }).waitFor();
        expect(await headerOf(tab)).toContain('Maçonnerie, Charpente et Couverture de Lorraine');
      },
      { javaScriptEnabled: false },
    ));

  test('the screens of the first connection, empty, with errors, refused', () =>
    visit(async (tab) => {
      const held = await newLetters();
      const email = 'ecrans@essai.test';
      await tab.goto(`${issuer}/premiere-connexion`);
      expect(await faultsOf(tab, 'enrolment-intro', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Commencer' }).click();
      expect(await faultsOf(tab, 'enrolment-identification', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Continuer' }).click();
      expect(await faultsOf(tab, 'enrolment-identification-empty', AT_CAISSE)).toEqual([]);
      await identify(tab, { ...held, code: '00000-00000' });
      expect(await faultsOf(tab, 'enrolment-identification-refused', AT_CAISSE)).toEqual([]);
      await tab.goto(`${issuer}/premiere-connexion/coordonnees`);
      expect(await faultsOf(tab, 'enrolment-identification-again', AT_CAISSE)).toEqual([]);
      await identify(tab, held);
      expect(await faultsOf(tab, 'enrolment-details', AT_CAISSE)).toEqual([]);
      await mobileNumber(tab).fill('03 53 01 01 12');
      await tab.getByRole('button', { name: 'Valider', exact: true }).last().click();
      expect(await faultsOf(tab, 'enrolment-details-errors', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Choisissez un mot de passe' }).click();
      expect(
        await tab.getByLabel('Mot de passe', { exact: true }).evaluate((field) => field.matches(':focus')),
      ).toBe(true);
      await fillDetails(tab, email);
      await mobileNumber(tab).fill('06 39 98 45 68');
      await tab.getByRole('button', { name: 'Certifier' }).click();
      expect(await faultsOf(tab, 'enrolment-mobile-code', AT_CAISSE)).toEqual([]);
      await tab.getByLabel('Code reçu par SMS').fill('000000');
      await tab.getByRole('button', { name: 'Valider le code' }).click();
      expect(await faultsOf(tab, 'enrolment-mobile-code-refused', AT_CAISSE)).toEqual([]);
      await services.app.deliver();
      await tab.getByLabel('Code reçu par SMS').fill(services.app.phones.next('+33639984568').code);
      await tab.getByRole('button', { name: 'Valider le code' }).click();
      expect(await faultsOf(tab, 'enrolment-details-certified', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Valider', exact: true }).last().click();
      expect(await faultsOf(tab, 'enrolment-mail-sent', AT_CAISSE)).toEqual([]);
      const link = await linkTo(email);
      await tab.goto(link);
      expect(await faultsOf(tab, 'enrolment-activation', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Activer mon espace' }).click();
      expect(await faultsOf(tab, 'enrolment-activated', AT_CAISSE)).toEqual([]);
      await tab.goto(link);
      expect(await faultsOf(tab, 'enrolment-link-used', AT_CAISSE)).toEqual([]);
      await tab.goto(`${issuer}/activation?jeton=inconnu`);
      expect(await faultsOf(tab, 'enrolment-link-unknown', AT_CAISSE)).toEqual([]);
    }));

  test('the screens of an association, with a password and without', () =>
    visit(async (tab) => {
      const owner = await services.app.world().administrator(1);
      await tab.goto(`${issuer}/associer-un-site`);
      expect(await faultsOf(tab, 'association-identification', AT_CAISSE)).toEqual([]);
      await identify(tab, await newLetters());
      expect(await faultsOf(tab, 'association-account', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Associer ce site' }).click();
      expect(await faultsOf(tab, 'association-account-empty', AT_CAISSE)).toEqual([]);
      await tab.getByLabel('Adresse électronique').fill(owner.email);
      await tab.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
      await tab.getByRole('button', { name: 'Associer ce site' }).click();
      expect(await faultsOf(tab, 'association-done', AT_CAISSE)).toEqual([]);
      await tab.goto(services.portal.home);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      await signIn(tab, owner.email);
      await tab.goto(`${issuer}/associer-un-site`);
      await identify(tab, await newLetters());
      expect(await wordsOf(tab.getByRole('main'))).toContain(owner.email);
      expect(await faultsOf(tab, 'association-signed-in', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Associer ce site' }).click();
      expect(await titleOf(tab)).toBe('Le site est associé');
    }));
});
