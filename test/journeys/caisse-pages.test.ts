import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { helpPageOf } from '../../provider/http/help-page.ts';
import { VIEWS_DIRECTORY } from '../../provider/http/render.ts';
import type { Screen } from '../../provider/http/screens.ts';
import { HELP_PAGES, HELP_TEXTS } from '../../provider/tenant/help-pages.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { atTheDesk, type Desk, formOn } from '../support/staff.ts';
import { readableText, request, returned, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
let desk: Desk;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  desk = await atTheDesk(app, 'superviseur');
});
afterAll(() => app.close());

const PAGES = [
  'mentions-legales',
  'donnees-personnelles',
  'conditions-d-utilisation',
  'accessibilite',
  'questions-reponses',
  'nouveautes',
  'aide',
];
const FORM = '/gestion/reglages/pages';

const write = async (page: string, texte: string, over: Record<string, string> = {}) =>
  desk.post(`${FORM}/${page}`, { ...formOn(await desk.get(`${FORM}/${page}`)), texte, ...over });

/** Everybody hears of a change a moment later. */
async function reads(page: string, words: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { text } = await new Visitor().get(`${issuer}/${page}`);
    if (text.includes(words)) return text;
    await new Promise((resume) => setTimeout(resume, 25));
  }
  throw new Error(`« ${words} » never came to ${page}`);
}

describe('the help of a page', () => {
  const linkOn = async (path: string, visitor = new Visitor()) =>
    /href="\/grand-est\/(aide[\w-]*)"[^>]*>(Aide[^<]*)</
      .exec((await visitor.get(issuer + path)).text)
      ?.slice(1);

  test('is that of its family of screens, else the general one', async () => {
    const signIn = await new Visitor().get((await request(issuer, 'portail')).url);
    expect(signIn.text).toContain('href="/grand-est/aide-connexion">Aide de cette page<');
    expect(await linkOn('/premiere-connexion')).toEqual(['aide-premiere-connexion', 'Aide de cette page']);
    expect(await linkOn('/mot-de-passe-oublie')).toEqual(['aide-mot-de-passe', 'Aide de cette page']);
    expect(await linkOn('/contact')).toEqual(['aide-contact', 'Aide de cette page']);
    expect(await linkOn('/gestion/services', desk.visitor)).toEqual(['aide-gestion', 'Aide de cette page']);
    expect(await linkOn('/mentions-legales')).toEqual(['aide', 'Aide']);
    expect(await linkOn('/inconnue')).toEqual(['aide', 'Aide']);
  });

  test('has a text of its own for every family that a screen leads to, each a page', async () => {
    const screens = readdirSync(VIEWS_DIRECTORY, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^[\w-]+\/[\w-]+\.ejs$/.test(path))
      .map((path) => path.replace('.ejs', '') as Screen);
    const led = new Set(screens.flatMap((screen) => helpPageOf(screen) ?? []));
    expect([...led].sort()).toEqual([...HELP_PAGES].sort());
    const texts = HELP_PAGES.map((page) => HELP_TEXTS[page]);
    expect(new Set(texts).size).toBe(HELP_PAGES.length);
    expect(readableText(await new Visitor().get(`${issuer}/aide-mon-cabinet`))).toContain(
      'Seule la caisse désigne les responsables',
    );
  });

  test('is written by a supervisor, and gives way to the general help once emptied', async () => {
    await write('aide-mot-de-passe', 'Appelez le 3900.');
    await reads('aide-mot-de-passe', 'Appelez le 3900.');
    expect((await new Visitor().get(`${issuer}/aide-mon-compte`)).text).not.toContain('3900');
    expect(readableText(await desk.get(`${FORM}/aide-mot-de-passe`))).toContain(
      'l’aide générale est montrée',
    );
    await write('aide-mot-de-passe', '');
    const general = await reads('aide-mot-de-passe', '<h1 class="title">Aide</h1>');
    expect(general).toContain('href="/grand-est/aide-connexion"');
    const { settings } = await app.database.knex('caisse').first().where({ id: 'grand-est' });
    expect(settings.pages['aide-mot-de-passe']).toBe('');
  });
});

describe('the pages of a caisse', () => {
  test('are linked from every screen, and open to everybody', async () => {
    const form = await new Visitor().get((await request(issuer, 'portail')).url);
    for (const page of PAGES) {
      if (page !== 'aide') expect(form.text).toContain(`href="/grand-est/${page}"`);
      const { status, text } = await new Visitor().get(`${issuer}/${page}`);
      expect([status, /<h1[^>]*>[^<]+</.test(text)]).toEqual([200, true]);
    }
  });

  test('mark what the caisse has still to say', async () => {
    for (const page of PAGES.slice(0, 4)) {
      const text = readableText(await new Visitor().get(`${issuer}/${page}`));
      expect(text.toLowerCase()).toContain('compléter par la caisse');
    }
  });

  test('are read in the middle of a sign-in, which goes on', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    await visitor.get(`${issuer}/aide`);
    await visitor.get(`${issuer}/mentions-legales`);
    expect(returned(await signInOn(visitor, form, email)).get('code')).toBeTruthy();
  });

  test('are written by a supervisor: titles, lists and paragraphs', async () => {
    const done = await write('aide', '# Un titre\r\nDeux lignes\r\nd’un paragraphe\r\n\r\n- un\r\n- deux');
    expect(readableText(done)).toContain('La page est enregistrée.');
    const text = await reads('aide', 'Un titre');
    expect(text).toContain('<h2 class="subtitle">Un titre</h2>');
    expect(text).toContain('<p>Deux lignes d’un paragraphe</p>');
    expect(text).toMatch(/<li>un<\/li>\s*<li>deux<\/li>/);
    expect((await new Visitor().get(`${app.issuerOf('nord-ouest')}/aide`)).text).not.toContain('Un titre');
  });

  test('are words: no HTML, no link, no template comes of them', async () => {
    await write('nouveautes', '<script>alert(1)</script> [x](javascript:alert(1)) <%= 7*7 %>');
    const text = await reads('nouveautes', 'javascript:alert(1)');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toMatch(/href="javascript/);
    expect(text).toContain('&lt;%= 7*7 %&gt;');
  });

  test('come back to what they said at first once they are emptied', async () => {
    await write('accessibilite', 'Autre chose');
    await reads('accessibilite', 'Autre chose');
    await write('accessibilite', '');
    await reads('accessibilite', 'RGAA');
    const { settings } = await app.database.knex('caisse').first().where({ id: 'grand-est' });
    expect(settings.pages.accessibilite).toBeUndefined();
  });

  test('are refused beyond 20 000 characters, and keep what was typed when somebody was quicker', async () => {
    const long = await write('aide', 'x'.repeat(20_001));
    expect([long.status, long.text.includes('href="#texte"')]).toEqual([422, true]);
    const late = await write('aide', 'Mon texte tardif', { vu: 'ancien' });
    expect([late.status, late.text.includes('Mon texte tardif')]).toEqual([409, true]);
  });

  test('are written by nobody else, and no other page can be', async () => {
    const agent = await atTheDesk(app, 'agent');
    expect((await agent.get(`${FORM}/aide`)).status).toBe(403);
    expect((await agent.post(`${FORM}/aide`, { texte: 'x' })).status).toBe(403);
    const person = await atTheDesk(app, null);
    expect((await person.post(`${FORM}/aide`, { texte: 'x' })).status).toBe(404);
    for (const page of ['__proto__', 'constructor', 'inconnue']) {
      expect((await desk.get(`${FORM}/${page}`)).status).toBe(404);
    }
  });
});
