/** A request for access, page by page: from the three identifiers to its number. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Slug, TestApp } from './app.ts';
import { identifiersOf, type Letters, letters, valueOn } from './enrolment.ts';
import { type Page, readableText, Visitor } from './visitor.ts';

/** From now on the caisse takes requests. */
export async function offerRequests(app: TestApp, slug: Slug = 'grand-est'): Promise<void> {
  const caisse = () => app.database.knex('caisse').where({ id: slug });
  const { settings } = await caisse().first();
  const accessRequests = { offered: true, keptDays: 90, validatedMonths: 12 };
  await caisse().update({ settings: JSON.stringify({ ...settings, accessRequests }) });
  // Every process hears of it a moment later.
  for (let tries = 0; tries < 200; tries++) {
    if ((await new Visitor().get(`${app.issuerOf(slug)}/demande-d-acces`)).status === 200) return;
    await pause(20);
  }
  throw new Error('the caisse takes no requests');
}

let people = 0;

/** All that the form asks for, where the test says nothing else. */
export const directorFields = (others: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  family_name: 'Essai',
  given_name: 'Camille',
  position: 'Gérante',
  email: `dirigeant-${++people}@essai.test`,
  unaffiliated: 'oui',
  delegate: 'nobody',
  ...others,
});

export const EMPLOYEE = {
  delegate: 'employee',
  delegate_family_name: 'Modèle',
  delegate_given_name: 'Sacha',
  street: '4 rue des Essais',
  address_extra: '',
  postcode: '57000',
  city: 'Metz',
  level: 'consultation',
} as const;

export const ACCOUNTANT = { ...EMPLOYEE, delegate: 'cabinet', firm: 'Cabinet de l’Étang' } as const;

/** A browser that has proved the code, on the director's form. */
export async function identified(app: TestApp, given: { slug?: Slug; held?: Letters } = {}) {
  const { slug = 'grand-est' } = given;
  const held = given.held ?? (await letters(app.world(slug), app.clock.now()));
  const visitor = new Visitor();
  const url = `${app.issuerOf(slug)}/demande-d-acces`;
  const page = await visitor.post(url, identifiersOf(held));
  return { visitor, held, page };
}

export const sendStep = (
  visitor: Visitor,
  page: Page,
  fields: Readonly<Record<string, string>>,
  step = 'send',
): Promise<Page> => visitor.post(page.url, { ticket: valueOn(page, 'ticket'), ...fields, step });

export const numberOn = (page: Page): string =>
  /numéro ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(readableText(page))?.[1] ?? '';

/** A request that the caisse has received. */
export async function requested(
  app: TestApp,
  given: Readonly<Record<string, string>> = {},
  slug: Slug = 'grand-est',
) {
  const { visitor, held, page } = await identified(app, { slug });
  const fields = directorFields(given);
  const sent = await sendStep(visitor, page, fields);
  const number = numberOn(sent);
  const row = await app.database.knex('access_request').first('id').where({ caisse_id: slug, number });
  return { visitor, held, page, fields, sent, number, id: row?.id as string, email: fields.email as string };
}
