import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeDelegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import {
  type Asked,
  formOf,
  give,
  givenBy,
  giverBelow,
  giverOf,
  newEmail,
  reader,
  refusedAt,
  rightsPage,
  signedIn,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import type { Page } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();
const send = (asked: Asked, path = ''): Promise<Page> => give(app, asked, path);
const given = (parents: readonly string[]) => givenBy(app, parents);

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
