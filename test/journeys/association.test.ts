import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  identifiersOf,
  identifyForAssociation,
  identifyOn,
  type Letters,
  letters,
  valueOn,
} from '../support/enrolment.ts';
import { addFactor } from '../support/second-factor.ts';
import {
  chooseOn,
  claimsOf,
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInOn,
  sitesOn,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const newLetters = (posted = {}) => letters(app.world(), app.clock.now(), posted);

const associateOn = (visitor: Visitor, page: Page, fields: Record<string, string>): Promise<Page> =>
  visitor.post(page.url.split('?')[0] ?? '', { ticket: valueOn(page, 'ticket'), ...fields });

/** Signs in at the portal, and stays signed in. */
async function signedIn(email: string, siteId: string): Promise<Visitor> {
  const visitor = new Visitor();
  const form = await visitor.get((await request(issuer, 'portail')).url);
  const page = await signInOn(visitor, form, email);
  if (page.url.includes('/choix-du-site/')) await chooseOn(visitor, page, siteId);
  return visitor;
}

async function rootsOn(held: Letters): Promise<string[]> {
  const rows = await app.database
    .knex('delegation')
    .select('grantee_account_id')
    .where({ site_id: held.site.id, kind: 'enrolment', status: 'active' });
  return rows.map((row) => row.grantee_account_id);
}

describe('another site joins an account', () => {
  test('by its code, then address and password; the next tokens carry it', async () => {
    const owner = await app.world().administrator(1);
    const held = await newLetters({ name: 'Dépôt de Verdun' });
    const visitor = new Visitor();
    const first = await visitor.get(`${issuer}/associer-un-site`);
    expect(readableText(first)).toContain('Identifiez le site à associer');
    const page = await identifyForAssociation(visitor, issuer, held);
    expect(page.url).toBe(`${issuer}/associer-un-site/compte`);
    expect(readableText(page)).toContain('Dépôt de Verdun');
    const done = await associateOn(visitor, page, { email: owner.email.toUpperCase(), password: PASSWORD });
    expect(readableText(done)).toContain('Le site est associé');
    expect(done.text).toContain('http://127.0.0.1:9/connexion');
    expect(await rootsOn(held)).toEqual([owner.accountId]);

    await app.deliver();
    const mail = app.inbox.next(owner.email);
    expect(mail.text).toContain(held.site.adherent.raisonSociale);

    const asked = await request(issuer, 'portail');
    const choice = await signInOn(visitor, await visitor.get(asked.url), owner.email);
    expect(sitesOn(choice).listed).toContain(held.site.id);
    const back = await chooseOn(visitor, choice, held.site.id);
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({ siret: held.siret, roles: ['administrateur'] });
  });

  test('without a password from who is signed in, who sees which account and presses one button', async () => {
    const owner = await app.world().administrator(1, { givenName: 'Noémie', familyName: 'Vautrin' });
    const held = await newLetters();
    const visitor = await signedIn(owner.email, owner.sites[0]?.id ?? '');
    const page = await identifyForAssociation(visitor, issuer, held);
    expect(readableText(page)).toContain('Noémie Vautrin');
    expect(page.text).not.toContain('name="password"');
    const done = await associateOn(visitor, page, { confirm: owner.accountId });
    expect(readableText(done)).toContain('Le site est associé');
    expect(await rootsOn(held)).toEqual([owner.accountId]);
  });

  test('of another account than the one signed in, by its password', async () => {
    const [here, other] = [await app.world().administrator(1), await app.world().administrator(1)];
    const held = await newLetters();
    const visitor = await signedIn(here.email, here.sites[0]?.id ?? '');
    await identifyForAssociation(visitor, issuer, held);
    const page = await visitor.get(`${issuer}/associer-un-site/compte?autre=1`);
    await associateOn(visitor, page, { email: other.email, password: PASSWORD });
    expect(await rootsOn(held)).toEqual([other.accountId]);
  });

  test('only once: a site that the account has already stays as it is, and its code is not used up', async () => {
    const owner = await app.world().administrator(1);
    const held = await newLetters({ site: owner.sites[0] });
    const visitor = new Visitor();
    const page = await identifyForAssociation(visitor, issuer, held);
    const done = await associateOn(visitor, page, { email: owner.email, password: PASSWORD });
    expect(readableText(done)).toContain('Ce site est déjà dans votre espace');
    expect(await rootsOn(held)).toEqual([owner.accountId]);
    const again = await identifyForAssociation(new Visitor(), issuer, held);
    expect(again.url).toContain('/compte');
  });

  test('and the code is used up: neither step nor form goes on with it', async () => {
    const owner = await app.world().administrator(1);
    const held = await newLetters();
    const [one, two] = [new Visitor(), new Visitor()];
    const [pageOfOne, pageOfTwo] = [
      await identifyForAssociation(one, issuer, held),
      await identifyForAssociation(two, issuer, held),
    ];
    await associateOn(one, pageOfOne, { email: owner.email, password: PASSWORD });
    const late = await associateOn(two, pageOfTwo, { email: owner.email, password: PASSWORD });
    expect(late.url).toBe(`${issuer}/associer-un-site?reprise=1`);
    expect((await identifyForAssociation(new Visitor(), issuer, held)).status).toBe(422);
    expect((await identifyOn(new Visitor(), issuer, held)).status).toBe(422);
    expect(await rootsOn(held)).toEqual([owner.accountId]);
  });
});

describe('nobody gets a site', () => {
  test('by the password alone of somebody who has a second factor: he signs in whole, then confirms', async () => {
    const owner = await app.world().administrator(1);
    const { application } = await addFactor(app, owner.email);
    const held = await newLetters();
    const visitor = new Visitor();
    const second = await identifyForAssociation(visitor, issuer, held);
    const page = await associateOn(visitor, second, { email: owner.email, password: PASSWORD });
    expect(page.url).toContain('/connexion/');
    expect(await rootsOn(held)).toEqual([]);

    const step = await signInOn(visitor, page, owner.email);
    expect(step.url).toMatch(/\/code$/);
    const confirm = await visitor.post(step.url, { code: application.next() });
    expect(confirm.url).toContain('/associer-un-site/compte');
    await associateOn(visitor, confirm, { confirm: owner.accountId });
    expect(await rootsOn(held)).toEqual([owner.accountId]);
  });

  test.each([
    ['a wrong password', { password: 'Faux-Mot-2026' }],
    ['an unknown address', { email: 'personne@essai.test' }],
  ])('with %s: the words of the sign-in, the address kept, and nothing else', async (_, changes) => {
    const owner = await app.world().administrator(1);
    const held = await newLetters();
    const visitor = new Visitor();
    const page = await identifyForAssociation(visitor, issuer, held);
    const typed = { email: owner.email, password: PASSWORD, ...changes };
    const refused = await associateOn(visitor, page, typed);
    expect(refused.status).toBe(422);
    expect(readableText(refused)).toContain('L’adresse électronique ou le mot de passe est incorrect');
    expect(valueOn(refused, 'email')).toBe(typed.email);
    expect(refused.text).not.toContain(typed.password);
    expect(await rootsOn(held)).toEqual([]);
  });

  test('with guesses: they are counted together with those of the sign-in', async () => {
    const owner = await app.world().administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    for (let wrong = 0; wrong < 3; wrong++) await signInOn(visitor, form, owner.email, 'faux');
    const page = await identifyForAssociation(visitor, issuer, await newLetters());
    const statuses: number[] = [];
    for (let wrong = 0; wrong < 3; wrong++) {
      statuses.push((await associateOn(visitor, page, { email: owner.email, password: 'faux' })).status);
    }
    expect(statuses).toEqual([422, 422, 429]);
  });

  test.each(['deactivated', 'closed', 'awaiting_activation'] as const)(
    'with an account that is %s',
    async (status) => {
      const email = `${status}@essai.test`;
      await app.world().account({ email, status });
      const held = await newLetters();
      const visitor = new Visitor();
      const page = await identifyForAssociation(visitor, issuer, held);
      expect((await associateOn(visitor, page, { email, password: PASSWORD })).status).toBe(422);
      expect(await rootsOn(held)).toEqual([]);
    },
  );

  test('by naming an account that is not the one signed in, or none', async () => {
    const [mine, theirs] = [await app.world().administrator(1), await app.world().administrator(1)];
    const held = await newLetters();
    const visitor = await signedIn(mine.email, mine.sites[0]?.id ?? '');
    const page = await identifyForAssociation(visitor, issuer, held);
    await associateOn(visitor, page, { confirm: theirs.accountId });
    const stranger = new Visitor();
    const other = await identifyForAssociation(stranger, issuer, held);
    await associateOn(stranger, other, { confirm: theirs.accountId });
    expect(await rootsOn(held)).toEqual([]);
  });

  test('without the ticket of step 1, or with that of another journey', async () => {
    const owner = await app.world().administrator(1);
    const held = await newLetters();
    const visitor = new Visitor();
    const enrolment = await identifyOn(visitor, issuer, held);
    const url = `${issuer}/associer-un-site/compte`;
    expect((await visitor.get(url)).url).toBe(`${issuer}/associer-un-site?reprise=1`);
    const ticket = valueOn(enrolment, 'ticket');
    const page = await visitor.post(url, { ticket, email: owner.email, password: PASSWORD });
    expect(page.url).toBe(`${issuer}/associer-un-site?reprise=1`);
    expect(await rootsOn(held)).toEqual([]);
  });

  test('at another caisse: an account of one caisse is none at the other', async () => {
    const email = 'deux-caisses@essai.test';
    await app.world('nord-ouest').administrator(1, { email });
    const held = await newLetters();
    const visitor = new Visitor();
    const page = await identifyForAssociation(visitor, issuer, held);
    expect((await associateOn(visitor, page, { email, password: PASSWORD })).status).toBe(422);
    const there = await visitor.post(`${app.issuerOf('nord-ouest')}/associer-un-site`, identifiersOf(held));
    expect(there.status).toBe(422);
  });
});
