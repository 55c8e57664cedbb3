import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertNoOverflow, openBrowser } from '../support/browser.ts';
import { ALERT } from '../support/cast.ts';
import { type CuttableDatabase, cuttableDatabase } from '../support/cuttable-database.ts';
import { asVisitor, choose, faultsOf, keepPicture, PHONE, signIn, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { request } from '../support/visitor.ts';

const browser = await openBrowser();

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;
const AT_PORTAL = /^(Erreur : )?\S.* – Espace sécurisé – Caisse Grand Est$/;
const NOWHERE = /^\S.* – Caisse ID$/;

describe.skipIf(!browser)('in a real browser', () => {
  let services: TestServices;
  let database: CuttableDatabase;
  let issuer: string;
  beforeAll(async () => {
    database = await cuttableDatabase();
    services = await startServices({ database });
    issuer = services.app.issuerOf('grand-est');
  });
  afterAll(async () => {
    await services.close();
    await database.drop();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, options);

  /** A person who holds `count` sites. */
  async function holderOf(count: number) {
    const world = services.app.world();
    const email = `site${count}@entreprise-de-maconnerie.essai.test`;
    const accountId = await world.account({ email });
    const sites = await world.sites(
      Array.from({ length: count }, (_, index) => ({
        name: index % 2 === 0 ? `Agence de Metz-Nord n° ${index + 1}` : `Chantier de l’Île n° ${index + 1}`,
        raisonSociale: `Maçonnerie, Charpente et Couverture de Lorraine ${index + 1}`,
      })),
    );
    await world.enrolOnAll(accountId, sites);
    for (const site of sites.slice(0, 2)) await world.alert(site.id, ALERT);
    return { email, accountId, sites };
  }

  const toSignIn = async (tab: Page) => tab.goto((await request(issuer, 'portail')).url);

  test('the sign-in screen: empty, with errors, after too many attempts', () =>
    visit(async (tab) => {
      await toSignIn(tab);
      expect(await faultsOf(tab, 'sign-in', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Se connecter' }).click();
      expect(await faultsOf(tab, 'sign-in-empty', AT_CAISSE)).toEqual([]);
      for (let tries = 0; tries < 6; tries++) await signIn(tab, 'personne@essai.test', 'Chantier-Essai-2025');
      await tab.getByText('Trop d’essais').waitFor();
      expect(await faultsOf(tab, 'sign-in-throttled', AT_CAISSE)).toEqual([]);
      await signIn(tab, 'quelqu-un@essai.test', 'Chantier-Essai-2025');
      expect(await faultsOf(tab, 'sign-in-refused', AT_CAISSE)).toEqual([]);
    }));

  test('the choice among few sites, with their DSN alerts open', () =>
    visit(async (tab) => {
      const { email } = await holderOf(3);
      await toSignIn(tab);
      await signIn(tab, email);
      expect(await faultsOf(tab, 'sites-few', AT_CAISSE)).toEqual([]);
      for (const summary of await tab.locator('summary').all()) await summary.click();
      expect(await faultsOf(tab, 'sites-alerts', AT_CAISSE)).toEqual([]);
    }));

  test('the choice among 5,000 sites: pages, search, no result', () =>
    visit(async (tab) => {
      const { email } = await holderOf(5_000);
      await toSignIn(tab);
      await signIn(tab, email);
      expect(await faultsOf(tab, 'sites-many', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Page 500', exact: true }).click();
      expect(await faultsOf(tab, 'sites-last-page', AT_CAISSE)).toEqual([]);
      const search = async (words: string) => {
        await tab.getByLabel('Rechercher un site').fill(words);
        await tab.getByRole('button', { name: 'Rechercher' }).click();
      };
      await search('maconnerie ile 42');
      expect(await faultsOf(tab, 'sites-searched', AT_CAISSE)).toEqual([]);
      await search('<Zinguerie> d’Épinal');
      await tab.getByRole('heading', { name: 'Aucun résultat pour' }).waitFor();
      expect(await faultsOf(tab, 'sites-no-result', AT_CAISSE)).toEqual([]);
    }));

  test('no site at all', () =>
    visit(async (tab) => {
      const email = 'sans-site@essai.test';
      await services.app.world().account({ email });
      await toSignIn(tab);
      await signIn(tab, email);
      expect(await faultsOf(tab, 'sites-none', AT_CAISSE)).toEqual([]);
    }));

  test('the consent to a third party', () =>
    visit(async (tab) => {
      const { email } = await services.app.world().administrator(1, { email: 'accord@essai.test' });
      const scope = 'openid profile email phone offline_access';
      await tab.goto((await request(issuer, 'essai-tiers', { scope })).url);
      await signIn(tab, email);
      expect(await faultsOf(tab, 'consent', AT_CAISSE)).toEqual([]);
    }));

  test('the sign-out: to be confirmed, given up, and done', () =>
    visit(async (tab) => {
      await services.app.world().administrator(2, { email: 'depart@essai.test' });
      await toSignIn(tab);
      await signIn(tab, 'depart@essai.test');
      await tab.getByRole('link', { name: 'Se déconnecter' }).click();
      expect(await faultsOf(tab, 'sign-out', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Rester connecté' }).click();
      await tab.getByRole('heading', { name: 'Vous êtes toujours connecté' }).waitFor();
      expect(await faultsOf(tab, 'sign-out-stayed', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Se déconnecter' }).click();
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.getByRole('heading', { name: 'Vous êtes déconnecté' }).waitFor();
      expect(await faultsOf(tab, 'sign-out-done', AT_CAISSE)).toEqual([]);
    }));

  test('pages that say no: 400, 403, 404, 421, an unknown caisse, an expired page', () =>
    visit(async (tab) => {
      const status = async (address: string) => (await tab.goto(address))?.status();
      expect(await status(`${issuer}/auth?client_id=inconnu`)).toBe(400);
      expect(await faultsOf(tab, 'error-400', AT_CAISSE)).toEqual([]);
      expect(await status(`${issuer}/nulle-part`)).toBe(404);
      expect(await faultsOf(tab, 'error-404', AT_CAISSE)).toEqual([]);
      expect(await status(`${services.app.origin}/atlantide/`)).toBe(404);
      expect(await faultsOf(tab, 'error-caisse-unknown', NOWHERE)).toEqual([]);
      expect(await status(`http://ailleurs.localhost:${services.app.port}/grand-est`)).toBe(421);
      expect(await faultsOf(tab, 'error-421', NOWHERE)).toEqual([]);
      await tab.goto('about:blank');
      await tab.setContent(
        `<form method="post" action="${issuer}/connexion/x"><button>Envoyer</button></form>`,
      );
      await tab.getByRole('button').click();
      await tab.getByRole('heading', { name: 'Envoi refusé' }).waitFor();
      expect(await faultsOf(tab, 'error-403', AT_CAISSE)).toEqual([]);
      await toSignIn(tab);
      await tab.context().clearCookies();
      await tab.getByRole('button', { name: 'Se connecter' }).click();
      await tab.getByRole('heading', { name: 'Cette page a expiré' }).waitFor();
      expect(await faultsOf(tab, 'error-expired', AT_CAISSE)).toEqual([]);
    }));

  test('the portal’s pages, with what the provider and the API told it', () =>
    visit(async (tab) => {
      const { email, delegations, sites } = await services.app.world().administrator(3, {
        email: 'portail@essai.test',
        familyName: 'Bâtisseur-Desbordes',
      });
      await services.app.world().alert(sites[0]?.id ?? '', ALERT);
      await tab.goto(services.portal.home);
      expect(await faultsOf(tab, 'portal-welcome', AT_PORTAL)).toEqual([]);
      await tab.getByRole('link', { name: 'Se connecter' }).click();
      await signIn(tab, email);
      await choose(tab, 'Site 1');
      await tab.getByRole('banner').locator('summary').click();
      expect(await faultsOf(tab, 'portal-home', AT_PORTAL)).toEqual([]);
      const base = tab.url();
      for (const place of [
        'fonctionnalites/planning',
        'fonctionnalites/documents',
        'suivi-dsn',
        'echanges',
      ]) {
        await tab.goto(base + place);
        expect(await faultsOf(tab, `portal-${place.split('/').at(-1)}`, AT_PORTAL)).toEqual([]);
      }
      await services.app.world().close(delegations[0] ?? '');
      services.portal.advance(5 * 60_000);
      await tab.goto(base);
      expect(await faultsOf(tab, 'portal-withdrawn', AT_PORTAL)).toEqual([]);
      await tab.getByRole('link', { name: 'Choisir un autre site' }).click();
      await choose(tab, 'Site 2');
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.getByRole('heading', { name: 'Vous avez quitté' }).waitFor();
      expect(await faultsOf(tab, 'portal-goodbye', AT_PORTAL)).toEqual([]);
      await tab.goto(base);
      expect(await faultsOf(tab, 'portal-session-over', AT_PORTAL)).toEqual([]);
    }));

  /** From the portal's door to its door, over every kind of screen; `look` at each. */
  async function walk(tab: Page, email: string, look: () => Promise<void>): Promise<void> {
    const screen = async (heading: string) => {
      await tab.getByRole('heading', { level: 1, name: heading }).waitFor();
      await look();
    };
    await tab.goto(services.portal.home);
    await screen('Bienvenue sur votre espace sécurisé');
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await screen('Connexion');
    await tab.getByRole('button', { name: 'Se connecter' }).click();
    await tab.getByRole('alert').getByRole('link', { name: 'Saisissez votre mot de passe' }).click();
    await screen('Connexion');
    await signIn(tab, email);
    await screen('Choix de l’adhérent');
    await tab.getByLabel('Rechercher un site').fill('chantier de l’ile');
    await tab.getByRole('button', { name: 'Rechercher' }).click();
    await tab.locator('summary').first().click();
    expect(await tab.getByText(ALERT).first().isVisible()).toBe(true);
    await screen('Choix de l’adhérent');
    await choose(tab, 'n° 2');
    await screen('Bienvenue sur votre espace sécurisé');
    const menu = tab.getByText('Menu', { exact: true });
    if (await menu.isVisible()) await menu.click();
    await tab.getByRole('navigation').getByRole('link', { name: 'Mes comptes bancaires' }).click();
    await tab.getByLabel('Note').fill('Sans JavaScript');
    await tab.getByRole('button', { name: 'Enregistrer' }).click();
    await screen('Mes comptes bancaires');
    expect(await tab.getByLabel('Note').inputValue()).toBe('Sans JavaScript');
    await tab.getByRole('link', { name: 'Changer de tiers' }).click();
    await screen('Choix de l’adhérent');
    await choose(tab, 'n° 1');
    expect(await wordsOf(tab.getByRole('banner'))).toContain('Agence de Metz-Nord n° 1');
    await tab.getByRole('button', { name: 'Se déconnecter' }).click();
    await screen('Se déconnecter');
    await tab.getByRole('button', { name: 'Se déconnecter' }).click();
    await screen('Vous avez quitté votre espace sécurisé');
  }

  test('the whole journey without JavaScript, on the narrowest phone', () =>
    visit(
      async (tab) => {
        const { email } = await holderOf(12);
        await walk(tab, email, () => assertNoOverflow(tab));
      },
      { javaScriptEnabled: false, viewport: PHONE },
    ));

  test('the whole journey with text at twice its size (WCAG 2.2, 1.4.4)', () =>
    visit(async (tab) => {
      const { email } = await holderOf(11);
      await walk(tab, email, async () => {
        await tab.evaluate("document.documentElement.style.fontSize = '200%'");
        await assertNoOverflow(tab);
        await keepPicture(tab, `text-200-${await tab.title()}`);
      });
    }));

  // Last: nothing answers afterwards.
  test('the page that says that the service is away: 503', () =>
    visit(async (tab) => {
      await toSignIn(tab);
      await database.cut();
      await signIn(tab, 'personne@essai.test');
      await tab.getByRole('heading', { name: 'Service momentanément indisponible' }).waitFor();
      expect(await faultsOf(tab, 'error-503', AT_CAISSE)).toEqual([]);
    }));
});
