import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atHome, elsewhere, isStillIn, mayRefresh } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { firm } from '../support/chains.ts';
import {
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { emailOf, PASSWORD } from '../support/world.ts';

const NEW = 'Truelle-Neuve-2027';
const SECOND = 1_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');
const page = (path: string) => `${issuer()}/mon-compte${path}`;

const changePassword = (visitor: Visitor, fields: Record<string, string> = {}) =>
  visitor.post(page('/mot-de-passe'), {
    current: PASSWORD,
    password: NEW,
    password_confirmation: fields.password ?? NEW,
    ...fields,
  });

describe('My account', () => {
  test('asks for a sign-in first, and comes back to the page that was asked', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get(page('/coordonnees'));
    expect(form.url).toContain('/connexion/');
    const back = await signInOn(visitor, form, person.email);
    expect(back.url).toBe(page('/coordonnees'));
  });

  test('shows who one is, and leads to what can be changed', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const home = await visitor.get(page(''));
    expect(readableText(home)).toContain(email);
    for (const path of ['/adresse-electronique', '/mot-de-passe', '/coordonnees', '/acces']) {
      expect(home.text).toContain(`href="/grand-est/mon-compte${path}"`);
      expect((await visitor.get(page(path))).status).toBe(200);
    }
  });

  test('leads to the rights of sites and to the firm those whom they concern, and nobody else', async () => {
    const world = app.world();
    const links = async (email: string) => {
      const visitor = new Visitor();
      const { text } = await signInOn(visitor, await visitor.get(page('')), email);
      return ['/grand-est/droits-d-acces', '/grand-est/mon-cabinet'].filter((href) =>
        text.includes(`href="${href}"`),
      );
    };
    const { email, accountId, sites, delegations } = await world.administrator(1);
    expect(await links(email)).toEqual(['/grand-est/droits-d-acces']);
    const manager = await world.account();
    await world.join(await world.cabinet(), manager, 'manager');
    expect(await links(emailOf(manager))).toEqual(['/grand-est/mon-cabinet']);
    const user = await world.account();
    await world.delegate(sites[0] as (typeof sites)[0], delegations[0] as string, {
      from: accountId,
      to: user,
    });
    expect(await links(emailOf(user))).toEqual([]);
  });

  test('is closed to the session of an account that is not active any more', async () => {
    const { visitor, accountId } = await atHome(app, issuer());
    await app.world().change('account', accountId, { status: 'closed' });
    expect((await visitor.get(page(''))).url).toContain('/connexion/');
  });
});

describe('a new password', () => {
  test('keeps this session and its tokens, ends all others, and is told by mail', async () => {
    const { visitor, email, tokens } = await atHome(app, issuer());
    const other = await elsewhere(issuer(), email);
    const theirs = await signInAndRedeem(other.visitor, { email }, await request(issuer(), 'portail'));
    const done = await changePassword(visitor);
    expect(readableText(done)).toContain('Votre mot de passe est changé');
    expect(await isStillIn(issuer(), { visitor })).toBe(true);
    expect(await mayRefresh(issuer(), tokens)).toBe(true);
    expect(await isStillIn(issuer(), other)).toBe(false);
    expect(await mayRefresh(issuer(), theirs)).toBe(false);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('Votre mot de passe a été modifié');
    app.clock.advance(SECOND);
    expect((await elsewhere(issuer(), email, PASSWORD)).signedIn).toBe(false);
    expect((await elsewhere(issuer(), email, NEW)).signedIn).toBe(true);
  });

  test('needs the current one, and is refused in the network’s words', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const wrong = await changePassword(visitor, { current: 'Une-Autre-2026' });
    expect(wrong.status).toBe(422);
    expect(readableText(wrong)).toContain('Ce mot de passe n’est pas le bon');
    expect(wrong.text).not.toContain(NEW);
    expect((await changePassword(visitor, { password: 'court' })).status).toBe(422);
    expect((await changePassword(visitor, { password: PASSWORD })).status).toBe(422);
    expect((await elsewhere(issuer(), email)).signedIn).toBe(true);
  });

  test('cannot be guessed at from an open screen', async () => {
    const { visitor } = await atHome(app, issuer());
    const statuses = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await changePassword(visitor, { current: `Essai-${i}-Faux` })).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
  });

  test('of two at once, one is set', async () => {
    const { visitor, email } = await atHome(app, issuer());
    await Promise.all([changePassword(visitor), changePassword(visitor, { password: `${NEW}-bis` })]);
    app.clock.advance(SECOND);
    const opened = [await elsewhere(issuer(), email, NEW), await elsewhere(issuer(), email, `${NEW}-bis`)];
    expect(opened.map(({ signedIn }) => signedIn).sort()).toEqual([false, true]);
  });
});

describe('/.well-known/change-password', () => {
  test.each(['grand-est', 'ile-de-france'] as const)('leads to the page of %s', async (slug) => {
    const answer = await new Visitor().once(`${app.issuerOf(slug)}/.well-known/change-password`);
    expect([answer.status, answer.location]).toEqual([302, `${app.issuerOf(slug)}/mon-compte/mot-de-passe`]);
  });
});

/** Where the page leads on to that path, whoever sent its person. */
const linkTo = ({ text, url }: Page, path: string): string => {
  const href = new RegExp(`href="([^"]*${path}\\?depuis=[^"]*)"`).exec(text)?.[1] ?? '';
  return new URL(href, url).href;
};

describe('prompt=manage_account', () => {
  const ask = () => request(issuer(), 'portail', { prompt: 'manage_account' });

  test('sends a service’s person to My account, and back with state and code', async () => {
    const { visitor, siteId } = await atHome(app, issuer());
    const asked = await ask();
    const home = await visitor.get(asked.url);
    expect(home.url).toContain('/mon-compte/depuis/');
    expect(readableText(home)).toContain('Revenir à Espace sécurisé');
    const back = returned(await visitor.post(home.url, {}));
    expect(back.get('state')).toBe(new URL(asked.url).searchParams.get('state'));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
    expect(siteId).not.toBe('');
  });

  test('keeps the way back through a change of password', async () => {
    const { visitor } = await atHome(app, issuer());
    const asked = await ask();
    const home = await visitor.get(asked.url);
    const href = /href="([^"]*mot-de-passe\?depuis=[^"]*)"/.exec(home.text)?.[1] ?? '';
    const form = await visitor.get(new URL(href, home.url).href);
    const action = /action="([^"]*)"/.exec(form.text)?.[1] ?? '';
    const done = await visitor.post(new URL(action, form.url).href, {
      current: PASSWORD,
      password: NEW,
      password_confirmation: NEW,
    });
    expect(done.url.split('?')[0]).toBe(home.url);
    expect(readableText(done)).toContain('Votre mot de passe est changé');
    const back = returned(await visitor.post(home.url, {}));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
  });

  test('keeps the way back on the screens of rights, and from there to My account again', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const asked = await ask();
    const home = await signInOn(visitor, await visitor.get(asked.url), email);
    const rights = await visitor.get(linkTo(home, '/droits-d-acces'));
    expect(rights.url).toContain('/droits-d-acces/');
    expect(readableText(rights)).toContain('Revenir à Espace sécurisé');
    expect(rights.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:9");
    expect((await visitor.get(linkTo(rights, '/mon-compte'))).url).toBe(home.url);
    const action = /action="([^"]*\/depuis\/[^"]*)"/.exec(rights.text)?.[1] ?? '';
    const back = returned(await visitor.post(new URL(action, rights.url).href, {}));
    expect(back.get('state')).toBe(new URL(asked.url).searchParams.get('state'));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
  });

  test('keeps a firm’s manager’s as well', async () => {
    const { manager } = await firm(app.world());
    const visitor = new Visitor();
    const home = await signInOn(visitor, await visitor.get((await ask()).url), emailOf(manager));
    const clients = await visitor.get(linkTo(home, '/mon-cabinet'));
    expect(readableText(clients)).toContain('Revenir à Espace sécurisé');
  });

  test('does not ask whoever signed in for it, and changed the password there, to sign in again', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const asked = await ask();
    const home = await signInOn(visitor, await visitor.get(asked.url), person.email);
    app.clock.advance(2 * SECOND);
    await changePassword(visitor);
    const back = returned(await visitor.post(home.url, {}));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
  });

  test('asks for the sign-in first when nobody is signed in', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const home = await signInOn(visitor, await visitor.get((await ask()).url), person.email);
    expect(home.url).toContain('/mon-compte/depuis/');
  });

  test('whoever gives up goes back with access_denied', async () => {
    const { visitor } = await atHome(app, issuer());
    const home = await visitor.get((await ask()).url);
    expect(returned(await visitor.get(`${home.url}/annuler`)).get('error')).toBe('access_denied');
  });

  test('leads whoever comes too late on to the default service', async () => {
    const { visitor } = await atHome(app, issuer());
    const late = await visitor.get(`${issuer()}/mon-compte/depuis/ancienne-demande-d-hier`);
    expect(late.location).toContain('http://127.0.0.1:9/connexion');
  });
});
