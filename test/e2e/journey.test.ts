/** The main job on real parts: provider, portal and API listen, a person clicks in a real Chromium. */
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { openBrowser } from '../support/browser.ts';
import { ALERT, administratorOfThree, delegatedUser } from '../support/cast.ts';
import {
  asVisitor,
  choose,
  enter,
  headerOf,
  openFeature,
  signIn,
  titleOf,
  wordsOf,
  writeNote,
} from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { request } from '../support/visitor.ts';

const browser = await openBrowser();

/** An access token's life, as a clock that runs ahead sees it end. */
const TOKEN_LIFE_MS = 5 * 60_000;

const MENU = [
  'Mon espace adhérent',
  'Mes déclarations',
  'Mes salariés',
  'Chômage et intempéries',
  'Mes documents',
];

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

  test('a person signs in, chooses a site among several, and the portal shows him in it', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await tab.goto(services.portal.home);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      expect(tab.url()).toContain(`${services.app.issuerOf('grand-est')}/connexion/`);
      expect(await wordsOf(tab.getByRole('main'))).toContain('Espace sécurisé');
      await signIn(tab, email);
      expect(await titleOf(tab)).toBe('Choix de l’adhérent et du site déclarant');
      expect(await tab.getByRole('rowheader').allInnerTexts()).toEqual([
        'Charpentes du Toulois',
        'Maçonnerie du Val',
        'Maçonnerie du Val',
      ]);
      await choose(tab, 'Agence de Metz');
      expect(await titleOf(tab)).toBe('Bienvenue sur votre espace sécurisé');
      const top = await headerOf(tab);
      for (const shown of ['Camille Bâtisseur', 'Maçonnerie du Val', 'Agence de Metz', 'Changer de tiers'])
        expect(top).toContain(shown);
      const menu = tab.getByRole('navigation', { name: 'Fonctionnalités' });
      expect(await menu.locator('.menu-group').allInnerTexts()).toEqual([...MENU, 'Délégations']);
      expect(await menu.getByRole('link').count()).toBe(FEATURES.length + 2);
      expect(await menu.getByText('consultation seulement').count()).toBe(0);
      await tab.getByText('Alertes DSN').first().click();
      expect(await tab.getByRole('banner').getByText(ALERT).isVisible()).toBe(true);
    }));

  test('what the person writes reaches the API with his token, and is there again', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await enter(tab, services.portal, { email, site: 'Agence de Metz' });
      await writeNote(tab, 'Mes comptes bancaires', 'Nouveau RIB à l’automne');
      await tab.reload();
      expect(await tab.getByLabel('Note').inputValue()).toBe('Nouveau RIB à l’automne');
    }));

  test('a delegated user with one site chooses nothing, and meets only what he was given', () =>
    visit(async (tab) => {
      const { email } = await delegatedUser(services.app.world());
      await tab.goto(services.portal.home);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      await signIn(tab, email);
      expect(await titleOf(tab)).toBe('Bienvenue sur votre espace sécurisé');
      const menu = tab.getByRole('navigation', { name: 'Fonctionnalités' });
      expect(await menu.getByRole('link').allInnerTexts()).toEqual([
        'Accueil',
        'Mes comptes bancaires',
        expect.stringMatching(/^Mon planning\s+consultation seulement$/),
        expect.stringMatching(/^Mes documents\s+consultation seulement$/),
      ]);
      await openFeature(tab, 'Mon planning');
      expect(await wordsOf(tab.getByRole('main'))).toContain('Vos droits ne couvrent pas : Cadres.');
      expect(await tab.getByRole('main').getByRole('button').count()).toBe(0);
      const page = tab.url().replace('/planning', '/salaries');
      await tab.goto(page);
      expect(await titleOf(tab)).toBe('Accès non autorisé');
    }));

  test('the API itself refuses what the menu does not offer', () =>
    visit(async (tab) => {
      const { email, site } = await delegatedUser(services.app.world());
      await tab.goto(`${services.portal.home}/connexion`);
      await signIn(tab, email);
      await tab.getByRole('link', { name: 'Échanges techniques' }).click();
      const call = async (method: string, siret: string) => {
        await tab.getByLabel('Méthode').selectOption(method);
        await tab.getByLabel('SIRET').fill(siret);
        await tab.getByLabel('Fonctionnalité', { exact: true }).selectOption('documents');
        await tab.getByRole('button', { name: 'Appeler' }).click();
        return wordsOf(tab.getByRole('status'));
      };
      expect(await call('GET', site.siret)).toContain('HTTP 200');
      expect(await call('PUT', site.siret)).toMatch(/HTTP 403.*insufficient_scope/);
      expect(await call('GET', '73282932000074')).toMatch(/HTTP 403.*insufficient_scope/);
    }));

  test('« Changer de tiers » leads to another site, and may be given up', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await enter(tab, services.portal, { email, site: 'Agence de Metz' });
      await tab.getByRole('link', { name: 'Changer de tiers' }).click();
      await tab.getByRole('link', { name: 'Revenir à Espace sécurisé sans choisir' }).click();
      await tab.getByRole('link', { name: 'Revenir à mon espace' }).click();
      expect(await headerOf(tab)).toContain('Agence de Metz');
      await tab.getByRole('link', { name: 'Changer de tiers' }).click();
      await choose(tab, 'Dépôt de Toul');
      const top = await headerOf(tab);
      expect(top).toContain('Charpentes du Toulois');
      expect(top).toContain('Dépôt de Toul');
    }));

  test('two tabs on two sites, interleaved, each keep theirs through every refresh', () =>
    visit(async (first) => {
      const { email } = await administrator();
      await enter(first, services.portal, { email, site: 'Agence de Metz' });
      const second = await first.context().newPage();
      await second.goto(first.url());
      // Both stand on the selection screen at once; the one that asked first chooses last.
      await first.getByRole('link', { name: 'Changer de tiers' }).click();
      await second.getByRole('link', { name: 'Changer de tiers' }).click();
      await choose(second, 'Agence de Nancy');
      await choose(first, 'Dépôt de Toul');
      await writeNote(second, 'Mes documents', 'Nancy');
      await writeNote(first, 'Mes documents', 'Toul');
      for (let round = 0; round < 2; round++) {
        services.portal.advance(TOKEN_LIFE_MS);
        for (const [tab, site, note] of [
          [first, 'Dépôt de Toul', 'Toul'],
          [second, 'Agence de Nancy', 'Nancy'],
        ] as const) {
          await tab.reload();
          expect(await headerOf(tab)).toContain(site);
          expect(await tab.getByLabel('Note').inputValue()).toBe(note);
        }
      }
    }));

  test('a third party’s person agrees to what it will get, the lasting access included', () =>
    visit(async (tab) => {
      const { email } = await administrator();
      await tab.goto((await request(services.app.issuerOf('grand-est'), 'essai-tiers')).url);
      await signIn(tab, email);
      await choose(tab, 'Agence de Metz');
      expect(await wordsOf(tab.getByRole('main'))).toContain('garder cet accès entre deux visites');
    }));

  test('a closed delegation shows at the next refresh, and leaves the other sites alone', () =>
    visit(async (tab) => {
      const { email, delegations } = await administrator();
      await enter(tab, services.portal, { email, site: 'Agence de Metz' });
      const other = await tab.context().newPage();
      await other.goto(tab.url());
      await other.getByRole('link', { name: 'Changer de tiers' }).click();
      await choose(other, 'Agence de Nancy');
      await services.app.world().close(delegations[0] ?? '');
      services.portal.advance(TOKEN_LIFE_MS);
      await tab.reload();
      expect(await titleOf(tab)).toBe('Vous n’avez plus accès à ce site');
      await other.reload();
      expect(await headerOf(other)).toContain('Agence de Nancy');
      // Not silently into the site that the other tab has chosen.
      await tab.getByRole('link', { name: 'Choisir un autre site' }).click();
      const sites = await tab.getByRole('main').innerText();
      expect(sites).toContain('Dépôt de Toul');
      expect(sites).not.toContain('Agence de Metz');
    }));

  test('who has no site at all is not kept: he goes back to the service that sent him', () =>
    visit(async (tab) => {
      const email = `n${randomUUID()}@essai.test`;
      await services.app.world().account({ email });
      await tab.goto(`${services.portal.home}/connexion`);
      await signIn(tab, email);
      expect(await wordsOf(tab.getByRole('main'))).toContain('Aucun site ne vous est ouvert');
      await tab.getByRole('link', { name: 'Revenir à Espace sécurisé', exact: true }).click();
      expect(await titleOf(tab)).toBe('Connexion abandonnée');
    }));

  test('an agent of the caisse signs in without any site', () =>
    visit(async (tab) => {
      const email = `g${randomUUID()}@essai.test`;
      await services.app.world().account({ email, staffRole: 'agent' });
      await tab.goto(`${services.portal.home}/connexion`);
      await signIn(tab, email);
      expect(await titleOf(tab)).toBe('Gestionnaire de la caisse');
      expect(await tab.getByRole('navigation', { name: 'Fonctionnalités' }).count()).toBe(0);
      expect(await tab.getByRole('link', { name: 'Changer de tiers' }).count()).toBe(0);
    }));
});
