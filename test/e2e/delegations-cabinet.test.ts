/** A company’s accounting firm: given rights by its client, at the address that it gave, for that client alone; and back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  featuresShown,
  follow,
  groupRow,
  LIST,
  level,
  lookClosely,
  lookWithoutScript,
  newAddress,
  pick,
  press,
  screen,
  stageOf,
  TO_CONFIRM,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { headerOf, titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** A firm of two clients: one that gave it everything long ago, and one that the caisse has just attached. */
  async function firmOfTwo() {
    const world = stage.world();
    const [client, manager] = [newAddress('cliente'), newAddress('responsable')];
    const clientId = await world.account({ email: client, givenName: 'Camille', familyName: 'Bâtisseur' });
    const managerId = await world.account({
      email: manager,
      givenName: 'Morgane',
      familyName: 'Responsable',
    });
    const site = await world.site({ name: 'Siège de Nancy', raisonSociale: 'Maçonnerie du Val' });
    const other = await world.site({ name: 'Chantier', raisonSociale: 'Charpentes du Toulois' });
    await world.enrol(clientId, site);
    const elsewhere = await world.account();
    const root = await world.enrol(elsewhere, other);
    const cabinetId = await world.cabinet('Comptagestion');
    await world.join(cabinetId, managerId, 'manager');
    await world.attach(cabinetId, site.adherent.id);
    const attachmentId = await world.attach(cabinetId, other.adherent.id);
    const parties = {
      parentId: root,
      grantorAccountId: elsewhere,
      granteeCabinetId: cabinetId,
      attachmentId,
    };
    await world.link(other, { kind: 'cabinet', ...parties }, {});
    return { client, manager, site };
  }

  test.each([true, false])(
    'the firm is given a part, accepts at the address that it gave, and loses it again (JavaScript: %s)',
    async (scripted) => {
      const look = scripted ? lookClosely('cabinet') : lookWithoutScript('cabinet');
      const options = { javaScriptEnabled: scripted };
      const { client, manager, site } = await firmOfTwo();
      const accountant = newAddress('comptable.en-charge');

      await stage.visit(async (tab) => {
        await stage.toRights(tab, client, site);
        await look(tab, '01-liste');
        await pick(tab, 'link', 'Déléguer à mon cabinet comptable');
        await screen(tab, 'Mon cabinet comptable');
        await look(tab, '02-mon-cabinet');
        await follow(tab, 'Déléguer à mon cabinet comptable');
        await press(tab, 'Continuer');
        await tab.getByRole('alert').waitFor();
        await tab.getByLabel('Adresse électronique donnée par votre cabinet').fill(accountant);
        await look(tab, '03-adresse');
        await press(tab, 'Continuer');
        expect(await tab.getByRole('checkbox', { name: 'Administrateur' }).count()).toBe(0);
        await level(tab, groupRow('Mes déclarations'), 'Mise à jour').check();
        if (!scripted) await press(tab, 'Appliquer au groupe Mes déclarations');
        await level(tab, 'Mes documents', 'Consultation').check();
        await look(tab, '04-droits');
        await press(tab, 'Continuer');
        await screen(tab, 'Vérifiez avant de valider');
        await look(tab, '05-recapitulatif');
        await press(tab, 'Valider');
        await tab.getByText('L’invitation est partie').waitFor();
        await look(tab, '06-en-attente');

        await stage.visit(async (theirs) => {
          const { link, text } = await stage.mailTo(accountant);
          expect(text).toContain('Comptagestion');
          await theirs.goto(link);
          await screen(theirs, 'Ouverture de délégation');
          await look(theirs, '07-ouverture');
          await stage.openAccount(theirs, { link, familyName: 'Comptable', givenName: 'Yaël' });
          await screen(theirs, 'Votre réponse est enregistrée');
        }, options);

        await tab.goto((await stage.mailAbout(client, TO_CONFIRM)).link);
        await screen(tab, /Confirmer la délégation/);
        expect(await wordsOf(tab.getByRole('main'))).toContain('d’agir pour vous au nom du cabinet');
        await look(tab, '08-confirmer');
        await press(tab, 'Accepter');
        await tab.getByText('La délégation est confirmée').waitFor();
        await look(tab, '09-liste-confirmee');

        await stage.visit(async (theirs) => {
          // One site: the firm has another client, of whom this person knows nothing.
          await stage.enterOnly(theirs, accountant, CHOSEN_PASSWORD);
          expect(await headerOf(theirs)).toContain('Accès par le cabinet comptable Comptagestion');
          expect(await featuresShown(theirs)).toEqual([
            'Mes déclarations de salaires',
            'Mes déclarations nominatives',
            'Mes documents consultation seulement',
          ]);
          expect(await theirs.getByText('Gérer les droits d’accès').count()).toBe(0);

          await pick(tab, 'link', 'Déléguer à mon cabinet comptable');
          await look(tab, '10-mon-cabinet-actif');
          await follow(tab, 'Supprimer');
          await screen(tab, 'Supprimer la délégation');
          await look(tab, '11-supprimer');
          await press(tab, 'Supprimer la délégation');
          await tab.getByText('La délégation au cabinet est supprimée').waitFor();
          await look(tab, '12-supprimee');
          await theirs.reload();
          expect(await titleOf(theirs)).toBe('Votre session est terminée');
          await stage.comeBack(theirs);
          await screen(theirs, /Choix de l’adhérent/);
          expect(await theirs.getByText('Charpentes du Toulois').count()).toBe(0);
        }, options);
      }, options);

      await stage.visit(async (tab) => {
        await stage.enterOnly(tab, manager);
        expect(await headerOf(tab)).toContain('Charpentes du Toulois');
      }, options);
    },
  );

  test('a company without a firm is told whom to ask', () =>
    stage.visit(async (tab) => {
      const { email, sites } = await stage.world().administrator(1);
      await stage.toRights(tab, email, sites[0] as (typeof sites)[0]);
      await pick(tab, 'link', 'Déléguer à mon cabinet comptable');
      expect(await wordsOf(tab.getByRole('main'))).toContain('Seule votre caisse rattache un cabinet');
      await lookClosely('cabinet')(tab, '13-aucun-cabinet');
      await pick(tab, 'link', LIST);
      await screen(tab, LIST);
    }));

  test('a firm’s manager enters the portal for its clients, whoever they are', () =>
    stage.visit(async (tab) => {
      const { manager } = await firmOfTwo();
      await stage.enterOnly(tab, manager);
      await screen(tab, WELCOME);
      await tab
        .getByRole('navigation', { name: 'Fonctionnalités' })
        .getByRole('link', { name: 'Mon cabinet' })
        .click();
      await tab.getByText('Charpentes du Toulois').first().waitFor();
      await lookClosely('cabinet')(tab, '14-depuis-le-portail');
      await press(tab, 'Revenir à Espace sécurisé');
      await screen(tab, WELCOME);
    }));
});
