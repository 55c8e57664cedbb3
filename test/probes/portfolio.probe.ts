/**
 * A firm of 5,000 clients through its screens: how long its pages take, and the act that entrusts all of them to one
 * person, by the steps and by a file. Printed for people to read; a busy machine is slower.
 */
import { afterAll, beforeAll, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { dayOf } from '../../provider/domain/calendar.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtScreens, signedInAt } from '../support/own-screens.ts';
import { type Portfolio, portfolio } from '../support/portfolio.ts';
import { named } from '../support/site-list.ts';
import { sendFile } from '../support/upload.ts';
import type { Page } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

const CLIENTS = 5_000;

let app: TestApp;
let held: Portfolio;
let there: AtScreens;
beforeAll(async () => {
  app = await startApp();
  held = await portfolio(app.world(), named(CLIENTS), { now: app.clock.now() });
  there = await signedInAt(app.issuerOf('grand-est'), held.manager, '/mon-cabinet');
});
afterAll(() => app.close());

async function timed<T>(name: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  console.log(`${name}: ${(performance.now() - began).toFixed(0)} ms`);
  return result;
}

const pathOf = (page: Page): string => new URL(page.url).pathname.replace('/grand-est', '');
const seenOn = (page: Page): string => /name="vu" value="([^"]+)"/.exec(page.text)?.[1] ?? '';

test(`the list of ${CLIENTS} clients`, async () => {
  for (const path of [
    '',
    '?page=100',
    '?q=site+0042',
    '?suivi=personne',
    '?etat=fin-proche',
    `?suivi=${held.staff}`,
  ])
    for (const turn of ['first', 'again'])
      await timed(`/mon-cabinet${path} (${turn})`, () => there.get(`/mon-cabinet${path}`));
});

test(`${CLIENTS} clients entrusted to one person`, async () => {
  const date_effet = dayOf(app.clock.now(), 'Europe/Paris');
  const chosen = { membre: held.membershipId, date_effet, date_fin: '' };
  const clients = await there.post('/mon-cabinet/confier', chosen);
  await timed('all ticked', () => there.post(pathOf(clients), { aller: 'tout', liste: '', montres: '' }));
  const rights = await timed('the step of rights', () => there.post(pathOf(clients), { aller: 'continuer' }));
  const recap = await timed('the recap', () =>
    there.post(pathOf(rights), { college_ouvrier: 'oui', droit_salaries: 'consultation' }),
  );
  await timed('the act', () => there.post(pathOf(recap), { vu: seenOn(recap) }));
  await timed('the list afterwards', () => there.get('/mon-cabinet'));
});

test(`a file of ${CLIENTS} lines`, async () => {
  const file = await timed('the file as it stands', () => there.get('/mon-cabinet/import/modele.csv'));
  const url = `${app.issuerOf('grand-est')}/mon-cabinet/import`;
  await timed('its dry run, unchanged', () => sendFile(there.visitor, url, file.text));
  const labels = FEATURES.map(({ label }) => label);
  const header = ['e-mail', 'SIRET', 'collèges', ...labels].join(';');
  const lines = held.sites.map(({ siret }) =>
    [emailOf(held.other), siret, 'tous', ...labels.map(() => 'c')].join(';'),
  );
  const shown = await timed('a dry run of as many gifts', () =>
    sendFile(there.visitor, url, [header, ...lines].join('\n')),
  );
  await timed('its act', () => there.visitor.post(shown.url, { vu: seenOn(shown) }));
});
