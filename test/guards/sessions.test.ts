import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { sendTo } from '../support/second-node.ts';
import {
  chooseOn,
  type Page,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
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

const cookieValue = (cookies: string, name: string): string =>
  new RegExp(`(?:^|; )${name}=([^;]*)`).exec(cookies)?.[1] ?? '';

const xsrfOn = ({ text }: Page): string => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

/** What a silent request with these cookies alone brings: `code`, or the error. */
async function silently(cookie: string): Promise<string> {
  const asked = await request(issuer, 'portail', { prompt: 'none' });
  const answer = await sendTo(app, asked.url, { headers: { accept: 'text/html', cookie } });
  const told = new URL(answer.headers.location ?? '').searchParams;
  return told.has('code') ? 'code' : (told.get('error') ?? '');
}

describe('a session', () => {
  test('that was planted in a browser before its person signs in is nothing afterwards', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    await visitor.get(`${issuer}/session/end`);
    const planted = visitor.cookiesFor(`${issuer}/auth`);
    expect(cookieValue(planted, 'caisse_session')).not.toBe('');

    await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
    const cookies = visitor.cookiesFor(`${issuer}/auth`);
    expect(cookieValue(cookies, 'caisse_session')).not.toBe(cookieValue(planted, 'caisse_session'));
    expect(await silently(planted)).toBe('login_required');
    expect(await silently(cookies)).toBe('code');
  });

  test('has a new id at each step, and the former one is nothing', async () => {
    const person = await app.world().administrator(2);
    const visitor = new Visitor();
    const first = await signInOn(
      visitor,
      await visitor.get((await request(issuer, 'portail')).url),
      person.email,
    );
    const before = visitor.cookiesFor(`${issuer}/auth`);
    await chooseOn(visitor, first, person.sites[0]?.id ?? '');
    expect(await silently(before)).toBe('login_required');
    expect(await silently(visitor.cookiesFor(`${issuer}/auth`))).toBe('code');
  });

  test('that was signed out is nothing to whoever kept its cookie', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
    const page = await visitor.get(`${issuer}/session/end`);
    const kept = visitor.cookiesFor(`${issuer}/auth`);
    await visitor.post(`${issuer}/session/end/confirm`, { xsrf: xsrfOn(page), logout: 'yes' });
    expect(await silently(kept)).toBe('login_required');
  });

  test('goes when the browser is closed: none of its cookies has a date', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    const cookie = visitor.cookiesFor(form.url);
    const posted = await sendTo(app, form.url, {
      headers: { cookie, origin: app.origin },
      body: { email: person.email, password: 'Chantier-Essai-2026' },
    });
    const resume = new URL(posted.headers.location ?? '', form.url);
    const resumed = await sendTo(app, resume.href, { headers: { cookie: visitor.cookiesFor(resume.href) } });
    const session = (resumed.headers['set-cookie'] ?? []).filter((line) => line.startsWith('caisse_session'));
    expect(session).toHaveLength(2);
    for (const line of session) expect(line).not.toMatch(/expires|max-age/i);
  });
});

test('the store holds no code, token or cookie that could be used', async () => {
  const person = await app.world().administrator(2);
  const visitor = new Visitor();
  const asked = await request(issuer, 'essai');
  const list = await signInOn(visitor, await visitor.get(asked.url), person.email);
  const between = visitor.cookiesFor(list.url);
  const code = returned(await chooseOn(visitor, list, person.sites[0]?.id ?? '')).get('code') ?? '';
  const tokens = await redeem(asked, code);
  const renewed = await refresh(issuer, 'essai', tokens.refresh_token ?? '');
  const waiting = await visitor.get((await request(issuer, 'autre', { prompt: 'select_organization' })).url);
  const secrets = {
    code,
    accessToken: tokens.access_token ?? '',
    refreshToken: renewed.refresh_token ?? '',
    spentRefreshToken: tokens.refresh_token ?? '',
    session: cookieValue(visitor.cookiesFor(`${issuer}/auth`), 'caisse_session'),
    interaction: cookieValue(visitor.cookiesFor(waiting.url), 'caisse_interaction'),
    formerInteraction: cookieValue(between, 'caisse_interaction'),
    signature: cookieValue(between, 'caisse_interaction.sig'),
  };
  expect(Object.values(secrets).filter((secret) => secret.length < 20)).toEqual([]);
  const { rows } = await app.database.knex.raw(
    `select 'oidc_artifact ' || kind as place, row_to_json(a)::text as line from oidc_artifact a
     union all select 'audit_event', row_to_json(e)::text from audit_event e`,
  );
  const found = rows.flatMap(({ place, line }: { place: string; line: string }) =>
    Object.entries(secrets)
      .filter(([, secret]) => line.includes(secret))
      .map(([name]) => `${name} in ${place}`),
  );
  expect([...new Set(found)]).toEqual([]);
});

test('a session in use does not outlive twelve hours from its sign-in', async () => {
  const HOUR = 3_600_000;
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
  const visit = async () => {
    const page = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    return returned(page).get('error') ?? 'code';
  };
  for (const hours of [5, 5]) {
    app.clock.advance(hours * HOUR);
    expect(await visit()).toBe('code');
  }
  app.clock.advance(2.5 * HOUR);
  expect(await visit()).toBe('login_required');
});
