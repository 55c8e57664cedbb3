/** Recovery and My account in a real Chromium: the journeys by their words, each screen held to axe and 320 px. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, faultsOf, signIn } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { request } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const browser = await openBrowser();

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;
const NEW = 'Truelle-Neuve-2027';
const WITHOUT_SCRIPT: BrowserContextOptions = { javaScriptEnabled: false };

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  let issuer: string;
  let serial = 0;
  beforeAll(async () => {
    services = await startServices();
    issuer = services.app.issuerOf('grand-est');
  });
  afterAll(async () => {
    await services.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, options);

  async function person() {
    const email = `prenom.nom-de-famille.compose${++serial}@entreprise-de-maconnerie.essai.test`;
    return services.app
      .world()
      .administrator(1, { email, givenName: 'Anne-Charlotte', familyName: 'Del’Essai' });
  }

  async function mailTo(email: string) {
    await services.app.deliver();
    return services.app.inbox.next(email);
  }

  const press = (tab: Page, name: string) => tab.getByRole('button', { name, exact: true }).click();
  const heading = (tab: Page, name: string | RegExp) =>
    tab.getByRole('heading', { level: 1, name }).waitFor();

  /** What a page cannot run without its scripts is looked at with them alone. */
  const faultsWith = (options: BrowserContextOptions) => (tab: Page, name: string) =>
    options.javaScriptEnabled === false ? Promise.resolve([]) : faultsOf(tab, name, AT_CAISSE);

  const mobileField = (tab: Page) =>
    tab.getByRole('group', { name: /Téléphone mobile/ }).getByLabel('Numéro');

  async function atHome(tab: Page, email: string, path = ''): Promise<void> {
    await tab.goto(`${issuer}/mon-compte${path}`);
    await signIn(tab, email);
    await tab.waitForURL(`${issuer}/mon-compte${path}`);
  }

  /** The journey's end: tokens, at the portal. The next whole second is the first that a session may begin in. */
  async function enterPortal(tab: Page, email: string, password: string): Promise<void> {
    services.app.clock.advance(1_000);
    await tab.goto(services.portal.home);
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await signIn(tab, email, password);
    await heading(tab, 'Bienvenue sur votre espace sécurisé');
  }

  test.each([
    ['with JavaScript', {}],
    ['without JavaScript', WITHOUT_SCRIPT],
  ] as const)('%s: from a forgotten password to the portal', (_, options) =>
    visit(async (tab) => {
      const faults = faultsWith(options);
      const { email } = await person();
      await tab.goto(services.portal.home);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      await tab.getByRole('link', { name: 'Mot de passe oublié' }).click();
      await heading(tab, /Mot de passe ou code/);
      expect(await faults(tab, 'recovery-choice')).toEqual([]);
      await tab.getByRole('link', { name: 'J’ai déjà ouvert mon espace' }).click();
      await press(tab, 'Recevoir le lien');
      expect(await faults(tab, 'recovery-by-email-error')).toEqual([]);
      await tab.getByLabel('Adresse électronique').fill(email);
      await press(tab, 'Recevoir le lien');
      await heading(tab, 'Consultez votre messagerie');
      expect(await faults(tab, 'recovery-sent')).toEqual([]);
      const { link } = await mailTo(email);
      await tab.goto(link);
      await tab.getByLabel('Nouveau mot de passe', { exact: true }).fill('court');
      await press(tab, 'Enregistrer ce mot de passe');
      await tab.getByText('Une information est à corriger').or(tab.getByText('Des informations')).waitFor();
      expect(await faults(tab, 'recovery-new-password-error')).toEqual([]);
      await tab.getByLabel('Nouveau mot de passe', { exact: true }).fill(NEW);
      await tab.getByLabel('Confirmation du nouveau mot de passe').fill(NEW);
      await press(tab, 'Enregistrer ce mot de passe');
      await heading(tab, 'Votre mot de passe est changé');
      expect(await faults(tab, 'recovery-done')).toEqual([]);
      await tab.goto(link);
      await heading(tab, 'Ce lien a déjà servi');
      expect(await faults(tab, 'recovery-used')).toEqual([]);
      await enterPortal(tab, email, NEW);
    }, options),
  );

  test('a lost code: the hint, an error, the answer', () =>
    visit(async (tab) => {
      await tab.goto(`${issuer}/mot-de-passe-oublie/code-perdu`);
      expect(await faultsOf(tab, 'recovery-by-post', AT_CAISSE)).toEqual([]);
      await press(tab, 'Demander un nouveau code');
      expect(await faultsOf(tab, 'recovery-by-post-error', AT_CAISSE)).toEqual([]);
      await tab.getByLabel('Identifiant CIBTP').fill('E-12345678');
      await press(tab, 'Demander un nouveau code');
      await heading(tab, 'Votre demande est enregistrée');
      expect(await faultsOf(tab, 'recovery-posted', AT_CAISSE)).toEqual([]);
    }));

  test.each([
    ['with JavaScript', {}],
    ['without JavaScript', WITHOUT_SCRIPT],
  ] as const)('%s: contact details, and the mobile certified', (_, options) =>
    visit(async (tab) => {
      const faults = faultsWith(options);
      const { email } = await person();
      await atHome(tab, email);
      expect(await faults(tab, 'account-overview')).toEqual([]);
      await tab.getByRole('link', { name: 'Modifier mes coordonnées' }).click();
      const mobile = `06 39 98 00 ${String(serial).padStart(2, '0')}`;
      await mobileField(tab).fill('12');
      await press(tab, 'Enregistrer');
      expect(await faults(tab, 'account-contact-error')).toEqual([]);
      await mobileField(tab).fill(mobile);
      await tab.getByLabel('Mot de passe actuel').fill(PASSWORD);
      await press(tab, 'Enregistrer');
      await heading(tab, 'Mon compte');
      expect(await faults(tab, 'account-overview-uncertified')).toEqual([]);
      await tab.getByRole('button', { name: 'Certifier' }).click();
      await heading(tab, 'Certifier mon mobile');
      expect(await faults(tab, 'account-mobile-code')).toEqual([]);
      await services.app.deliver();
      const { code } = services.app.phones.next(`+33${mobile.replaceAll(' ', '').slice(1)}`);
      await tab.getByLabel('Code reçu par SMS').fill(code);
      await press(tab, 'Certifier mon mobile');
      await tab.getByText('Certifié', { exact: true }).waitFor();
      expect(await faults(tab, 'account-overview-certified')).toEqual([]);
      await visit(async (portal) => {
        await enterPortal(portal, email, PASSWORD);
        await portal.getByText('Certifié', { exact: true }).waitFor();
      });
    }, options),
  );

  test('a change of address, confirmed, then undone from the old one', () =>
    visit(async (tab) => {
      const { email } = await person();
      const to = `nouvelle-${email}`;
      await atHome(tab, email, '/adresse-electronique');
      await press(tab, 'Changer d’adresse');
      expect(await faultsOf(tab, 'account-email-error', AT_CAISSE)).toEqual([]);
      await tab.getByLabel('Nouvelle adresse électronique').fill(to);
      await tab.getByLabel('Mot de passe actuel').fill(PASSWORD);
      await press(tab, 'Changer d’adresse');
      await heading(tab, 'Confirmez votre nouvelle adresse');
      expect(await faultsOf(tab, 'account-email-sent', AT_CAISSE)).toEqual([]);
      await tab.goto((await mailTo(to)).link);
      expect(await faultsOf(tab, 'account-email-confirm', AT_CAISSE)).toEqual([]);
      await press(tab, 'Confirmer cette adresse');
      await heading(tab, 'Votre adresse est confirmée');
      await visit((portal) => enterPortal(portal, to, PASSWORD));
      await tab.goto(services.app.inbox.next(email).link);
      expect(await faultsOf(tab, 'account-email-cancel', AT_CAISSE)).toEqual([]);
      await press(tab, 'Annuler le changement');
      await heading(tab, 'Le changement d’adresse est annulé');
      expect(await faultsOf(tab, 'account-email-cancelled', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Choisir un nouveau mot de passe' }).click();
      await heading(tab, 'Nouveau mot de passe');
    }));

  test('a new password, and the list of what is open', () =>
    visit(async (tab) => {
      const { email } = await person();
      for (let i = 0; i < 2; i++) await visit((other) => atHome(other, email));
      await atHome(tab, email, '/acces');
      expect(await faultsOf(tab, 'account-access', AT_CAISSE)).toEqual([]);
      await press(tab, 'Fermer toutes les autres connexions');
      await tab.getByText('Vos autres connexions sont fermées').waitFor();
      await tab.goto(`${issuer}/mon-compte/mot-de-passe`);
      await press(tab, 'Changer de mot de passe');
      expect(await faultsOf(tab, 'account-password-error', AT_CAISSE)).toEqual([]);
      await tab.getByLabel('Mot de passe actuel').fill(PASSWORD);
      await tab.getByLabel('Nouveau mot de passe', { exact: true }).fill(NEW);
      await tab.getByLabel('Confirmation du nouveau mot de passe').fill(NEW);
      await press(tab, 'Changer de mot de passe');
      await tab.getByText('Votre mot de passe est changé').waitFor();
      expect(await faultsOf(tab, 'account-password-done', AT_CAISSE)).toEqual([]);
      await visit((portal) => enterPortal(portal, email, NEW));
    }));

  test('a service sends its person to My account, who goes back by its button', () =>
    visit(async (tab) => {
      const { email } = await person();
      await tab.goto((await request(issuer, 'portail', { prompt: 'manage_account' })).url);
      await signIn(tab, email);
      await heading(tab, 'Mon compte');
      expect(await faultsOf(tab, 'account-from-service', AT_CAISSE)).toEqual([]);
      const back = tab.waitForRequest((one) => one.url().includes('code='));
      await tab.getByRole('button', { name: /^Revenir à/ }).click();
      expect((await back).url()).toContain('state=');
    }));
});
