import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { unclearActs } from '../support/audit.ts';
import { atTheDesk, type Desk, formOn } from '../support/staff.ts';
import { type Page, readableText } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
let desk: Desk;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  desk = await atTheDesk(app, 'superviseur');
});
afterAll(() => app.close());

const PATH = '/gestion/reglages';
const COLOURS = `${PATH}/couleurs`;
const LOGO = `${PATH}/logo`;

const caisse = (slug = 'grand-est') => app.database.knex('caisse').first().where({ id: slug });
const save = async (over: Record<string, string>) =>
  desk.post(PATH, { ...formOn(await desk.get(PATH)), ...over });

async function sendLogo(
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<Page> {
  const { vu = '' } = formOn(await desk.get(LOGO));
  const body = new FormData();
  for (const [name, value] of Object.entries({ vu, ...fields })) body.set(name, value);
  body.set('logo', new Blob([content], { type: 'image/png' }), 'logo.png');
  const url = issuer + LOGO;
  const headers = { Cookie: desk.visitor.cookiesFor(url), Origin: new URL(url).origin, Accept: 'text/html' };
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual', headers });
  const location = answer.headers.get('location');
  if (location !== null) return desk.visitor.get(new URL(location, url).href);
  return { url, status: answer.status, text: await answer.text(), headers: {}, location: null };
}

describe('the settings of a caisse', () => {
  test('are changed, and hold at once for everybody', async () => {
    const done = await save({
      nom: 'CIBTP du Grand Est',
      telephone: '03 83 11 22 33',
      mdp_longueur: '10',
      role_administrateur: 'Responsable adjoint',
      masque_planning: 'oui',
      demandes_ouvertes: 'oui',
      demandes_mois: '6',
      adresse: '1, rue des Chantiers\r\n54000 Nancy',
      journal_connexions: '200',
      journal_gestion: '',
    });
    expect(readableText(done)).toContain('Les réglages sont enregistrés.');
    const { name, settings } = await caisse();
    expect(name).toBe('CIBTP du Grand Est');
    expect(settings).toMatchObject({
      phone: '03 83 11 22 33',
      passwordRule: { minLength: 10 },
      delegations: { roles: { administrator: 'Responsable adjoint', user: 'Utilisateur' } },
      hiddenFeatures: ['planning'],
      accessRequests: { offered: true, keptDays: 90, validatedMonths: 6 },
      postalAddress: ['1, rue des Chantiers', '54000 Nancy'],
      theme: { primary: '#1b4f72' },
      auditDays: { access: 200, account: 1_825, rights: 3_650, office: null },
    });
    for (let tries = 0; tries < 200; tries++) {
      if (
        (await (await fetch(`${issuer}/inconnue`, { headers: { Accept: 'text/html' } })).text()).includes(
          'CIBTP du Grand Est',
        )
      )
        return;
      await new Promise((resume) => setTimeout(resume, 25));
    }
    throw new Error('nobody heard of the new name');
  });

  test('of one caisse are not those of another', async () => {
    const before = await caisse('nord-ouest');
    await save({ horaires: 'Tous les matins' });
    expect(await caisse('nord-ouest')).toEqual(before);
  });

  test('leave a line with what changed alone, before and after', async () => {
    await save({ horaires: 'Le lundi' });
    await save({ horaires: 'Le mardi' });
    const line = await app.database
      .knex('audit_event')
      .where({ kind: 'settings_changed' })
      .orderBy('id', 'desc')
      .first();
    expect(line.actor_id).toBe(desk.accountId);
    expect(line.facts).toEqual({
      before: '{"openingHours":"Le lundi"}',
      after: '{"openingHours":"Le mardi"}',
    });
  });

  test('stay as another supervisor left them, for whoever saves an older page', async () => {
    const form = formOn(await desk.get(PATH));
    await save({ horaires: 'Le premier' });
    const late = await desk.post(PATH, { ...form, horaires: 'Le second' });
    expect([late.status, readableText(late).includes('Modifié entre-temps')]).toEqual([409, true]);
    expect((await caisse()).settings.openingHours).toBe('Le premier');
  });

  test.each<[string, string, string]>([
    ['nom', '', 'nom'],
    ['nom_court', 'x'.repeat(41), 'nom_court'],
    ['courriel', 'pas une adresse', 'courriel'],
    ['expediteur', 'a@b', 'expediteur'],
    ['mdp_longueur', '7', 'mdp_longueur'],
    ['mdp_genres', '1e0', 'mdp_genres'],
    ['certification', '-1', 'certification'],
    ['courriers_jour', '6', 'courriers_jour'],
    ['double', 'personne', 'double'],
    ['adresse', 'a\nb\nc\nd\ne\nf', 'adresse'],
    ['adresse', 'x'.repeat(39), 'adresse'],
    ['role_utilisateur', ' ', 'role_utilisateur'],
    ['journal_connexions', '29', 'journal_connexions'],
    ['journal_comptes', '364', 'journal_comptes'],
    ['journal_droits', '364', 'journal_droits'],
    ['journal_gestion', '0', 'journal_gestion'],
    ['journal_gestion', '36501', 'journal_gestion'],
    ['journal_gestion', '365.5', 'journal_gestion'],
  ])('%s « %s » is refused at its field', async (name, value, at) => {
    const before = await caisse();
    const page = await save({ [name]: value });
    expect(page.status).toBe(422);
    expect(page.text).toContain(`href="#${at}"`);
    expect(await caisse()).toEqual(before);
  });

  test('take nothing but their fields: no column, no other setting, no prototype, no second value', async () => {
    const form = formOn(await desk.get(PATH));
    const before = await caisse();
    const body = new URLSearchParams({
      ...form,
      horaires: 'Le jeudi',
      issuer: 'https://vol.exemple',
      'settings[logo]': '<svg/>',
      logo: '<svg/>',
      theme: '#ffffff',
      'auditDays[office]': '30',
      '__proto__[admin]': 'oui',
      'constructor.prototype.admin': 'oui',
      masque_inconnue: 'oui',
    });
    await desk.visitor.post(
      issuer + PATH,
      `${body}&telephone=1&telephone=2&masque_planning=oui&masque_planning=oui` as never,
    );
    const after = await caisse();
    expect({ ...after, settings: null }).toEqual({ ...before, settings: null });
    expect({ ...after.settings, phone: null, openingHours: null, hiddenFeatures: null }).toEqual({
      ...before.settings,
      phone: null,
      openingHours: null,
      hiddenFeatures: null,
    });
    expect(after.settings).toMatchObject({ phone: null, openingHours: 'Le jeudi' });
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('the colours of a caisse', () => {
  const take = async (fields: Record<string, string>) =>
    desk.post(COLOURS, { ...formOn(await desk.get(COLOURS)), ...fields });

  test('are seen before they are saved', async () => {
    const theme = { principale: '#14532d', accent: '#b45309' };
    const page = await take({ ...theme, etape: 'apercu' });
    expect(readableText(page)).toContain('Rien n’est enregistré.');
    expect((await caisse()).settings.theme).toEqual({ primary: '#1b4f72', accent: '#b9770e' });
    const href = /href="([^"]*apercu\.css[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const sheet = await desk.visitor.get(new URL(href, issuer).href);
    expect(sheet.headers['content-type']).toContain('text/css');
    expect(sheet.text).toContain('#14532d');
    const done = await desk.post(COLOURS, { ...formOn(page), etape: 'enregistrer' });
    expect(readableText(done)).toContain('Les couleurs sont enregistrées.');
    expect((await caisse()).settings.theme).toEqual({ primary: '#14532d', accent: '#b45309' });
  });

  test.each<[string, Record<string, string>, string]>([
    ['too light a colour', { principale: '#ffcc00' }, 'contraste'],
    ['too light an accent', { accent: '#eeeeee' }, 'contraste'],
    ['no colour', { principale: 'red' }, 'code'],
    ['a way into the stylesheet', { accent: '#fff}body{display:none' }, 'code'],
  ])('are refused for %s, previewed or saved', async (_, over, words) => {
    const before = await caisse();
    for (const etape of ['apercu', 'enregistrer']) {
      const page = await take({ ...over, etape });
      expect([page.status, readableText(page).includes(words)]).toEqual([422, true]);
    }
    expect(await caisse()).toEqual(before);
  });

  test('are previewed by nobody but a supervisor, and only as colours', async () => {
    const path = `${COLOURS}/apercu.css?principale=%23000000&accent=%23111111`;
    expect((await fetch(issuer + path, { redirect: 'manual' })).status).toBe(303);
    expect((await (await atTheDesk(app, 'agent')).get(path)).status).toBe(403);
    expect((await desk.get(`${COLOURS}/apercu.css?principale=red&accent=%23111111`)).status).toBe(404);
  });
});

const CIRCLE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" fill="#123456"/></svg>';

function chunk(kind: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

function picture({ side = 1, after = '', note = '' } = {}): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = chunk('IDAT', deflateSync(Buffer.alloc(4)));
  const notes = note === '' ? [] : [chunk('tEXt', Buffer.from(note))];
  const all = [
    signature,
    chunk('IHDR', header),
    ...notes,
    data,
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(after),
  ];
  return new Uint8Array(Buffer.concat(all));
}

describe('the logo of a caisse', () => {
  const served = async (): Promise<Response> => {
    const kept = (await caisse()).settings.logo;
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${issuer}/logo`);
      if (tries > 200 || answer.ok === (kept !== null)) return answer;
      await new Promise((resume) => setTimeout(resume, 25));
    }
  };

  test('is a drawing, served as an image that can run nothing', async () => {
    expect(readableText(await sendLogo(`<?xml version="1.0"?><!-- dessin -->${CIRCLE}`))).toContain(
      'Le logo est enregistré.',
    );
    expect((await caisse()).settings.logo).toBe(CIRCLE);
    const answer = await served();
    expect(answer.headers.get('content-type')).toContain('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is removed', async () => {
    await sendLogo(CIRCLE);
    expect(readableText(await sendLogo('', { decision: 'retirer' }))).toContain('Le logo est retiré.');
    expect((await caisse()).settings.logo).toBeNull();
  });

  test('is a picture, kept without what was noted in it', async () => {
    await sendLogo(picture({ note: 'Auteur\0quelqu’un <script>' }));
    const kept = Buffer.from((await caisse()).settings.logo.split(',')[1], 'base64');
    expect(kept.toString('latin1')).not.toContain('script');
    const answer = await served();
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(kept);
    await sendLogo('', { decision: 'retirer' });
  });

  const drawn = (inside: string, root = '') =>
    `<svg xmlns="http://www.w3.org/2000/svg"${root}>${inside}</svg>`;

  test.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['a script', drawn('<script>alert(1)</script>')],
    ['a handler', drawn('<circle r="1" onload="alert(1)"/>')],
    ['a handler of the root', drawn('<path d="M0 0"/>', ' onload="alert(1)"')],
    [
      'another document',
      drawn('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
    ],
    ['a link', drawn('<a href="https://vol.exemple"><circle r="1"/></a>')],
    ['a script as an address', drawn('<use href="javascript:alert(1)"/>')],
    ['a drawing from elsewhere', drawn('<use xlink:href="https://vol.exemple/a.svg#x"/>')],
    ['a picture from elsewhere', drawn('<image href="https://vol.exemple/a.png"/>')],
    ['a colour from elsewhere', drawn('<circle r="1" fill="url(https://vol.exemple/)"/>')],
    ['a style', drawn('<style>@import url(https://vol.exemple)</style>')],
    ['a style of an element', drawn('<circle r="1" style="background:url(//vol.exemple)"/>')],
    [
      'an animation',
      drawn('<circle r="1"><animate attributeName="href" to="javascript:alert(1)"/></circle>'),
    ],
    ['entities', `<!DOCTYPE svg [<!ENTITY a "aa">]>${drawn('<text>&a;</text>')}`],
    ['a letter written as a number', drawn('<use href="&#106;avascript:alert(1)"/>')],
    ['CDATA', drawn('<text><![CDATA[<script>]]></text>')],
    ['an instruction', `<?xml-stylesheet href="https://vol.exemple"?>${drawn('')}`],
    ['HTML after it', `${CIRCLE}<script>alert(1)</script>`],
    ['HTML before it', `<html>${CIRCLE}</html>`],
    ['tags that do not fit', '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>'],
    ['depth', drawn('<g>'.repeat(500) + '</g>'.repeat(500))],
    ['no drawing', 'GIF89a/*<svg/>*/'],
    ['a PDF', '%PDF-1.7'],
    ['a picture with a page behind it', picture({ after: '<script>alert(1)</script>' })],
    ['an archive behind a picture', picture({ after: 'PK\u0003\u0004' })],
    ['a picture that unfolds', picture({ side: 60_000 })],
    ['a signature alone', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x3c, 0x00])],
    ['41 KB', drawn(`<path d="${'M0 0'.repeat(11_000)}"/>`)],
    ['10 MB', drawn(`<path d="${'M0 0'.repeat(2_600_000)}"/>`)],
    ['nothing', ''],
  ])('is refused with %s', async (_, content) => {
    const before = (await caisse()).settings.logo;
    const page = await sendLogo(content);
    expect(page.status).toBe(422);
    expect(page.text).toContain('href="#logo"');
    expect((await caisse()).settings.logo).toBe(before);
  });
});

describe('settings are out of reach', () => {
  const paths = [PATH, COLOURS, LOGO];

  test('of whoever is not of the caisse, and of agents', async () => {
    const person = await atTheDesk(app, null);
    const agent = await atTheDesk(app, 'agent');
    const before = await caisse();
    for (const path of paths) {
      expect([(await person.get(path)).status, (await person.post(path)).status]).toEqual([404, 404]);
      expect([(await agent.get(path)).status, (await agent.post(path)).status]).toEqual([403, 403]);
    }
    expect(await caisse()).toEqual(before);
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
