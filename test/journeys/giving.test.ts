import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import {
  type Asked,
  dayOf,
  everyCollege,
  formOf,
  give,
  givenBy,
  giverOf,
  newEmail,
  reader,
  rightsPage,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { type Page, readableText } from '../support/visitor.ts';
import { rightsOn } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();
const send = (asked: Asked, path = ''): Promise<Page> => give(app, asked, path);
const given = (parents: readonly string[]) => givenBy(app, parents);

describe('an administrator gives rights to a colleague', () => {
  test('in three steps, from the form to the invitation', async () => {
    const giver = await giverOf(app);
    const { visitor, site } = giver;
    const email = newEmail();

    const person = await visitor.get(rightsPage(app, site, '/ajouter'));
    expect(person.status).toBe(200);
    expect(formOf(person)).toMatchObject({ email: '', date_effet: dayOf(app.clock.now()), date_fin: '' });

    const rights = await visitor.post(rightsPage(app, site, '/ajouter/droits'), { ...formOf(person), email });
    expect(rights.status).toBe(200);
    expect(formOf(rights)).toMatchObject({ ...everyCollege, email, droit_documents: 'none' });

    const recap = await visitor.post(rightsPage(app, site, '/ajouter/recapitulatif'), {
      ...formOf(rights),
      droit_planning: 'mise_a_jour',
      droit_documents: 'consultation',
    });
    expect(recap.status).toBe(200);
    for (const said of [
      email,
      'Mon planning : mise à jour',
      'Mes documents : consultation',
      'Sans date de fin',
    ])
      expect(readableText(recap)).toContain(said);

    const done = await visitor.postOnce(rightsPage(app, site, '/ajouter'), formOf(recap));
    expect(done.status).toBe(303);
    expect(done.location).toBe(rightsPage(app, site, '?fait=invitation'));
    const [delegation, ...others] = await given(giver.delegations);
    expect(others).toEqual([]);
    expect(delegation).toMatchObject({
      kind: 'user',
      admin: false,
      rights: rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }),
      status: 'awaiting_beneficiary',
      to: null,
      invitation: { email, needsConfirmation: true },
    });
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.text).toContain('/invitation?jeton=');
    expect(mail.text).toContain('Mon planning');
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_given', site_id: site.id });
    expect(line).toMatchObject({ actor_id: giver.accountId, facts: { delegation: delegation?.id } });
    expect(JSON.stringify(line.facts)).not.toContain('@');
  });

  test('going back and forth loses nothing of what was chosen', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt']);
    const { site } = giver;
    const [, depot] = giver.sites;
    const email = newEmail();
    const more = {
      ...reader,
      droit_planning: 'mise_a_jour',
      date_fin: dayOf(app.clock.now() + 40 * DAY),
      [`site_${depot?.siret}`]: 'oui',
    };
    const recap = await send({ giver, email, more }, '/recapitulatif');
    const person = await giver.visitor.post(rightsPage(app, site, '/ajouter/beneficiaire'), formOf(recap));
    const rights = await giver.visitor.post(rightsPage(app, site, '/ajouter/droits'), formOf(person));
    const again = await giver.visitor.post(rightsPage(app, site, '/ajouter/recapitulatif'), formOf(rights));
    expect(again.status).toBe(200);
    const { droit_planning, ...withoutNone } = formOf(recap);
    expect(formOf(again)).toMatchObject({ ...withoutNone, droit_planning });
    const first = await giver.visitor.post(rightsPage(app, site, '/ajouter/beneficiaire'), formOf(rights));
    expect(formOf(first)).toMatchObject({ email, date_fin: more.date_fin, [`site_${depot?.siret}`]: 'oui' });
  });

  test('as Administrateur gives everything that he reaches, and the power to delegate', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    const recap = await send({ giver, email, more: { administrateur: 'oui' } }, '/recapitulatif');
    expect(readableText(recap)).toContain('le pouvoir d’en déléguer');
    await send({ giver, email, more: { administrateur: 'oui' } });
    expect(await given(giver.delegations)).toMatchObject([{ admin: true, rights: EVERYTHING }]);
  });

  test('of a later day and until a last day, in the caisse’s own time zone', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    const [date_effet, date_fin] = [dayOf(app.clock.now() + 3 * DAY), dayOf(app.clock.now() + 30 * DAY)];
    await send({ giver, email, more: { ...reader, date_effet, date_fin } });
    const [delegation] = await given(giver.delegations);
    expect(dayOf(delegation?.from ?? 0)).toBe(date_effet);
    expect(dayOf((delegation?.from ?? 0) - 1)).not.toBe(date_effet);
    expect(dayOf((delegation?.to ?? 0) - 1)).toBe(date_fin);
    expect(dayOf(delegation?.to ?? 0)).not.toBe(date_fin);
  });

  test('needs no confirmation where the caisse does without', async () => {
    const caisse = app.database.knex('caisse').where({ id: 'grand-est' });
    const giver = await giverOf(app);
    const { settings } = await caisse.clone().first();
    const without = { ...settings, delegations: { confirmColleagues: false } };
    await caisse.clone().update({ settings: JSON.stringify(without) });
    const noneNeeded = async () => {
      await send({ giver, email: newEmail() });
      return (await given(giver.delegations)).some(({ invitation }) => !invitation?.needsConfirmation);
    };
    await expect.poll(noneNeeded).toBe(true);
    await caisse.clone().update({ settings: JSON.stringify(settings) });
  });

  test('once, however often and fast the button is pressed', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send({ giver, email })));
    answers.push(await send({ giver, email }));
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(303));
    expect(await given(giver.delegations)).toHaveLength(1);
    await app.deliver();
    app.inbox.next(email);
    expect(() => app.inbox.next(email)).toThrow();
  });
});

describe('on several sites of the adhérent', () => {
  test('one invitation brings a delegation on each, hung on the giver’s own', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt', 'Atelier']);
    const [, depot] = giver.sites;
    await send({ giver, email: newEmail(), more: { ...reader, [`site_${depot?.siret}`]: 'oui' } });
    const delegations = await given(giver.delegations);
    expect(delegations.map(({ site }) => site.name).sort()).toEqual(['Dépôt', 'Siège']);
    expect(new Set(delegations.map(({ invitation }) => invitation?.id)).size).toBe(1);
  });

  test('« tous les sites » means those that he administers, and those alone', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt', 'Atelier']);
    await world().site({ name: 'Ailleurs', adherent: giver.site.adherent });
    await send({ giver, email: newEmail(), more: { ...reader, tous_les_sites: 'oui' } });
    expect((await given(giver.delegations)).map(({ site }) => site.name).sort()).toEqual([
      'Atelier',
      'Dépôt',
      'Siège',
    ]);
  });

  test('many sites are found by a search, and what was ticked before stays', async () => {
    const giver = await giverOf(
      app,
      Array.from({ length: 40 }, (_, i) => (i === 36 ? 'Moulin à eau' : `Chantier n° ${i + 1}`)),
    );
    const first = giver.site;
    const found = await send({ giver, email: '', more: { recherche: 'a EAU', chercher: 'oui' } }, '/droits');
    expect(found.status).toBe(200);
    expect(readableText(found)).toContain('Moulin à eau');
    expect(readableText(found)).not.toContain('Chantier n° 36');
    expect(formOf(found)).toMatchObject({ [`site_${first.siret}`]: 'oui', recherche: 'a EAU' });
  });
});

test('a step opened by its address begins at the first', async () => {
  const { visitor, site } = await giverOf(app);
  for (const step of ['beneficiaire', 'droits', 'recapitulatif']) {
    const page = await visitor.once(rightsPage(app, site, `/ajouter/${step}`));
    expect([page.status, page.location]).toEqual([303, rightsPage(app, site, '/ajouter')]);
  }
});

test('without JavaScript a header fills its rows in, and nothing is lost', async () => {
  const giver = await giverOf(app);
  const email = newEmail();
  const header = {
    ...everyCollege,
    tout_mes_salaries: 'consultation',
    appliquer: 'tout_mes_salaries',
    droit_documents: 'mise_a_jour',
  };
  const page = await send({ giver, email, more: header }, '/recapitulatif');
  expect(page.status).toBe(200);
  expect(formOf(page)).toMatchObject({
    email,
    droit_planning: 'consultation',
    droit_salaries: 'consultation',
    droit_documents: 'mise_a_jour',
    droit_telepaiements: 'none',
  });
});
