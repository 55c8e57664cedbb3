/** What leaves the caisse by post, in a real Chromium that runs no script: from an agent's desk to the first sign-in. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EMPLOYEE, offerRequests } from '../support/access-requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { newAddress, pick, press, screen, WALK } from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD, letters } from '../support/enrolment.ts';
import { codeOn, company, referenceOn } from '../support/letters.ts';
import {
  downloaded,
  listOf,
  lookAtOffice,
  officeStageOf,
  openSection,
  REASON,
  said,
  sheetsOf,
  summaryOf,
} from '../support/office-stage.ts';
import { signIn, wordsOf } from '../support/pages.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('in a real browser, without JavaScript', WALK, () => {
  let app: TestApp;
  const stage = officeStageOf(() => app, browser);
  beforeAll(async () => {
    app = await startApp();
    await offerRequests(app);
  });
  afterAll(async () => {
    await app.close();
  });

  /** The file of that name of the batch on the screen. */
  async function fileOf(tab: Page, name: RegExp) {
    await tab.getByRole('link', { name }).click();
    const file = await downloaded(tab, () => pick(tab, 'button', 'Télécharger le fichier'));
    await tab.getByRole('link', { name: /^Lot du/ }).click();
    return { ...file, sheets: await sheetsOf(file.bytes) };
  }

  async function confirmPrinted(tab: Page): Promise<void> {
    await pick(tab, 'link', 'J’ai imprimé ce lot');
    await pick(tab, 'button', 'Oui, ce lot est imprimé');
    await said(tab, 'L’impression est confirmée');
  }

  async function fillTwice(tab: Page, fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields))
      await tab.getByLabel(label, { exact: true }).fill(value);
  }

  test('a director asks for access on paper, an agent validates it, and what the post brings opens the space', async () => {
    const look = lookAtOffice('office-demande');
    const held = await letters(stage.world(), app.clock.now(), { raisonSociale: 'Charpente de l’Étang' });
    await app.database
      .knex('adherent')
      .update({ postal_address: ['12 rue du Test', '57000 METZ'] })
      .where({ id: held.site.adherent.id });
    const director = newAddress('dirigeante');

    await stage.visit(async (tab) => {
      await tab.goto(`${stage.issuer()}/mon-compte`);
      await pick(tab, 'link', 'Je demande mes accès avec une convention signée');
      await look(tab, '02-entreprise');
      await tab.getByLabel('N° d’adhérent').fill(held.identifiant);
      await tab.getByLabel('SIRET').fill(held.siret);
      await tab.getByLabel('Lettre clé').fill(held.code);
      await pick(tab, 'button', 'Continuer');
      await screen(tab, 'Le dirigeant de l’entreprise');
      await look(tab, '03-dirigeant');
      await pick(tab, 'button', 'Continuer');
      await look(tab, '04-dirigeant-erreurs');
      await tab.getByLabel('Non affilié à la caisse').check();
      await fillTwice(tab, {
        Nom: 'Bélanger',
        Prénom: 'Solène',
        'Rôle dans l’entreprise': 'Gérante',
        'Adresse électronique': director,
      });
      await tab.getByLabel('Oui, un salarié de l’entreprise').check();
      await pick(tab, 'button', 'Continuer');
      await look(tab, '05-delegataire');
      await fillTwice(tab, {
        Nom: EMPLOYEE.delegate_family_name,
        Prénom: EMPLOYEE.delegate_given_name,
        'Numéro et rue': EMPLOYEE.street,
        'Code postal': EMPLOYEE.postcode,
        Commune: EMPLOYEE.city,
      });
      await tab.getByLabel('Consulter toutes les rubriques').check();
      await tab.getByRole('button', { name: 'Continuer', exact: true }).last().click();
      await screen(tab, 'Vérifiez avant d’envoyer');
      await look(tab, '06-recapitulatif');
      await tab.getByRole('button', { name: 'Envoyer ma demande' }).last().click();
      await screen(tab, 'Votre demande est enregistrée');
      await look(tab, '07-envoyee');
    });
    const convention = await stage.mailAbout(director, 'onvention');
    expect(convention.attachments.map(({ contentType }) => contentType)).toEqual(['application/pdf']);
    const [sheet = ''] = await sheetsOf(convention.attachments[0]?.content ?? new Uint8Array());
    expect(sheet).toContain('Charpente de l’Étang');
    expect(sheet).toContain('Bélanger');

    let initial = { login: '', password: '' };
    await stage.visit(async (tab) => {
      await stage.goToWork(tab);
      await openSection(tab, 'Demandes d’accès');
      await screen(tab, 'Demandes d’accès');
      await look(tab, '08-file');
      await tab.getByRole('link', { name: /^Charpente de l’Étang/ }).click();
      await look(tab, '09-demande');
      await pick(tab, 'link', 'Demander un complément');
      await pick(tab, 'button', 'Demander ce complément');
      expect(await summaryOf(tab)).toContain('Dites ce qui manque');
      await look(tab, '10-complement-erreur');
      await tab.getByLabel('Ce qui manque').fill('Le cachet de l’entreprise manque sur la convention.');
      await pick(tab, 'button', 'Demander ce complément');
      await said(tab, 'Incomplète');
      const asked = await stage.mailAbout(director, 'omplé');
      expect(asked.text).toContain('Le cachet de l’entreprise manque');
      await pick(tab, 'link', 'Valider');
      await look(tab, '11-valider');
      await tab.getByLabel('Motif').fill('Convention signée et cachetée reçue par courriel');
      await pick(tab, 'button', 'Valider et envoyer les courriers');
      await said(tab, 'La demande est validée.');
      await look(tab, '12-validee');
      expect((await stage.mailAbout(director, 'valid')).text).toContain('courrier');

      await openSection(tab, 'Courriers');
      await look(tab, '13-courriers');
      await tab.getByRole('link', { name: /^En faire un lot/ }).click();
      await look(tab, '14-lot-en-attente');
      await pick(tab, 'button', 'Faire le lot');
      await app.deliver();
      await tab.reload();
      await look(tab, '15-lot-pret');
      await tab
        .getByRole('link', { name: /^Télécharger/ })
        .first()
        .click();
      await look(tab, '16-telecharger');
      await tab.goBack();
      const { sheets } = await fileOf(tab, /^Télécharger/);
      expect(sheets).toHaveLength(2);
      const hers = sheets.find((one) => one.includes('Bélanger')) ?? '';
      const [, login = '', password = ''] =
        /Votreidentifiant([0-9A-Z]{4}-[0-9A-Z]{4})Votremotdepasseinitial([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/.exec(
          hers.replace(/\s/g, ''),
        ) ?? [];
      initial = { login, password };
      await confirmPrinted(tab);
      await look(tab, '17-lot-imprime');
    });

    await stage.visit(async (tab) => {
      await tab.goto(`${stage.issuer()}/mon-compte`);
      await signIn(tab, initial.login, initial.password);
      await look(tab, '18-premiere-connexion');
      await tab.getByRole('button', { name: 'Valider' }).click();
      await look(tab, '19-premiere-connexion-erreurs');
      await fillTwice(tab, {
        'Adresse électronique': director,
        'Confirmation de l’adresse électronique': director,
        'Nouveau mot de passe': CHOSEN_PASSWORD,
        'Confirmation du mot de passe': CHOSEN_PASSWORD,
      });
      await tab.getByRole('button', { name: 'Valider' }).click();
      await screen(tab, 'Un message vous attend');
      await look(tab, '20-message');
      await app.deliver();
      await tab.goto(app.inbox.all().findLast(({ to }) => to === director)?.link ?? '');
      await look(tab, '21-confirmer');
      await tab.getByRole('main').getByRole('button').first().click();
      await screen(tab, 'Votre espace est ouvert');
      await tab.goto(`${stage.issuer()}/mon-compte`);
      await signIn(tab, director, CHOSEN_PASSWORD);
      await screen(tab, 'Mon compte');
      expect(await wordsOf(tab.getByRole('banner'))).toContain('Solène Bélanger');
    });
  });

  test('a batch of codes is printed, one opens a space, another comes back and is written anew', async () => {
    const look = lookAtOffice('office-courriers');
    const [first, second] = await company(app, 2);
    const identifiant = first?.adherent.identifiant ?? '';
    const holder = newAddress('titulaire');
    let codes: readonly string[] = [];
    await stage.visit(async (tab) => {
      await stage.goToWork(tab);
      await openSection(tab, 'Courriers');
      await pick(tab, 'link', 'Faire un nouveau lot');
      await tab.getByRole('button', { name: 'Continuer avec cet adhérent' }).click();
      await look(tab, '01-choix-erreur');
      await tab.getByLabel('Identifiant CIBTP').fill(identifiant);
      await tab.getByRole('button', { name: 'Continuer avec cet adhérent' }).click();
      await said(tab, '2 sites à servir');
      await look(tab, '02-recapitulatif');
      await pick(tab, 'button', 'Faire le lot');
      await said(tab, 'Le lot est enregistré.');
      await look(tab, '03-en-cours');
      await app.deliver();
      await tab.getByRole('link', { name: /^Actualiser/ }).click();
      await look(tab, '04-pret');
      await pick(tab, 'link', 'J’ai imprimé ce lot');
      await pick(tab, 'button', 'Oui, ce lot est imprimé');
      await said(tab, 'n’a pas encore été téléchargé');
      await look(tab, '05-pas-telecharge');
      await tab.goBack();
      await tab.goBack();
      const file = await fileOf(tab, /^Télécharger.*code/i);
      expect(file.name).toMatch(/^codes-.*\.pdf$/);
      codes = file.sheets;
      expect(codes).toHaveLength(2);
      expect((await fileOf(tab, /^Télécharger.*bienvenue/i)).sheets).toHaveLength(2);
      await confirmPrinted(tab);
      await look(tab, '06-imprime');
    });

    const sheetOf = (siret = '') => codes.find((one) => one.replaceAll(/\s/g, '').includes(siret)) ?? '';
    await stage.visit(async (tab) => {
      await tab.goto(`${stage.issuer()}/premiere-connexion`);
      await pick(tab, 'link', 'Commencer');
      await tab.getByLabel('Identifiant CIBTP').fill(identifiant);
      await tab.getByLabel('Numéro SIRET').fill(first?.siret ?? '');
      await tab.getByLabel('Code confidentiel').fill(codeOn(sheetOf(first?.siret)));
      await pick(tab, 'button', 'Continuer');
      await fillTwice(tab, {
        'Adresse électronique': holder,
        'Confirmation de l’adresse électronique': holder,
        'Mot de passe': CHOSEN_PASSWORD,
        'Confirmation du mot de passe': CHOSEN_PASSWORD,
        Nom: 'Titulaire',
        Prénom: 'Ambre',
      });
      await pick(tab, 'button', 'Valider');
      await screen(tab, 'Un courriel vous attend');
      await app.deliver();
      await tab.goto(app.inbox.next(holder).link);
      await pick(tab, 'button', 'Activer mon espace');
      await screen(tab, 'Votre espace est ouvert');
    });

    await stage.visit(async (tab) => {
      await stage.goToWork(tab);
      await openSection(tab, 'Courriers');
      await tab.getByRole('link', { name: /^Saisir un retour/ }).click();
      await screen(tab, 'Plis non distribués');
      await look(tab, '07-retours');
      await tab.getByLabel('Référence ou SIRET').fill('0000-0000');
      await pick(tab, 'button', 'Rechercher');
      await look(tab, '08-retour-inconnu');
      await tab.getByLabel('Référence ou SIRET').fill(referenceOn(sheetOf(second?.siret)).toLowerCase());
      await pick(tab, 'button', 'Rechercher');
      await look(tab, '09-retour-trouve');
      await tab.getByRole('link', { name: /^Non distribué/ }).click();
      await look(tab, '10-retour');
      await pick(tab, 'button', 'Enregistrer le retour');
      await said(tab, 'Le retour est enregistré.');
      await tab.getByLabel('Référence ou SIRET').fill(second?.siret ?? '');
      await pick(tab, 'button', 'Rechercher');
      await look(tab, '11-revenu');
      await tab
        .getByRole('link', { name: /^Écrire de nouveau/ })
        .first()
        .click();
      await tab.getByLabel('Motif').fill(REASON);
      await look(tab, '12-lever');
      await pick(tab, 'button', 'Permettre les courriers');
      await said(tab, 'Des courriers peuvent de nouveau partir à cette adresse.');

      await openSection(tab, 'Courriers');
      await listOf(tab, 'Lots').getByRole('link').first().click();
      await look(tab, '13-lot-suivi');
      await tab
        .getByRole('link', { name: /^Refaire\s*:/ })
        .first()
        .click();
      await look(tab, '14-refaire');
      await tab.getByLabel('Motif').fill(REASON);
      await press(tab, 'Refaire le courrier');
      await app.deliver();
      await tab.getByRole('link', { name: /^Actualiser/ }).click();
      const [sheet = ''] = (await fileOf(tab, /^Télécharger.*code/i)).sheets;
      expect(codeOn(sheet)).toHaveLength(10);
      expect(codeOn(sheet)).not.toBe(codeOn(sheetOf(second?.siret)));
      await openSection(tab, 'Courriers');
      await pick(tab, 'link', 'Voir les statistiques');
      await look(tab, '15-statistiques');
    });
  });
});
