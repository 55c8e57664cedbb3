import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  activateOn,
  CHOSEN_PASSWORD,
  type Details,
  identifyOn,
  letters,
  sendDetails,
  valueOn,
} from '../support/enrolment.ts';
import {
  claimsOf,
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInOn,
  Visitor,
} from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

let numbers = 1000;
const newNumber = () => {
  numbers += 1;
  return { typed: `06 39 98 ${numbers}`, e164: `+3363998${numbers}` };
};
const newEmail = () => `mobile-${numbers}@essai.test`;

async function formOf(visitor: Visitor): Promise<Page> {
  return identifyOn(visitor, issuer, await letters(app.world(), app.clock.now()));
}

async function codeFor(e164: string): Promise<string> {
  await app.deliver();
  return app.phones.next(e164).code;
}

/** On the page that asks for the code of the SMS. */
const typeCode = (visitor: Visitor, page: Page, code: string, step = 'verifier'): Promise<Page> =>
  visitor.post(page.url, { ticket: valueOn(page, 'ticket'), code, step });

/** « Certifier » pressed in a form that holds this. */
async function certifying(details: Partial<Details> & { readonly mobile: string }) {
  const visitor = new Visitor();
  const form = await formOf(visitor);
  const page = await sendDetails(visitor, form, { email: newEmail(), ...details, step: 'certifier' });
  return { visitor, form, page };
}

describe('« Certifier »', () => {
  test('sends a code, comes back with every value and a badge, and the service learns that it is certified', async () => {
    const { typed, e164 } = newNumber();
    const email = newEmail();
    const { visitor, form, page } = await certifying({
      mobile: typed,
      email,
      landline: '03 53 01 01 12',
      family_name: 'Nouveau-Nom',
    });
    expect(page.url).toBe(`${issuer}/premiere-connexion/mobile`);
    expect(page.text).toContain('autocomplete="one-time-code"');
    const back = await typeCode(visitor, page, (await codeFor(e164)).replace(/(...)/, '$1 '));
    expect(back.url).toBe(form.url);
    expect(readableText(back)).toContain('Numéro certifié');
    expect(valueOn(back, 'email')).toBe(email);
    expect(valueOn(back, 'email_confirmation')).toBe(email);
    expect(valueOn(back, 'landline')).toBe('03 53 01 01 12');
    expect(valueOn(back, 'family_name')).toBe('Nouveau-Nom');
    expect(readableText(back)).toContain('Votre mot de passe est retenu');

    await sendDetails(visitor, back, { email, password: '', mobile: typed });
    await app.deliver();
    await activateOn(visitor, await visitor.get(app.inbox.next(email).link));
    const asked = await request(issuer, 'portail', { scope: 'openid phone offline_access' });
    const end = await signInOn(visitor, await visitor.get(asked.url), email, CHOSEN_PASSWORD);
    const tokens = await redeem(asked, returned(end).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({ phone_number: e164, phone_number_verified: true });
  });

  test('is of one number: another one typed afterwards is not certified', async () => {
    const [first, other] = [newNumber(), newNumber()];
    const { visitor, page } = await certifying({ mobile: first.typed });
    const back = await typeCode(visitor, page, await codeFor(first.e164));
    const changed = await sendDetails(visitor, back, { email: '', mobile: other.typed });
    expect(readableText(changed)).not.toContain('Numéro certifié');
    const again = await sendDetails(visitor, changed, { email: '', mobile: first.typed });
    expect(readableText(again)).toContain('Numéro certifié');
  });

  test('of a number that was changed in another tab is refused: the code is for the number that it was sent to', async () => {
    const [first, other] = [newNumber(), newNumber()];
    const { visitor, form, page } = await certifying({ mobile: first.typed });
    const code = await codeFor(first.e164);
    await sendDetails(visitor, form, { email: '', mobile: other.typed });
    expect((await typeCode(visitor, page, code)).status).toBe(422);
    expect(readableText(await visitor.get(form.url))).not.toContain('Numéro certifié');
  });

  test.each([
    ['', 'Saisissez le numéro de mobile à certifier'],
    ['03 53 01 01 12', 'Ce numéro est celui d’une ligne fixe'],
    ['06 39', 'Vérifiez ce numéro de téléphone mobile'],
  ])('of %j says what is wrong and keeps what was typed', async (mobile, words) => {
    const { page } = await certifying({ mobile, landline: '03 53 01 01 12' });
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(words);
    expect(page.text).toContain('href="#mobile"');
    expect(page.text).not.toContain('href="#email"');
    expect(valueOn(page, 'landline')).toBe('03 53 01 01 12');
  });
});

describe('the code of the SMS', () => {
  test('is refused when it is wrong, and after five tries whatever it is; another one replaces it', async () => {
    const { typed, e164 } = newNumber();
    const { visitor, page } = await certifying({ mobile: typed });
    const code = await codeFor(e164);
    const wrong = code === '000000' ? '111111' : '000000';
    for (const tried of ['', '12', ...Array(5).fill(wrong), code]) {
      const refused = await typeCode(visitor, page, tried);
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('href="#code"');
    }
    const renewed = await typeCode(visitor, page, '', 'renvoyer');
    expect(readableText(renewed)).toContain('Un nouveau code est parti');
    const back = await typeCode(visitor, renewed, await codeFor(e164));
    expect(readableText(back)).toContain('Numéro certifié');
  });

  test('serves its own enrolment alone', async () => {
    const { typed, e164 } = newNumber();
    await certifying({ mobile: typed });
    const code = await codeFor(e164);
    const other = await certifying({ mobile: typed });
    await codeFor(e164);
    expect((await typeCode(other.visitor, other.page, code)).status).toBe(422);
  });

  test('expires after ten minutes', async () => {
    const { typed, e164 } = newNumber();
    const { visitor, page } = await certifying({ mobile: typed });
    const code = await codeFor(e164);
    app.clock.advance(10 * 60_000 + 1);
    expect((await typeCode(visitor, page, code)).status).toBe(422);
  });

  test('is sent a few times only, and the form says when to try again without losing anything', async () => {
    const { typed } = newNumber();
    const { visitor, form, page } = await certifying({ mobile: typed });
    const statuses: number[] = [];
    for (let more = 0; more < 5; more++)
      statuses.push((await typeCode(visitor, page, '', 'renvoyer')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    const blocked = await sendDetails(visitor, form, {
      email: 'a@essai.test',
      mobile: typed,
      step: 'certifier',
    });
    expect(blocked.status).toBe(429);
    expect(valueOn(blocked, 'email')).toBe('a@essai.test');
  });
});
