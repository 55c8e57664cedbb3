/** A caisse that comes from a former space: what its files brought, as its people meet it. */
import argon2 from 'argon2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hangWhatWaits } from '../../provider/jobs/run-imports.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { valueOn } from '../support/enrolment.ts';
import { type Around, csv, importFile } from '../support/imports.ts';
import { signedInAt } from '../support/own-screens.ts';
import { readableText, Visitor } from '../support/visitor.ts';
import { newSiret } from '../support/world.ts';

let app: TestApp;
let around: Around;
beforeAll(async () => {
  app = await startApp();
  around = { store: app.world().store, now: app.clock.now };
});
afterAll(() => app.close());

const identify = (typed: Record<string, string>) =>
  new Visitor().post(`${app.issuerOf('grand-est')}/premiere-connexion/identification`, typed);

test('its companies, sites and former passwords let somebody begin his enrolment', async () => {
  const siret = newSiret();
  const hash = await argon2.hash('Ancien-Espace-2019', { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  await importFile(around, 'adherents', csv('identifiant;raison sociale', '54-777;Couverture Lunévilloise'));
  await importFile(around, 'sites', csv('SIRET;identifiant;nom du site', `${siret};54777;Siège`));
  await importFile(around, 'codes', csv('SIRET;empreinte;nom;prénom', `${siret};${hash};Exemple;Camille`));
  const asked = { identifiant: '54 777', siret, code: 'Ancien-Espace-2019' };
  const wrong = await identify({ ...asked, code: 'autre' });
  expect(wrong.status).toBe(422);
  const page = await identify(asked);
  expect(page.status).toBe(200);
  expect([valueOn(page, 'given_name'), valueOn(page, 'family_name')]).toEqual(['Camille', 'Exemple']);
});

test('its delegations are in the administrator’s list, to be renewed, and give nothing before', async () => {
  const site = await app.world().site({ identifiant: '54-888' });
  const administrator = await app.world().account();
  await app.world().enrol(administrator, site);
  const person = await app.world().account({ familyName: 'Reprise', email: 'reprise@essai.test' });
  await importFile(
    around,
    'delegations',
    csv('SIRET;e-mail;collèges;droits', `${site.siret};reprise@essai.test;tous;consultation`),
  );
  await hangWhatWaits({ sql: app.database.knex, now: app.clock.now });
  const there = await signedInAt(app.issuerOf('grand-est'), administrator, '/droits-d-acces');
  const list = readableText(await there.get(`/droits-d-acces/${site.siret}`));
  expect(list).toMatch(/Reprise.*En attente.*à renouveler/);
  const row = await app.database.knex('delegation').first().where({ grantee_account_id: person });
  expect(row.status).toBe('to_renew');
});
