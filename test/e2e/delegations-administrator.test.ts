/** An administrator who delegates in turn, within what he was given; what happens below him follows what happens to him. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  act,
  featuresShown,
  LIST,
  level,
  lookClosely,
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
import { titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { rightsOn } from '../support/world.ts';

const browser = await openBrowser();
const look = lookClosely('administrateur');
const DAY = 86_400_000;
const LATER = 'Vos propres droits ont une fin';

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** Administrateur Entreprise, and under her an administrator for two months. */
  async function company() {
    const world = stage.world();
    const [head, second] = [newAddress('directrice'), newAddress('adjoint')];
    const headId = await world.account({ email: head, givenName: 'Camille', familyName: 'Bâtisseur' });
    const secondId = await world.account({ email: second, givenName: 'Sacha', familyName: 'Adjoint' });
    const site = await world.site({ name: 'Siège de Nancy', raisonSociale: 'Maçonnerie du Val' });
    const root = await world.enrol(headId, site);
    const given = { admin: true, to: services.app.clock.now() + 60 * DAY };
    const middle = await world.delegate(site, root, { from: headId, to: secondId }, given);
    return { head, second, secondId, site, middle };
  }

  /** Through the three steps. `choose`: what he does on the matrix. */
  async function add(tab: Page, email: string, choose: () => Promise<unknown>): Promise<void> {
    await pick(tab, 'link', 'Ajouter une délégation');
    await tab.getByLabel('Adresse électronique du bénéficiaire').fill(email);
    await press(tab, 'Continuer');
    await choose();
    await press(tab, 'Continuer');
    await screen(tab, 'Vérifiez avant de valider');
    expect(await tab.getByText(LATER).count()).toBe(1);
    await look(tab, '03-recapitulatif-avec-fin');
    await press(tab, 'Valider');
    await tab.getByText('L’invitation est partie').waitFor();
  }

  async function confirm(tab: Page, email: string): Promise<void> {
    await tab.goto((await stage.mailAbout(email, TO_CONFIRM)).link);
    await press(tab, 'Accepter');
    await tab.getByText('La délégation est confirmée').waitFor();
  }

  test('Administrateur is given on, capped at every step, narrowed, put to sleep, woken and closed', async () => {
    const { head, second, site } = await company();
    const [third, colleague] = [newAddress('chef'), newAddress('collegue')];

    await stage.visit(async (tab) => {
      await stage.toRights(tab, second, site);
      await add(tab, third, async () => {
        await tab.getByRole('checkbox', { name: 'Administrateur' }).check();
        expect(await level(tab, 'Mes documents', 'Mise à jour').isDisabled()).toBe(true);
        await look(tab, '01-borne');
      });
      await stage.visit(async (theirs) => {
        const names = { familyName: 'Chef', givenName: 'Alix' };
        await stage.openAccount(theirs, { link: (await stage.mailTo(third)).link, ...names });
        await screen(theirs, 'Votre réponse est enregistrée');
      });
      await confirm(tab, second);
      expect(await wordsOf(rowOf(tab, third))).toMatch(/Administrateur .*Chef Alix.* Actif/);
    });

    await stage.visit(async (theirs) => {
      await stage.enterOnly(theirs, third, CHOSEN_PASSWORD);
      expect(await featuresShown(theirs)).toContain('Mes documents');
      await theirs
        .getByRole('navigation', { name: 'Fonctionnalités' })
        .getByRole('link', { name: LIST })
        .click();
      await screen(theirs, LIST);
      await look(theirs, '02-liste-du-second');
      await add(theirs, colleague, async () => {
        await level(theirs, 'Mes comptes bancaires', 'Consultation').check();
        await level(theirs, 'Mon planning', 'Mise à jour').check();
        await level(theirs, 'Mes documents', 'Mise à jour').check();
      });
      await stage.visit(async (tab) => {
        const names = { familyName: 'Collègue', givenName: 'Noé' };
        await stage.openAccount(tab, { link: (await stage.mailTo(colleague)).link, ...names });
      });
      await confirm(theirs, third);
    });

    await stage.visit(async (below) => {
      await stage.enterOnly(below, colleague, CHOSEN_PASSWORD);
      const all = ['Mes comptes bancaires consultation seulement', 'Mon planning', 'Mes documents'];
      expect(await featuresShown(below)).toEqual(all);

      await stage.visit(async (tab) => {
        await stage.toRights(tab, head, site);
        await look(tab, '04-liste-de-la-premiere');
        await act(tab, 'Chef Alix', 'Voir');
        await pick(tab, 'link', /^Mettre en veille/);
        await screen(tab, 'Mettre la délégation en veille');
        expect(await wordsOf(tab.getByRole('main'))).toMatch(/Alix Chef perd 17.droits/);
        expect(await wordsOf(tab.getByRole('main'))).toMatch(
          /Noé Collègue perd 3.droits|1.collaborateur perd 3.droits/,
        );
        await look(tab, '05-mettre-en-veille');
        await press(tab, 'Mettre en veille');
        await tab.getByText('La délégation est en veille').waitFor();
        expect(await wordsOf(rowOf(tab, 'Chef Alix'))).toContain('Actif en veille');
        expect(await wordsOf(rowOf(tab, 'Collègue Noé'))).toContain('sans effet en ce moment');
        await look(tab, '06-liste-en-veille');

        // The back channel told the portal: nobody had to wait for a token to grow old.
        await below.reload();
        expect(await titleOf(below)).toBe('Votre session est terminée');
        await stage.comeBack(below);
        await screen(below, /Choix de l’adhérent/);
        await look(below, '07-sans-site');

        await act(tab, 'Chef Alix', 'Voir');
        await pick(tab, 'link', /^Réactiver/);
        await screen(tab, 'Réactiver la délégation');
        await look(tab, '08-reactiver');
        await press(tab, 'Réactiver');
        await tab.getByText('La délégation est réactivée').waitFor();
        await stage.comeBack(below);
        await screen(below, WELCOME);
        expect(await featuresShown(below)).toEqual(all);

        await act(tab, 'Adjoint Sacha', 'Modifier');
        await screen(tab, 'Modifier la délégation');
        await look(tab, '09-modifier');
        await tab.getByRole('checkbox', { name: 'Administrateur' }).uncheck();
        await level(tab, 'Toutes les lignes', 'Mise à jour').check();
        await level(tab, 'Mes documents', 'Aucun droit').check();
        await press(tab, 'Continuer');
        await screen(tab, 'Vérifiez la modification');
        await look(tab, '10-modifier-apercu');
        await press(tab, 'Modifier la délégation');
        await tab.getByText('La délégation est modifiée').waitFor();
        await look(tab, '11-liste-modifiee');
        await act(tab, 'Collègue Noé', 'Voir');
        await look(tab, '12-voir-ce-qui-reste');
        await stage.comeBack(below);
        await screen(below, WELCOME);
        expect(await featuresShown(below)).toEqual(all.slice(0, 2));
      });
    });
    await stage.mailAbout(second, 'Votre délégation a été modifiée');
  });

  test('what was narrowed above is narrowed below, what is closed above is closed below', async () => {
    const { head, second, secondId, site, middle } = await company();
    const world = stage.world();
    const colleague = newAddress('collegue');
    const rights = rightsOn({ documents: 'mise_a_jour', planning: 'mise_a_jour' });
    const colleagueId = await world.account({ email: colleague, givenName: 'Noé', familyName: 'Collègue' });
    await world.delegate(site, middle, { from: secondId, to: colleagueId }, { rights });
    await stage.visit(async (tab) => {
      await stage.toRights(tab, second, site);
      await act(tab, 'Collègue Noé', 'Modifier');
      await level(tab, 'Mes documents', 'Consultation').check();
      await press(tab, 'Continuer');
      await screen(tab, 'Vérifiez la modification');
      expect(await wordsOf(tab.getByRole('main'))).toMatch(
        /Mise à jour . Après : Consultation|Noé Collègue perd 1/,
      );
      await press(tab, 'Modifier la délégation');
      await tab.getByText('La délégation est modifiée').waitFor();
      await stage.visit(async (below) => {
        await stage.enterOnly(below, colleague);
        expect(await featuresShown(below)).toEqual(['Mon planning', 'Mes documents consultation seulement']);
        await stage.visit(async (above) => {
          await stage.toRights(above, head, site);
          await act(above, 'Adjoint Sacha', 'Clôturer');
          await screen(above, 'Clôturer la délégation');
          expect(await wordsOf(above.getByRole('main'))).toMatch(/perd 2.droits sur 1.site/);
          await look(above, '13-cloturer-en-cascade');
          await press(above, 'Clôturer');
          await above.getByText('La délégation est clôturée').waitFor();
          await look(above, '14-liste-cloturee');
          await above.getByRole('checkbox', { name: 'Exclure les utilisateurs inactifs' }).check();
          await press(above, 'Filtrer');
          expect(await rowOf(above, 'Adjoint Sacha').count()).toBe(0);
          await look(above, '15-liste-sans-inactifs');
        });
        await below.reload();
        expect(await titleOf(below)).toBe('Votre session est terminée');
      });
      await tab.reload();
      await look(tab, '16-administrateur-cloture');
    });
  });
});
