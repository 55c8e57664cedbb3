/** What lasts and what passes: a delegation of the former space renewed, a site handed over, rights explained. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  act,
  featuresShown,
  LIST,
  lookClosely,
  newAddress,
  pick,
  press,
  rowOf,
  screen,
  stageOf,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const browser = await openBrowser();
const look = lookClosely('temps');

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** An administrator; a colleague and a firm whose delegations come from the former space; somebody who holds rights. */
  async function company() {
    const world = stage.world();
    const head = newAddress('directrice');
    const headId = await world.account({ email: head, givenName: 'Camille', familyName: 'Bâtisseur' });
    const colleague = newAddress('collegue');
    const colleagueId = await world.account({ email: colleague, givenName: 'Noé', familyName: 'Collègue' });
    const held = newAddress('titulaire');
    const heldId = await world.account({ email: held, givenName: 'Alix', familyName: 'Titulaire' });
    const site = await world.site({ name: 'Siège de Nancy', raisonSociale: 'Maçonnerie du Val' });
    const root = await world.enrol(headId, site);
    const rights = rightsOn({ documents: 'mise_a_jour', planning: 'consultation' });
    await world.delegate(site, root, { from: headId, to: colleagueId }, { rights, status: 'to_renew' });
    await world.delegate(site, root, { from: headId, to: heldId }, { rights });
    const manager = await world.account();
    const cabinetId = await world.cabinet('Comptagestion');
    await world.join(cabinetId, manager, 'manager');
    const attachmentId = await world.attach(cabinetId, site.adherent.id);
    const parties = { parentId: root, grantorAccountId: headId, granteeCabinetId: cabinetId, attachmentId };
    await world.link(site, { kind: 'cabinet', ...parties }, { rights, status: 'to_renew' });
    return { head, colleague, held, site, manager: emailOf(manager) };
  }

  test('what the former space gave is renewed in two clicks, a colleague’s and a firm’s', async () => {
    const { head, colleague, manager } = await company();
    await stage.visit(async (tab) => {
      await stage.enterOnly(tab, head);
      await tab
        .getByRole('navigation', { name: 'Fonctionnalités' })
        .getByRole('link', { name: LIST })
        .click();
      await screen(tab, LIST);
      expect(await wordsOf(rowOf(tab, colleague))).toContain('En attente à renouveler');
      await look(tab, '01-a-renouveler');
      await act(tab, colleague, 'Renouveler');
      await screen(tab, 'Renouveler la délégation');
      await look(tab, '02-renouveler');
      await press(tab, 'Renouveler');
      await tab.getByText('La délégation est renouvelée').waitFor();
      await pick(tab, 'link', /^Renouveler la délégation au cabinet/);
      await look(tab, '03-renouveler-cabinet');
      await press(tab, 'Renouveler');
      await tab.getByText('La délégation est renouvelée').waitFor();
      await look(tab, '04-renouvelees');
      await press(tab, 'Revenir à Espace sécurisé');
      await screen(tab, WELCOME);
    });
    for (const email of [colleague, manager]) {
      await stage.mailAbout(email, 'renouvelée');
      await stage.visit(async (tab) => {
        await stage.enterOnly(tab, email);
        expect(await featuresShown(tab)).toEqual(['Mon planning consultation seulement', 'Mes documents']);
      });
    }
  });

  test('a site is handed over to a successor, under whom everything goes on', async () => {
    const { head, held, site } = await company();
    const successor = newAddress('successeur');
    await stage.visit(async (tab) => {
      await stage.toRights(tab, head, site);
      await pick(tab, 'link', 'Céder ma place d’administrateur de ce site');
      await screen(tab, 'Céder ma place d’administrateur');
      await press(tab, 'Continuer');
      await tab.getByRole('alert').waitFor();
      await look(tab, '05-ceder-erreur');
      await tab.getByLabel('Adresse électronique de votre successeur').fill(successor);
      await press(tab, 'Continuer');
      await screen(tab, 'Vérifiez avant de proposer');
      await look(tab, '06-ceder-recapitulatif');
      await press(tab, 'Proposer ma place');
      await tab.getByText('La demande de succession est partie').waitFor();
      await pick(tab, 'link', 'Céder ma place d’administrateur de ce site');
      await look(tab, '07-ceder-en-attente');
    });
    await stage.visit(async (below) => {
      await stage.enterOnly(below, held);
      await stage.visit(async (tab) => {
        const { link } = await stage.mailTo(successor);
        await tab.goto(link);
        await screen(tab, 'Prendre la succession');
        await look(tab, '08-prendre-la-succession');
        await stage.openAccount(tab, { link, familyName: 'Successeur', givenName: 'Yaël' });
        await screen(tab, 'Vos droits sont ouverts');
        await look(tab, '09-succession-faite');
        await stage.enterOnly(tab, successor, CHOSEN_PASSWORD);
        expect(await featuresShown(tab)).toHaveLength(17);
        await tab.goto(`${stage.issuer()}/droits-d-acces/${site.siret}`);
        expect(await wordsOf(rowOf(tab, held))).toContain('Actif');
        await look(tab, '10-liste-du-successeur');
      });
      await below.reload();
      expect(await titleOf(below)).toBe(WELCOME);
    });
    await stage.visit(async (tab) => {
      await stage.knock(tab, head);
      await screen(tab, /Choix de l’adhérent/);
      expect(await tab.getByText('Siège de Nancy').count()).toBe(0);
    });
  });

  test('why somebody has a right or not, and who could do what one day', async () => {
    const { head, held, colleague, site } = await company();
    await stage.visit(async (tab) => {
      await stage.toRights(tab, head, site);
      await pick(tab, 'link', 'Pourquoi une personne a, ou n’a pas, un droit');
      await look(tab, '11-pourquoi-qui');
      await pick(tab, 'link', /^Choisir .*Titulaire/);
      await look(tab, '12-pourquoi-quoi');
      await tab.getByLabel('Fonctionnalité').selectOption({ label: 'Mes documents' });
      await tab.getByLabel('Droit', { exact: true }).selectOption({ label: 'Mettre à jour' });
      await press(tab, 'Expliquer');
      expect(await wordsOf(tab.getByRole('main'))).toContain('Camille Bâtisseur');
      await look(tab, '13-pourquoi-oui');
      await tab.getByLabel('Fonctionnalité').selectOption({ label: 'Mes comptes bancaires' });
      await press(tab, 'Expliquer');
      await look(tab, '14-pourquoi-non');
      await pick(tab, 'link', 'Choisir une autre personne');
      await pick(tab, 'link', /^Choisir .*Collègue/);
      await tab.getByLabel('Fonctionnalité').selectOption({ label: 'Mes documents' });
      await press(tab, 'Expliquer');
      await look(tab, '15-pourquoi-a-renouveler');
      await pick(tab, 'link', LIST);

      await pick(tab, 'link', 'Qui pouvait faire quoi à une date donnée');
      await look(tab, '16-a-la-date');
      await press(tab, 'Chercher');
      await tab.getByLabel('Fonctionnalité').selectOption({ label: 'Mes documents' });
      await tab.getByLabel('Date', { exact: true }).fill('');
      await press(tab, 'Chercher');
      await tab.getByRole('alert').waitFor();
      await look(tab, '17-a-la-date-erreur');
      const yesterday = new Date(services.app.clock.now() - 86_400_000).toISOString().slice(0, 10);
      await tab.getByLabel('Date', { exact: true }).fill(yesterday);
      await press(tab, 'Chercher');
      const words = await wordsOf(tab.getByRole('main'));
      expect(words).toContain(held);
      expect(words).not.toContain(colleague);
      await look(tab, '18-a-la-date-reponse');
    });
  });
});
