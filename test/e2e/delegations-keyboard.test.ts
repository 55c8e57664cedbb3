/** A delegation from the first key to the last: given, looked at, modified and closed without a mouse. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  LIST,
  level,
  newAddress,
  rowOf,
  screen,
  stageOf,
  TO_CONFIRM,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { enterOn, tabTo } from '../support/keyboard.ts';
import { hasFocus, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { PASSWORD } from '../support/world.ts';

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

  test('the keyboard alone gives, accepts, confirms and closes, in the order of the page, always to be seen', async () => {
    const administrator = await stage.world().administrator(1, { familyName: 'Bâtisseur' });
    const colleague = newAddress('collegue');
    await stage.visit(async (tab) => {
      const type = (words: string) => tab.keyboard.type(words);
      await tab.goto(services.portal.home);
      await enterOn(tab, /^Se connecter$/);
      await screen(tab, 'Connexion');
      await tabTo(tab, /Adresse électronique/);
      await type(administrator.email);
      await tabTo(tab, /Mot de passe/);
      await type(PASSWORD);
      await tab.keyboard.press('Enter');
      await screen(tab, WELCOME);
      await enterOn(tab, /Gérer les droits d’accès/);
      await screen(tab, LIST);
      await enterOn(tab, /^Ajouter une délégation$/);
      await screen(tab, 'Ajouter une délégation');

      // Nothing is typed: the summary has the focus, and leads to the field.
      await enterOn(tab, /^Continuer$/);
      const summary = tab.getByRole('alert');
      await summary.waitFor();
      expect(await summary.evaluate(hasFocus)).toBe(true);
      await enterOn(tab, /^Saisissez une adresse électronique/);
      const field = tab.getByLabel('Adresse électronique du bénéficiaire');
      expect(await field.evaluate(hasFocus)).toBe(true);
      await type(colleague);
      await enterOn(tab, /^Continuer$/);

      await screen(tab, /Quels droits déléguer/);
      await tabTo(tab, /^Cadres$/);
      await tab.keyboard.press('Space');
      // A row is one stop; the arrows choose in it.
      await tabTo(tab, /^Mes salariés .*\//);
      await tab.keyboard.press('ArrowRight');
      expect(await level(tab, 'Mon planning', 'Consultation').isChecked()).toBe(true);
      await tabTo(tab, /^Mon planning \//);
      await tab.keyboard.press('ArrowRight');
      expect(await level(tab, 'Mon planning', 'Mise à jour').isChecked()).toBe(true);
      await enterOn(tab, /^Continuer$/);
      await screen(tab, 'Vérifiez avant de valider');
      await enterOn(tab, /^Modifier les droits$/);
      await screen(tab, /Quels droits déléguer/);
      expect(await tab.getByRole('checkbox', { name: 'Cadres' }).isChecked()).toBe(false);
      await enterOn(tab, /^Continuer$/);
      await screen(tab, 'Vérifiez avant de valider');
      await enterOn(tab, /^Valider/);
      await tab.getByText('L’invitation est partie').waitFor();
    });

    await stage.visit(async (tab) => {
      await tab.goto((await stage.mailTo(colleague)).link);
      await screen(tab, 'Ouverture de délégation');
      for (const [label, words] of [
        [/^Mot de passe/, CHOSEN_PASSWORD],
        [/^Confirmation du mot de passe/, CHOSEN_PASSWORD],
        [/^Nom/, 'Collègue'],
        [/^Prénom/, 'Noé'],
      ] as const) {
        await tabTo(tab, label);
        await tab.keyboard.type(words);
      }
      await enterOn(tab, /^Accepter et ouvrir mon espace$/);
      await screen(tab, 'Votre réponse est enregistrée');
    });

    await stage.visit(async (tab) => {
      await tab.goto((await stage.mailAbout(administrator.email, TO_CONFIRM)).link);
      await tabTo(tab, /Adresse électronique/);
      await tab.keyboard.type(administrator.email);
      await tabTo(tab, /Mot de passe/);
      await tab.keyboard.type(PASSWORD);
      await tab.keyboard.press('Enter');
      await screen(tab, /Confirmer la délégation/);
      await enterOn(tab, /^Accepter/);
      await tab.getByText('La délégation est confirmée').waitFor();
      await enterOn(tab, /^Clôturer la délégation de Collègue Noé$/);
      await screen(tab, 'Clôturer la délégation');
      await enterOn(tab, /^Clôturer la délégation$/);
      await tab.getByText('La délégation est clôturée').waitFor();
      expect(await wordsOf(rowOf(tab, 'Collègue Noé'))).toContain('Inactif clôturée');
    });
  });
});
