/** A colleague, from the button « Ajouter une délégation » to the portal that shows him what he was given. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  act,
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
  rowOf,
  screen,
  stageOf,
  TO_CONFIRM,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { choose, hasFocus, headerOf, signIn, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';

const browser = await openBrowser();

const GIVEN = [
  'Mes informations adhérent consultation seulement',
  'Mes comptes bancaires',
  'Situation de compte consultation seulement',
  'Mes télépaiements consultation seulement',
  'Mon mode de réception des documents consultation seulement',
  'Mes demandes d’attestation consultation seulement',
  'Mes remboursements retraite consultation seulement',
  'Mes déclarations de salaires consultation seulement',
  'Mes déclarations nominatives consultation seulement',
  'Gérer mes salariés consultation seulement',
  'Mes congés groupés consultation seulement',
  'Liste des indemnités consultation seulement',
  'Mes remboursements consultation seulement',
  'Mes arrêts intempéries consultation seulement',
  'Mes documents',
  'Transmettre mes fichiers',
];

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** Administrateur Entreprise of three sites of one company. */
  async function companyOfThree() {
    const world = stage.world();
    const email = newAddress('administratrice');
    const accountId = await world.account({ email, givenName: 'Camille', familyName: 'Bâtisseur' });
    const raisonSociale = 'Maçonnerie, Charpente et Couverture de Lorraine';
    const [head] = await world.sites([{ name: 'Siège de Nancy', raisonSociale }]);
    if (!head) throw new Error('no site');
    const others = await world.sites(
      ['Dépôt de Toul', 'Atelier de Metz'].map((name) => ({ name, adherent: head.adherent })),
    );
    for (const site of [head, ...others]) await world.enrol(accountId, site);
    return { email, accountId, head };
  }

  async function fillMatrix(tab: Page, scripted: boolean): Promise<void> {
    const header = async (row: string, choice: string, button: string) => {
      await level(tab, row, choice).check();
      if (!scripted) await press(tab, button);
    };
    await header('Toutes les lignes', 'Consultation', 'Appliquer à toutes les lignes');
    await header(groupRow('Mes documents'), 'Mise à jour', 'Appliquer au groupe Mes documents');
    await level(tab, 'Mes comptes bancaires', 'Mise à jour').check();
    await level(tab, 'Mon planning', 'Aucun droit').check();
    await tab.getByRole('checkbox', { name: 'Cadres' }).uncheck();
  }

  test.each([true, false])(
    'a colleague is invited, opens his account, is confirmed, and sees what he was given (JavaScript: %s)',
    async (scripted) => {
      const look = scripted ? lookClosely('collegue') : lookWithoutScript('collegue');
      const options = { javaScriptEnabled: scripted };
      const { email: administrator } = await companyOfThree();
      const colleague = newAddress('dominique.del-essai');

      await stage.visit(async (tab) => {
        await stage.knock(tab, administrator);
        await choose(tab, 'Siège de Nancy');
        await screen(tab, WELCOME);
        await tab
          .getByRole('navigation', { name: 'Fonctionnalités' })
          .getByRole('link', { name: LIST })
          .click();
        await screen(tab, LIST);
        await look(tab, '01-liste-vide');

        await pick(tab, 'link', 'Ajouter une délégation');
        await press(tab, 'Continuer');
        const summary = tab.getByRole('alert');
        await summary.waitFor();
        if (scripted) expect(await summary.evaluate(hasFocus)).toBe(true);
        await look(tab, '02-ajouter-erreur');
        await tab.getByLabel('Adresse électronique du bénéficiaire').fill(colleague);
        await tab.getByRole('checkbox', { name: /^Dépôt de Toul/ }).check();
        await look(tab, '03-ajouter');
        await press(tab, 'Continuer');

        await screen(tab, /Quels droits déléguer/);
        await press(tab, 'Continuer');
        await summary.waitFor();
        await look(tab, '04-droits-erreur');
        await fillMatrix(tab, scripted);
        await look(tab, '05-droits');
        await press(tab, 'Continuer');

        await screen(tab, 'Vérifiez avant de valider');
        expect(await wordsOf(tab.getByRole('main'))).toContain('Ouvriers, ETAM');
        await look(tab, '06-recapitulatif');
        await press(tab, 'Valider');
        await tab.getByText('L’invitation est partie').waitFor();
        expect(await wordsOf(rowOf(tab, colleague))).toContain('attend la réponse du bénéficiaire');
        await look(tab, '07-liste-en-attente');

        const invitation = await stage.mailTo(colleague);
        expect(invitation.text).toContain('Maçonnerie, Charpente et Couverture de Lorraine');
        await stage.visit(async (theirs) => {
          await theirs.goto(invitation.link);
          await screen(theirs, 'Ouverture de délégation');
          await look(theirs, '08-ouverture');
          await pick(theirs, 'button', 'Accepter et ouvrir mon espace');
          await theirs.getByRole('alert').waitFor();
          await look(theirs, '09-ouverture-erreurs');
          const names = { familyName: 'Del’Essai', givenName: 'Dominique' };
          await stage.openAccount(theirs, { link: invitation.link, ...names });
          await screen(theirs, 'Votre réponse est enregistrée');
          await look(theirs, '10-reponse');
          await stage.knock(theirs, colleague, CHOSEN_PASSWORD);
          await theirs.getByRole('alert').waitFor();
        }, options);

        const demand = await stage.mailAbout(administrator, TO_CONFIRM);
        await tab.goto(demand.link);
        await screen(tab, /Confirmer la délégation/);
        expect(await wordsOf(tab.getByRole('main'))).toContain('Dominique Del’Essai');
        await look(tab, '11-confirmer');
        await press(tab, 'Accepter');
        await tab.getByText('La délégation est confirmée').waitFor();
        expect(await wordsOf(rowOf(tab, colleague))).toMatch(/Utilisateur .*Del’Essai.* Actif/);
        await look(tab, '12-liste-active');

        await act(tab, colleague, 'Voir');
        await screen(tab, /Dominique Del’Essai/);
        await look(tab, '13-voir');
        await tab.goBack();
        await act(tab, colleague, 'Clôturer');
        await screen(tab, 'Clôturer la délégation');
        await look(tab, '14-cloturer');
        await follow(tab, 'Ne rien changer');
      }, options);

      await stage.mailAbout(colleague, 'Votre délégation est ouverte');
      await stage.visit(async (tab) => {
        await stage.knock(tab, colleague, CHOSEN_PASSWORD);
        await screen(tab, /Choix de l’adhérent/);
        expect(await tab.getByText('Atelier de Metz').count()).toBe(0);
        await choose(tab, 'Dépôt de Toul');
        await screen(tab, WELCOME);
        expect(await headerOf(tab)).toContain('Dominique Del’Essai');
        expect(await featuresShown(tab)).toEqual(GIVEN);
        await tab
          .getByRole('navigation', { name: 'Fonctionnalités' })
          .getByRole('link', { name: /^Mes déclarations de salaires/ })
          .click();
        expect(await wordsOf(tab.getByRole('main'))).toContain('Vos droits ne couvrent pas : Cadres');
      }, options);
    },
  );

  test('who has an account already accepts by signing in, or refuses', async () => {
    const { email: administrator, head, accountId } = await companyOfThree();
    const look = lookClosely('collegue-connu');
    const [yes, no] = [newAddress('accepte'), newAddress('refuse')];
    for (const email of [yes, no])
      await stage.world().account({ email, givenName: 'Noé', familyName: 'Connu' });
    await stage.visit(async (tab) => {
      await stage.toRights(tab, administrator, head);
      for (const email of [yes, no]) {
        await pick(tab, 'link', 'Ajouter une délégation');
        await tab.getByLabel('Adresse électronique du bénéficiaire').fill(email);
        await press(tab, 'Continuer');
        await level(tab, 'Mon planning', 'Consultation').check();
        await press(tab, 'Continuer');
        await press(tab, 'Valider');
        await tab.getByText('L’invitation est partie').waitFor();
      }
    });
    await stage.visit(async (tab) => {
      await tab.goto((await stage.mailTo(yes)).link);
      await look(tab, '01-invitation');
      await pick(tab, 'link', 'Accepter en me connectant');
      await signIn(tab, yes);
      await screen(tab, 'Votre invitation');
      await look(tab, '02-repondre');
      await press(tab, 'Accepter');
      await screen(tab, 'Votre réponse est enregistrée');
    });
    await stage.visit(async (tab) => {
      await tab.goto((await stage.mailTo(no)).link);
      await pick(tab, 'link', 'Refuser l’invitation');
      await look(tab, '03-refuser');
      await pick(tab, 'button', 'Refuser l’invitation');
      await screen(tab, 'Votre refus est enregistré');
      await look(tab, '04-refus');
    });
    await stage.visit(async (tab) => {
      await stage.toRights(tab, administrator, head);
      expect(await wordsOf(rowOf(tab, no))).toContain('Inactif refusée');
      await act(tab, yes, 'Confirmer');
      await look(tab, '05-confirmer');
      await press(tab, 'Refuser');
      await tab.getByText('La demande est refusée').waitFor();
      await look(tab, '06-liste');
    });
    const rows = await stage.world().store.sql('delegation').where({ grantor_account_id: accountId });
    expect(rows.map(({ status }) => status)).toEqual(['refused', 'refused']);
  });
});
