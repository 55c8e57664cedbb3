import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atHome } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  type Page,
  readableText,
  redeem,
  request,
  returned,
  userinfo,
  type Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const MINUTE = 60_000;

let app: TestApp;
let serial = 0;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');
const page = (path: string) => `${issuer()}/mon-compte${path}`;
const newMobile = (): string => `0639980${String(++serial).padStart(3, '0')}`;
const e164 = (mobile: string): string => `+33${mobile.slice(1)}`;

const save = (visitor: Visitor, fields: Record<string, string>): Promise<Page> =>
  visitor.post(page('/coordonnees'), {
    family_name: 'Essai',
    given_name: 'Camille',
    landline_country: 'FR',
    landline: '',
    mobile_country: 'FR',
    mobile: '',
    ...fields,
  });

const claims = async (visitor: Visitor) => {
  const asked = await request(issuer(), 'portail', { scope: 'openid profile phone' });
  const tokens = await redeem(asked, returned(await visitor.get(asked.url)).get('code') ?? '');
  return userinfo(issuer(), tokens.access_token);
};

/** Sends a code to the mobile of the account, and gives it. */
async function codeFor(visitor: Visitor, mobile: string): Promise<string> {
  await visitor.post(page('/mobile/code'), {});
  await app.deliver();
  return app.phones.next(e164(mobile)).code;
}

describe('contact details', () => {
  test('change at once for every service, and the person is told by mail', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const done = await save(visitor, { family_name: 'D’Essai-Lefèvre', landline: '03 87 00 00 00' });
    expect(readableText(done)).toContain('Vos coordonnées sont enregistrées');
    expect(readableText(done)).toContain('D’Essai-Lefèvre');
    expect(await claims(visitor)).toMatchObject({ family_name: 'D’Essai-Lefèvre' });
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('Vos coordonnées ont été modifiées');
  });

  test('are shown again as they were typed when something is wrong', async () => {
    const { visitor } = await atHome(app, issuer());
    const wrong = await save(visitor, { family_name: '', landline: '06 39 98 00 01', mobile: '12' });
    expect(wrong.status).toBe(422);
    for (const field of ['family_name', 'landline', 'mobile'])
      expect(wrong.text).toContain(`href="#${field}"`);
    expect(wrong.text).toContain('value="06 39 98 00 01"');
  });

  test('a mobile needs the password: certified, it lets new bank details in', async () => {
    const { visitor } = await atHome(app, issuer());
    const mobile = newMobile();
    for (const password of ['', 'Une-Autre-2026']) {
      const refused = await save(visitor, { mobile, password });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('href="#password"');
    }
    expect((await claims(visitor)).phone_number).toBeUndefined();
    expect((await save(visitor, { mobile, password: PASSWORD })).status).toBe(200);
  });
});

describe('a mobile', () => {
  test('is certified by the code of an SMS, gets its badge, and services learn of it', async () => {
    const { visitor } = await atHome(app, issuer());
    const mobile = newMobile();
    const saved = await save(visitor, { mobile, password: PASSWORD });
    expect(readableText(saved)).toContain('Certifier');
    expect(await claims(visitor)).toMatchObject({ phone_number: e164(mobile), phone_number_verified: false });
    const code = await codeFor(visitor, mobile);
    const done = await visitor.post(page('/mobile'), { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect(readableText(done)).toContain('Certifié');
    expect(await claims(visitor)).toMatchObject({ phone_number: e164(mobile), phone_number_verified: true });
  });

  test('that is replaced is not certified any more', async () => {
    const { visitor } = await atHome(app, issuer());
    const [first, second] = [newMobile(), newMobile()];
    await save(visitor, { mobile: first, password: PASSWORD });
    await visitor.post(page('/mobile'), { code: await codeFor(visitor, first) });
    await save(visitor, { mobile: first, family_name: 'Autre' });
    expect(await claims(visitor)).toMatchObject({ phone_number_verified: true });
    await save(visitor, { mobile: second, password: PASSWORD });
    expect(await claims(visitor)).toMatchObject({ phone_number: e164(second), phone_number_verified: false });
  });

  test('is not certified by a code that went to the number before', async () => {
    const { visitor } = await atHome(app, issuer());
    const [first, second] = [newMobile(), newMobile()];
    await save(visitor, { mobile: first, password: PASSWORD });
    const code = await codeFor(visitor, first);
    await save(visitor, { mobile: second, password: PASSWORD });
    expect((await visitor.post(page('/mobile'), { code })).status).toBe(422);
    expect(await claims(visitor)).toMatchObject({ phone_number_verified: false });
  });

  test('takes its code for ten minutes, once, and five tries', async () => {
    const { visitor } = await atHome(app, issuer());
    const mobile = newMobile();
    await save(visitor, { mobile, password: PASSWORD });
    const late = await codeFor(visitor, mobile);
    app.clock.advance(10 * MINUTE);
    expect((await visitor.post(page('/mobile'), { code: late })).status).toBe(422);
    const guessed = await codeFor(visitor, mobile);
    const wrong = guessed === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i++)
      expect((await visitor.post(page('/mobile'), { code: wrong })).status).toBe(422);
    expect((await visitor.post(page('/mobile'), { code: guessed })).status).toBe(422);
    expect(await claims(visitor)).toMatchObject({ phone_number_verified: false });
  });
});
