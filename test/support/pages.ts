/** What a person does on the screens, in a real browser, by the words that he reads there. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { assertNoOverflow, axeViolations } from './browser.ts';
import { PASSWORD } from './world.ts';

const DESK = { width: 1280, height: 800 };
/** The narrowest that WCAG 2.2 asks for (criterion 1.4.10). */
export const PHONE = { width: 320, height: 640 };

/** A browser of one's own (no cookie, no cache) and a tab in it, closed when `visit` ends. */
export async function asVisitor<T>(
  browser: Browser,
  visit: (tab: Page) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const context = await browser.newContext({
    viewport: DESK,
    reducedMotion: 'reduce',
    locale: 'fr-FR',
    ...options,
  });
  context.setDefaultTimeout(30_000);
  try {
    return await visit(await context.newPage());
  } finally {
    await context.close();
  }
}

export async function signIn(tab: Page, email: string, password = PASSWORD): Promise<void> {
  await tab.getByLabel('Adresse électronique').fill(email);
  await tab.getByLabel('Mot de passe', { exact: true }).fill(password);
  await tab.getByRole('button', { name: 'Se connecter' }).click();
}

/** On the selection screen. */
export const choose = (tab: Page, siteName: string): Promise<void> =>
  tab.getByRole('row').filter({ hasText: siteName }).getByRole('button').first().click();

/** From a portal's welcome page into the espace of one site. */
export async function enter(
  tab: Page,
  portal: { readonly home: string },
  person: { readonly email: string; readonly site: string },
): Promise<void> {
  await tab.goto(portal.home);
  await tab.getByRole('link', { name: 'Se connecter' }).click();
  await signIn(tab, person.email);
  await choose(tab, person.site);
  await tab.getByRole('heading', { name: 'Bienvenue sur votre espace sécurisé' }).waitFor();
}

/** By the portal's menu. */
export const openFeature = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('navigation', { name: 'Fonctionnalités' }).getByRole('link', { name }).click();

export async function writeNote(tab: Page, feature: string, note: string): Promise<void> {
  await openFeature(tab, feature);
  await tab.getByLabel('Note').fill(note);
  await tab.getByRole('button', { name: 'Enregistrer' }).click();
  await tab.getByRole('status').getByText('La note est enregistrée').waitFor();
}

/** What is read there, any white space as one space. */
export async function wordsOf(part: Locator): Promise<string> {
  return (await part.innerText()).replaceAll(/\s+/g, ' ');
}

export const headerOf = (tab: Page): Promise<string> => wordsOf(tab.getByRole('banner'));
export const titleOf = (tab: Page): Promise<string> => wordsOf(tab.getByRole('heading', { level: 1 }));

/** To be evaluated in the page: these suites know no DOM types. */
export const hasFocus = (element: unknown): boolean =>
  element ===
  (globalThis as { readonly document?: { readonly activeElement: unknown } }).document?.activeElement;

/** Where screenshots go, for whoever wants to look at every screen; nowhere by default. */
const GALLERY = process.env.CAISSE_ID_SCREENSHOTS;

/**
 * What is wrong with the screen as it stands, on a desk and on the narrowest phone; empty when nothing is. `name`
 * says which screen it is; `title` is how its title reads.
 */
export async function faultsOf(tab: Page, name: string, title: RegExp): Promise<readonly string[]> {
  const faults: string[] = [];
  const wanted = await tab.title();
  if (!title.test(wanted)) faults.push(`title: ${wanted}`);
  const language = await tab.locator('html').getAttribute('lang');
  if (language !== 'fr') faults.push(`lang: ${language}`);
  const headings = await tab.getByRole('heading', { level: 1 }).count();
  if (headings !== 1) faults.push(`${headings} h1`);
  for (const viewport of [DESK, PHONE]) {
    await tab.setViewportSize(viewport);
    faults.push(...(await axeViolations(tab)));
    await assertNoOverflow(tab).catch((error: Error) => faults.push(error.message));
    await keepPicture(tab, `${name}-${viewport.width}`);
  }
  await tab.setViewportSize(DESK);
  return faults.map((fault) => `${name}: ${fault}`);
}

export async function keepPicture(tab: Page, name: string): Promise<void> {
  if (GALLERY) await tab.screenshot({ path: `${GALLERY}/${name}.png`, fullPage: true });
}
