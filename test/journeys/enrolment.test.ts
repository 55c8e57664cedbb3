import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  activateOn,
  CHOSEN_PASSWORD,
  countryOn,
  detailsFor,
  identifyOn,
  letters,
  sendDetails,
  valueOn,
} from '../support/enrolment.ts';
import { claimsOf, readableText, redeem, request, returned, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

let people = 0;
const newEmail = (): string => `nouvelle-${++people}@essai.test`;
const newLetters = (given = {}) => letters(app.world(), app.clock.now(), given);

async function linkTo(email: string): Promise<string> {
  await app.deliver();
  return app.inbox.next(email).link;
}

describe('from the letters to tokens', () => {
  test.each(['grand-est', 'ile-de-france'] as const)('%s', async (slug) => {
    const issuer = app.issuerOf(slug);
    const held = await letters(app.world(slug), app.clock.now(), { name: 'Agence de Toul' });
    const email = newEmail();
    const visitor = new Visitor();

    const intro = await visitor.get(`${issuer}/premiere-connexion`);
    expect(readableText(intro)).toContain('Première connexion');
    const details = await identifyOn(visitor, issuer, held);
    expect(details.url).toBe(`${issuer}/premiere-connexion/coordonnees`);
    expect(valueOn(details, 'family_name')).toBe('Lettré');
    expect(readableText(details)).toContain('Agence de Toul');
    const sent = await sendDetails(visitor, details, {
      email,
      mobile: '06 39 98 12 34',
      landline: '03 53 01 01 12',
    });
    expect(sent.url).toBe(`${issuer}/premiere-connexion/courriel`);
    expect(readableText(sent)).toContain(email);

    const page = await visitor.get(await linkTo(email));
    expect(page.url).toMatch(`${issuer}/activation?jeton=`);
    const done = await activateOn(visitor, page);
    expect(readableText(done)).toContain('Votre espace est ouvert');
    expect(done.text).toContain('http://127.0.0.1:9/connexion');

    const asked = await request(issuer, 'portail', { scope: 'openid profile email phone offline_access' });
    const back = await signInOn(visitor, await visitor.get(asked.url), email, CHOSEN_PASSWORD);
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({
      siret: held.siret,
      roles: ['administrateur'],
      site: { name: 'Agence de Toul', identifiant_cibtp: held.identifiant },
      email,
      email_verified: true,
      given_name: 'Dominique',
      family_name: 'Lettré',
      phone_number: '+33639981234',
      phone_number_verified: false,
    });
    expect((claimsOf(tokens.id_token).entitlements as string[]).length).toBe(17);
  });

  test('identifiers are taken as people copy them', async () => {
    const issuer = app.issuerOf('grand-est');
    const held = await newLetters({ identifiant: '54-0012345-7' });
    const page = await identifyOn(new Visitor(), issuer, {
      ...held,
      identifiant: ' 54 0012345.7 ',
      siret: held.siret.replace(/(...)(...)(...)/, '$1 $2 $3\u00a0'),
      code: held.code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' '),
    });
    expect(page.url).toBe(`${issuer}/premiere-connexion/coordonnees`);
  });
});

describe('until the activation', () => {
  test('nobody signs in, and the same identifiers bring back what was given and correct the address', async () => {
    const issuer = app.issuerOf('grand-est');
    const held = await newLetters();
    const [wrong, right] = [newEmail(), newEmail()];
    const visitor = new Visitor();
    await sendDetails(visitor, await identifyOn(visitor, issuer, held), {
      email: wrong,
      mobile: '0690 35 12 34',
      mobile_country: 'GP',
    });
    const firstLink = await linkTo(wrong);
    const early = await visitor.get((await request(issuer, 'portail')).url);
    expect((await signInOn(visitor, early, wrong, CHOSEN_PASSWORD)).status).toBe(422);

    const elsewhere = new Visitor();
    const again = await identifyOn(elsewhere, issuer, held);
    expect(valueOn(again, 'email')).toBe(wrong);
    expect(valueOn(again, 'mobile')).toBe('0690\u00a035\u00a012\u00a034');
    expect(countryOn(again, 'mobile_country')).toBe('GP');
    // Another browser does not inherit the password: it may be another person.
    expect(readableText(again)).not.toContain('Votre mot de passe est retenu');
    await sendDetails(elsewhere, again, { email: right });
    const secondLink = await linkTo(right);

    const superseded = await visitor.get(firstLink);
    expect(superseded.status).toBe(410);
    expect(readableText(superseded)).toContain('Ce lien a été remplacé');
    expect((await activateOn(visitor, superseded)).status).toBe(410);
    await activateOn(elsewhere, await elsewhere.get(secondLink));
    const asked = await request(issuer, 'portail');
    const back = await signInOn(elsewhere, await elsewhere.get(asked.url), right, CHOSEN_PASSWORD);
    expect(returned(back).get('code')).toBeTruthy();
    const code = await identifyOn(new Visitor(), issuer, held);
    expect(code.status).toBe(422);
  });

  test('the page that says that a mail has left leads back to the form, with the password kept', async () => {
    const issuer = app.issuerOf('grand-est');
    const visitor = new Visitor();
    const [wrong, right] = [newEmail(), newEmail()];
    const details = await identifyOn(visitor, issuer, await newLetters());
    await sendDetails(visitor, details, { email: wrong });
    const back = await visitor.get(details.url);
    expect(valueOn(back, 'email')).toBe(wrong);
    expect(readableText(back)).toContain('Votre mot de passe est retenu');
    const sent = await sendDetails(visitor, back, { email: right, password: '' });
    expect(readableText(sent)).toContain(right);
    await activateOn(visitor, await visitor.get(await linkTo(right)));
    const page = await visitor.get((await request(issuer, 'portail')).url);
    expect((await signInOn(visitor, page, right, CHOSEN_PASSWORD)).location).toContain('code=');
  });
});

describe('a form with errors', () => {
  test('keeps every value but the password, which it retains, and says what to do at each field', async () => {
    const issuer = app.issuerOf('grand-est');
    const visitor = new Visitor();
    const page = await identifyOn(visitor, issuer, await newLetters());
    const typed = {
      ...detailsFor(page, { email: 'pas-une-adresse' }),
      email_confirmation: 'autre',
      family_name: '<b>Nom</b>',
      given_name: '',
      landline: '06 39 98 12 34',
      mobile: '03 53 01 01 12',
      mobile_country: 'RE',
    };
    const refused = await visitor.post(page.url, typed);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('<title>Erreur&nbsp;:');
    for (const field of ['email', 'given_name', 'landline', 'mobile']) {
      expect(refused.text, field).toContain(`href="#${field}"`);
      expect(refused.text, field).toContain(`id="${field}-erreur"`);
    }
    for (const field of ['email', 'email_confirmation', 'landline', 'mobile'] as const) {
      expect(valueOn(refused, field)).toBe(typed[field]);
    }
    expect(refused.text).toContain('value="&lt;b&gt;Nom&lt;/b&gt;"');
    expect(countryOn(refused, 'mobile_country')).toBe('RE');
    expect(refused.text).not.toContain(CHOSEN_PASSWORD);
    expect(readableText(refused)).toContain('Votre mot de passe est retenu');
    // And so it is after the browser's Back, or a reload.
    const reloaded = await visitor.get(page.url);
    expect(valueOn(reloaded, 'landline')).toBe(typed.landline);
    expect(valueOn(reloaded, 'email')).toBe(typed.email);
  });

  test.each([
    ['too short', 'Abc1!', 'Abc1!', 'password'],
    ['the company’s own name', 'Maçonnerie du Test 1', 'Maçonnerie du Test 1', 'password'],
    ['typed twice in two ways', CHOSEN_PASSWORD, `${CHOSEN_PASSWORD}x`, 'password_confirmation'],
    ['not confirmed', CHOSEN_PASSWORD, '', 'password_confirmation'],
    ['none', '', '', 'password'],
  ])('refuses a password: %s', async (_, password, confirmation, field) => {
    const visitor = new Visitor();
    const page = await identifyOn(visitor, app.issuerOf('grand-est'), await newLetters());
    const refused = await sendDetails(visitor, page, {
      email: newEmail(),
      password,
      password_confirmation: confirmation,
    });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(`href="#${field}"`);
    expect(readableText(refused)).not.toContain('Votre mot de passe est retenu');
  });

  test('step 1 says which field is empty or cannot be, and keeps what is no secret', async () => {
    const url = `${app.issuerOf('grand-est')}/premiere-connexion/identification`;
    const page = await new Visitor().post(url, { identifiant: 'GE 12', siret: '123', code: '' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('href="#siret"');
    expect(page.text).toContain('href="#code"');
    expect(page.text).not.toContain('href="#identifiant"');
    expect(valueOn(page, 'identifiant')).toBe('GE 12');
    expect(valueOn(page, 'siret')).toBe('123');
  });
});

describe('a form that waited too long', () => {
  test('asks for the identifiers again, and then shows what was typed', async () => {
    const issuer = app.issuerOf('grand-est');
    const held = await newLetters();
    const visitor = new Visitor();
    const page = await identifyOn(visitor, issuer, held);
    app.clock.advance(61 * 60_000);
    const email = newEmail();
    const late = await sendDetails(visitor, page, { email, landline: '03 53 01 01 12' });
    expect(late.url).toBe(`${issuer}/premiere-connexion/identification?reprise=1`);
    expect(readableText(late)).toContain('vous retrouverez ce que vous aviez déjà saisi');
    const again = await identifyOn(visitor, issuer, held);
    expect(valueOn(again, 'email')).toBe(email);
    expect(valueOn(again, 'landline')).toBe('03 53 01 01 12');
  });

  test('stays open as long as it is being filled in', async () => {
    const visitor = new Visitor();
    const page = await identifyOn(visitor, app.issuerOf('grand-est'), await newLetters());
    app.clock.advance(50 * 60_000);
    await sendDetails(visitor, page, { email: '' });
    app.clock.advance(50 * 60_000);
    expect((await sendDetails(visitor, page, { email: newEmail() })).url).toContain('/courriel');
  });
});

test.each(['/premiere-connexion/coordonnees', '/premiere-connexion/mobile', '/premiere-connexion/courriel'])(
  'without a ticket, %s leads to the identification',
  async (path) => {
    const issuer = app.issuerOf('grand-est');
    const page = await new Visitor().get(issuer + path);
    expect(page.url).toBe(`${issuer}/premiere-connexion/identification?reprise=1`);
  },
);

test('two enrolments in two tabs of one browser do not mix: the older one is asked to begin again', async () => {
  const issuer = app.issuerOf('grand-est');
  const visitor = new Visitor();
  const first = await identifyOn(visitor, issuer, await newLetters());
  const second = await identifyOn(visitor, issuer, await newLetters());
  const email = newEmail();
  expect((await sendDetails(visitor, first, { email })).url).toContain('/identification?reprise=1');
  const kept = await visitor.get(second.url);
  expect(valueOn(kept, 'email')).toBe('');
});

test('a code that has expired is none', async () => {
  const held = await newLetters({ expiresAt: app.clock.now() + 60_000 });
  app.clock.advance(61_000);
  const page = await identifyOn(new Visitor(), app.issuerOf('grand-est'), held);
  expect(page.status).toBe(422);
  expect(page.url).toContain('/identification');
});
