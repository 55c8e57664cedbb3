/** The caisse's people and those whom they help, in a real Chromium that runs no script. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { follow, newAddress, pick, press, screen, WALK } from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { enterOn, tabTo } from '../support/keyboard.ts';
import {
  listOf,
  lookAtOffice,
  officeStageOf,
  openSection,
  REASON,
  SEARCH,
  said,
  search,
  summaryOf,
} from '../support/office-stage.ts';
import { signIn, wordsOf } from '../support/pages.ts';
import { authenticator } from '../support/second-factor.ts';
import { signInOn, Visitor } from '../support/visitor.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser, without JavaScript', WALK, () => {
  let app: TestApp;
  const stage = officeStageOf(() => app, browser);
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(async () => {
    await app.close();
  });

  test('somebody is added by a supervisor, chooses password and application, finds a person and lets him in again', async () => {
    const look = lookAtOffice('office-agent');
    const newcomer = newAddress('nouvelle');
    await stage.visit(async (tab) => {
      await stage.goToWork(tab, 'superviseur');
      await look(tab, '01-recherche');
      await openSection(tab, 'Gestionnaires');
      await screen(tab, 'Gestionnaires');
      await look(tab, '02-gestionnaires');
      await pick(tab, 'link', 'Ajouter un gestionnaire');
      await pick(tab, 'button', 'Envoyer le lien d’accès');
      expect(await summaryOf(tab)).toContain('Saisissez le nom.');
      await look(tab, '03-ajouter-erreurs');
      await tab.getByLabel('Adresse électronique').fill(newcomer);
      await tab.getByLabel('Prénom').fill('Maud');
      await tab.getByLabel('Nom', { exact: true }).fill('Tavernel');
      await tab.getByLabel('Motif').fill('Arrivée au service des adhérents');
      await pick(tab, 'button', 'Envoyer le lien d’accès');
      await said(tab, 'Le lien d’accès est parti par courriel.');
      await look(tab, '04-ajoutee');
    });

    const boss = await stage.world().administrator(2, { givenName: 'Odile', familyName: 'Marchepied' });
    for (let tries = 0; tries < 6; tries++) {
      const visitor = new Visitor();
      const page = await visitor.get(`${stage.issuer()}/mon-compte`);
      await signInOn(visitor, page, boss.email, 'Ce-n-est-pas-2026');
    }
    const mail = await stage.mailAbout(newcomer, 'Ouvrez votre accès');
    await stage.visit(async (tab) => {
      await tab.goto(mail.link);
      await look(tab, '05-mot-de-passe');
      await screen(tab, 'Choisissez votre mot de passe');
      await tab.getByLabel('Mot de passe', { exact: true }).fill(CHOSEN_PASSWORD);
      await tab.getByLabel('Confirmation du mot de passe').fill(CHOSEN_PASSWORD);
      await pick(tab, 'button', 'Enregistrer ce mot de passe');
      await look(tab, '06-mot-de-passe-choisi');
      app.clock.advance(1_000);
      await pick(tab, 'link', 'Se connecter');
      await signIn(tab, newcomer, CHOSEN_PASSWORD);
      // Known to be of the caisse by now, she is asked for more than a password.
      await screen(tab, 'Activer la connexion en deux étapes');
      await look(tab, '07-application');
      const key = (await tab.locator('.secret').innerText()).replace(/\s/g, '');
      await tab.getByLabel('Code à 6 chiffres').fill(authenticator(app, key).code());
      await pick(tab, 'button', 'Activer');
      await screen(tab, 'Vos codes de secours');
      expect(await tab.locator('.codes__item').count()).toBe(10);
      await look(tab, '08-codes');
      await pick(tab, 'button', 'J’ai noté mes codes, continuer');
      await screen(tab, SEARCH);
      expect(await tab.getByRole('link', { name: 'Gestionnaires' }).count()).toBe(0);

      await search(tab, `rien-${randomUUID().slice(0, 6)}`);
      await said(tab, 'Aucun résultat');
      await look(tab, '09-aucun-resultat');
      await search(tab, boss.sites[0]?.adherent.identifiant ?? '');
      await look(tab, '10-trouve');
      await pick(tab, 'link', 'Maçonnerie du Test');
      await look(tab, '11-adherent');
      await pick(tab, 'link', 'Site 1');
      await look(tab, '12-site');
      await listOf(tab, 'Comptes et délégations')
        .getByRole('link', { name: 'Odile Marchepied' })
        .first()
        .click();
      await look(tab, '13-compte');
      await pick(tab, 'link', 'Débloquer la connexion');
      await press(tab, 'Débloquer');
      expect(await summaryOf(tab)).toContain('Donnez le motif');
      await look(tab, '14-debloquer-erreur');
      await tab.getByLabel('Motif').fill(REASON);
      await press(tab, 'Débloquer');
      await said(tab, 'La connexion est débloquée');
      await look(tab, '15-debloque');
      const told = await stage.mailAbout(boss.email, 'est débloqué');
      expect(told.text).toContain('Odile Marchepied');

      await follow(tab, 'Ce n’est pas vous');
      await screen(tab, 'Se déconnecter');
      await pick(tab, 'button', 'Se déconnecter');
      await screen(tab, 'Vous êtes déconnecté');
      await tab.goto(`${stage.issuer()}/gestion`);
      await screen(tab, 'Connexion');
    });
    await stage.visit(async (tab) => {
      await tab.goto(`${stage.issuer()}/mon-compte`);
      await signIn(tab, boss.email);
      await screen(tab, 'Mon compte');
    });
  });

  test('a firm is attached, asked to name who manages it, and detached', async () => {
    const look = lookAtOffice('office-cabinet');
    const name = 'Comptables de la Meurthe';
    await stage.world().cabinet(name);
    const { sites } = await stage.world().administrator(1);
    const manager = newAddress('responsable');
    await stage.visit(async (tab) => {
      await stage.goToWork(tab);
      await search(tab, sites[0]?.adherent.identifiant ?? '');
      await pick(tab, 'link', 'Maçonnerie du Test');
      await pick(tab, 'link', 'Rattacher un cabinet');
      await look(tab, '01-rattacher');
      await tab.getByLabel('Nom du cabinet').fill('Nul cabinet');
      await pick(tab, 'button', 'Chercher ce cabinet');
      expect(await summaryOf(tab)).toContain('Aucun cabinet de la caisse ne porte ce nom.');
      await tab.getByLabel('Nom du cabinet').fill('meurthe');
      await pick(tab, 'button', 'Chercher ce cabinet');
      await look(tab, '02-choisir');
      await tab.getByLabel(name).check();
      await pick(tab, 'button', 'Rattacher ce cabinet');
      await said(tab, 'Le cabinet est rattaché.');
      await look(tab, '03-rattache');

      await pick(tab, 'link', name);
      await look(tab, '04-sans-responsable');
      await pick(tab, 'link', 'Nommer un responsable');
      await tab.getByLabel('Adresse électronique du responsable').fill(manager);
      await tab.getByLabel('Motif').fill(REASON);
      await look(tab, '05-nommer');
      await pick(tab, 'button', 'Nommer ce responsable');
      await said(tab, 'L’invitation est partie.');
      await look(tab, '06-invite');
      expect((await stage.mailAbout(manager, 'abinet')).text).toContain(name);

      await tab.goBack();
      await tab.goBack();
      await tab.goBack();
      await tab.getByRole('link', { name: /^Détacher/ }).click();
      await look(tab, '07-detacher');
      await tab.getByLabel('Motif').fill(REASON);
      await press(tab, 'Détacher ce cabinet');
      await said(tab, 'Le cabinet est détaché.');
      await look(tab, '08-detache');
    });
  });

  test('the keyboard alone hands a site over to whom the company trusts already', async () => {
    const look = lookAtOffice('office-succession');
    const world = stage.world();
    const former = await world.administrator(1, { givenName: 'Renée', familyName: 'Partante' });
    const successor = newAddress('successeur');
    const to = await world.account({ email: successor, givenName: 'Hugo', familyName: 'Suivant' });
    const [site] = former.sites;
    if (!site) throw new Error('no site');
    await world.delegate(site, former.delegations[0] ?? '', { from: former.accountId, to });
    await stage.visit(async (tab) => {
      await stage.goToWork(tab);
      await tab.goto(`${stage.issuer()}/gestion/sites/${site.id}`);
      await look(tab, '01-site');
      await enterOn(tab, /^Confier à un successeur/);
      await screen(tab, 'Confier le site à un successeur');
      await enterOn(tab, /^Continuer$/);
      const summary = await summaryOf(tab);
      for (const words of ['adresse électronique complète', 'Donnez le motif'])
        expect(summary).toContain(words);
      await look(tab, '02-erreurs');
      await tabTo(tab, /^Adresse électronique du successeur/);
      await tab.keyboard.type(successor);
      await tabTo(tab, /^Motif/);
      await tab.keyboard.type(REASON);
      await enterOn(tab, /^Continuer$/);
      await screen(tab, 'Confier le site maintenant');
      await look(tab, '03-recapitulatif');
      await enterOn(tab, /^Confier le site$/);
      await said(tab, 'Le site a changé d’administrateur.');
      await look(tab, '04-confie');
      const people = await wordsOf(listOf(tab, 'Comptes et délégations'));
      expect(people).toMatch(/Hugo Suivant Administrateur Entreprise/);
      expect((await stage.mailAbout(former.email, 'ite')).text).toContain('confié à un successeur');
    });
  });
});
