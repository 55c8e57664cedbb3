import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeServer, startApp, type TestApp } from '../support/app.ts';
import { changeSettings } from '../support/second-factor.ts';
import { atTheDesk, formOn } from '../support/staff.ts';
import {
  claimsOf,
  introspect,
  readableText,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  tokenRequest,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

const HOUR = 3_600_000;

let app: TestApp;
let issuer: string;
let person: Awaited<ReturnType<ReturnType<TestApp['world']>['administrator']>>;
/** What the service that listens was told by back channel. */
const told: URLSearchParams[] = [];
let listener: Server;
beforeAll(async () => {
  listener = createServer(async (req, res) => {
    told.push(new URLSearchParams(await text(req)));
    res.end();
  });
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as AddressInfo;
  app = await startApp();
  const { knex } = app.database;
  const hears = {
    backchannel_logout_uri: `http://127.0.0.1:${port}/`,
    backchannel_logout_session_required: true,
  };
  await knex('client')
    .update({ metadata: knex.raw('metadata || ?::jsonb', [JSON.stringify(hears)]) })
    .where({ caisse_id: 'grand-est', client_id: 'portail' });
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await app.close();
  await closeServer(listener);
});

const PATH = '/gestion/reglages/fermeture';
const kept = async () => (await app.database.knex('caisse').first().where({ id: 'grand-est' })).settings;

let serial = 0;
/** Closed from an hour from now, for two hours. */
beforeEach(async () => {
  person = await app.world().administrator(1);
  const from = Math.ceil(app.clock.now() / 1000) * 1000 + HOUR;
  const closure = { from, to: from + 2 * HOUR, words: `Bonnes fêtes ${++serial}.` };
  await changeSettings(app, 'grand-est', { closure, accessEndedAt: null });
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
    expect(end.status).toBe(503);
    expect(readableText(end)).toContain('Il rouvrira de lui-même');
    const back = await visitor.post(end.url, {});
    expect(returned(back).get('error')).toBe('access_denied');
    expect(returned(back).get('code')).toBeNull();
  });

  test.each([
    ['first connection', '/premiere-connexion'],
    ['first connection, in any case', '/Premiere-Connexion/identification/'],
    ['another site', '/associer-un-site'],
    ['activation', '/activation'],
    ['a forgotten password', '/mot-de-passe-oublie/espace-ouvert'],
    ['a request for access', '/demande-d-acces'],
    ['My account', '/mon-compte'],
    ['rights', '/droits-d-acces'],
    ['a firm', '/mon-cabinet'],
    ['an invitation', '/invitation'],
    ['the root', '/'],
  ])('shows until when instead of %s, and takes nothing', async (_, path) => {
    app.clock.advance(HOUR + 1_000);
    const { to, words } = (await kept()).closure;
    const page = await new Visitor().get(issuer + path);
    expect(page.status).toBe(503);
    const text = readableText(page);
    expect(text).toContain('Votre caisse a fermé son espace pour un temps.');
    expect(text).toContain(words);
    expect(page.text).not.toContain('<form');
    const wait = Number(page.headers['retry-after']);
    expect(Math.abs(app.clock.now() + wait * 1000 - to)).toBeLessThan(60_000);
    // Where nothing is posted to, there is no page.
    const posted = await new Visitor().post(issuer + path, { email: person.email });
    expect([404, 503]).toContain(posted.status);
    expect((await new Visitor().get(`${app.issuerOf('nord-ouest')}${path}`)).status).not.toBe(503);
  });

  test.each(['/mentions-legales', '/aide', '/theme.css', '/annuler-changement-adresse', '/inconnue'])(
    'leaves %s as it is',
    async (path) => {
      const before = (await new Visitor().get(issuer + path)).status;
      app.clock.advance(HOUR + 1_000);
      expect((await new Visitor().get(issuer + path)).status).toBe(before);
    },
  );

  test('makes no decision: a service learns that it is away, and until when', async () => {
    const decide = async () => {
      const { access_token: bearer } = await tokenRequest(issuer, 'api', {
        grant_type: 'client_credentials',
        scope: 'decisions',
      });
      return fetch(`${issuer}/access/v1/evaluation`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
        body: '{}',
      });
    };
    expect((await decide()).status).toBe(400);
    app.clock.advance(HOUR + 1_000);
    const answer = await decide();
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect(await answer.text()).toBe('The caisse is closed for a planned time');
  });

  test('ends the sessions that were there', async () => {
    const { visitor } = await connected();
    app.clock.advance(HOUR + 1_000);
    expect((await visitor.get(`${issuer}/mon-compte`)).status).toBe(503);
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('login_required');
    app.clock.advance(2 * HOUR);
    const after = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(after).get('error')).toBe('login_required');
    expect((await visitor.get(`${issuer}/mon-compte`)).url).toContain('/connexion/');
  });

  test('tells a service that asks without its person that it is away for a time', async () => {
    app.clock.advance(HOUR + 1_000);
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get((await request(issuer, 'portail')).url), person.email);
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('temporarily_unavailable');
    expect((await visitor.get(`${issuer}/mon-compte`)).text).toContain('Espace fermé');
  });

  test('ends refresh and access tokens for good, before any job has run', async () => {
    const { tokens } = await connected();
    app.clock.advance(HOUR + 1_000);
    for (const later of [0, 2 * HOUR]) {
      app.clock.advance(later);
      const refused = await refresh(issuer, 'portail', tokens.refresh_token ?? '');
      expect([refused.status, refused.error]).toEqual([400, 'invalid_grant']);
      expect((await userinfo(issuer, tokens.access_token ?? '')).email).toBeUndefined();
    }
    expect((await connected()).tokens.refresh_token).toBeDefined();
  });

  test('what it has ended stays so when a supervisor opens again before the time', async () => {
    const { visitor, tokens } = await connected();
    app.clock.advance(HOUR + 1_000);
    const desk = await atTheDesk(app, 'superviseur');
    const none = { debut: '', debut_heure: '', reouverture: '', reouverture_heure: '' };
    await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...none });
    expect((await kept()).closure).toBeNull();
    while ((await new Visitor().get(`${issuer}/premiere-connexion`)).status === 503)
      await new Promise((resume) => setTimeout(resume, 25));
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await visitor.get(`${issuer}/mon-compte`)).url).toContain('/connexion/');
    expect((await connected()).tokens.status).toBe(200);
  });

  test('clears away what it has ended and tells services, once, but not of its own people', async () => {
    const { tokens } = await connected();
    const desk = await atTheDesk(app, 'agent');
    const gone = await app.endClosedAccess();
    told.length = 0;
    app.clock.advance(HOUR + 1_000);
    // Two processes at once.
    const ended = await Promise.all([app.endClosedAccess(), app.endClosedAccess()]);
    expect(gone).toBe(0);
    expect(ended[0] + ended[1]).toBeGreaterThan(0);
    const mine = told.map((body) => claimsOf(body.get('logout_token') ?? '').sub);
    expect(mine.filter((sub) => sub === person.accountId)).toHaveLength(1);
    expect(mine).not.toContain(desk.accountId);
    const left = await app.database
      .knex('oidc_artifact')
      .where({ caisse_id: 'grand-est', account_id: person.accountId });
    expect(left).toEqual([]);
    expect((await desk.get('/gestion/services')).status).toBe(403);
    app.clock.advance(2 * HOUR);
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    expect(await app.endClosedAccess()).toBe(0);
    const line = await app.database.knex('audit_event').where({ kind: 'closure_ended_sessions' });
    expect(line.length).toBeGreaterThan(0);
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
    expect(readableText(page)).toContain('Fermeture prévue');
    expect((await desk.get('/mon-compte')).status).toBe(200);
  });
});

describe('the page of a closure', () => {
  const typed = {
    debut: '2030-12-17',
    debut_heure: '18:30',
    reouverture: '2031-07-07',
    reouverture_heure: '8h',
    annonce: 'Bonne année.',
  };

  test('takes a day and a time for both ends, by the clocks of the caisse', async () => {
    const desk = await atTheDesk(app, 'superviseur');
    const done = await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...typed });
    expect(readableText(done)).toContain('La fermeture est enregistrée.');
    // An hour before Greenwich in winter, two in summer.
    const [from, to] = [Date.UTC(2030, 11, 17, 17, 30), Date.UTC(2031, 6, 7, 6)];
    expect((await kept()).closure).toEqual({ from, to, words: 'Bonne année.' });
    expect(formOn(await desk.get(PATH))).toMatchObject({ debut_heure: '18:30', reouverture_heure: '08:00' });
    app.clock.advance(from - 29 * 24 * HOUR - app.clock.now());
    // The provider hears of the change a moment after it was made.
    await expect
      .poll(async () => readableText(await new Visitor().get((await request(issuer, 'portail')).url)))
      .toContain(
        'L’espace sera fermé à partir du 17 décembre 2030 à 18 h 30, et rouvrira le 7 juillet 2031 à 8 h.',
      );
  });

  test('takes midnights where no time is said, and nothing at all', async () => {
    const desk = await atTheDesk(app, 'superviseur');
    const days = { debut: '2032-12-17', debut_heure: '', reouverture: '2033-01-07', reouverture_heure: '' };
    await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...days });
    expect((await kept()).closure).toMatchObject({
      from: Date.UTC(2032, 11, 16, 23),
      to: Date.UTC(2033, 0, 6, 23),
    });
    const nothing = { debut: '', debut_heure: '', reouverture: '', reouverture_heure: '' };
    await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...nothing });
    expect((await kept()).closure).toBeNull();
  });

  test('begins at once, not in the past, and keeps its beginning when it is changed', async () => {
    const desk = await atTheDesk(app, 'superviseur');
    const now = app.clock.now();
    await desk.post(PATH, {
      ...formOn(await desk.get(PATH)),
      ...typed,
      debut: '2020-01-01',
      reouverture: '2041-07-07',
    });
    const { from } = (await kept()).closure;
    expect(from).toBeGreaterThanOrEqual(now);
    app.clock.advance(HOUR / 60);
    await desk.post(PATH, { ...formOn(await desk.get(PATH)), annonce: 'Autrement.' });
    expect(await kept()).toMatchObject({ closure: { from, words: 'Autrement.' }, accessEndedAt: from });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no first day', { debut: '' }, 'debut'],
    ['no reopening', { reouverture: '' }, 'reouverture'],
    ['a time that is none', { debut_heure: '25:00' }, 'debut_heure'],
    ['an end before the beginning', { reouverture: '2030-12-17', reouverture_heure: '18:30' }, 'reouverture'],
    ['a closure that is over', { debut: '2020-12-17', reouverture: '2020-12-18' }, 'reouverture'],
    ['too many words', { annonce: 'x'.repeat(301) }, 'annonce'],
  ])('refuses %s at its field', async (_, wrong, at) => {
    const desk = await atTheDesk(app, 'superviseur');
    const before = await kept();
    const page = await desk.post(PATH, { ...formOn(await desk.get(PATH)), ...typed, ...wrong });
    expect([page.status, page.text.includes(`href="#${at}"`)]).toEqual([422, true]);
    expect(await kept()).toEqual(before);
  });

  test('is out of reach of agents and of everybody else', async () => {
    expect((await (await atTheDesk(app, 'agent')).post(PATH)).status).toBe(403);
  });
});
