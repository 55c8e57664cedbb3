import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { remindToCertify } from '../../provider/jobs/certify.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { openOutbox } from '../../provider/store/outbox.ts';
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

const DAY = 86_400_000;
const YEAR_AGO = 366 * DAY;

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const overdue = () => app.world().administrator(1, { emailCertifiedAt: app.clock.now() - YEAR_AGO });

async function atTheGate(email: string) {
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const page = await signInOn(visitor, await visitor.get(asked.url), email);
  return { visitor, asked, page };
}

async function linkFor(email: string): Promise<string> {
  await app.deliver();
  return app.inbox.next(email).link;
}

/** Opens the page of a link and presses its button. */
async function press(link: string, visitor = new Visitor()): Promise<Page> {
  const page = await visitor.get(link);
  const token = /name="jeton" value="([^"]+)"/.exec(page.text)?.[1];
  return token === undefined ? page : visitor.post(`${issuer}/certification`, { jeton: token });
}

describe('an address that was certified more than a year ago', () => {
  test('holds up its person until the link is pressed, in whatever browser, and lets him on to his tokens', async () => {
    const { email, accountId } = await overdue();
    const { visitor, asked, page } = await atTheGate(email);
    expect(page.url).toContain('/certification/');
    expect(readableText(page)).toContain(email);
    expect(readableText(await press(await linkFor(email)))).toContain('Votre adresse est confirmée');
    const tokens = await redeem(asked, returned(await visitor.post(page.url, {})).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: accountId });
    const next = await atTheGate(email);
    expect(returned(next.page).get('code')).not.toBeNull();
  });

  test('is told of who goes on too early, who stays at the gate', async () => {
    const { email } = await overdue();
    const { visitor, page } = await atTheGate(email);
    const early = await visitor.post(page.url, {});
    expect(readableText(early)).toContain('n’est pas encore confirmée');
    const other = await request(issuer, 'autre');
    expect((await visitor.get(other.url)).url).toContain('/certification/');
    const silent = await request(issuer, 'portail', { prompt: 'none' });
    expect(returned(await visitor.get(silent.url)).get('error')).toBe('interaction_required');
  });

  test('sends one mail for one gate, another when asked, and the former link ends', async () => {
    const { email } = await overdue();
    const { visitor, page } = await atTheGate(email);
    await visitor.get(page.url);
    await atTheGate(email);
    const first = await linkFor(email);
    expect(() => app.inbox.next(email)).toThrow();
    await visitor.post(`${page.url}/renvoyer`, {});
    const second = await linkFor(email);
    expect(readableText(await press(first))).toContain('Ce lien a été remplacé');
    expect(readableText(await press(second))).toContain('Votre adresse est confirmée');
  });

  test('does not flood a mailbox', async () => {
    const { email } = await overdue();
    const { visitor, page } = await atTheGate(email);
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push((await visitor.post(`${page.url}/renvoyer`, {})).status);
    expect(answers).toEqual([200, 200, 200, 200, 429, 429]);
  });

  test('one that never was certified is held up as well', async () => {
    const { email } = await app
      .world()
      .administrator(1, { emailCertifiedAt: app.clock.now() - 10 * YEAR_AGO });
    expect((await atTheGate(email)).page.url).toContain('/certification/');
  });
});

describe('the link', () => {
  test('survives a GET and a HEAD by a scanner, and serves once', async () => {
    const { email } = await overdue();
    await atTheGate(email);
    const link = await linkFor(email);
    await fetch(link);
    await fetch(link, { method: 'HEAD' });
    expect(readableText(await press(link))).toContain('Votre adresse est confirmée');
    const again = await press(link);
    expect(again.status).toBe(410);
    expect(readableText(again)).toContain('Ce lien a déjà servi');
  });

  test('expires after a day, and says so', async () => {
    const { email } = await overdue();
    await atTheGate(email);
    const link = await linkFor(email);
    app.clock.advance(25 * 3_600_000);
    expect(readableText(await press(link))).toContain('Ce lien a expiré');
  });

  test('of another caisse, or of nobody, certifies nothing', async () => {
    const { email } = await overdue();
    await atTheGate(email);
    const link = await linkFor(email);
    const elsewhere = link.replace(issuer, app.issuerOf('nord-ouest'));
    expect((await press(elsewhere)).status).toBe(404);
    expect((await press(`${issuer}/certification?jeton=inconnu`)).status).toBe(404);
    expect((await new Visitor().post(`${issuer}/certification`, { jeton: '' })).status).toBe(404);
  });

  test('certifies no address but the one that it was sent to', async () => {
    const { email, accountId } = await overdue();
    await atTheGate(email);
    const link = await linkFor(email);
    const other = `autre-${accountId}@essai.test`;
    await app.world().change('account', accountId, { email: other, email_key: other });
    expect(readableText(await press(link))).toContain('Ce lien a été remplacé');
    expect((await atTheGate(other)).page.url).toContain('/certification/');
  });
});

describe('reminders', () => {
  const remind = (slug: 'nord-ouest' | 'ile-de-france', at: number) =>
    remindToCertify({
      store: handleOf(app.database.knex, slug),
      outbox: openOutbox(makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes)),
      issuer: app.issuerOf(slug),
      months: 12,
      now: at,
      random: randomBytes,
    });
  const dueIn = (days: number) => app.clock.now() - 365 * DAY + days * DAY;

  test('leave 30 and 7 days before, once each whoever runs the job, and to nobody else', async () => {
    const world = app.world('nord-ouest');
    const { email, accountId } = await world.administrator(0, { emailCertifiedAt: dueIn(31) });
    await world.administrator(0, { emailCertifiedAt: dueIn(31), status: 'deactivated' });
    await world.administrator(0, { emailCertifiedAt: dueIn(200) });
    const day = (days: number) => app.clock.now() + days * DAY;
    const sent = [];
    for (let days = 0; days <= 40; days++) {
      const runs = await Promise.all([remind('nord-ouest', day(days)), remind('nord-ouest', day(days))]);
      const count = runs.reduce((sum, one) => sum + one, 0);
      if (count > 0) sent.push([days, count]);
    }
    expect(sent).toEqual([
      [1, 1],
      [24, 1],
    ]);
    const lines = await app.database
      .knex('audit_event')
      .select('facts')
      .where({ subject_id: accountId, kind: 'certification_reminded' })
      .orderBy('at');
    expect(lines.map(({ facts }) => facts.days)).toEqual([30, 7]);
    expect(email).toContain('@');
  });

  test('bring a link that certifies ahead of time, and no gate comes then', async () => {
    const slug = 'ile-de-france';
    const { email } = await app.world(slug).administrator(1, { emailCertifiedAt: dueIn(5) });
    await remind(slug, app.clock.now());
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.text).toMatch(/5\s+jours/);
    const visitor = new Visitor();
    const page = await visitor.get(mail.link);
    const token = /name="jeton" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    await visitor.post(`${app.issuerOf(slug)}/certification`, { jeton: token });
    app.clock.advance(10 * DAY);
    const asked = await request(app.issuerOf(slug), 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(returned(back).get('code')).not.toBeNull();
  });
});
