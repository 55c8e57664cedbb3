/** The delegations' journeys in a real browser: who plays in them, and what each does by the words of the screens. */
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
import { assertNoOverflow } from './browser.ts';
import { CHOSEN_PASSWORD } from './enrolment.ts';
import type { ReceivedMail } from './inbox.ts';
import { asVisitor, faultsOf, keepPicture, PHONE, signIn, titleOf } from './pages.ts';
import type { TestServices } from './portal.ts';

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;
export const WELCOME = 'Bienvenue sur votre espace sécurisé';
/** Of the mail that asks the administrator to confirm. */
export const TO_CONFIRM = 'Confirmez ou refusez une délégation';
export const LIST = 'Gérer les droits d’accès';

/** A walk over a dozen screens, each looked at twice by axe, may be long on a machine that is busy. */
export const WALK = { timeout: 300_000 };

export type Play = (tab: Page) => Promise<void>;

/** Looks at the screen as it stands: nothing must be wrong with it. */
export type Look = (tab: Page, name: string) => Promise<void>;

export const lookClosely =
  (journey: string): Look =>
  async (tab, name) =>
    expect(await faultsOf(tab, `${journey}-${name}`, AT_CAISSE)).toEqual([]);

/** As far as a page can be looked at that runs no script. */
export const lookWithoutScript =
  (journey: string): Look =>
  async (tab, name) => {
    expect(await tab.title()).toMatch(AT_CAISSE);
    const size = tab.viewportSize();
    await tab.setViewportSize(PHONE);
    await assertNoOverflow(tab);
    await keepPicture(tab, `${journey}-sans-script-${name}`);
    if (size) await tab.setViewportSize(size);
  };

export const pick = (tab: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> =>
  tab.getByRole(role, { name, exact: typeof name === 'string' }).click();
/** Beginning with these words: what follows is for whoever does not see the rest of the page. */
export const press = (tab: Page, name: string): Promise<void> =>
  tab
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .first()
    .click();
export const follow = (tab: Page, name: string): Promise<void> =>
  tab
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click();

/** The screen of that title. */
export async function screen(tab: Page, title: string | RegExp): Promise<void> {
  await tab
    .getByRole('heading', { level: 1, name: title })
    .waitFor()
    .catch(async () => expect(await titleOf(tab)).toMatch(title));
}

/** In the list of beneficiaries. */
export const rowOf = (tab: Page, who: string): Locator =>
  tab.getByRole('table', { name: 'Bénéficiaires de délégation' }).getByRole('row').filter({ hasText: who });
export const act = (tab: Page, who: string, verb: string): Promise<void> =>
  rowOf(tab, who)
    .getByRole('link', { name: new RegExp(`^${verb}`) })
    .click();

/** In the matrix; a group's own row is « <group> (toutes les lignes du groupe) ». */
export const level = (tab: Page, row: string, name: string): Locator =>
  tab.getByRole('group', { name: row, exact: true }).getByRole('radio', { name, exact: true });
export const groupRow = (group: string): string => `${group} (toutes les lignes du groupe)`;

export function stageOf(services: () => TestServices, browser: Browser | null) {
  const issuer = () => services().app.issuerOf('grand-est');
  const world = () => services().app.world();

  async function mailTo(email: string): Promise<ReceivedMail> {
    await services().app.deliver();
    return services().app.inbox.next(email);
  }

  /** The last mail to that address whose subject says so: mails that leave together arrive in no order. */
  async function mailAbout(email: string, subject: string): Promise<ReceivedMail> {
    await services().app.deliver();
    const his = services()
      .app.inbox.all()
      .filter(({ to }) => to === email);
    const mail = his.findLast((one) => one.subject.includes(subject));
    if (!mail) throw new Error(`no « ${subject} » among ${his.map((one) => one.subject).join(', ')}`);
    return mail;
  }

  /** From the portal's door to the screen behind the sign-in. */
  async function knock(tab: Page, email: string, password?: string): Promise<void> {
    await tab.goto(services().portal.home);
    await tab.getByRole('link', { name: 'Se connecter' }).click();
    await signIn(tab, email, password);
  }

  /** To the portal, for whoever has one site alone. */
  async function enterOnly(tab: Page, email: string, password?: string): Promise<void> {
    await knock(tab, email, password);
    await tab.getByRole('heading', { name: WELCOME }).waitFor();
  }

  /** Once more from the portal's door, by whoever is signed in at the caisse still. */
  const comeBack = (tab: Page) => tab.goto(`${services().portal.home}/connexion`);

  /** To the rights of that site, by their own address. */
  async function toRights(tab: Page, email: string, site: NewSite, path = ''): Promise<void> {
    const address = `${issuer()}/droits-d-acces/${site.siret}${path}`;
    await tab.goto(address);
    await signIn(tab, email);
    await tab.waitForURL(address);
  }

  /** The page behind the mail: somebody new opens his account, and is told so. */
  async function openAccount(
    tab: Page,
    who: { readonly link: string; readonly familyName: string; readonly givenName: string },
  ): Promise<void> {
    await tab.goto(who.link);
    await tab.getByLabel('Mot de passe', { exact: true }).fill(CHOSEN_PASSWORD);
    await tab.getByLabel('Confirmation du mot de passe').fill(CHOSEN_PASSWORD);
    await tab.getByLabel('Nom', { exact: true }).fill(who.familyName);
    await tab.getByLabel('Prénom').fill(who.givenName);
    await pick(tab, 'button', 'Accepter et ouvrir mon espace');
  }

  return {
    issuer,
    world,
    mailTo,
    mailAbout,
    knock,
    enterOnly,
    comeBack,
    toRights,
    openAccount,
    visit: (play: Play, options: BrowserContextOptions = {}) => asVisitor(browser as Browser, play, options),
  };
}

export const newAddress = (who: string): string => `${who}.${randomUUID().slice(0, 8)}@essai.test`;

/** The features of the portal's menu, each as it reads there. */
export async function featuresShown(tab: Page): Promise<readonly string[]> {
  const menu = tab.getByRole('navigation', { name: 'Fonctionnalités' });
  const entries = await menu.locator('li:has(> a[href*="/fonctionnalites/"])').allInnerTexts();
  return entries.map((words) => words.replaceAll(/\s+/g, ' ').trim());
}
