import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING, type Vector } from '../../provider/domain/rights.ts';
import { changeDelegation, type Delegation, findDelegation } from '../../provider/store/delegation-acts.ts';
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
import {
  claimsOf,
  type Page,
  readableText,
  refresh,
  request,
  signInAndRedeem,
  Visitor,
} from '../support/visitor.ts';
import { emailOf, type Given, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();
const issuer = () => app.issuerOf('grand-est');
const both = rightsOn({ planning: 'mise_a_jour', documents: 'consultation' });

const find = async (id: string): Promise<Delegation> => {
  const found = await findDelegation(world().store, id);
  if (!found) throw new Error('no such delegation');
  return found;
};

/** A colleague of the giver on his site. */
async function colleagueOf(giver: Giver, given: Given = { rights: both }) {
  const accountId = await world().account();
  const people = { from: giver.accountId, to: accountId };
  const id = await world().delegate(giver.site, giver.delegations[0] ?? '', people, given);
  return { accountId, email: emailOf(accountId), id };
}

const pageOf = (giver: Giver, id: string, path = ''): string =>
  rightsPage(app, giver.site, `/delegations/${id}/modifier${path}`);

/** The form as it stands, with some of its fields chosen otherwise: null unticks. */
async function send(
  giver: Giver,
  id: string,
  chosen: Record<string, string | null>,
  path = '',
): Promise<Page> {
  const form = await giver.visitor.get(pageOf(giver, id));
  expect(form.status).toBe(200);
  const fields = Object.entries({ ...formOf(form), ...chosen }).filter(([, value]) => value !== null);
  return giver.visitor.postOnce(
    pageOf(giver, id, path),
    Object.fromEntries(fields) as Record<string, string>,
  );
}

const refusedAt = (page: Page): string[] =>
  [...page.text.matchAll(/<li><a href="#([^"]+)">/g)].map(([, field]) => field ?? '');

describe('an administrator modifies a delegation', () => {
  test('from the form to what changes, what it takes, and the button; the colleague is told', async () => {
    const giver = await giverOf(app);
    const { id, email, accountId } = await colleagueOf(giver);
    const form = await giver.visitor.get(pageOf(giver, id));
    expect(formOf(form)).toMatchObject({
      ...everyCollege,
      droit_planning: 'mise_a_jour',
      droit_documents: 'consultation',
    });

    const chosen = { ...formOf(form), droit_planning: 'consultation', droit_salaries: 'consultation' };
    const recap = await giver.visitor.post(pageOf(giver, id, '/recapitulatif'), chosen);
    const told = readableText(recap);
    for (const said of [
      'Mon planning Avant : Mise à jour → Après : Consultation',
      'Camille Essai perd 1 droit sur 1 site',
    ])
      expect(told).toContain(said);
    expect(told).not.toContain('Mes documents Avant');

    const done = await giver.visitor.postOnce(pageOf(giver, id), formOf(recap));
    expect([done.status, done.location]).toEqual([303, rightsPage(app, giver.site, '?fait=modification')]);
    const rights = rightsOn({
      planning: 'consultation',
      documents: 'consultation',
      salaries: 'consultation',
    });
    expect(await find(id)).toMatchObject({ rights, status: 'active', admin: false });
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.subject).toContain('modifiée');
    expect(mail.text).toContain('Mon planning');
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_modified', site_id: giver.site.id });
    expect(line).toMatchObject({
      actor_id: giver.accountId,
      subject_id: accountId,
      facts: { delegation: id },
    });
    expect(line.facts.before).not.toBe(line.facts.after);
  });

  test('and comes back from the recap to the form as he left it', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const date_fin = dayOf(app.clock.now() + 9 * DAY);
    const recap = await send(
      giver,
      id,
      { droit_planning: 'none', college_cadre: null, date_fin },
      '/recapitulatif',
    );
    const form = await giver.visitor.post(pageOf(giver, id, '/saisie'), formOf(recap));
    expect(form.status).toBe(200);
    expect(formOf(form)).toMatchObject({ droit_planning: 'none', droit_documents: 'consultation', date_fin });
    expect(formOf(form)).not.toHaveProperty('college_cadre');
  });

  test('makes an Administrateur of a colleague, and a colleague of an Administrateur', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    await send(giver, id, { administrateur: 'oui' });
    expect(await find(id)).toMatchObject({ admin: true, rights: EVERYTHING });
    const taken = await send(giver, id, { administrateur: null, droit_planning: 'none' }, '/recapitulatif');
    expect(readableText(taken)).toContain('Rôle Avant : Administrateur → Après : Utilisateur');
    expect(readableText(taken)).toContain('le pouvoir de déléguer');
    await send(giver, id, { administrateur: null, droit_planning: 'none' });
    const { admin, rights } = await find(id);
    expect([admin, rights.levels === EVERYTHING.levels]).toEqual([false, false]);
  });

  test('moves the last day, and hears who loses what on that day', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const date_fin = dayOf(app.clock.now() + 9 * DAY);
    const recap = await send(giver, id, { date_fin }, '/recapitulatif');
    expect(readableText(recap)).toContain('À compter du');
    expect(readableText(recap)).toContain('perd 2 droits sur 1 site');
    await send(giver, id, { date_fin });
    expect(dayOf(((await find(id)).to ?? 0) - 1)).toBe(date_fin);
  });

  test('cannot move the day on which rights began', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const before = await find(id);
    await send(giver, id, { date_effet: dayOf(app.clock.now() + 9 * DAY), droit_planning: 'none' });
    expect((await find(id)).from).toBe(before.from);
  });

  test('is felt at the next token, and by whom it leaves without any right at once', async () => {
    const giver = await giverOf(app);
    const { id, email, accountId } = await colleagueOf(giver, { admin: true });
    const below = await world().account();
    await world().delegate(
      giver.site,
      id,
      { from: accountId, to: below },
      { rights: rightsOn({ documents: 'consultation' }) },
    );
    const tokens = await signInAndRedeem(new Visitor(), { email }, await request(issuer(), 'portail'));
    const lost = await signInAndRedeem(
      new Visitor(),
      { email: emailOf(below) },
      await request(issuer(), 'portail'),
    );
    const narrowed = { administrateur: null, tout: 'none', appliquer: 'tout' };
    const form = formOf(await send(giver, id, narrowed, '/recapitulatif'));
    const chosen = { ...form, droit_planning: 'consultation' };
    const recap = await giver.visitor.post(pageOf(giver, id, '/recapitulatif'), chosen);
    expect(readableText(recap)).toContain('1 collaborateur perd 1 droit sur 1 site');
    await giver.visitor.post(pageOf(giver, id), formOf(recap));
    const next = await refresh(issuer(), 'portail', tokens.refresh_token ?? '');
    expect(claimsOf(next.id_token).entitlements).toEqual(['planning:consultation:ouvrier+etam+cadre']);
    expect((await refresh(issuer(), 'portail', lost.refresh_token ?? '')).status).toBe(400);
    const kept = await app.database.knex('oidc_artifact').where({ kind: 'Grant', account_id: below });
    expect(kept).toEqual([]);
  });

  test('of a delegation that awaits its beneficiary tells nobody', async () => {
    const giver = await giverOf(app);
    const email = `${randomUUID().slice(0, 8)}@essai.test`;
    await giver.visitor.postOnce(rightsPage(app, giver.site, '/ajouter'), {
      ...firstStep(app, giver.site, email),
      ...everyCollege,
      droit_documents: 'consultation',
    });
    await app.deliver();
    app.inbox.next(email);
    const [row] = await app.database
      .knex('delegation')
      .select('id')
      .where({ parent_id: giver.delegations[0] });
    const recap = await send(giver, row.id, { droit_planning: 'mise_a_jour' }, '/recapitulatif');
    expect(readableText(recap)).toContain('Aucun message ne part');
    await send(giver, row.id, { droit_planning: 'mise_a_jour' });
    expect(await find(row.id)).toMatchObject({ rights: both, status: 'awaiting_beneficiary' });
    await app.deliver();
    expect(() => app.inbox.next(email)).toThrow();
  });

  test('on all sites of the invitation at once, when he asks for it', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt', 'Atelier']);
    await giver.visitor.postOnce(rightsPage(app, giver.site, '/ajouter'), {
      ...firstStep(app, giver.site, `${randomUUID().slice(0, 8)}@essai.test`),
      ...everyCollege,
      tous_les_sites: 'oui',
      droit_documents: 'consultation',
    });
    const rows = await app.database
      .knex('delegation')
      .select('id', 'site_id')
      .whereIn('parent_id', giver.delegations);
    const id = rows.find((row) => row.site_id === giver.site.id)?.id;
    await send(giver, id, { droit_planning: 'mise_a_jour' });
    const rightsNow = () => Promise.all(rows.map(async (row) => (await find(row.id)).rights));
    expect((await rightsNow()).filter(({ levels }) => levels === both.levels)).toHaveLength(1);
    const recap = await send(
      giver,
      id,
      { droit_planning: 'mise_a_jour', autres_sites: 'oui' },
      '/recapitulatif',
    );
    expect(readableText(recap)).toContain('Ce qui change sur le site « Atelier »');
    await giver.visitor.post(pageOf(giver, id), formOf(recap));
    expect(await rightsNow()).toEqual([both, both, both]);
  });

  test('keeps what the caisse hides as it was', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const caisse = () => app.database.knex('caisse').where({ id: 'grand-est' });
    const { settings } = await caisse().first();
    await caisse().update({ settings: JSON.stringify({ ...settings, hiddenFeatures: ['planning'] }) });
    const form = () => giver.visitor.get(pageOf(giver, id));
    await expect.poll(async () => (await form()).text.includes('droit_planning')).toBe(false);
    await send(giver, id, { droit_documents: 'mise_a_jour' });
    await caisse().update({ settings: JSON.stringify(settings) });
    expect(await find(id)).toMatchObject({
      rights: rightsOn({ planning: 'mise_a_jour', documents: 'mise_a_jour' }),
    });
    await expect.poll(async () => (await form()).text.includes('droit_planning')).toBe(true);
  });
});

describe('a modification is refused', () => {
  test.each([
    ['without a right', { droit_planning: 'none', droit_documents: 'none' }, 'droits'],
    ['until a day that has passed', { date_fin: '2026-01-01' }, 'date_fin'],
    ['without a collège', { college_ouvrier: null, college_etam: null, college_cadre: null }, 'colleges'],
  ])('%s, at the field, and everything else is kept', async (_, wrong, at) => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const before = await find(id);
    for (const path of ['/recapitulatif', '']) {
      const page = await send(giver, id, { college_cadre: null, ...wrong }, path);
      expect([page.status, refusedAt(page)]).toEqual([422, [at]]);
      expect(formOf(page)).not.toHaveProperty('college_cadre');
      expect(formOf(page)).toMatchObject({ date_effet: dayOf(before.from) });
    }
    expect(await find(id)).toEqual(before);
  });

  test('when nothing changes', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const before = await find(id);
    expect(readableText(await send(giver, id, {}, '/recapitulatif'))).toContain('Rien n’a changé');
    expect((await send(giver, id, {})).status).toBe(303);
    expect(await find(id)).toEqual(before);
  });

  test('when somebody else has modified it meanwhile; pressed twice, it is made once', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    const stale = { ...formOf(await giver.visitor.get(pageOf(giver, id))), droit_planning: 'none' };
    await send(giver, id, { droit_documents: 'mise_a_jour' });
    for (const path of ['', '/recapitulatif'])
      expect((await giver.visitor.post(pageOf(giver, id, path), stale)).status).toBe(409);
    const fresh = { ...formOf(await giver.visitor.get(pageOf(giver, id))), droit_salaries: 'consultation' };
    const twice = await Promise.all([1, 2, 3, 4].map(() => giver.visitor.postOnce(pageOf(giver, id), fresh)));
    expect(twice.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    const lines = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_modified', site_id: giver.site.id });
    expect(lines).toHaveLength(2);
    expect((await find(id)).rights).toEqual(
      rightsOn({ planning: 'mise_a_jour', documents: 'mise_a_jour', salaries: 'consultation' }),
    );
  });

  test('beyond what the one above holds, by whoever stands higher still', async () => {
    const head = await giverOf(app);
    const middle = await giverBelow(app, head);
    const { id } = await colleagueOf(middle, { rights: both });
    const above = await find(middle.delegations[0] ?? '');
    const narrow = async (rights: Vector) => {
      const seen = await find(above.id);
      await changeDelegation(world().store, seen, { admin: false, rights }, app.clock.now());
    };
    await narrow(rightsOn({ planning: 'consultation' }, ['etam']));
    const form = await head.visitor.get(pageOf(head, id));
    expect(formOf(form)).toMatchObject({ college_etam: 'oui', droit_planning: 'consultation' });
    expect(form.text).not.toContain('droit_documents');
    expect(form.text).not.toContain('name="administrateur"');
    const before = await find(id);
    for (const beyond of [
      { droit_planning: 'mise_a_jour' },
      { droit_documents: 'consultation' },
      { college_cadre: 'oui' },
      { administrateur: 'oui', droit_planning: 'mise_a_jour' },
    ])
      expect((await send(head, id, beyond)).status).toBe(422);
    expect(await find(id)).toEqual(before);
    await send(head, id, {});
    expect((await find(id)).rights).toEqual(rightsOn({ planning: 'consultation' }, ['etam']));
  });

  test('to the beneficiary, to a neighbour, and to whoever stands beside', async () => {
    const head = await giverOf(app);
    const one = await giverBelow(app, head);
    const other = await giverBelow(app, head);
    const { id } = await colleagueOf(one);
    const form = { ...formOf(await head.visitor.get(pageOf(head, id))), droit_planning: 'none' };
    const own = one.delegations[0] ?? '';
    const before = await find(id);
    expect((await other.visitor.post(pageOf(other, id), form)).status).toBe(404);
    expect((await one.visitor.post(pageOf(one, own), form)).status).toBe(404);
    const stranger = await giverOf(app);
    expect((await stranger.visitor.post(pageOf(stranger, id), form)).status).toBe(404);
    expect((await stranger.visitor.post(pageOf(head, id), form)).status).toBe(404);
    const colleague = await signedIn(app, (await colleagueOf(head)).accountId);
    expect((await colleague.visitor.post(pageOf(head, id), form)).status).toBe(403);
    expect(await find(id)).toEqual(before);
  });

  test('of an enrolment, of an unknown delegation, and of one that is over', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(giver);
    for (const none of [giver.delegations[0] ?? '', randomUUID(), 'nimporte'])
      expect((await giver.visitor.get(pageOf(giver, none))).status).toBe(404);
    await world().close(id);
    const over = await giver.visitor.once(pageOf(giver, id));
    expect([over.status, over.location]).toEqual([303, rightsPage(app, giver.site, `/delegations/${id}`)]);
  });

  test('once the administrator has lost his own rights', async () => {
    const giver = await giverBelow(app, await giverOf(app));
    const { id } = await colleagueOf(giver);
    const form = { ...formOf(await giver.visitor.get(pageOf(giver, id))), droit_planning: 'none' };
    const before = await find(id);
    await world().close(giver.delegations[0] ?? '');
    expect((await giver.visitor.post(pageOf(giver, id), form)).status).toBe(404);
    expect(await find(id)).toEqual(before);
  });
});
