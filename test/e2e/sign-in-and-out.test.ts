import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { administratorOfThree } from '../support/cast.ts';
import { asVisitor, choose, enter, hasFocus, headerOf, signIn, titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  const administrator = () => administratorOfThree(services.app.world());

  const visit = <T>(play: (tab: Page) => Promise<T>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, options);

  test('signing out is confirmed, ends at the portal, and ends the other service by back channel', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await enter(tab, services.portal, { email, site: 'Agence de Metz' });
      const other = await tab.context().newPage();
      await other.goto(`${services.annex.home}/connexion`);
      await choose(other, 'Agence de Nancy');
      expect(await headerOf(other)).toContain('Agence de Nancy');
      const within = tab.url();
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      expect(await titleOf(tab)).toBe('Se déconnecter ?');
      expect(await wordsOf(tab.getByRole('main'))).toContain(email);
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.getByRole('heading', { name: 'Vous avez quitté votre espace sécurisé' }).waitFor();
      expect(tab.url()).toContain(`${services.portal.home}/au-revoir`);
      await other.reload();
      expect(await titleOf(other)).toBe('Votre session est terminée');
      await tab.goto(within);
      expect(await titleOf(tab)).toBe('Votre session est terminée');
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      expect(await titleOf(tab)).toBe('Connexion');
    }));

  test('who stays signed in is told so, and still is', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await tab.goto(`${services.portal.home}/connexion`);
      await signIn(tab, email);
      await tab.getByRole('link', { name: 'Se déconnecter' }).click();
      await tab.getByRole('button', { name: 'Rester connecté' }).click();
      expect(await titleOf(tab)).toBe('Vous êtes toujours connecté');
      await tab.goto(`${services.portal.home}/connexion`);
      expect(await titleOf(tab)).toBe('Choix de l’adhérent et du site déclarant');
    }));

  test('a sign-out finds its end without JavaScript where the session is over already', () =>
    visit(
      async (tab) => {
        await tab.goto(`${services.app.issuerOf('grand-est')}/session/end`);
        expect(await titleOf(tab)).toBe('Vous êtes déconnecté');
        const { email } = await administrator();
        await enter(tab, services.portal, { email, site: 'Agence de Metz' });
        await tab.context().clearCookies({ name: /caisse_session/ });
        await tab.getByRole('button', { name: 'Se déconnecter' }).click();
        expect(await titleOf(tab)).toBe('Vous avez quitté votre espace sécurisé');
      },
      { javaScriptEnabled: false },
    ));

  test('a wrong password is told in words that tell nothing else, and the address stays', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      const refused = async (typed: string) => {
        await tab.goto(`${services.portal.home}/connexion`);
        await signIn(tab, typed, 'pas-celui-la-2026');
        expect(await tab.title()).toMatch(/^Erreur\u00a0: Connexion/);
        expect(await tab.getByLabel('Adresse électronique').inputValue()).toBe(typed);
        expect(await tab.getByLabel('Mot de passe', { exact: true }).inputValue()).toBe('');
        return wordsOf(tab.getByRole('alert'));
      };
      expect(await refused(email)).toBe(await refused('personne@essai.test'));
      await signIn(tab, email);
      expect(await titleOf(tab)).toBe('Choix de l’adhérent et du site déclarant');
    }));

  test('empty fields: the summary has the focus, and its links go to the fields', () =>
    visit(async (tab) => {
      await tab.goto(`${services.portal.home}/connexion`);
      await tab.getByRole('button', { name: 'Se connecter' }).click();
      const summary = tab.getByRole('alert');
      await summary.waitFor();
      expect(await summary.evaluate(hasFocus)).toBe(true);
      for (const [label, message] of [
        ['Adresse électronique', 'Saisissez votre adresse'],
        ['Mot de passe', 'Saisissez votre mot de passe'],
      ] as const) {
        await summary.getByRole('link', { name: message }).click();
        const field = tab.getByLabel(label, { exact: true });
        expect(await field.evaluate(hasFocus)).toBe(true);
        expect(await field.getAttribute('aria-invalid')).toBe('true');
      }
    }));

  test('the keyboard alone is enough, from the portal to the espace of a site', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      const tabTo = async (words: RegExp) => {
        for (let presses = 0; presses < 40; presses++) {
          await tab.keyboard.press('Tab');
          const focused = await tab.evaluate<string>(
            '(({ labels, textContent }) => [...(labels ?? [])].map((l) => l.textContent).join() || textContent)(document.activeElement)',
          );
          if (words.test(focused)) return;
        }
        throw new Error(`not reached by Tab: ${words}`);
      };
      await tab.goto(services.portal.home);
      await tabTo(/^Se connecter$/);
      await tab.keyboard.press('Enter');
      await tab.getByRole('heading', { name: 'Connexion', exact: true }).waitFor();
      await tabTo(/Adresse électronique/);
      await tab.keyboard.type(email);
      await tabTo(/Mot de passe/);
      await tab.keyboard.type('Chantier-Essai-2026');
      await tab.keyboard.press('Enter');
      await tab.getByRole('heading', { name: 'Choix de l’adhérent' }).waitFor();
      await tabTo(/Choisir.*Agence de Nancy/);
      await tab.keyboard.press('Enter');
      await tab.getByRole('heading', { name: 'Bienvenue' }).waitFor();
      expect(await headerOf(tab)).toContain('Agence de Nancy');
    }));

  test('of two people who sign in in two tabs of one browser, the last one is signed in', () =>
    visit(
      async (first) => {
        const [one, other] = [await administrator(), await administrator()];
        const second = await first.context().newPage();
        for (const tab of [first, second]) await tab.goto(`${services.portal.home}/connexion`);
        await signIn(first, one.email);
        await first.getByRole('heading', { name: 'Choix de l’adhérent' }).waitFor();
        await signIn(second, other.email);
        expect(await wordsOf(second.getByRole('banner'))).toContain(other.email);
        await choose(second, 'Agence de Metz');
        expect(await headerOf(second)).toContain('Agence de Metz');
      },
      { javaScriptEnabled: false },
    ));
});
