import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import {
  chooseOn,
  type Page,
  readableText,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const HOUR = 3_600_000;
/** This one has named no default service. */
const WITHOUT: Slug = 'nord-ouest';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await app.database.knex('client').where({ caisse_id: WITHOUT }).update({ default_service: false });
});
afterAll(() => app.close());

/** Where the default service begins a sign-in (OpenID Connect Core §4). */
const wayOn = (issuer: string): string => `http://127.0.0.1:9/connexion?iss=${encodeURIComponent(issuer)}`;

/** A person in front of each screen, at a caisse. */
const SCREENS: readonly (readonly [string, (slug: Slug) => Promise<Screen>])[] = [
  ['connexion', atSignIn],
  ['choix-du-site', atSelection],
  ['autorisation', atConsent],
];
type Screen = { readonly visitor: Visitor; readonly page: Page; readonly form: Record<string, string> };

async function atSignIn(slug: Slug): Promise<Screen> {
  const { email } = await app.world(slug).administrator(1);
  const visitor = new Visitor();
  const page = await visitor.get((await request(app.issuerOf(slug), 'portail')).url);
  return { visitor, page, form: { email, password: PASSWORD } };
}

async function atSelection(slug: Slug): Promise<Screen> {
  const { email, sites } = await app.world(slug).administrator(2);
  const visitor = new Visitor();
  const form = await visitor.get((await request(app.issuerOf(slug), 'portail')).url);
  const page = await signInOn(visitor, form, email);
  return { visitor, page, form: { site: sites[0]?.id ?? '' } };
}

async function atConsent(slug: Slug): Promise<Screen> {
  const { email } = await app.world(slug).administrator(1);
  const visitor = new Visitor();
  const asked = await request(app.issuerOf(slug), 'essai-tiers', { scope: 'openid' });
  const page = await signInOn(visitor, await visitor.get(asked.url), email);
  return { visitor, page, form: { decision: 'accept' } };
}

describe.each(['grand-est', 'ile-de-france'] as const)('at %s, which has a default service', (slug) => {
  const issuerOf = () => app.issuerOf(slug);

  test.each(SCREENS)('the screen /%s opened after an hour leads on to it', async (_, arrive) => {
    const { visitor, page } = await arrive(slug);
    expect((await visitor.once(page.url)).status).toBe(200);
    app.clock.advance(HOUR + 1_000);
    expect(await visitor.once(page.url)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
  });

  test.each(SCREENS)('a form of /%s sent after an hour is answered with the way on', async (_, arrive) => {
    const { visitor, page, form } = await arrive(slug);
    app.clock.advance(HOUR + 1_000);
    const answer = await visitor.post(page.url, form);
    expect(answer.status).toBe(400);
    expect(readableText(answer)).toContain('Cette page a expiré');
    expect(answer.text).toContain(`href="${wayOn(issuerOf())}"`);
    expect(readableText(answer)).toContain('Espace sécurisé');
  });

  test.each(SCREENS)('a bookmarked /%s leads on to it', async (path) => {
    const page = await new Visitor().once(`${issuerOf()}/${path}`);
    expect(page).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
    expect(page.headers['cache-control']).toBe('no-store');
  });

  test.each(SCREENS)(
    'the address of somebody’s /%s, opened in another browser, leads on',
    async (_, arrive) => {
      const { page } = await arrive(slug);
      expect(await new Visitor().once(page.url)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
    },
  );

  test('the way back that was taken already leads on, and gives no second code', async () => {
    const { visitor, page, form } = await atSignIn(slug);
    const resume = page.url.replace('/connexion/', '/auth/');
    expect(returned(await visitor.post(page.url, form)).get('code')).toBeTruthy();
    expect(await visitor.once(resume)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
  });

  test('the back button to a sign-in that is over leads on', async () => {
    const { visitor, page, form } = await atSignIn(slug);
    await visitor.post(page.url, form);
    expect(await visitor.once(page.url)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
  });

  test('the back button to a step that was passed leads on, and the next step still works', async () => {
    const { email, sites } = await app.world(slug).administrator(2);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuerOf(), 'portail')).url);
    const list = await signInOn(visitor, form, email);
    expect(await visitor.once(form.url)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
    expect(returned(await chooseOn(visitor, list, sites[0]?.id ?? '')).get('code')).toBeTruthy();
  });

  test('the issuer’s root leads on to it', async () => {
    for (const address of [issuerOf(), `${issuerOf()}/`]) {
      expect(await new Visitor().once(address)).toMatchObject({ status: 303, location: wayOn(issuerOf()) });
    }
  });

  test('an unknown page under the sign-in leads on, an unknown page elsewhere is not found', async () => {
    expect((await new Visitor().once(`${issuerOf()}/connexion/inconnue`)).location).toBe(wayOn(issuerOf()));
    expect((await new Visitor().once(`${issuerOf()}/inconnue`)).status).toBe(404);
  });

  test('whoever is led on signs in there and comes through', async () => {
    const { email } = await app.world(slug).administrator(1);
    const visitor = new Visitor();
    const led = await visitor.once(`${issuerOf()}/connexion`);
    const told = new URL(led.location ?? '').searchParams.get('iss') ?? '';
    const tokens = await signInAndRedeem(visitor, { email }, await request(told, 'portail'));
    expect(tokens.status).toBe(200);
  });
});

describe('at a caisse without a default service', () => {
  const issuerOf = () => app.issuerOf(WITHOUT);

  test.each(SCREENS)('an expired /%s says so', async (_, arrive) => {
    const { visitor, page, form } = await arrive(WITHOUT);
    app.clock.advance(HOUR + 1_000);
    for (const answer of [await visitor.get(page.url), await visitor.post(page.url, form)]) {
      expect(answer.status).toBe(400);
      expect(readableText(answer)).toContain('Cette page a expiré');
      expect(readableText(answer)).toContain('CIBTP Nord-Ouest');
      expect(answer.text).not.toContain('127.0.0.1:9');
    }
  });

  test.each(SCREENS)('a bookmarked /%s says that there is nothing under way', async (path) => {
    const page = await new Visitor().get(`${issuerOf()}/${path}`);
    expect(page.status).toBe(400);
    expect(readableText(page)).toContain('Cette page a expiré');
  });

  test('the way back that was taken already says so', async () => {
    const { visitor, page, form } = await atSignIn(WITHOUT);
    await visitor.post(page.url, form);
    const again = await visitor.get(page.url.replace('/connexion/', '/auth/'));
    expect(again.status).toBe(400);
    expect(readableText(again)).toContain('Cette page a expiré');
  });

  test('the issuer’s root says where one is', async () => {
    const page = await new Visitor().get(issuerOf());
    expect(page.status).toBe(200);
    expect(readableText(page)).toContain('Vous êtes sur le service de connexion de votre caisse');
  });
});
