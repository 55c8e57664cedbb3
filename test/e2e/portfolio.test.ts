import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, faultsOf, signIn, wordsOf } from '../support/pages.ts';
import { type Portfolio, portfolio } from '../support/portfolio.ts';
import { named } from '../support/site-list.ts';
import { emailOf } from '../support/world.ts';

const browser = await openBrowser();
const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;

describe.skipIf(!browser)('a firm’s manager in a real browser', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(async () => {
    await app.close();
  });

  async function atTheList(tab: Page, held: Portfolio): Promise<void> {
    await tab.goto(`${app.issuerOf('grand-est')}/mon-cabinet`);
    await signIn(tab, emailOf(held.manager));
    await tab.getByRole('heading', { name: 'Clients du cabinet' }).waitFor();
  }

  const rowsOf = (held: Portfolio) =>
    app.world().store.sql('delegation').where({ kind: 'staff', grantor_cabinet_id: held.cabinetId });

  test.each([true, false])(
    'entrusts clients ticked over two pages to one person (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const held = await portfolio(app.world(), named(30), { now: app.clock.now() });
      await asVisitor(
        browser as Browser,
        async (tab) => {
          await atTheList(tab, held);
          const faults = javaScriptEnabled
            ? (name: string) => faultsOf(tab, `cabinet-${name}`, AT_CAISSE)
            : async () => [];
          expect(await faults('clients')).toEqual([]);
          await tab.getByRole('link', { name: 'Confier des clients à une personne' }).click();
          await tab
            .getByLabel('Personne du cabinet')
            .selectOption({ label: `Suivi Sacha (${emailOf(held.staff)})` });
          expect(await faults('personne')).toEqual([]);
          await tab.getByRole('button', { name: 'Continuer' }).click();
          await tab.getByLabel('Site 0003').check();
          await tab.getByRole('button', { name: 'Page suivante' }).click();
          await tab.getByLabel('Site 0028').check();
          expect(await faults('choix')).toEqual([]);
          await tab.getByRole('button', { name: 'Continuer' }).click();
          await tab.getByRole('group', { name: 'Gérer mes salariés' }).getByLabel('Consultation').check();
          expect(await faults('droits')).toEqual([]);
          await tab.getByRole('button', { name: 'Continuer' }).click();
          expect(await wordsOf(tab.getByRole('main'))).toContain('2 nouveaux');
          expect(await faults('recapitulatif')).toEqual([]);
          await tab.getByRole('button', { name: 'Confier ces clients' }).click();
          await tab.getByText('Les clients sont confiés').waitFor();
          await tab.getByRole('link', { name: 'Maçonnerie du Test' }).nth(2).click();
          await tab.getByText('Suivi Sacha', { exact: true }).waitFor();
          expect(await faults('client')).toEqual([]);
        },
        { javaScriptEnabled },
      );
      const sites = (await rowsOf(held)).map(({ site_id }) => site_id);
      expect(sites.sort()).toEqual([held.sites[2]?.id, held.sites[27]?.id].sort());
    },
  );

  test('downloads the file, sends it back with more, and applies it', async () => {
    const held = await portfolio(app.world(), named(2), { now: app.clock.now() });
    await asVisitor(browser as Browser, async (tab) => {
      await atTheList(tab, held);
      await tab.getByRole('link', { name: 'Import par fichier' }).click();
      expect(await faultsOf(tab, 'cabinet-import', AT_CAISSE)).toEqual([]);
      const [download] = await Promise.all([
        tab.waitForEvent('download'),
        tab.getByRole('link', { name: 'Télécharger le fichier actuel' }).click(),
      ]);
      const header = (await readFile(await download.path(), 'utf8')).trim();
      const columns = header.replace('\ufeff', '').split(';');
      const line = (siret = '') =>
        columns
          .map((name) =>
            name === 'e-mail'
              ? emailOf(held.staff)
              : name === 'SIRET'
                ? siret
                : name === 'collèges'
                  ? 'tous'
                  : name === 'Mon planning'
                    ? 'mise à jour'
                    : '',
          )
          .join(';');
      const send = async (content: string) => {
        const file = { name: 'droits.csv', mimeType: 'text/csv', buffer: Buffer.from(content) };
        await tab.getByLabel('Fichier CSV').setInputFiles(file);
        await tab.getByRole('button', { name: 'Voir ce qui changerait' }).click();
      };
      await send([header, line('1234')].join('\r\n'));
      await tab.getByText('n’est pas un SIRET').waitFor();
      expect(await faultsOf(tab, 'cabinet-import-fautes', AT_CAISSE)).toEqual([]);
      await tab.getByRole('link', { name: 'Envoyer un fichier corrigé' }).click();
      await send([header, ...held.sites.map(({ siret }) => line(siret))].join('\r\n'));
      expect(await wordsOf(tab.getByRole('main'))).toContain('2 nouveaux');
      expect(await faultsOf(tab, 'cabinet-import-changements', AT_CAISSE)).toEqual([]);
      await tab.getByRole('button', { name: 'Appliquer ces changements' }).click();
      await tab.getByText('Le fichier est appliqué').waitFor();
    });
    expect(await rowsOf(held)).toHaveLength(2);
  });
});
