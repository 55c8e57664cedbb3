import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { addFactor, authenticator, codesOn, FACTOR_PAGE, secretOn } from '../support/second-factor.ts';
import {
  type AuthorizationRequest,
  claimsOf,
  discover,
  type Page,
  readableText,
  redeem,
  refresh,
  request,
  returned,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const MFA = 'urn:caisse-id:acr:mfa';
const PWD = 'urn:caisse-id:acr:password';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const person = () => app.world().administrator(1);

async function passwordTyped(email: string, extra: Record<string, string> = {}) {
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail', extra);
  const page = await signInOn(visitor, await visitor.get(asked.url), email);
  return { visitor, asked, page };
}

const claimsAfter = async (asked: AuthorizationRequest, back: Page) =>
  claimsOf((await redeem(asked, returned(back).get('code') ?? '')).id_token);

const auditOf = (accountId: string): Promise<{ kind: string }[]> =>
  app.database.knex('audit_event').select('kind').where({ actor_id: accountId }).orderBy('at');

/** The text of each, in no order. */
async function mailsTo(email: string): Promise<string[]> {
  await app.deliver();
  return app.inbox
    .all()
    .filter(({ to }) => to === email)
    .map(({ text }) => text);
}

describe('a second factor set in My account', () => {
  test('is asked after the password, and told to the service', async () => {
    const { email, accountId } = await person();
    const { application } = await addFactor(app, email);
    const { visitor, asked, page } = await passwordTyped(email);
    expect(page.url).toMatch(/\/connexion\/[^/]+\/code$/);
    const back = await visitor.post(page.url, { code: application.next() });
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: accountId, acr: MFA, amr: ['pwd', 'otp', 'mfa'] });
    const again = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
    expect(claimsOf(again.id_token)).toMatchObject({ acr: MFA });
    expect((await auditOf(accountId)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['second_factor_added', 'first_step_passed', 'signed_in']),
    );
  });

  test('its person is told by mail, and its key and codes stand nowhere in clear', async () => {
    const { email, accountId } = await person();
    const { codes } = await addFactor(app, email);
    expect(await mailsTo(email)).toEqual([expect.stringContaining('activée')]);
    const hashes = await app.database.knex('recovery_code').pluck('hash').where({ account_id: accountId });
    expect(hashes).toHaveLength(10);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$/);
    const { secret } = await app.database
      .knex('second_factor')
      .first('secret')
      .where({ account_id: accountId });
    expect(secret.toString('latin1')).not.toMatch(/[A-Z2-7]{32}/);
    expect(app.logged().join('\n')).not.toContain(codes[0]);
  });

  test('a wrong code while adding it adds nothing', async () => {
    const { email } = await person();
    const visitor = new Visitor();
    const page = await signInOn(visitor, await visitor.get(`${issuer}${FACTOR_PAGE}/ajouter`), email);
    const wrong = await visitor.post(page.url, { code: '000000' });
    expect(wrong.status).toBe(422);
    expect(secretOn(wrong)).toBe(secretOn(page));
    const signedIn = await passwordTyped(email);
    expect(returned(signedIn.page).get('code')).not.toBeNull();
  });

  test('is removed by password and code together, with notice', async () => {
    const { email } = await person();
    const { visitor, application } = await addFactor(app, email);
    const remove = `${issuer}${FACTOR_PAGE}/retirer`;
    const wrongPassword = await visitor.post(remove, {
      password: 'Non-Celui-Ci-7',
      code: application.next(),
    });
    expect(wrongPassword.status).toBe(422);
    const wrongCode = await visitor.post(remove, { password: PASSWORD, code: '000000' });
    expect(readableText(wrongCode)).toContain('Le mot de passe ou le code est incorrect');
    const done = await visitor.post(remove, { password: PASSWORD, code: application.code() });
    expect(readableText(done)).toContain('est désactivée');
    expect(await mailsTo(email)).toContainEqual(expect.stringContaining('désactivée'));
    const { page } = await passwordTyped(email);
    expect(returned(page).get('code')).not.toBeNull();
  });

  test('gives new recovery codes, and the former ones end', async () => {
    const { email } = await person();
    const { visitor, application, codes } = await addFactor(app, email);
    const page = await visitor.post(`${issuer}${FACTOR_PAGE}/codes`, {
      password: PASSWORD,
      code: application.next(),
    });
    const fresh = codesOn(page);
    expect(fresh).toHaveLength(10);
    const signIn = await passwordTyped(email);
    const old = await signIn.visitor.post(`${signIn.page.url}?par=secours`, { code: codes[3] ?? '' });
    expect(old.status).toBe(422);
    const back = await signIn.visitor.post(`${signIn.page.url}?par=secours`, { code: fresh[3] ?? '' });
    expect(returned(back).get('code')).not.toBeNull();
  });
});

describe('a service that asks by acr_values', () => {
  test('discovery names both levels', async () => {
    expect((await discover(issuer)).acr_values_supported).toEqual([PWD, MFA]);
  });

  test('gets the second factor of who has one, in a session that has begun without', async () => {
    const { email } = await person();
    const { visitor, asked, page } = await passwordTyped(email);
    expect(await claimsAfter(asked, page)).toMatchObject({ acr: PWD });
    const { application } = await addFactor(app, email);
    const stepUp = await request(issuer, 'autre', { acr_values: MFA });
    const code = await visitor.get(stepUp.url);
    expect(code.url).toMatch(/\/code$/);
    const back = await visitor.post(code.url, { code: application.next() });
    expect(await claimsAfter(stepUp, back)).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'] });
  });

  test('has who has none add one, after the password, and shows his recovery codes before it goes on', async () => {
    const { email, accountId } = await person();
    const { visitor, asked, page } = await passwordTyped(email, { acr_values: MFA });
    expect(page.url).toMatch(/\/double-authentification$/);
    const application = authenticator(app, secretOn(page));
    const codes = await visitor.post(page.url, { code: application.code() });
    expect(codesOn(codes)).toHaveLength(10);
    const back = await visitor.post(`${page.url}/terminer`, {});
    expect(await claimsAfter(asked, back)).toMatchObject({ sub: accountId, acr: MFA });
  });

  test('that takes a password as well does not hold up who has none', async () => {
    const { email } = await person();
    const { asked, page } = await passwordTyped(email, { acr_values: `${MFA} ${PWD}` });
    expect(await claimsAfter(asked, page)).toMatchObject({ acr: PWD });
  });

  test('silently gets login_required when it is missing', async () => {
    const { email } = await person();
    const { visitor } = await passwordTyped(email);
    const silent = await request(issuer, 'portail', { acr_values: MFA, prompt: 'none' });
    expect(returned(await visitor.get(silent.url)).get('error')).toBe('login_required');
  });

  test('never has a person signed in without his password add one', async () => {
    const { email } = await person();
    const { visitor } = await passwordTyped(email);
    const asked = await request(issuer, 'portail', { acr_values: MFA });
    const page = await visitor.get(asked.url);
    expect(page.text).toContain('name="password"');
    const setUp = await visitor.get(`${page.url.replace(/\?.*/, '')}/double-authentification`);
    expect(setUp.text).toContain('name="password"');
    expect(setUp.text).not.toContain('otpauth');
  });
});

describe('half a sign-in', () => {
  test('is no session: nowhere is its person signed in', async () => {
    const { email } = await person();
    await addFactor(app, email);
    const { visitor } = await passwordTyped(email);
    const other = await request(issuer, 'autre');
    expect((await visitor.get(other.url)).text).toContain('name="password"');
    const silent = await request(issuer, 'portail', { prompt: 'none' });
    expect(returned(await visitor.get(silent.url)).get('error')).toBe('login_required');
    expect((await visitor.get(`${issuer}${FACTOR_PAGE}`)).text).toContain('name="password"');
  });

  test('resumed without the code, asks for the password again', async () => {
    const { email } = await person();
    await addFactor(app, email);
    const { visitor, page } = await passwordTyped(email);
    const uid = /connexion\/([^/]+)\//.exec(page.url)?.[1];
    const resumed = await visitor.get(`${issuer}/auth/${uid}`);
    expect(resumed.text).toContain('name="password"');
  });

  test('ends ten minutes after the password', async () => {
    const { email } = await person();
    const { application } = await addFactor(app, email);
    const { visitor, page } = await passwordTyped(email);
    app.clock.advance(11 * 60_000);
    const late = await visitor.post(page.url, { code: application.code() });
    expect(late.text).toContain('name="password"');
  });

  test('is of its browser: the code screen of another one wants the password', async () => {
    const { email } = await person();
    const { application } = await addFactor(app, email);
    const { page } = await passwordTyped(email);
    const stranger = await new Visitor().post(page.url, { code: application.next() });
    expect(stranger.status).toBe(400);
  });

  test('does not end without the code where codes are noted', async () => {
    const { email } = await person();
    const { visitor, page } = await passwordTyped(email, { acr_values: MFA });
    const skipped = await visitor.post(`${page.url}/terminer`, {});
    expect(skipped.url).toBe(page.url);
    expect(skipped.text).toContain('otpauth');
  });
});

describe('codes', () => {
  test('the code that has just opened a session opens no other', async () => {
    const { email } = await person();
    const { application } = await addFactor(app, email);
    const first = await passwordTyped(email);
    const second = await passwordTyped(email);
    const code = application.next();
    expect(returned(await first.visitor.post(first.page.url, { code })).get('code')).not.toBeNull();
    expect((await second.visitor.post(second.page.url, { code })).status).toBe(422);
  });

  test('nor does one older than the last that was used, nor the one that confirmed the application', async () => {
    const { email } = await person();
    const { application, confirmedBy } = await addFactor(app, email);
    const { visitor, page } = await passwordTyped(email);
    expect((await visitor.post(page.url, { code: confirmedBy })).status).toBe(422);
    const older = application.next();
    const other = await passwordTyped(email);
    await other.visitor.post(other.page.url, { code: application.code(1) });
    expect((await visitor.post(page.url, { code: older })).status).toBe(422);
  });

  test('a recovery code serves once, and tells its person by mail', async () => {
    const { email } = await person();
    const { codes } = await addFactor(app, email);
    const [code = ''] = codes;
    const first = await passwordTyped(email);
    const screen = await first.visitor.get(`${first.page.url}?par=secours`);
    expect(readableText(screen)).toContain('Code de secours');
    const back = await first.visitor.post(screen.url, { code: code.toLowerCase().replace('-', ' ') });
    expect(await claimsAfter(first.asked, back)).toMatchObject({ acr: MFA });
    const second = await passwordTyped(email);
    expect((await second.visitor.post(`${second.page.url}?par=secours`, { code })).status).toBe(422);
    expect(await mailsTo(email)).toContainEqual(expect.stringContaining('codes de secours'));
  });

  test('guessing ends after five tries, whatever browser they come from; the wait is said', async () => {
    const { email, accountId } = await person();
    const { application } = await addFactor(app, email);
    const { visitor, page } = await passwordTyped(email);
    for (let guess = 0; guess < 5; guess++) {
      expect((await visitor.post(page.url, { code: `00000${guess}` })).status).toBe(422);
    }
    const other = await passwordTyped(email);
    const blocked = await other.visitor.post(other.page.url, { code: application.next() });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
    expect((await auditOf(accountId)).map(({ kind }) => kind)).toContain('second_step_throttled');
  });
});
