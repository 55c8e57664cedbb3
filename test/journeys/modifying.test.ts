import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import {
  colleagueOf,
  dayOf,
  delegationOf,
  everyCollege,
  firstStep,
  formOf,
  giverOf,
  modificationPage,
  modify,
  rightsPage,
  SOME_RIGHTS,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { claimsOf, readableText, refresh, request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();
const issuer = () => app.issuerOf('grand-est');

describe('an administrator modifies a delegation', () => {
  test('from the form to what changes, what it takes, and the button; the colleague is told', async () => {
    const giver = await giverOf(app);
    const { id, email, accountId } = await colleagueOf(app, giver);
    const form = await giver.visitor.get(modificationPage(app, giver, id));
    expect(formOf(form)).toMatchObject({
      ...everyCollege,
      droit_planning: 'mise_a_jour',
      droit_documents: 'consultation',
    });

    const chosen = { ...formOf(form), droit_planning: 'consultation', droit_salaries: 'consultation' };
    const recap = await giver.visitor.post(modificationPage(app, giver, id, '/recapitulatif'), chosen);
    const told = readableText(recap);
    for (const said of [
      'Mon planning Avant : Mise à jour → Après : Consultation',
      'Camille Essai perd 1 droit sur 1 site',
    ])
      expect(told).toContain(said);
    expect(told).not.toContain('Mes documents Avant');

    const done = await giver.visitor.postOnce(modificationPage(app, giver, id), formOf(recap));
    expect([done.status, done.location]).toEqual([303, rightsPage(app, giver.site, '?fait=modification')]);
    const rights = rightsOn({
      planning: 'consultation',
      documents: 'consultation',
      salaries: 'consultation',
    });
    expect(await delegationOf(app, id)).toMatchObject({ rights, status: 'active', admin: false });
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
    const { id } = await colleagueOf(app, giver);
    const date_fin = dayOf(app.clock.now() + 9 * DAY);
    const recap = await modify(
      app,
      { giver, id, chosen: { droit_planning: 'none', college_cadre: null, date_fin } },
      '/recapitulatif',
    );
    const form = await giver.visitor.post(modificationPage(app, giver, id, '/saisie'), formOf(recap));
    expect(form.status).toBe(200);
    expect(formOf(form)).toMatchObject({ droit_planning: 'none', droit_documents: 'consultation', date_fin });
    expect(formOf(form)).not.toHaveProperty('college_cadre');
  });

  test('makes an Administrateur of a colleague, and a colleague of an Administrateur', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    await modify(app, { giver, id, chosen: { administrateur: 'oui' } });
    expect(await delegationOf(app, id)).toMatchObject({ admin: true, rights: EVERYTHING });
    const taken = await modify(
      app,
      { giver, id, chosen: { administrateur: null, droit_planning: 'none' } },
      '/recapitulatif',
    );
    expect(readableText(taken)).toContain('Rôle Avant : Administrateur → Après : Utilisateur');
    expect(readableText(taken)).toContain('le pouvoir de déléguer');
    await modify(app, { giver, id, chosen: { administrateur: null, droit_planning: 'none' } });
    const { admin, rights } = await delegationOf(app, id);
    expect([admin, rights.levels === EVERYTHING.levels]).toEqual([false, false]);
  });

  test('of an Administrateur lists each right that goes or comes with the role: recap, mail and audit', async () => {
    const giver = await giverOf(app);
    const { id, email } = await colleagueOf(app, giver, { admin: true });
    const chosen = {
      administrateur: null,
      college_cadre: null,
      droit_planning: 'none',
      droit_documents: 'consultation',
    };
    const down = readableText(await modify(app, { giver, id, chosen }, '/recapitulatif'));
    for (const said of [
      'Rôle Avant : Administrateur → Après : Utilisateur',
      'Pouvoir de déléguer Avant : Oui → Après : Non',
      'Collèges Avant : Ouvriers, ETAM, Cadres → Après : Ouvriers, ETAM',
      'Droits perdus (2) Mon planning Avant : Mise à jour → Après : Aucun droit Mes documents Avant : Mise à jour → Après : Consultation',
    ])
      expect(down).toContain(said);
    expect(down).not.toContain('Droits gagnés');
    await modify(app, { giver, id, chosen });
    const up = await modify(app, { giver, id, chosen: { administrateur: 'oui' } }, '/recapitulatif');
    expect(readableText(up)).toContain(
      'Droits gagnés (2) Mon planning Avant : Aucun droit → Après : Mise à jour Mes documents',
    );

    await app.deliver();
    const mail = app.inbox.next(email).text.replaceAll('\u00a0', ' ');
    for (const line of [
      'Rôle : Administrateur, avec le pouvoir de déléguer',
      'Rôle : Utilisateur, sans le pouvoir de déléguer',
      'Mon planning : mise à jour',
      'Mes documents : consultation',
    ])
      expect(mail).toContain(`- ${line}\n`);
    expect(mail).not.toContain('Mes comptes bancaires');
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_modified' })
      .whereRaw(`facts->>'delegation' = ?`, [id]);
    expect(line.facts).toMatchObject({
      rights_before: 'colleges:ouvrier+etam+cadre planning:mise_a_jour documents:mise_a_jour',
      rights_after: 'colleges:ouvrier+etam planning:none documents:consultation',
    });
  });

  test('moves the last day, and hears who loses what on that day', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const date_fin = dayOf(app.clock.now() + 9 * DAY);
    const recap = await modify(app, { giver, id, chosen: { date_fin } }, '/recapitulatif');
    expect(readableText(recap)).toContain('À compter du');
    expect(readableText(recap)).toContain('perd 2 droits sur 1 site');
    await modify(app, { giver, id, chosen: { date_fin } });
    expect(dayOf(((await delegationOf(app, id)).to ?? 0) - 1)).toBe(date_fin);
  });

  test('cannot move the day on which rights began', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const before = await delegationOf(app, id);
    await modify(app, {
      giver,
      id,
      chosen: { date_effet: dayOf(app.clock.now() + 9 * DAY), droit_planning: 'none' },
    });
    expect((await delegationOf(app, id)).from).toBe(before.from);
  });

  test('is felt at the next token, and by whom it leaves without any right at once', async () => {
    const giver = await giverOf(app);
    const { id, email, accountId } = await colleagueOf(app, giver, { admin: true });
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
    const form = formOf(await modify(app, { giver, id, chosen: narrowed }, '/recapitulatif'));
    const chosen = { ...form, droit_planning: 'consultation' };
    const recap = await giver.visitor.post(modificationPage(app, giver, id, '/recapitulatif'), chosen);
    expect(readableText(recap)).toContain('1 collaborateur perd 1 droit sur 1 site');
    await giver.visitor.post(modificationPage(app, giver, id), formOf(recap));
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
    const recap = await modify(
      app,
      { giver, id: row.id, chosen: { droit_planning: 'mise_a_jour' } },
      '/recapitulatif',
    );
    expect(readableText(recap)).toContain('Aucun message ne part');
    const again = await giver.visitor.post(modificationPage(app, giver, row.id), formOf(recap));
    expect(readableText(again)).toContain('personne n’en est informé');
    expect(await delegationOf(app, row.id)).toMatchObject({
      rights: SOME_RIGHTS,
      status: 'awaiting_beneficiary',
    });
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
    await modify(app, { giver, id, chosen: { droit_planning: 'mise_a_jour' } });
    const rightsNow = () => Promise.all(rows.map(async (row) => (await delegationOf(app, row.id)).rights));
    expect((await rightsNow()).filter(({ levels }) => levels === SOME_RIGHTS.levels)).toHaveLength(1);
    const recap = await modify(
      app,
      { giver, id, chosen: { droit_planning: 'mise_a_jour', autres_sites: 'oui' } },
      '/recapitulatif',
    );
    expect(readableText(recap)).toContain('Ce qui change sur le site « Atelier »');
    await giver.visitor.post(modificationPage(app, giver, id), formOf(recap));
    expect(await rightsNow()).toEqual([SOME_RIGHTS, SOME_RIGHTS, SOME_RIGHTS]);
  });

  test('keeps what the caisse hides as it was', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const caisse = () => app.database.knex('caisse').where({ id: 'grand-est' });
    const { settings } = await caisse().first();
    await caisse().update({ settings: JSON.stringify({ ...settings, hiddenFeatures: ['planning'] }) });
    const form = () => giver.visitor.get(modificationPage(app, giver, id));
    await expect.poll(async () => (await form()).text.includes('droit_planning')).toBe(false);
    await modify(app, { giver, id, chosen: { droit_documents: 'mise_a_jour' } });
    await caisse().update({ settings: JSON.stringify(settings) });
    expect(await delegationOf(app, id)).toMatchObject({
      rights: rightsOn({ planning: 'mise_a_jour', documents: 'mise_a_jour' }),
    });
    await expect.poll(async () => (await form()).text.includes('droit_planning')).toBe(true);
  });
});
