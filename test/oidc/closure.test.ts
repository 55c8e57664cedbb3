import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { changeSettings } from '../support/second-factor.ts';
import { atTheDesk, formOn } from '../support/staff.ts';
import {
  introspect,
  readableText,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

const HOUR = 3_600_000;

let app: TestApp;
let issuer: string;
let person: Awaited<ReturnType<ReturnType<TestApp['world']>['administrator']>>;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

let serial = 0;
/** Closed from an hour from now, for two hours. */
beforeEach(async () => {
  person = await app.world().administrator(1);
  const from = Math.ceil(app.clock.now() / 1000) * 1000 + HOUR;
  const closure = { from, to: from + 2 * HOUR, words: `Bonnes fêtes ${++serial}.` };
  await changeSettings(app, 'grand-est', { closure });
});

async function connected() {
  const visitor = new Visitor();
  const tokens = await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
  expect(tokens.status).toBe(200);
  return { visitor, tokens };
}

describe('a caisse that closes for a time', () => {
  test('says so beforehand, and lets everybody in until then', async () => {
    const form = await new Visitor().get((await request(issuer, 'portail')).url);
    expect(readableText(form)).toContain('L’espace sera fermé à partir du');
    expect(readableText(form)).toContain('Bonnes fêtes');
    await connected();
    const elsewhere = await new Visitor().get((await request(app.issuerOf('nord-ouest'), 'portail')).url);
    expect(readableText(elsewhere)).not.toContain('sera fermé');
  });

  test('lets nobody in once it is closed: the way ends at a page that says when it opens', async () => {
    app.clock.advance(HOUR + 1_000);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    expect(readableText(form)).toContain('L’espace est fermé jusqu’à sa réouverture');
    const end = await signInOn(visitor, form, person.email);
    expect(end.url).toContain('/fermeture/');
    expect(readableText(end)).toContain('Il rouvrira de lui-même');
    const back = await visitor.post(end.url, {});
    expect(returned(back).get('error')).toBe('access_denied');
    expect(returned(back).get('code')).toBeNull();
  });

  test('ends the sessions that were there', async () => {
    const { visitor } = await connected();
    app.clock.advance(HOUR + 1_000);
    expect((await visitor.get(`${issuer}/mon-compte`)).url).toContain('/connexion/');
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('login_required');
    app.clock.advance(2 * HOUR);
    const after = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(after).get('error')).toBe('login_required');
  });

  test('tells a service that asks without its person that it is away for a time', async () => {
    app.clock.advance(HOUR + 1_000);
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get((await request(issuer, 'portail')).url), person.email);
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('temporarily_unavailable');
    expect((await visitor.get(`${issuer}/mon-compte`)).text).toContain('Espace fermé');
  });

  test('refuses refreshes, codes and userinfo meanwhile, and burns none of them', async () => {
    const { tokens } = await connected();
    app.clock.advance(HOUR + 1_000);
    const refused = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
    expect([refused.status, refused.error]).toEqual([400, 'temporarily_unavailable']);
    expect((await userinfo(issuer, tokens.access_token ?? '')).email).toBeUndefined();
    app.clock.advance(2 * HOUR);
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).status).toBe(200);
  });

  test('tells whoever introspects that its tokens are worth nothing', async () => {
    app.clock.advance(HOUR - 60_000);
    const { tokens } = await connected();
    expect(await introspect(issuer, 'api', tokens.access_token ?? '')).toMatchObject({ active: true });
    app.clock.advance(61_000);
    expect(await introspect(issuer, 'api', tokens.access_token ?? '')).toEqual({
      status: 200,
      active: false,
    });
  });

  test('opens again by itself', async () => {
    app.clock.advance(3 * HOUR + 1_000);
    const form = await new Visitor().get((await request(issuer, 'portail')).url);
    expect(readableText(form)).not.toContain('Bonnes fêtes');
    await connected();
  });

  test('lets its own people in all the while', async () => {
    app.clock.advance(HOUR + 1_000);
    const desk = await atTheDesk(app, 'superviseur');
    const page = await desk.get('/gestion/reglages/fermeture');
    expect(page.status).toBe(200);
    expect(readableText(page)).toContain('Premier jour fermé');
  });
});

describe('the page of a closure', () => {
  const PATH = '/gestion/reglages/fermeture';
  const kept = async () =>
    (await app.database.knex('caisse').first().where({ id: 'grand-est' })).settings.closure;

  test('takes a first day and the day of the reopening, at the midnights of the caisse', async () => {
    const desk = await atTheDesk(app, 'superviseur');
    const form = formOn(await desk.get(PATH));
    const typed = { debut: '2030-12-17', reouverture: '2031-01-07', annonce: 'Bonne année.' };
    expect(readableText(await desk.post(PATH, { ...form, ...typed }))).toContain(
      'La fermeture est enregistrée.',
    );
    expect(await kept()).toEqual({
      from: Date.UTC(2030, 11, 16, 23),
      to: Date.UTC(2031, 0, 6, 23),
      words: 'Bonne année.',
    });
    await desk.post(PATH, { ...formOn(await desk.get(PATH)), debut: '', reouverture: '' });
    expect(await kept()).toBeNull();
  });

  test.each<[string, Record<string, string>, string]>([
    ['no first day', { debut: '', reouverture: '2031-01-07' }, 'debut'],
    ['no reopening', { debut: '2030-12-17', reouverture: '' }, 'reouverture'],
    ['an end before the beginning', { debut: '2030-12-17', reouverture: '2030-12-17' }, 'reouverture'],
    ['a closure that is over', { debut: '2020-12-17', reouverture: '2020-12-18' }, 'reouverture'],
    [
      'too many words',
      { debut: '2030-12-17', reouverture: '2031-01-07', annonce: 'x'.repeat(301) },
      'annonce',
    ],
  ])('refuses %s at its field', async (_, typed, at) => {
    const desk = await atTheDesk(app, 'superviseur');
    const before = await kept();
    const page = await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...typed });
    expect([page.status, page.text.includes(`href="#${at}"`)]).toEqual([422, true]);
    expect(await kept()).toEqual(before);
  });

  test('is out of reach of agents and of everybody else', async () => {
    expect((await (await atTheDesk(app, 'agent')).post(PATH)).status).toBe(403);
  });
});
