import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import { changeDelegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import {
  dayOf,
  everyCollege,
  firstStep,
  formOf,
  type Giver,
  giverBelow,
  giverOf,
  rightsPage,
  signedIn,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { type Page, readableText } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const newEmail = (): string => `Collegue.${randomUUID().slice(0, 8)}@essai.test`;
const world = () => app.world();
const reader = { ...everyCollege, droit_documents: 'consultation' };

/** The delegations that hang on those, as the database has them. */
const given = async (parents: readonly string[]) => {
  const rows = await app.database
    .knex('delegation')
    .select('id')
    .whereIn('parent_id', [...parents])
    .orderBy('id');
  const found = await Promise.all(rows.map(({ id }) => findDelegation(world().store, id)));
  return found.filter((one) => one !== undefined);
};

type Asked = { readonly giver: Giver; readonly email: string; readonly more?: Record<string, string> };

const send = ({ giver, email, more = reader }: Asked, path = ''): Promise<Page> => {
  const { site } = giver;
  return giver.visitor.postOnce(rightsPage(app, site, `/ajouter${path}`), {
    ...firstStep(app, site, email),
    ...more,
  });
};

const refusedAt = (page: Page): string[] =>
  [...page.text.matchAll(/<li><a href="#([^"]+)">/g)].map(([, field]) => field ?? '');

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
    await expect
      .poll(async () => {
        await send({ giver, email: newEmail() });
        return (await given(giver.delegations)).some(
          ({ invitation }) => invitation?.needsConfirmation === false,
        );
      })
      .toBe(true);
    await caisse.clone().update({ settings: JSON.stringify(settings) });
  });

  test('once, however often and fast the button is pressed', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send({ giver, email })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 303]);
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
      Array.from({ length: 40 }, (_, i) => `Chantier n° ${i + 1}`),
    );
    const first = giver.site;
    const found = await send({ giver, email: '', more: { recherche: 'n° 37', chercher: 'oui' } }, '/droits');
    expect(found.status).toBe(200);
    expect(readableText(found)).toContain('Chantier n° 37');
    expect(readableText(found)).not.toContain('Chantier n° 36');
    expect(formOf(found)).toMatchObject({ [`site_${first.siret}`]: 'oui', recherche: 'n° 37' });
  });
});

describe('a gift is refused', () => {
  test.each([
    ['without an address', { email: 'dominique' }, 'email'],
    ['from a day that has passed', { date_effet: '2026-01-01' }, 'date_effet'],
    ['until a day that has passed', { date_fin: '2026-01-01' }, 'date_fin'],
    ['without a right', { droit_documents: 'none' }, 'droits'],
    ['of a feature that is none', { droit_documents: 'none', droit_coffre: 'consultation' }, 'droits'],
  ])('%s, at the field, and everything else is kept', async (_, wrong, at) => {
    const giver = await giverOf(app);
    const page = await send({
      giver,
      email: newEmail(),
      more: { ...reader, droit_planning: 'none', ...wrong },
    });
    expect(page.status).toBe(422);
    expect(refusedAt(page)).toEqual([at]);
    expect(page.text).toContain('<title>Erreur');
    expect(formOf(page)).toMatchObject({
      college_etam: 'oui',
      ...('email' in wrong ? { email: 'dominique' } : {}),
    });
    expect(await given(giver.delegations)).toEqual([]);
  });

  test('to oneself, however the address is written', async () => {
    const giver = await giverOf(app);
    const page = await send({ giver, email: giver.email.toUpperCase() });
    expect(refusedAt(page)).toEqual(['email']);
    expect(await given(giver.delegations)).toEqual([]);
  });

  test('to whom the giver holds his rights from', async () => {
    const head = await giverOf(app);
    const giver = await giverBelow(app, head);
    expect(refusedAt(await send({ giver, email: head.email }))).toEqual(['email']);
    expect(await given(giver.delegations)).toEqual([]);
  });

  test('a second time to the same address, with the way to modify the first', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    await send({ giver, email });
    const [first] = await given(giver.delegations);
    const page = await send({
      giver,
      email: email.toLowerCase(),
      more: { ...reader, droit_planning: 'consultation' },
    });
    expect(refusedAt(page)).toEqual(['email']);
    expect(page.text).toContain(`/delegations/${first?.id}/modifier"`);
    expect(await given(giver.delegations)).toHaveLength(1);
  });

  test('but not once the first has lapsed', async () => {
    const giver = await giverOf(app);
    const email = newEmail();
    await send({ giver, email });
    await app.database
      .knex('invitation')
      .where({ email })
      .update({ expires_at: new Date(app.clock.now() - 1000) });
    expect((await send({ giver, email })).status).toBe(303);
    expect(await given(giver.delegations)).toHaveLength(2);
  });

  test('of what the giver has lost since the page was shown', async () => {
    const giver = await giverBelow(app, await giverOf(app));
    const [delegation = ''] = giver.delegations;
    const recap = await send({ giver, email: newEmail() }, '/recapitulatif');
    expect(recap.status).toBe(200);
    const press = () => giver.visitor.post(rightsPage(app, giver.site, '/ajouter'), formOf(recap));
    const { store } = world();
    const seen = await findDelegation(store, delegation);
    if (seen) await changeDelegation(store, seen, { admin: false }, app.clock.now());
    expect((await press()).status).toBe(403);
    await world().close(delegation);
    expect((await press()).status).toBe(404);
    expect(await given([delegation])).toEqual([]);
  });

  test('to whoever does not administer the site, and as unknown to whoever does not reach it', async () => {
    const head = await giverOf(app);
    const { site, sites } = head;
    const colleague = await world().account();
    await world().delegate(site, head.delegations[0] ?? '', { from: head.accountId, to: colleague });
    const giver = { ...(await signedIn(app, colleague)), site, sites, delegations: [] };
    expect((await send({ giver, email: newEmail() })).status).toBe(403);
    const stranger = await giverOf(app);
    const outside = await send({ giver: { ...stranger, site }, email: newEmail() });
    expect(outside.status).toBe(404);
    expect(await given(head.delegations)).toHaveLength(1);
  });

  test('on a site of another adhérent, though he administers it too', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt']);
    const elsewhere = await world().site({ name: 'Autre entreprise' });
    const enrolment = await world().enrol(giver.accountId, elsewhere);
    const page = await send({
      giver,
      email: newEmail(),
      more: { ...reader, [`site_${elsewhere.siret}`]: 'oui' },
    });
    expect(refusedAt(page)).toEqual(['sites']);
    expect(await given([...giver.delegations, enrolment])).toEqual([]);
  });

  test('on a neighbouring site that somebody else administers', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt']);
    const other = await world().site({ name: 'Atelier', adherent: giver.site.adherent });
    const enrolment = await world().enrol(await world().account(), other);
    const page = await send({
      giver,
      email: newEmail(),
      more: { ...reader, [`site_${other.siret}`]: 'oui' },
    });
    expect(refusedAt(page)).toEqual(['sites']);
    expect(await given([...giver.delegations, enrolment])).toEqual([]);
  });

  test('tells nothing of who has an account here', async () => {
    const giver = await giverOf(app);
    const known = emailOf(await world().account());
    const answers = await Promise.all([known, newEmail()].map((email) => send({ giver, email })));
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      Array(2).fill([303, rightsPage(app, giver.site, '?fait=invitation')]),
    );
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
