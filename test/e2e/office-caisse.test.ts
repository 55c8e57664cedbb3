/** What the caisse decides, imports and reads back of itself, in a real Chromium that runs no script. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayOf } from '../../provider/domain/calendar.ts';
import { runImports } from '../../provider/jobs/run-imports.ts';
import { closeServer, startApp, type TestApp } from '../support/app.ts';
import { auditOn } from '../support/audit.ts';
import { openBrowser } from '../support/browser.ts';
import { pick, screen, WALK } from '../support/delegation-stage.ts';
import { csv } from '../support/imports.ts';
import {
  downloaded,
  lookAtOffice,
  officeStageOf,
  openSection,
  said,
  search,
  summaryOf,
} from '../support/office-stage.ts';
import { signIn, wordsOf } from '../support/pages.ts';
import { newSiret } from '../support/world.ts';

const DAY = 86_400_000;
const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser, without JavaScript', WALK, () => {
  let app: TestApp;
  let service: Server;
  const stage = officeStageOf(() => app, browser);
  beforeAll(async () => {
    app = await startApp();
    service = createServer((_request, response) =>
      response.end('<title>Service</title><h1>De retour au service</h1>'),
    );
    await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    await closeServer(service);
    await app.close();
  });

  test('a file of companies with a fault is refused, the corrected one is seen, applied and found', async () => {
    const look = lookAtOffice('office-import');
    const work = () => runImports({ sql: app.database.knex, now: app.clock.now });
    const siret = newSiret();
    await stage.visit(async (tab) => {
      const send = async (...lines: readonly string[]) => {
        const buffer = Buffer.from(csv('SIRET;identifiant CIBTP;nom du site', ...lines));
        await tab
          .getByLabel('Fichier CSV')
          .setInputFiles({ name: 'sites.csv', mimeType: 'text/csv', buffer });
        await pick(tab, 'button', 'Contrôler le fichier');
      };
      const { adherent } = await stage.world().site({ raisonSociale: 'Couverture des Vosges' });
      await stage.goToWork(tab);
      await openSection(tab, 'Import');
      await look(tab, '01-imports');
      await pick(tab, 'link', 'Sites déclarants');
      await look(tab, '02-envoyer');
      await pick(tab, 'button', 'Contrôler le fichier');
      expect(await summaryOf(tab)).toContain('Choisissez un fichier.');
      await send(`${siret};${adherent.identifiant};Dépôt de Gérardmer`, '12345678900000;;Sans adhérent');
      await look(tab, '03-controle-en-cours');
      await work();
      await tab.reload();
      await said(tab, 'Ligne 3');
      await look(tab, '04-erreurs');
      const faults = await downloaded(tab, () => pick(tab, 'link', 'Télécharger toutes les erreurs'));
      expect(faults.bytes.toString()).toMatch(/^\ufeff?\S.*\r\n3;/);

      await pick(tab, 'link', 'Envoyer un fichier corrigé');
      await send(`${siret};${adherent.identifiant};Dépôt de Gérardmer`);
      await work();
      await tab.reload();
      await said(tab, 'Ce qui changerait');
      await look(tab, '05-difference');
      await pick(tab, 'button', 'Appliquer ce fichier');
      expect(await tab.getByRole('progressbar').count()).toBe(1);
      await look(tab, '06-application');
      await work();
      await tab.getByRole('link', { name: /^Actualiser/ }).click();
      await said(tab, 'Ce qui a changé');
      await look(tab, '07-applique');
      await pick(tab, 'link', 'Revenir aux imports');
      await look(tab, '08-derniers');
      await search(tab, siret);
      await said(tab, 'Dépôt de Gérardmer');
    });
  });

  test('a supervisor looks into the log, narrows it, reads a sealed line and takes it away', async () => {
    const look = lookAtOffice('office-journal');
    const boss = await stage.world().administrator(1, { givenName: 'Irène', familyName: 'Journalière' });
    await stage.visit(async (tab) => {
      await tab.goto(`${stage.issuer()}/mon-compte`);
      await signIn(tab, boss.email, 'Ce-n-est-pas-2026');
      await signIn(tab, boss.email);
      await screen(tab, 'Mon compte');
    });
    await stage.visit(async (tab) => {
      await stage.goToWork(tab, 'superviseur');
      await openSection(tab, 'Journal');
      await look(tab, '01-journal');
      await tab.getByLabel('Du', { exact: true }).fill('2026-11-30');
      await tab.getByLabel('Au', { exact: true }).fill('2026-11-01');
      await pick(tab, 'button', 'Filtrer');
      await look(tab, '02-dates-inverses');
      await pick(tab, 'link', 'Effacer les filtres');
      await tab.getByLabel('Personne').fill('personne-de-ce-nom@essai.test');
      await pick(tab, 'button', 'Filtrer');
      await said(tab, 'Aucun résultat');
      await look(tab, '03-aucun');
      await tab.getByLabel('Personne').fill(boss.email);
      await tab.getByLabel('Acte').selectOption({ label: 'Connexion refusée' });
      await pick(tab, 'button', 'Filtrer');
      const lines = tab.getByRole('table').getByRole('rowheader');
      expect(await lines.allInnerTexts()).toHaveLength(1);
      await look(tab, '04-filtre');
      const { bytes, name } = await downloaded(tab, () => pick(tab, 'button', 'Exporter en CSV'));
      expect(name).toMatch(/^journal-grand-est-\d{4}-\d\d-\d\d\.csv$/);
      expect(bytes.toString().trim().split('\r\n')).toHaveLength(2);
      expect(bytes.toString()).toContain(boss.email);
      await lines.first().getByRole('link').click();
      await said(tab, 'Pas encore scellée');
      await look(tab, '05-ligne');
      const audit = auditOn(app.database, app.clock.now);
      // What somebody may still be writing beside it is not sealed yet.
      for (let tries = 0; tries < 50 && (await audit.seal()) === 0; tries++);
      await tab.reload();
      await said(tab, /^Scellée le/);
      await look(tab, '06-ligne-scellee');
      expect((await audit.verify()).found).toEqual([]);
    });
  });

  test('a supervisor changes colours and a page, registers a service and tries it', async () => {
    const look = lookAtOffice('office-reglages');
    const { port } = service.address() as AddressInfo;
    await stage.visit(async (tab) => {
      await stage.goToWork(tab, 'superviseur');
      await openSection(tab, 'Réglages');
      await look(tab, '01-reglages');
      await tab.getByLabel('Longueur d’un mot de passe').fill('4');
      await pick(tab, 'button', 'Enregistrer les réglages');
      await look(tab, '02-reglages-erreur');
      await tab.getByLabel('Longueur d’un mot de passe').fill('8');
      await tab.getByLabel('Téléphone').fill('03 53 01 01 12');
      await pick(tab, 'button', 'Enregistrer les réglages');
      await said(tab, 'Les réglages sont enregistrés.');

      await pick(tab, 'link', 'Couleurs');
      await tab.getByLabel('Couleur principale').fill('#ffe066');
      await pick(tab, 'button', 'Voir l’aperçu');
      expect(await summaryOf(tab)).toContain('se lirait mal');
      await look(tab, '03-couleurs-refusees');
      await tab.getByLabel('Couleur principale').fill('#14532d');
      await tab.getByLabel('Couleur d’accent').fill('#9a3412');
      await pick(tab, 'button', 'Voir l’aperçu');
      await screen(tab, 'Aperçu des couleurs');
      await look(tab, '04-apercu');
      await pick(tab, 'button', 'Enregistrer ces couleurs');
      await said(tab, 'Les couleurs sont enregistrées.');
      await openSection(tab, 'Réglages');
      await pick(tab, 'link', 'Logo');
      await look(tab, '05-logo');

      await openSection(tab, 'Réglages');
      await tab.getByRole('main').getByRole('link', { name: 'Questions et réponses' }).click();
      await tab
        .getByLabel('Texte')
        .fill('# Où est mon code ?\n\nDans le courrier informatique.\n\n- un\n- deux');
      await look(tab, '06-page');
      await pick(tab, 'button', 'Enregistrer la page');
      await said(tab, 'La page est enregistrée.');
      await pick(tab, 'link', 'Voir la page');
      await tab.getByRole('heading', { level: 2, name: 'Où est mon code' }).waitFor();
      await look(tab, '07-page-publique');

      await tab.goto(`${stage.issuer()}/gestion/services`);
      await look(tab, '08-services');
      await pick(tab, 'link', 'Enregistrer un service');
      await pick(tab, 'button', 'Enregistrer le service');
      await look(tab, '09-service-erreurs');
      await tab.getByLabel('Identifiant', { exact: true }).fill('planning-chantier');
      await tab.getByLabel('Nom', { exact: true }).fill('Planning de chantier');
      await tab.getByLabel('Adresses de retour').fill(`http://localhost:${port}/retour`);
      await pick(tab, 'button', 'Enregistrer le service');
      await screen(tab, 'Secret du service');
      await look(tab, '10-secret');
      await pick(tab, 'link', 'Retour aux services');
      await pick(tab, 'link', 'Planning de chantier');
      await look(tab, '11-service');
      await pick(tab, 'link', 'Essayer la connexion');
      await tab.getByRole('heading', { name: 'De retour au service' }).waitFor();
      expect(new URL(tab.url()).searchParams.get('code')).toMatch(/\S/);
    });
  });

  // Last: the clock goes on by days.
  test('a planned closure is announced, then keeps everybody out but the people of the caisse', async () => {
    const look = lookAtOffice('office-fermeture');
    const dayIn = (days: number) => dayOf(app.clock.now() + days * DAY, 'Europe/Paris');
    const knock = (tab: Page) => tab.goto(`${stage.issuer()}/mon-compte`);
    await stage.visit(async (tab) => {
      await stage.goToWork(tab, 'superviseur');
      await openSection(tab, 'Réglages');
      await pick(tab, 'link', 'Fermeture prévue');
      await tab.getByLabel('Jour de la fermeture').fill(dayIn(20));
      await tab.getByLabel('Jour de la réouverture').fill(dayIn(10));
      await pick(tab, 'button', 'Enregistrer la fermeture');
      await look(tab, '01-erreur');
      await tab.getByLabel('Jour de la fermeture').fill(dayIn(10));
      await tab.getByLabel('Jour de la réouverture').fill(dayIn(20));
      await tab.getByLabel('Annonce').fill('Bonnes fêtes à toutes et à tous.');
      await pick(tab, 'button', 'Enregistrer la fermeture');
      await said(tab, 'La fermeture est enregistrée.');
      await look(tab, '02-enregistree');
    });
    await stage.visit(async (tab) => {
      await knock(tab);
      await said(tab, 'Vous vous connectez à');
      expect(await wordsOf(tab.getByRole('region', { name: 'Fermeture prévue' }))).toContain('Bonnes fêtes');
      await look(tab, '03-annoncee');
    });
    app.clock.advance(11 * DAY);
    await stage.visit(async (tab) => {
      await knock(tab);
      await screen(tab, 'Espace fermé');
      await look(tab, '04-fermee');
      await stage.goToWork(tab);
    });
  });
});
