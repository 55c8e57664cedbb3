/** Giving and modifying rights in a real Chromium: the guides' journey by its words, and the matrix with its module. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDelegation } from '../../provider/store/delegation-acts.ts';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, faultsOf, signIn } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { rightsOn } from '../support/world.ts';

const browser = await openBrowser();
const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;

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

  const newEmail = () => `collegue.compose-${++serial}@entreprise-de-maconnerie.essai.test`;
  const press = (tab: Page, name: string | RegExp) => tab.getByRole('button', { name }).click();
  const level = (tab: Page, row: string, name: string) =>
    tab.getByRole('group', { name: row, exact: true }).getByRole('radio', { name });

  /** An administrator at the second step, for a new colleague. */
  async function atRights(tab: Page, email = newEmail()) {
    const giver = await services.app.world().administrator(1, { email: newEmail() });
    const page = `${issuer}/droits-d-acces/${giver.sites[0]?.siret}/ajouter`;
    await tab.goto(page);
    await signIn(tab, giver.email);
    await tab.waitForURL(page);
    await tab.getByLabel('Adresse électronique').fill(email);
    await press(tab, 'Continuer');
    await tab.getByRole('heading', { level: 1, name: /Quels droits/ }).waitFor();
    return { ...giver, page, email };
  }

  async function given(parentId: string | undefined) {
    const row = await services.app.database
      .knex('delegation')
      .first('id')
      .where({ parent_id: parentId ?? null });
    return findDelegation(services.app.world().store, row?.id ?? '');
  }

  test.each<[string, BrowserContextOptions]>([
    ['with its module', {}],
    ['without JavaScript', { javaScriptEnabled: false }],
  ])('a colleague is given « tout en consultation » but for a line, %s', async (_, options) => {
    const scripted = options.javaScriptEnabled !== false;
    const faults = async (tab: Page, name: string) =>
      scripted ? expect(await faultsOf(tab, name, AT_CAISSE)).toEqual([]) : undefined;
    await visit(async (tab) => {
      const giver = await atRights(tab);
      await faults(tab, 'rights');
      await level(tab, 'Toutes les lignes', 'Consultation').check();
      if (!scripted) await press(tab, 'Appliquer à toutes les lignes');
      else expect(await tab.getByRole('button', { name: /^Appliquer/ }).count()).toBe(0);
      await level(tab, 'Mes comptes bancaires', 'Aucun droit').check();
      await press(tab, 'Continuer');
      await tab.getByRole('heading', { level: 1, name: 'Vérifiez avant de valider' }).waitFor();
      await faults(tab, 'recap');
      await press(tab, /^Valider/);
      await tab.waitForURL(/fait=invitation/);
      const { rights } = (await given(giver.delegations[0])) ?? {};
      expect(rights?.levels).toBe(0b0101010101010101010101010101010001n);
      await services.app.deliver();
      expect(services.app.inbox.next(giver.email).text).toContain('Mon planning');
    }, options);
  });

  test('Administrateur locks the lines at what the giver reaches, and gives them back as they were', async () => {
    await visit(async (tab) => {
      await atRights(tab);
      await level(tab, 'Mon planning', 'Consultation').check();
      await tab.getByRole('checkbox', { name: 'Cadres' }).uncheck();
      const admin = tab.getByRole('checkbox', { name: 'Administrateur' });
      await admin.check();
      expect(await level(tab, 'Mes documents', 'Mise à jour').first().isChecked()).toBe(true);
      expect(await tab.getByRole('checkbox', { name: 'Cadres' }).isChecked()).toBe(true);
      expect(await tab.locator('[data-matrix-lock] input:not(:disabled)').count()).toBe(0);
      expect(await faultsOf(tab, 'locked', AT_CAISSE)).toEqual([]);
      await press(tab, 'Continuer');
      expect(await tab.getByText('le pouvoir d’en déléguer').count()).toBe(1);
      await press(tab, 'Modifier les droits');
      expect(await admin.isChecked()).toBe(true);
      expect(await tab.locator('[data-matrix-lock] input:not(:disabled)').count()).toBe(0);
      await admin.uncheck();
      expect(await level(tab, 'Mon planning', 'Consultation').isChecked()).toBe(true);
      expect(await tab.getByRole('checkbox', { name: 'Cadres' }).isChecked()).toBe(false);
      expect(await level(tab, 'Mon mode de réception des documents', 'Aucun droit').isChecked()).toBe(true);
    });
  });

  test('a header says what all its lines say, and nothing once they differ', async () => {
    await visit(async (tab) => {
      await atRights(tab);
      const header = level(tab, 'Mes salariés (toutes les lignes du groupe)', 'Consultation');
      await header.check();
      expect(await level(tab, 'Liste des indemnités', 'Consultation').isChecked()).toBe(true);
      expect(await level(tab, 'Mes déclarations nominatives', 'Consultation').isChecked()).toBe(false);
      await level(tab, 'Mon planning', 'Mise à jour').check();
      expect(await header.isChecked()).toBe(false);
      for (const row of ['Gérer mes salariés', 'Mes congés groupés', 'Liste des indemnités'])
        await level(tab, row, 'Mise à jour').check();
      expect(await level(tab, 'Mes salariés (toutes les lignes du groupe)', 'Mise à jour').isChecked()).toBe(
        true,
      );
      await press(tab, 'Continuer');
      await tab.getByRole('heading', { level: 1, name: 'Vérifiez avant de valider' }).waitFor();
    });
  });

  test('a delegation is modified after a look at what it takes', async () => {
    const world = services.app.world();
    const giver = await world.administrator(1, { email: newEmail() });
    const [site, root] = [giver.sites[0], giver.delegations[0] ?? ''];
    if (!site) throw new Error('no site');
    const colleague = await world.account({ email: newEmail() });
    const people = { from: giver.accountId, to: colleague };
    const id = await world.delegate(site, root, people, { rights: rightsOn({ planning: 'mise_a_jour' }) });
    await visit(async (tab) => {
      const page = `${issuer}/droits-d-acces/${site.siret}/delegations/${id}/modifier`;
      await tab.goto(page);
      await signIn(tab, giver.email);
      await tab.waitForURL(page);
      expect(await faultsOf(tab, 'modify', AT_CAISSE)).toEqual([]);
      await level(tab, 'Mon planning', 'Consultation').check();
      await press(tab, 'Continuer');
      await tab.getByText('Camille Essai perd 1').waitFor();
      expect(await faultsOf(tab, 'modify recap', AT_CAISSE)).toEqual([]);
      await press(tab, 'Modifier la délégation');
      await tab.waitForURL(/fait=modification/);
    });
    const after = await findDelegation(world.store, id);
    expect(after?.rights).toEqual(rightsOn({ planning: 'consultation' }));
  });
});
