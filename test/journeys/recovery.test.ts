import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  claimsOf,
  type Page,
  readableText,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const NEW = 'Truelle-Neuve-2027';
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');

/** From the sign-in page to the mail's link. */
async function askFor(email: string, visitor = new Visitor(), from = issuer()): Promise<Page> {
  return visitor.post(`${from}/mot-de-passe-oublie/espace-ouvert`, { email });
}

async function linkFor(email: string, from = issuer()): Promise<string> {
  await askFor(email, new Visitor(), from);
  await app.deliver();
  return app.inbox.next(email).link;
}

const tokenOf = (link: string): string => new URL(link).searchParams.get('jeton') ?? '';

const setPassword = (link: string, password = NEW, visitor = new Visitor()): Promise<Page> =>
  visitor.post(link, { jeton: tokenOf(link), password, password_confirmation: password });

async function signInWith(email: string, password: string): Promise<Page> {
  const visitor = new Visitor();
  const asked = await request(issuer(), 'portail');
  return signInOn(visitor, await visitor.get(asked.url), email, password);
}

const isIn = (page: Page): boolean => page.location?.includes('code=') ?? false;

describe('a forgotten password', () => {
  test('from the sign-in page, by the mail, to tokens with the new password', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer(), 'portail')).url);
    expect(form.text).toContain(`href="/grand-est/mot-de-passe-oublie"`);
    const choice = await visitor.get(`${issuer()}/mot-de-passe-oublie`);
    expect(readableText(choice)).toContain('J’ai déjà ouvert mon espace');
    expect(choice.text).toContain('href="/grand-est/mot-de-passe-oublie/espace-ouvert"');
    const sent = await askFor(person.email, visitor);
    expect(readableText(sent)).toContain('Consultez votre messagerie');
    await app.deliver();
    const mail = app.inbox.next(person.email);
    expect(mail.link.startsWith(`${issuer()}/nouveau-mot-de-passe?jeton=`)).toBe(true);
    const page = await visitor.get(mail.link);
    expect(readableText(page)).toContain(person.email);
    const done = await setPassword(mail.link, NEW, visitor);
    expect(readableText(done)).toContain('Votre mot de passe est changé');
    expect(done.text).toContain('http://127.0.0.1:9/connexion?iss=');
    await app.deliver();
    expect(app.inbox.next(person.email).subject).toContain('Votre mot de passe a été modifié');

    app.clock.advance(SECOND);
    const asked = await request(issuer(), 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), person.email, NEW);
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token).sub).toBe(person.accountId);
    expect(isIn(await signInWith(person.email, PASSWORD))).toBe(false);
  });

  test('ends every session and every token of the account, and of nobody else', async () => {
    const world = app.world();
    const [person, other] = [await world.administrator(1), await world.administrator(1)];
    const visitor = new Visitor();
    const asked = await request(issuer(), 'portail');
    const tokens = await signInAndRedeem(visitor, person, asked);
    const pending = await request(issuer(), 'portail', { prompt: 'none' });
    const code = returned(await visitor.get(pending.url)).get('code') ?? '';
    const theirs = await signInAndRedeem(new Visitor(), other, await request(issuer(), 'portail'));
    await setPassword(await linkFor(person.email));
    expect(await refresh(issuer(), 'portail', tokens.refresh_token ?? '')).toMatchObject({
      error: 'invalid_grant',
    });
    expect(await redeem(pending, code)).toMatchObject({ error: 'invalid_grant' });
    expect(await userinfo(issuer(), tokens.access_token)).toMatchObject({ status: 401 });
    const silent = await visitor.get((await request(issuer(), 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('login_required');
    expect(await refresh(issuer(), 'portail', theirs.refresh_token ?? '')).toMatchObject({ status: 200 });
  });

  test('ends a sign-in with the former password that was under way', async () => {
    const person = await app.world().administrator(1);
    const intruder = new Visitor();
    const asked = await request(issuer(), 'portail');
    const form = await intruder.get(asked.url);
    const waiting = await intruder.postOnce(form.url, { email: person.email, password: PASSWORD });
    expect(waiting.location).toContain('/auth/');
    await setPassword(await linkFor(person.email));
    const resumed = await intruder.get(waiting.location ?? '');
    expect(isIn(resumed)).toBe(false);
    expect(resumed.url).toContain('/connexion/');
  });

  test('takes a password of the network’s rule, the same twice, and keeps the link until then', async () => {
    const person = await app.world().administrator(1);
    const link = await linkFor(person.email);
    const weak = await setPassword(link, 'court');
    expect(weak.status).toBe(422);
    expect(weak.text).toContain('<title>Erreur');
    const token = tokenOf(link);
    const differs = await new Visitor().post(link, {
      jeton: token,
      password: NEW,
      password_confirmation: `${NEW}!`,
    });
    expect(differs.status).toBe(422);
    expect(differs.text).not.toContain(NEW);
    expect((await setPassword(link)).status).toBe(200);
  });
});

test('whoever was kept out by too many tries signs in with his new password at once', async () => {
  const person = await app.world().administrator(1);
  for (let i = 0; i < 6; i++) await signInWith(person.email, `Essai-${i}-Faux`);
  expect((await signInWith(person.email, PASSWORD)).status).toBe(429);
  await setPassword(await linkFor(person.email));
  app.clock.advance(SECOND);
  expect(isIn(await signInWith(person.email, NEW))).toBe(true);
});

describe('a reset link', () => {
  test('survives what a mail scanner does', async () => {
    const link = await linkFor((await app.world().administrator(1)).email);
    for (let i = 0; i < 3; i++) {
      expect((await fetch(link)).status).toBe(200);
      expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    }
    expect((await setPassword(link)).status).toBe(200);
  });

  test('serves once', async () => {
    const link = await linkFor((await app.world().administrator(1)).email);
    const [first, second] = await Promise.all([setPassword(link), setPassword(link, `${NEW}-autre`)]);
    expect([first.status, second.status].sort()).toEqual([200, 410]);
    const again = await new Visitor().get(link);
    expect(again.status).toBe(410);
    expect(readableText(again)).toContain('Ce lien a déjà servi');
    expect(again.text).toContain('href="/grand-est/mot-de-passe-oublie/espace-ouvert"');
  });

  test('lasts one hour', async () => {
    const person = await app.world().administrator(1);
    const link = await linkFor(person.email);
    app.clock.advance(HOUR - 60 * SECOND);
    expect((await new Visitor().get(link)).status).toBe(200);
    app.clock.advance(60 * SECOND);
    expect(readableText(await new Visitor().get(link))).toContain('Ce lien a expiré');
    expect((await setPassword(link)).status).toBe(410);
    expect(isIn(await signInWith(person.email, PASSWORD))).toBe(true);
  });

  test('gives way to a newer one', async () => {
    const person = await app.world().administrator(1);
    const former = await linkFor(person.email);
    const newer = await linkFor(person.email);
    expect(readableText(await setPassword(former))).toContain('Ce lien a été remplacé');
    expect((await setPassword(newer)).status).toBe(200);
  });

  test('of another caisse, or none at all, opens nothing', async () => {
    const link = await linkFor((await app.world().administrator(1)).email);
    const elsewhere = link.replace('/grand-est/', '/nord-ouest/');
    for (const url of [
      elsewhere,
      `${issuer()}/nouveau-mot-de-passe`,
      `${issuer()}/nouveau-mot-de-passe?jeton=x`,
    ]) {
      const page = await new Visitor().get(url);
      expect([page.status, readableText(page)]).toEqual([
        410,
        expect.stringContaining('Ce lien n’est pas valable'),
      ]);
      expect((await setPassword(url)).status).toBe(410);
    }
    expect((await setPassword(link)).status).toBe(200);
  });
});

describe('who asks', () => {
  const told = (page: Page, email: string) => ({
    status: page.status,
    text: page.text.replaceAll(email, '…'),
    headers: Object.keys(page.headers).sort(),
  });

  test('learns nothing of whether the address has an account, in whatever state', async () => {
    const world = app.world();
    const known = (await world.administrator(1)).email;
    const answers = [];
    for (const [email, status] of [
      [known, null],
      ['personne@essai.test', null],
      ['close@essai.test', 'closed'],
      ['attente@essai.test', 'awaiting_activation'],
    ] as const) {
      if (status) await world.account({ email, status });
      answers.push(told(await askFor(email), email));
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await app.deliver();
    expect(app.inbox.next(known).subject).toContain('Choisissez un nouveau mot de passe');
    expect(app.inbox.all().filter(({ to }) => /personne|close|attente/.test(to))).toEqual([]);
  });

  test('is slowed down alike for any address, and floods no mailbox', async () => {
    const known = (await app.world().administrator(1)).email;
    for (const email of [known, 'inconnue@essai.test']) {
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await askFor(email)).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    }
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === known)).toHaveLength(5);
  });

  test('cannot put another host into the mail', async () => {
    const person = await app.world().administrator(1);
    const headers = { 'X-Forwarded-Host': 'pirate.test', Forwarded: 'host=pirate.test' };
    await new Visitor().post(
      `${issuer()}/mot-de-passe-oublie/espace-ouvert`,
      { email: person.email },
      headers,
    );
    await app.deliver();
    const mail = app.inbox.next(person.email);
    expect(mail.text + mail.html).not.toContain('pirate.test');
    expect(mail.link.startsWith(`${issuer()}/`)).toBe(true);
  });
});
