/** The portal's pages in a real browser, on a desk and on the narrowest phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../clients/api/api.ts';
import { createPortal } from '../../clients/portal/portal.ts';
import { assertNoOverflow, axeViolations, openBrowser } from '../support/browser.ts';
import { freeOrigin, listen, type Person, type Running, startIssuer, type TestIssuer } from './issuer.ts';

const RESOURCE = 'http://localhost:3002';

const ALICE: Person = {
  sub: 'alice',
  sid: 'session-1',
  name: 'Alice Martin-Desbordes de Saint-Aubin',
  siret: '73282932000074',
  site: {
    id: '1',
    name: 'Établissement secondaire de Metz-Nord',
    identifiant_cibtp: 'GE-104-2231',
    raison_sociale: 'Bâtisseurs Réunis de Lorraine et Champagne',
  },
  roles: ['utilisateur'],
  entitlements: [
    'informations_adherent:consultation',
    'comptes_bancaires:mise_a_jour',
    'reception_documents:mise_a_jour',
    'declarations_nominatives:consultation:ouvrier+etam',
    'planning:mise_a_jour:ouvrier',
    'planning:consultation:etam',
    'arrets_intemperies:mise_a_jour:ouvrier+etam+cadre',
    'documents:consultation',
  ],
  cabinet: { id: '9', name: 'Cabinet Durand & Associés' },
};
const AGENT: Person = { sub: 'agent', sid: 'session-2', name: 'Agathe Gestion', roles: ['agent'] };

const browser = await openBrowser();

describe.runIf(browser)('the portal in a browser', () => {
  let issuer: TestIssuer;
  let portal: Running;
  let api: Running;
  let home: string;

  beforeAll(async () => {
    issuer = await startIssuer('grand-est', { resource: RESOURCE });
    const demo = createApi({
      issuers: [issuer],
      audience: RESOURCE,
      allowInsecure: true,
      dsnAlerts: () => ['DSN août 2026 : une déclaration à rectifier. Une action de votre part est attendue'],
    });
    api = await listen(demo.app);
    const origin = await freeOrigin();
    const { app } = createPortal({
      caisses: [
        { slug: 'grand-est', issuer: issuer.issuer, clientId: 'portail', clientSecret: 'portal-secret' },
      ],
      origin,
      apiResource: RESOURCE,
      apiOrigin: api.origin,
      cookieKey: 'a key that only the tests know',
      allowInsecure: true,
    });
    portal = await listen(app, Number(new URL(origin).port));
    home = `${origin}/grand-est`;
  });

  beforeEach(() => {
    Object.assign(issuer.state, { person: ALICE, refusal: undefined });
  });

  afterAll(async () => {
    await Promise.all([portal.close(), api.close(), issuer.close()]);
  });

  async function inBrowser(width: number, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await (browser as Browser).newContext({ viewport: { width, height: 720 } });
    try {
      await look(await context.newPage());
    } finally {
      await context.close();
    }
  }

  async function openEspace(page: Page): Promise<string> {
    await page.goto(`${home}/connexion`);
    return page.url();
  }

  /** Each goes to its page, as it is when it has the most to show. */
  const pages: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
    ['the choice of a caisse', (page) => page.goto(portal.origin)],
    ['the welcome', (page) => page.goto(home)],
    [
      'the home of an espace, with its alerts open',
      async (page) => {
        await openEspace(page);
        await page.getByText('Alertes DSN', { exact: true }).click();
      },
    ],
    ['the DSN messages', async (page) => page.goto(`${await openEspace(page)}suivi-dsn`)],
    ['a feature per collège', async (page) => page.goto(`${await openEspace(page)}fonctionnalites/planning`)],
    [
      'a form that was refused',
      async (page) => {
        await page.goto(`${await openEspace(page)}fonctionnalites/comptes_bancaires`);
        await page.getByLabel('Note').fill('x'.repeat(600));
        await page.getByRole('button', { name: 'Enregistrer' }).click();
      },
    ],
    [
      'the exchanges, with an answer of the API',
      async (page) => {
        await page.goto(`${await openEspace(page)}echanges`);
        await page.getByRole('button', { name: 'Appeler' }).click();
      },
    ],
    ['a refused page', async (page) => page.goto(`${await openEspace(page)}fonctionnalites/telepaiements`)],
    [
      'a change of site that was given up',
      async (page) => {
        const espace = await openEspace(page);
        issuer.state.refusal = 'access_denied';
        await page.goto(`${espace}changer-de-tiers`);
      },
    ],
    [
      'the page of staff',
      async (page) => {
        issuer.state.person = AGENT;
        await openEspace(page);
      },
    ],
  ];

  for (const width of [1280, 320]) {
    it.each(pages)(`axe finds nothing and nothing overflows at ${width} px: %s`, async (_, go) => {
      await inBrowser(width, async (page) => {
        await go(page);
        expect(await axeViolations(page)).toEqual([]);
        await assertNoOverflow(page);
        expect(await page.locator('script').count()).toBe(0);
      });
    });
  }

  it('signs out through the issuer under its own content security policy', async () => {
    await inBrowser(1280, async (page) => {
      await openEspace(page);
      await page.getByRole('button', { name: 'Se déconnecter' }).click();
      await page.waitForURL(/au-revoir/);
      expect(await page.locator('h1').textContent()).toBe('Vous avez quitté votre espace sécurisé');
    });
  });

  it('writes a note with the keyboard alone, from the menu', async () => {
    await inBrowser(320, async (page) => {
      await openEspace(page);
      await page.locator('.side-small summary').focus();
      await page.keyboard.press('Enter');
      await page.locator('.side-small').getByRole('link', { name: 'Mes arrêts intempéries' }).press('Enter');
      await page.getByLabel('Note (ETAM)').fill('Gel du 12 au 14');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.getByRole('status').textContent()).toContain('La note est enregistrée');
      expect(await page.getByLabel('Note (ETAM)').inputValue()).toBe('Gel du 12 au 14');
    });
  });
});
