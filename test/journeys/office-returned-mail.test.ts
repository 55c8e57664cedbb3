import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sendInitialCredentials } from '../../provider/journeys/initial-letters.ts';
import { drawInitialPassword } from '../../provider/journeys/make-provisional.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { findCameBack, listLettersToAdherent } from '../../provider/store/letter-returns.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { identifyOn } from '../support/enrolment.ts';
import {
  ask,
  batchOn,
  codeOn,
  company,
  download,
  readyBatch,
  referenceOn,
  sheetsOf,
} from '../support/letters.ts';
import { readableText, request, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
let staff: AtWork;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
});
afterAll(() => app.close());
beforeEach(async () => {
  staff = await atWork(app);
});

const ofAdherent = (site: NewSite) => ({ origine: 'adherent', identifiant: site.adherent.identifiant });

let hosts = 0;
async function opens(site: NewSite, code: string): Promise<boolean> {
  const visitor = new Visitor({ 'X-Forwarded-For': `198.51.100.${++hosts}` });
  const held = { identifiant: site.adherent.identifiant, siret: site.siret, code };
  return (await identifyOn(visitor, app.issuerOf('grand-est'), held as never)).status === 200;
}

/** A code on paper. */
async function posted() {
  const [site] = (await company(app)) as [NewSite];
  const batchId = await readyBatch(app, staff, ofAdherent(site), {});
  const [sheet = ''] = await sheetsOf(await download(staff, batchId, 'codes'));
  await staff.post(`/gestion/courriers/lots/${batchId}/imprime`);
  const [letter] = await listLettersToAdherent(app.world().store, site.adherent.id, {
    now: app.clock.now(),
    limit: 5,
  });
  return { site, batchId, code: codeOn(sheet), reference: referenceOn(sheet), letterId: letter?.id ?? '' };
}

/** The day's limit on letters does not stand in the way any more. */
const daysLater = (site: NewSite) =>
  app.database.knex.raw(
    `update confidential_code set created_at = created_at - interval '2 days' where site_id = ?`,
    [site.id],
  );

type Counts = Readonly<Record<string, number>>;

const count = (counts: Counts, name: string): number => counts[name] ?? 0;

async function thisMonth(): Promise<Counts> {
  const { text } = await staff.open('/gestion/courriers/statistiques');
  const [, month = ''] = text.split('class="office-group"');
  const rows = month.matchAll(/__name">([^<]+)<[\s\S]*?__value">([^<]+)</g);
  return Object.fromEntries([...rows].map(([, name, value]) => [name, Number(value)]));
}

describe('a letter that comes back', () => {
  test.each(['reference', 'siret'] as const)('is found by its %s, and its code dies', async (by) => {
    const { site, code, reference, letterId } = await posted();
    const typed = by === 'siret' ? site.siret : ` ${reference.toLowerCase()} `;
    const found = await staff.open(`/gestion/courriers/retours?q=${encodeURIComponent(typed)}`);
    expect(found.text).toContain(`/gestion/courriers/lettres/${letterId}/retour`);
    expect(await opens(site, code)).toBe(true);
    const done = await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    expect(readableText(done)).toContain('ne vaut plus');
    expect(await opens(site, code)).toBe(false);
    expect((await act(staff, `/gestion/courriers/lettres/${letterId}/retour`)).status).toBe(422);
  });

  test('stops every other letter to that address, also those that the company asks for', async () => {
    const { site, letterId } = await posted();
    await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    await daysLater(site);
    expect(await findCameBack(app.world().store, site.adherent.id)).toMatchObject({ letterId });
    const page = await ask(staff, ofAdherent(site), { remplacer: 'oui', motif: 'Nouvel essai' });
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('un courrier est revenu de cette adresse');
    await new Visitor({ 'X-Forwarded-For': '198.51.100.251' }).post(
      `${app.issuerOf('grand-est')}/mot-de-passe-oublie/code-perdu`,
      { identifiant: site.adherent.identifiant },
    );
    await app.deliver();
    expect((await app.letters()).filter((one) => one.siret === site.siret)).toHaveLength(0);
  });

  test('is shown before another is asked for, which then is not', async () => {
    const { site, reference, letterId } = await posted();
    const path = `/gestion/adherents/${site.adherent.id}/courrier`;
    expect(readableText(await staff.open(path))).not.toContain('Courrier revenu');
    await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    const page = await staff.open(path);
    expect(readableText(page)).toMatch(new RegExp(`Courrier revenu Le .*, de cette adresse .*${reference}`));
    expect(readableText(page)).toContain('aucun autre n’y part');
    expect(page.text).toContain(`/gestion/courriers/lettres/${letterId}/lever"`);
    const adherent = await staff.open(`/gestion/adherents/${site.adherent.id}`);
    expect(readableText(adherent)).toContain('Courrier revenu');
    const refused = await act(staff, path);
    expect(refused.status).toBe(422);
    expect(readableText(refused)).toContain('Rien n’est parti');
    const { rows } = await app.database.knex.raw('select 1 from code_request where identifiant = ?', [
      site.adherent.identifiant.replaceAll('-', '').toUpperCase(),
    ]);
    expect(rows).toEqual([]);
    await act(staff, `/gestion/courriers/lettres/${letterId}/lever`, { motif: 'Boîte réparée' });
    expect(readableText(await act(staff, path))).toContain('La demande est enregistrée');
  });

  test('no longer stops anything once the address has changed', async () => {
    const { site, letterId } = await posted();
    await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    await app.database
      .knex('adherent')
      .update({ postal_address: ['3 RUE NEUVE', '54000 NANCY'] })
      .where({ id: site.adherent.id });
    expect(await findCameBack(app.world().store, site.adherent.id)).toBeUndefined();
    await daysLater(site);
    expect(await readyBatch(app, staff, ofAdherent(site))).not.toBe('');
  });

  test('no longer stops anything once an agent says why, within minutes of signing in', async () => {
    const { site, letterId } = await posted();
    await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    const path = `/gestion/courriers/lettres/${letterId}/lever`;
    expect((await act(staff, path, { motif: '' })).status).toBe(422);
    const done = await act(staff, path, { motif: 'Boîte réparée, confirmé par téléphone' });
    expect(readableText(done)).toContain('de nouveau partir');
    expect(await findCameBack(app.world().store, site.adherent.id)).toBeUndefined();
    const { rows } = await app.database.knex.raw(
      `select facts from audit_event where kind = 'letter_return_lifted' and facts->>'letter' = ?`,
      [letterId],
    );
    expect(rows[0].facts).toMatchObject({ reason: 'Boîte réparée, confirmé par téléphone' });
    app.clock.advance(301_000);
    expect(readableText(await staff.open(path))).not.toContain('Motif');
  });

  test('is counted, of its batch and of its month', async () => {
    const before = await thisMonth();
    const used = await posted();
    await app.database
      .knex('confidential_code')
      .update({ used_at: new Date(app.clock.now()) })
      .where({ site_id: used.site.id });
    const { batchId, letterId } = await posted();
    await act(staff, `/gestion/courriers/lettres/${letterId}/retour`);
    expect(readableText(await staff.open(`/gestion/courriers/lots/${batchId}`))).toContain(
      '1 imprimé, 0 employé, 1 périmé ou remplacé, 1 non distribué',
    );
    const after = await thisMonth();
    const more = Object.fromEntries(
      Object.keys(after).map((name) => [name, count(after, name) - count(before, name)]),
    );
    // Of the two codes one was used, the other came back: it is worth nothing any more.
    expect(more).toEqual({
      Écrits: 2,
      Imprimés: 2,
      Employés: 1,
      'Périmés ou remplacés': 1,
      'Non distribués': 1,
    });
  });
});

describe('letters with an identifiant and an initial password', () => {
  async function credentials() {
    const [site] = (await company(app)) as [NewSite];
    const scope = await agentScope(app);
    const identifiant = `GE${randomUUID().slice(0, 6).toUpperCase()}`;
    const lines = ['5 PLACE DU CABINET', '67000 STRASBOURG'];
    let granted = '';
    const { accountId } = await sendInitialCredentials(scope, {
      givenName: 'Dominique',
      familyName: 'Essai',
      identifiant,
      agentId: staff.accountId,
      password: await drawInitialPassword(scope),
      site: { id: site.id, siret: site.siret, raisonSociale: site.adherent.raisonSociale },
      to: [
        { name: site.adherent.raisonSociale, lines: site.adherent.postalAddress ?? [] },
        { name: 'CABINET EXEMPLE', lines },
      ],
      besides: async (_inside, made) => {
        granted = made.accountId;
      },
    });
    expect(granted).toBe(accountId);
    await app.deliver();
    const batchId = batchOn(await act(staff, '/gestion/courriers/en-attente'));
    await app.deliver();
    const all = await sheetsOf(await download(staff, batchId, 'premiere-connexion'));
    // Between large letters the reader of PDFs sees spaces where there are none.
    const bare = (sheet: string) => sheet.replaceAll(' ', '');
    const sheets = all.filter((sheet) => bare(sheet).includes(identifiant));
    const password = /initial([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})/.exec(bare(sheets[0] ?? ''))?.[1] ?? '';
    return { site, identifiant, sheets, password, batchId };
  }

  async function signsIn(identifiant: string, password: string): Promise<boolean> {
    const visitor = new Visitor({ 'X-Forwarded-For': `198.51.101.${++hosts}` });
    const asked = await request(app.issuerOf('grand-est'), 'portail');
    const page = await signInOn(visitor, await visitor.get(asked.url), identifiant, password);
    return page.url.includes('/identifiants/');
  }

  test('go to the company and to its delegate, and open a first sign-in', async () => {
    const { sheets, identifiant, password } = await credentials();
    expect(sheets).toHaveLength(2);
    expect(sheets.filter((sheet) => sheet.includes('CABINET EXEMPLE'))).toHaveLength(1);
    expect(await signsIn(identifiant, password)).toBe(true);
  });

  test('are worth nothing once one of them comes back', async () => {
    const { sheets, identifiant, password } = await credentials();
    const found = await staff.open(`/gestion/courriers/retours?q=${referenceOn(sheets[0] ?? '')}`);
    const path = /\/gestion\/courriers\/lettres\/[0-9a-f-]+\/retour/.exec(found.text)?.[0] ?? '';
    await act(staff, path);
    expect(await signsIn(identifiant, password)).toBe(false);
  });

  test('are not announced when the act around them fails', async () => {
    const scope = await agentScope(app);
    const [site] = (await company(app)) as [NewSite];
    const failing = sendInitialCredentials(scope, {
      givenName: 'Dominique',
      familyName: 'Essai',
      identifiant: 'GE-ECHEC',
      agentId: staff.accountId,
      password: await drawInitialPassword(scope),
      site: { id: site.id, siret: site.siret, raisonSociale: 'Échec' },
      to: [{ name: 'ECHEC', lines: ['1 RUE'] }],
      besides: () => Promise.reject(new Error('the request was withdrawn')),
    });
    await expect(failing).rejects.toThrow('withdrawn');
    await app.deliver();
    const { rows } = await app.database.knex.raw(`select 1 from letter where raison_sociale = 'Échec'`);
    expect(rows).toHaveLength(0);
  });
});

describe('the pages of letters', () => {
  test('are for the caisse’s own people, and know nothing of another caisse', async () => {
    const { batchId, letterId } = await posted();
    const pages = [
      ['', 200],
      ['/nouveau', 200],
      ['/retours', 200],
      ['/statistiques', 200],
      ['/en-attente', 200],
      [`/lots/${batchId}`, 404],
      [`/lots/${batchId}/imprime`, 404],
      [`/lots/${batchId}/refaire`, 404],
      [`/lots/${batchId}/fichiers/codes`, 404],
      [`/lettres/${letterId}/refaire`, 404],
      [`/lettres/${letterId}/retour`, 404],
      [`/lettres/${letterId}/lever`, 404],
    ] as const;
    const neighbours = await Promise.all([
      atWork(app, 'agent', { slug: 'nord-ouest' }),
      atWork(app, 'superviseur', { slug: 'nord-ouest' }),
    ]);
    for (const neighbour of neighbours) {
      for (const [path, status] of pages) {
        expect([path, (await neighbour.open(`/gestion/courriers${path}`)).status]).toEqual([path, status]);
        if (status !== 404) continue;
        const sent = await neighbour.post(`/gestion/courriers${path}`, { motif: 'Demande reçue' });
        expect([path, sent.status]).toEqual([path, 404]);
      }
      expect(readableText(await neighbour.open(`/gestion/courriers/retours?q=${letterId}`))).not.toContain(
        'Maçonnerie',
      );
    }
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    await signInOn(
      visitor,
      await visitor.get((await request(app.issuerOf('grand-est'), 'portail')).url),
      email,
    );
    for (const [path] of pages) {
      expect((await visitor.get(`${app.issuerOf('grand-est')}/gestion/courriers${path}`)).status).toBe(404);
    }
  });

  test('answer 404 to what is no id', async () => {
    for (const id of ['x', randomUUID(), '%00', "'"]) {
      for (const path of [`lots/${id}`, `lettres/${id}/retour`, `lots/${id}/fichiers/codes`]) {
        expect((await staff.open(`/gestion/courriers/${path}`)).status).toBe(404);
      }
    }
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
