import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawInitialPassword, makeProvisionalAccount } from '../../provider/journeys/make-provisional.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
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
import { PASSWORD } from '../support/world.ts';

const DAY = 86_400_000;
/** The initial password of each identifiant. */
const letters = new Map<string, string>();
const CHOSEN = 'moulin zinc cordage pluie';

let app: TestApp;
let issuer: string;
let scope: Scope;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  scope = await agentScope(app);
});
afterAll(() => app.close());

/** An account made by the caisse, administrator of a site, whose letter has left. */
async function byLetter() {
  const agentId = await app.world().account({ staffRole: 'agent' });
  const login = `GE${agentId.slice(0, 6).toUpperCase()}`;
  const asked = { givenName: 'Dominique', familyName: 'Essai', identifiant: login, agentId };
  const { accountId, initialPassword } = await makeProvisionalAccount(scope, {
    ...asked,
    password: await drawInitialPassword(scope),
  });
  const site = await app.world().site();
  await app.world().enrol(accountId, site);
  letters.set(login, initialPassword);
  return { accountId, login, initialPassword, site, email: `d-${accountId.slice(0, 8)}@essai.test` };
}

/** With the letter's password, unless another is typed. */
async function signIn(login: string, password = letters.get(login.replace(' ', '').toUpperCase()) ?? '') {
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const page = await signInOn(visitor, await visitor.get(asked.url), login, password);
  return { visitor, asked, page };
}

const choose = (visitor: Visitor, page: Page, email: string, password = CHOSEN) =>
  visitor.post(page.url, {
    email,
    email_confirmation: email,
    password,
    password_confirmation: password,
  });

async function press(email: string): Promise<Page> {
  await app.deliver();
  return pressLink(app.inbox.next(email).link);
}

async function pressLink(link: string): Promise<Page> {
  const visitor = new Visitor();
  const page = await visitor.get(link);
  const token = /name="jeton" value="([^"]+)"/.exec(page.text)?.[1];
  return token === undefined ? page : visitor.post(`${issuer}/certification`, { jeton: token });
}

describe('an account made by the caisse', () => {
  test('signs in with the letter, gives address and password, and has its tokens with those', async () => {
    const { accountId, login, email, site } = await byLetter();
    const { visitor, page } = await signIn(`${login.slice(0, 2)} ${login.slice(2).toLowerCase()}`);
    expect(page.url).toContain('/identifiants/');
    expect(readableText(page)).toContain('Dominique Essai');
    expect(readableText(await choose(visitor, page, email))).toContain('Un message vous attend');
    expect(readableText(await press(email))).toContain('Votre espace est ouvert');
    const own = await signIn(email, CHOSEN);
    const tokens = await redeem(own.asked, returned(own.page).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({
      sub: accountId,
      siret: site.siret,
      email,
      email_verified: true,
    });
  });

  test('from then on the letter opens nothing, nor does the session that it began', async () => {
    const { login, email } = await byLetter();
    const thief = await signIn(login);
    const { visitor, page } = await signIn(login);
    await choose(visitor, page, email);
    await press(email);
    expect((await signIn(login)).page.status).toBe(422);
    for (const browser of [thief.visitor, visitor]) {
      const silent = await request(issuer, 'portail', { prompt: 'none' });
      expect(returned(await browser.get(silent.url)).get('error')).toBe('login_required');
      expect((await browser.get(`${issuer}/mon-compte`)).text).toContain('name="password"');
    }
  });

  test('until the link is pressed, nothing else opens: no service, no page of ours, not the new password', async () => {
    const { login, email } = await byLetter();
    const { visitor, page } = await signIn(login);
    await choose(visitor, page, email);
    expect((await visitor.get(`${issuer}/mon-compte`)).url).toContain('/identifiants/');
    const other = await request(issuer, 'autre');
    expect((await visitor.get(other.url)).url).toContain('/identifiants/');
    const silent = await request(issuer, 'portail', { prompt: 'none' });
    expect(returned(await visitor.get(silent.url)).get('error')).toBe('interaction_required');
    expect((await signIn(email, CHOSEN)).page.status).toBe(422);
  });

  test('a mistyped address is corrected with the same letter, and its link ends', async () => {
    const { login, email } = await byLetter();
    const wrong = `faux-${email}`;
    const first = await signIn(login);
    await choose(first.visitor, first.page, wrong);
    await app.deliver();
    const { link } = app.inbox.next(wrong);
    const second = await signIn(login);
    await choose(second.visitor, second.page, email);
    expect(readableText(await pressLink(link))).toContain('Ce lien a été remplacé');
    expect(readableText(await press(email))).toContain('Votre espace est ouvert');
  });

  test('an address that is in use looks the same, and only its owner is told', async () => {
    const owner = await app.world().administrator(1);
    const { login } = await byLetter();
    const free = await byLetter();
    const taken = await signIn(login);
    const other = await signIn(free.login);
    const pages = [
      await choose(taken.visitor, taken.page, owner.email),
      await choose(other.visitor, other.page, free.email),
    ];
    const [one, two] = pages.map((page) =>
      readableText(page).replaceAll(owner.email, '…').replaceAll(free.email, '…'),
    );
    expect(one).toBe(two);
    await app.deliver();
    const told = app.inbox.next(owner.email);
    expect(told.subject).toContain('saisie pour un autre espace');
    expect(told.text).not.toContain('jeton=');
    const still = await signIn(owner.email, PASSWORD);
    expect(returned(still.page).get('code')).not.toBeNull();
  });

  test('of two who take one address at once, the second is told, and may choose another', async () => {
    const [a, b] = [await byLetter(), await byLetter()];
    const links: string[] = [];
    for (const { login } of [a, b]) {
      const { visitor, page } = await signIn(login);
      await choose(visitor, page, a.email);
      await app.deliver();
      links.push(app.inbox.next(a.email).link);
    }
    const [first, second] = [await pressLink(links[0] ?? ''), await pressLink(links[1] ?? '')];
    expect(readableText(first)).toContain('Votre espace est ouvert');
    expect(second.status).toBe(409);
    const again = await signIn(b.login);
    await choose(again.visitor, again.page, b.email);
    expect(readableText(await press(b.email))).toContain('Votre espace est ouvert');
  });

  test('keeps neither the password of the letter, nor one made of what is known', async () => {
    const { login, email, initialPassword } = await byLetter();
    const { visitor, page } = await signIn(login);
    const same = await choose(visitor, page, email, initialPassword);
    expect(same.status).toBe(422);
    expect(readableText(same)).toContain('différent de celui du courrier');
    const known = await choose(visitor, page, email, `${login}-Zk7!`);
    expect(readableText(known)).toContain('sans lien avec votre nom');
    expect(known.text).toContain(`value="${email}"`);
    expect(known.text).not.toContain('Zk7!');
  });

  test('the letter ends on its day', async () => {
    const { login } = await byLetter();
    app.clock.advance(61 * DAY);
    expect((await signIn(login)).page.status).toBe(422);
  });

  test('guessing its password is throttled, and answers like an identifiant that nobody has', async () => {
    const { login } = await byLetter();
    const wrong = await signIn(login, 'Mauvais-1234');
    const unknown = await signIn('GE999999', 'Mauvais-1234');
    const comparable = (page: Page, typed: string) =>
      page.text.replaceAll(typed, '…').replace(/connexion\/[\w-]+/g, '…');
    expect(wrong.page.status).toBe(unknown.page.status);
    expect(comparable(wrong.page, login)).toBe(comparable(unknown.page, 'GE999999'));
    for (let i = 0; i < 4; i++) await signIn(login, `Mauvais-${i}`);
    expect((await signIn(login)).page.status).toBe(429);
  });
});
