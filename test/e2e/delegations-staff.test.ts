/** The people of an accounting firm: invited, entrusted with many clients, changed by a file, removed. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import {
  featuresShown,
  follow,
  level,
  lookClosely,
  newAddress,
  pick,
  press,
  screen,
  stageOf,
  WALK,
  WELCOME,
} from '../support/delegation-stage.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { choose, headerOf, signIn, titleOf, wordsOf } from '../support/pages.ts';
import { startServices, type TestServices } from '../support/portal.ts';
import { type Portfolio, portfolio } from '../support/portfolio.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const browser = await openBrowser();
const look = lookClosely('equipe');

const TRADES = ['Maçonnerie', 'Charpente', 'Couverture', 'Plomberie', 'Peinture', 'Carrelage'];
const PLACES = ['de Metz', 'de Nancy', 'd’Épinal', 'de Toul', 'de Bar-le-Duc'];

describe.skipIf(!browser)('in a real browser', WALK, () => {
  let services: TestServices;
  const stage = stageOf(() => services, browser);
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(async () => {
    await services.close();
  });

  /** Thirty clients; the firm holds little of the first. */
  const firm = () =>
    portfolio(
      stage.world(),
      PLACES.flatMap((place) =>
        TRADES.map((trade) => ({ name: 'Siège', raisonSociale: `${trade} ${place}` })),
      ),
      {
        now: services.app.clock.now(),
        toFirm: (place) => (place === 0 ? { rights: rightsOn({ documents: 'consultation' }) } : {}),
      },
    );

  async function atTheFirm(tab: Page, held: Portfolio, path = ''): Promise<void> {
    await tab.goto(`${stage.issuer()}/mon-cabinet${path}`);
    await signIn(tab, emailOf(held.manager));
    await tab.getByRole('navigation', { name: 'Mon cabinet' }).waitFor();
  }

  /** Invites somebody, who opens an account. */
  async function recruit(tab: Page, person: string): Promise<void> {
    await follow(tab, 'Inviter un collaborateur');
    await press(tab, 'Envoyer l’invitation');
    await tab.getByRole('alert').waitFor();
    await look(tab, '02-inviter-erreur');
    await tab.getByLabel('Adresse électronique du collaborateur').fill(person);
    await press(tab, 'Envoyer l’invitation');
    await tab.getByRole('heading', { name: 'Invitations sans réponse' }).waitFor();
    await look(tab, '03-invitation-partie');
    await stage.visit(async (theirs) => {
      const { link } = await stage.mailTo(person);
      await theirs.goto(link);
      await screen(theirs, 'Rejoindre un cabinet');
      await look(theirs, '04-rejoindre');
      await stage.openAccount(theirs, { link, familyName: 'Nouvelle', givenName: 'Lou' });
      await screen(theirs, 'Vous avez rejoint le cabinet');
      await look(theirs, '05-rejoint');
      await stage.knock(theirs, person, CHOSEN_PASSWORD);
      await screen(theirs, /Choix de l’adhérent/);
    });
    await tab.reload();
    await tab.getByText('Nouvelle').first().waitFor();
  }

  test('a person joins, is entrusted with many clients, works for them, and is removed', async () => {
    const held = await firm();
    const person = newAddress('lou.nouvelle');
    await stage.visit(async (tab) => {
      await atTheFirm(tab, held, '/collaborateurs');
      await look(tab, '01-collaborateurs');
      await recruit(tab, person);
      await pick(tab, 'link', /^Confier des clients à .*Nouvelle/);
      await look(tab, '06-confier-personne');
      await press(tab, 'Continuer');
      await tab.getByLabel('Rechercher un client').fill('Metz');
      await press(tab, 'Rechercher');
      await press(tab, 'Tout cocher');
      expect(await wordsOf(tab.getByRole('main'))).toMatch(/6.clients choisis/);
      await look(tab, '07-confier-choix');
      await press(tab, 'Continuer');
      await level(tab, 'Mes documents', 'Mise à jour').check();
      await level(tab, 'Mon planning', 'Consultation').check();
      await look(tab, '08-confier-droits');
      await press(tab, 'Continuer');
      await look(tab, '09-confier-recapitulatif');
      await press(tab, 'Confier ces clients');
      await tab.getByText('Les clients sont confiés').waitFor();
      await look(tab, '10-clients');

      await stage.visit(async (theirs) => {
        await stage.knock(theirs, person, CHOSEN_PASSWORD);
        await screen(theirs, /Choix de l’adhérent/);
        expect(await theirs.getByRole('row').filter({ hasText: 'de Metz' }).count()).toBe(6);
        await choose(theirs, 'Charpente de Metz');
        await screen(theirs, WELCOME);
        expect(await headerOf(theirs)).toContain('Accès par le cabinet comptable Cabinet des Remparts');
        expect(await featuresShown(theirs)).toEqual(['Mon planning consultation seulement', 'Mes documents']);
        await theirs.getByRole('link', { name: 'Changer de tiers' }).click();
        // The firm holds no more of this client than that.
        await choose(theirs, 'Maçonnerie de Metz');
        await screen(theirs, WELCOME);
        expect(await featuresShown(theirs)).toEqual(['Mes documents consultation seulement']);

        await tab.goto(`${stage.issuer()}/mon-cabinet/collaborateurs`);
        await pick(tab, 'link', /^Retirer du cabinet : .*Nouvelle/);
        expect(await wordsOf(tab.getByRole('main'))).toMatch(/perd .* sur 6.sites/);
        await look(tab, '11-retirer');
        await press(tab, 'Retirer du cabinet');
        await tab
          .getByText('Nouvelle')
          .first()
          .waitFor({ state: 'detached' })
          .catch(() => undefined);
        await look(tab, '12-retiree');
        await theirs.reload();
        expect(await titleOf(theirs)).toBe('Votre session est terminée');
      });
    });
    await stage.mailAbout(person, 'Vous ne faites plus partie d’un cabinet');
  });

  test('a file gives and takes rights, after a look at what it would change', async () => {
    const held = await firm();
    await stage.visit(async (tab) => {
      await atTheFirm(tab, held, '/import');
      const download = async () => {
        const [file] = await Promise.all([
          tab.waitForEvent('download'),
          tab.getByRole('link', { name: 'Télécharger le fichier actuel' }).click(),
        ]);
        return (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
      };
      const send = async (lines: readonly string[]) => {
        const buffer = Buffer.from(lines.join('\r\n'));
        await tab
          .getByLabel('Fichier CSV')
          .setInputFiles({ name: 'droits.csv', mimeType: 'text/csv', buffer });
        await press(tab, 'Voir ce qui changerait');
      };
      const [header = ''] = await download();
      await look(tab, '13-fichier');
      const columns = header.replace('\ufeff', '').split(';');
      const line = (told: Readonly<Record<string, string>>) =>
        columns.map((name) => told[name] ?? '').join(';');
      const gift = (siret: string) =>
        line({
          'e-mail': emailOf(held.staff),
          SIRET: siret,
          collèges: 'tous',
          'Mes documents': 'consultation',
        });
      const sirets = held.sites.slice(0, 3).map(({ siret }) => siret);
      await send([header, ...sirets.map(gift), gift('123')]);
      await look(tab, '14-fichier-erreurs');
      await pick(tab, 'link', 'Envoyer un fichier corrigé');
      await send([header, ...sirets.map(gift)]);
      expect(await wordsOf(tab.getByRole('main'))).toContain('3 nouveaux');
      await look(tab, '15-fichier-changements');
      await press(tab, 'Appliquer ces changements');
      await tab.getByText('Le fichier est appliqué').waitFor();

      await pick(tab, 'link', 'Import par fichier');
      const rows = await download();
      expect(rows).toHaveLength(4);
      const [first = '', second = ''] = rows.slice(1);
      await send([
        header,
        first.replace(/;$/, ';supprimer').replace(/;[^;]*$/, ';supprimer'),
        second.replace('consultation', 'mise à jour'),
      ]);
      await look(tab, '16-fichier-difference');
      await press(tab, 'Appliquer ces changements');
      await tab.getByText('Le fichier est appliqué').waitFor();
    });
    const rows = await stage
      .world()
      .store.sql('delegation')
      .where({ kind: 'staff', grantor_cabinet_id: held.cabinetId });
    expect(rows.map(({ status }) => status).sort()).toEqual(['active', 'active', 'closed']);
  });
});
