import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  activateOn,
  CHOSEN_PASSWORD,
  detailsFor,
  identifyOn,
  letters,
  sendDetails,
} from '../support/enrolment.ts';
import { sendTo } from '../support/second-node.ts';
import { type Page, readableText, request, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

let people = 0;
const newEmail = (): string => `activee-${++people}@essai.test`;
const newLetters = () => letters(app.world(), app.clock.now());

async function linkTo(email: string): Promise<string> {
  await app.deliver();
  return app.inbox.next(email).link;
}

/** Step 2 sent, the mail read. */
async function enrolled(email = newEmail()): Promise<{ email: string; link: string; visitor: Visitor }> {
  const visitor = new Visitor();
  await sendDetails(visitor, await identifyOn(visitor, issuer, await newLetters()), { email });
  return { email, link: await linkTo(email), visitor };
}

async function signsIn(email: string, password = CHOSEN_PASSWORD): Promise<boolean> {
  const visitor = new Visitor();
  const page = await visitor.get((await request(issuer, 'portail')).url);
  return (await signInOn(visitor, page, email, password)).status !== 422;
}

describe('the link in the mail', () => {
  test('is opened by scanners, with GET and HEAD, as often as they like, and activates nothing', async () => {
    const { email, link } = await enrolled();
    const { origin, pathname, search } = new URL(link);
    for (let time = 0; time < 3; time++) {
      expect((await supertest(origin).get(pathname + search)).status).toBe(200);
      expect((await supertest(origin).head(pathname + search)).status).toBe(200);
    }
    expect(await signsIn(email)).toBe(false);
    await activateOn(new Visitor(), await new Visitor().get(link));
    expect(await signsIn(email)).toBe(true);
  });

  test('once used says so and leads to the service, however often it is opened or pressed again', async () => {
    const { link } = await enrolled();
    const page = await new Visitor().get(link);
    await activateOn(new Visitor(), page);
    for (const again of [await new Visitor().get(link), await activateOn(new Visitor(), page)]) {
      expect(again.status).toBe(410);
      expect(readableText(again)).toContain('Votre espace est déjà activé');
      expect(again.text).toContain('http://127.0.0.1:9/connexion');
    }
  });

  test('expires, says so, and the same identifiers bring another', async () => {
    const visitor = new Visitor();
    const held = await newLetters();
    const email = newEmail();
    await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
    const link = await linkTo(email);
    app.clock.advance(72 * 3_600_000 + 1);
    const expired = await visitor.get(link);
    expect(expired.status).toBe(410);
    expect(readableText(expired)).toContain('Ce lien a expiré');
    expect(expired.text).toContain('href="/grand-est/premiere-connexion/identification"');
    expect((await activateOn(visitor, expired)).status).toBe(410);
    expect(await signsIn(email)).toBe(false);
    await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
    await activateOn(visitor, await visitor.get(await linkTo(email)));
    expect(await signsIn(email)).toBe(true);
  });

  test.each(['', 'x', 'A'.repeat(43), '%00', "'; drop table account; --"])(
    'that was never sent is not recognised: %j',
    async (token) => {
      const url = `${issuer}/activation?jeton=${encodeURIComponent(token)}`;
      const page = await new Visitor().get(url);
      expect(page.status).toBe(404);
      expect(readableText(page)).toContain('Ce lien n’est pas reconnu');
      expect((await new Visitor().post(`${issuer}/activation`, { jeton: token })).status).toBe(404);
    },
  );

  test('is nothing at another caisse', async () => {
    const { email, link } = await enrolled();
    for (const slug of ['nord-ouest', 'ile-de-france'] as const) {
      const there = link.replace(issuer, app.issuerOf(slug));
      expect((await new Visitor().get(there)).status).toBe(404);
      const jeton = new URL(link).searchParams.get('jeton') ?? '';
      const pressed = await new Visitor().post(`${app.issuerOf(slug)}/activation`, { jeton });
      expect(pressed.status).toBe(404);
    }
    expect(await signsIn(email)).toBe(false);
    expect((await new Visitor().get(link)).status).toBe(200);
  });

  test('is pressed from our own page alone', async () => {
    const { email, link } = await enrolled();
    const jeton = new URL(link).searchParams.get('jeton') ?? '';
    const foreign = await new Visitor().post(
      `${issuer}/activation`,
      { jeton },
      { Origin: 'https://ailleurs.test' },
    );
    expect(foreign.status).toBe(403);
    expect(await signsIn(email)).toBe(false);
  });

  test('leads to the caisse’s own address, whatever Host the request claimed', async () => {
    const visitor = new Visitor();
    const email = newEmail();
    const page = await identifyOn(visitor, issuer, await newLetters());
    const url = new URL(page.url);
    const answer = await sendTo(app, page.url, {
      headers: {
        cookie: visitor.cookiesFor(page.url),
        origin: url.origin,
        'x-forwarded-host': 'pirate.test',
        forwarded: 'host=pirate.test',
      },
      body: detailsFor(page, { email }),
    });
    expect(answer.status).toBe(303);
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.link.startsWith(`${issuer}/activation?jeton=`)).toBe(true);
    expect(mail.text + mail.html).not.toContain('pirate.test');
    const direct = await sendTo({ port: app.port }, page.url.replace(url.host, 'pirate.test'), {
      headers: { cookie: visitor.cookiesFor(page.url), origin: 'http://pirate.test' },
      body: detailsFor(page, { email }),
    });
    expect(direct.status).toBe(421);
  });
});

describe('an address that has an account already', () => {
  test('gets the same page in the same statements, and only its owner learns of it, by a mail to associate the site', async () => {
    const owner = await app.world().administrator(1);
    const known = await sentFor(owner.email);
    const unknown = await sentFor('inconnue@essai.test');
    expect(unknown.page.status).toBe(known.page.status);
    expect(unknown.page.url).toBe(known.page.url);
    expect(unknown.page.text.replaceAll('inconnue@essai.test', owner.email)).toBe(known.page.text);
    expect(unknown.queries).toEqual(known.queries);
    expect(comparable(unknown.page)).toEqual(comparable(known.page));

    await app.deliver();
    const mail = app.inbox.next(owner.email);
    expect(mail.text).toContain(`${issuer}/associer-un-site`);
    expect(mail.text).not.toContain('jeton=');
    expect(await signsIn(owner.email, CHOSEN_PASSWORD)).toBe(false);
  });

  test('that got it in between keeps it: the second activation says so and uses nothing up', async () => {
    const email = newEmail();
    const [first, second] = [await enrolled(email), await enrolled(email)];
    await activateOn(first.visitor, await first.visitor.get(first.link));
    const refused = await activateOn(second.visitor, await second.visitor.get(second.link));
    expect(refused.status).toBe(409);
    expect(readableText(refused)).toContain('Cette adresse a déjà un espace');
    expect(refused.text).toContain('href="/grand-est/associer-un-site"');
    expect((await second.visitor.get(second.link)).status).toBe(200);
  });

  test('typed by a stranger first is not kept from its owner', async () => {
    const email = newEmail();
    const stranger = await enrolled(email);
    const owner = await enrolled(email);
    await activateOn(owner.visitor, await owner.visitor.get(owner.link));
    expect(await signsIn(email)).toBe(true);
    expect((await activateOn(stranger.visitor, await stranger.visitor.get(stranger.link))).status).toBe(409);
  });
});

const comparable = ({ headers }: Page) => {
  const { 'x-request-id': _1, date: _2, 'content-length': _3, ...rest } = headers;
  return rest;
};

/** Step 2 sent with this address: the page after it, and what it asked of the database. */
async function sentFor(email: string): Promise<{ page: Page; queries: readonly string[] }> {
  const visitor = new Visitor();
  const form = await identifyOn(visitor, issuer, await newLetters());
  const queries: string[] = [];
  const note = ({ sql }: { sql: string }) => void queries.push(sql);
  app.database.knex.on('query', note);
  const page = await sendDetails(visitor, form, { email });
  app.database.knex.off('query', note);
  return { page, queries };
}

test('the mails for one code are counted: nobody’s mailbox is filled by it', async () => {
  const visitor = new Visitor();
  const page = await identifyOn(visitor, issuer, await newLetters());
  const emails = Array.from({ length: 12 }, newEmail);
  const statuses: number[] = [];
  for (const email of emails)
    statuses.push((await sendDetails(visitor, page, { email, password: CHOSEN_PASSWORD })).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.slice(10)).toEqual([429, 429]);
});
