/** The caisse's back office in a real browser: who works there, and what each does by the words of the screens. */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { extractText } from 'unpdf';
import { expect } from 'vitest';
import type { StaffRole } from '../../provider/store/accounts.ts';
import type { Slug, TestApp } from './app.ts';
import { atWork } from './at-work.ts';
import { type Look, pick, screen } from './delegation-stage.ts';
import type { ReceivedMail } from './inbox.ts';
import { asVisitor, faultsOf, signIn, wordsOf } from './pages.ts';

export const SEARCH = 'Recherche';

const AT_CAISSE = /^(Erreur\u00a0: )?\S.* – CIBTP Grand Est$/;

/** What every sensitive act is given. */
export const REASON = 'Demandé par téléphone, rappelé au numéro connu';

/** Nothing runs in the pages themselves: the screens are whole without. */
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

// Where no script may run no timer does either, and axe waits for a few.
const TIMERS_AT_ONCE = `window.setTimeout = (act, _ms, ...given) => {
  Promise.resolve().then(() => act(...given));
  return 0;
}`;

/** Looks at the screen as it stands, drawn without a script: nothing must be wrong with it, on a desk or a phone. */
export const lookAtOffice =
  (journey: string): Look =>
  async (tab, name) => {
    await tab.evaluate(TIMERS_AT_ONCE);
    expect(await faultsOf(tab, `${journey}-${name}`, AT_CAISSE)).toEqual([]);
  };

export function officeStageOf(app: () => TestApp, browser: Browser | null) {
  const visit = (play: (tab: Page) => Promise<void>, options: BrowserContextOptions = {}) =>
    asVisitor(browser as Browser, play, { ...WITHOUT_SCRIPT, ...options });

  /** From the address of the back office, by password and application, to its first page. */
  async function goToWork(tab: Page, role: StaffRole = 'agent', slug: Slug = 'grand-est') {
    const { accountId, email, application } = await atWork(app(), role, { slug });
    await tab.goto(`${app().issuerOf(slug)}/gestion`);
    await signIn(tab, email);
    await tab.getByLabel('Code à 6 chiffres').fill(application.next());
    await pick(tab, 'button', 'Valider');
    await screen(tab, SEARCH);
    return { accountId, email, application };
  }

  /** The last mail to that address whose subject says so. */
  async function mailAbout(email: string, subject: string): Promise<ReceivedMail> {
    await app().deliver();
    const his = app()
      .inbox.all()
      .filter(({ to }) => to === email);
    const mail = his.findLast((one) => one.subject.includes(subject));
    if (!mail) throw new Error(`no « ${subject} » among ${his.map((one) => one.subject).join(', ')}`);
    return mail;
  }

  return {
    visit,
    goToWork,
    mailAbout,
    issuer: (slug: Slug = 'grand-est') => app().issuerOf(slug),
    world: (slug: Slug = 'grand-est') => app().world(slug),
  };
}

/** By the menu of the back office. */
export const openSection = (tab: Page, name: string): Promise<void> =>
  tab
    .getByRole('navigation', { name: 'Gestion de la caisse' })
    .getByRole('link', { name, exact: true })
    .click();

/** On the first page of the back office. */
export async function search(tab: Page, words: string): Promise<void> {
  await openSection(tab, SEARCH);
  await tab.getByLabel('Un adhérent, une personne, un cabinet').fill(words);
  await pick(tab, 'button', 'Rechercher');
}

/** A list of the page, by its heading. */
export const listOf = (tab: Page, title: string | RegExp): Locator =>
  tab.getByRole('region', { name: title });

export const said = (tab: Page, words: string | RegExp): Promise<void> =>
  tab.getByRole('main').getByText(words).first().waitFor();

/** The summary of what is wrong, as it reads. */
export const summaryOf = (tab: Page): Promise<string> => wordsOf(tab.getByRole('alert').first());

/** What leaves as a file when that button or link is pressed. */
export async function downloaded(tab: Page, pressing: () => Promise<unknown>) {
  const [download] = await Promise.all([tab.waitForEvent('download'), pressing()]);
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: await readFile(path) };
}

/** The words of each sheet of a PDF, any white space as one space. */
export async function sheetsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const { text } = await extractText(new Uint8Array(bytes), { mergePages: false });
  return text.map((sheet) => sheet.replace(/\s+/g, ' '));
}
