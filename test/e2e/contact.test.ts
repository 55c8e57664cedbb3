/** The contact form in a real browser: by drag and drop, with the keyboard's field alone, and what agents see of it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { openMailbox, PDF } from '../support/contact.ts';
import { asVisitor, faultsOf, PHONE, signIn, titleOf, wordsOf } from '../support/pages.ts';
import { request } from '../support/visitor.ts';

const browser = await openBrowser();

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;
const MAILBOX = 'messages@caisse.essai.test';

const pdf = (name: string) => ({ name, mimeType: 'application/pdf', buffer: PDF });

describe.skipIf(!browser)('in a real browser', () => {
  let app: TestApp;
  let issuer: string;
  beforeAll(async () => {
    app = await startApp();
    issuer = app.issuerOf('grand-est');
    await openMailbox(app, MAILBOX);
  });
  afterAll(async () => {
    await app.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, options);

  /** By the help bar, into the tab that it opens. */
  async function contactFrom(tab: Page): Promise<Page> {
    const opened = tab.context().waitForEvent('page');
    await tab.getByRole('navigation', { name: 'Aide' }).getByRole('link', { name: 'Nous contacter' }).click();
    const form = await opened;
    await form.getByRole('heading', { name: 'Nous contacter' }).waitFor();
    return form;
  }

  /** As a hand does it: several files let go over the zone. */
  async function drop(tab: Page, names: readonly string[]): Promise<void> {
    const dataTransfer = await tab.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        for (const name of ${JSON.stringify(names)}) {
          transfer.items.add(new File([${JSON.stringify(PDF.toString('latin1'))}], name, { type: 'application/pdf' }));
        }
        return transfer;
      })()`,
    );
    await tab.dispatchEvent('[data-drop]', 'drop', { dataTransfer });
  }

  async function fillIn(form: Page, email: string): Promise<void> {
    await form.getByLabel('Nom', { exact: true }).fill('Essai');
    await form.getByLabel('Prénom').fill('Camille');
    await form.getByLabel('Adresse électronique').fill(email);
    await form.getByLabel('Message').fill('Bonjour,\n\nNotre attestation n’est pas arrivée.');
  }

  test('in the middle of a sign-in: files are dropped, taken out, kept, sent, and nothing typed is lost', () =>
    visit(async (tab) => {
      const complaints: string[] = [];
      tab.context().on('weberror', (error) => complaints.push(error.error().message));
      tab.context().on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await tab.goto((await request(issuer, 'portail')).url);
      await tab.getByLabel('Adresse électronique').fill('a-moitie@essai.test');
      const form = await contactFrom(tab);
      expect(await faultsOf(form, 'contact-empty', AT_CAISSE)).toEqual([]);
      await fillIn(form, 'glisse@essai.test');
      await drop(form, ['Bulletin.pdf', 'Contrat.pdf']);
      await form.getByLabel('Pièces jointes').setInputFiles([pdf('Avenant.pdf'), pdf('Annexe.pdf')]);
      await form.getByText('C’est trop').waitFor();
      await form.getByRole('button', { name: 'Retirer Contrat.pdf' }).click();
      await form.getByText('3 fichiers choisis.').waitFor();
      await form.getByRole('button', { name: 'Envoyer' }).click();
      await form.getByText('Des informations sont à corriger').waitFor();
      expect(complaints.splice(0).filter((text) => !text.includes('422'))).toEqual([]);
      expect(await faultsOf(form, 'contact-errors', AT_CAISSE)).toEqual([]);
      const kept = form.getByRole('list', { name: 'Pièces déjà reçues' });
      expect(await wordsOf(kept)).toMatch(/Annexe\.pdf .* Avenant\.pdf .* Bulletin\.pdf/);
      await form.getByLabel('Objet').fill('Attestation');
      await form.getByLabel('J’accepte que la caisse').check();
      await form.getByRole('button', { name: 'Envoyer' }).click();
      await form.getByRole('heading', { name: 'Votre message nous est parvenu' }).waitFor();
      expect(await faultsOf(form, 'contact-sent', AT_CAISSE)).toEqual([]);
      expect(await form.getByRole('button', { name: 'Imprimer cette page' }).isVisible()).toBe(true);
      await form.close();
      expect(await tab.getByLabel('Adresse électronique').inputValue()).toBe('a-moitie@essai.test');
      await app.deliver();
      const brought = app.inbox.all().find(({ to }) => to === MAILBOX);
      expect(brought?.attachments.map(({ filename }) => filename)).toEqual([
        'Annexe.pdf',
        'Avenant.pdf',
        'Bulletin.pdf',
      ]);
      expect(complaints).toEqual([]);
    }));

  test('signed in, on a phone, without JavaScript', () =>
    visit(
      async (tab) => {
        const person = await app.world().administrator(2, { familyName: 'de La Tour-Exemple' });
        await tab.goto(`${issuer}/mon-compte`);
        await signIn(tab, person.email);
        const form = await contactFrom(tab);
        await form.getByLabel('Objet').fill('Attestation');
        await form.getByRole('button', { name: 'Choisir le site dont vous parlez' }).click();
        expect(await titleOf(form)).toContain('De quel site parlez-vous');
        await form.getByRole('button', { name: /Choisir le site Site 2/ }).click();
        await form.getByText('SIRET').first().waitFor();
        expect(await form.getByLabel('Objet').inputValue()).toBe('Attestation');
        await form.getByLabel('Message').fill('Bonjour');
        await form.getByLabel('Pièces jointes').setInputFiles([pdf('Bulletin.pdf')]);
        await form.getByLabel('J’accepte que la caisse').check();
        // Enter sends it, though buttons that do something else come first.
        await form.getByLabel('Objet').press('Enter');
        await form.getByRole('heading', { name: 'Votre message nous est parvenu' }).waitFor();
        expect(await form.getByRole('button', { name: 'Imprimer cette page' }).count()).toBe(0);
        const [row] = await app.database.knex('contact_message').where({ email: person.email });
        expect(row.site_id).toBe(person.sites[1]?.id);
      },
      { javaScriptEnabled: false, viewport: PHONE },
    ));
});
