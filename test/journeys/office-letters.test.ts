import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
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
import { readableText, Visitor } from '../support/visitor.ts';

const DAY = 86_400_000;

let app: TestApp;
let staff: AtWork;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
});
afterAll(() => app.close());
beforeEach(async () => {
  staff = await atWork(app);
});

const sql = (statement: string, bindings: readonly unknown[] = []) =>
  app.database.knex.raw(statement, bindings as string[]);
const ofAdherent = ([site]: readonly NewSite[]) => ({
  origine: 'adherent',
  identifiant: site?.adherent.identifiant ?? '',
});
const confirm = (batchId: string, by = staff) => by.post(`/gestion/courriers/lots/${batchId}/imprime`);
const pageOf = (batchId: string, by = staff) => by.open(`/gestion/courriers/lots/${batchId}`);

let hosts = 0;
/** Whether identifying with those three opens the second step. */
async function opens(site: NewSite, code: string): Promise<boolean> {
  const visitor = new Visitor({ 'X-Forwarded-For': `198.51.100.${++hosts}` });
  const held = { identifiant: site.adherent.identifiant, siret: site.siret, code };
  return (await identifyOn(visitor, app.issuerOf('grand-est'), held as never)).status === 200;
}

/** Everything that the database holds of letters, as text. */
async function everything(): Promise<string> {
  const tables = ['letter', 'letter_file', 'letter_file_piece', 'letter_batch', 'letter_batch_site'];
  const rows = await Promise.all(
    tables.map(async (table) => (await sql(`select t::text as row from ${table} t`)).rows),
  );
  return JSON.stringify(rows);
}

describe('a batch of letters', () => {
  test('is told before it is made, then made of both letters of each site, apart', async () => {
    const sites = await company(app, 2);
    const recap = await staff.post('/gestion/courriers/nouveau', ofAdherent(sites));
    expect(readableText(recap)).toContain('2 sites à servir');
    const batchId = await readyBatch(app, staff, ofAdherent(sites));
    const codes = await sheetsOf(await download(staff, batchId, 'codes'));
    const welcomes = await sheetsOf(await download(staff, batchId, 'bienvenue'));
    expect([codes.length, welcomes.length]).toEqual([2, 2]);
    const identifiant = sites[0]?.adherent.identifiant ?? '';
    for (const sheet of codes) {
      expect(codeOn(sheet)).toHaveLength(10);
      expect(sheet.replaceAll(/\s/g, '')).not.toContain(identifiant);
    }
    // Read back from a PDF, a kerned pair may come with a space between.
    for (const sheet of welcomes) expect(sheet.replaceAll(/\s/g, '')).toContain(identifiant);
    const references = [...codes, ...welcomes].map(referenceOn);
    expect(new Set(references).size).toBe(4);
    for (const site of sites) {
      const sheet = codes.find((one) => one.replaceAll(/\s/g, '').includes(site.siret)) ?? '';
      expect(await opens(site, codeOn(sheet))).toBe(true);
    }
  });

  test('leaves as a download, whole, to somebody who has just signed in', async () => {
    const batchId = await readyBatch(app, staff, ofAdherent(await company(app)));
    const got = await download(staff, batchId, 'codes');
    expect(got.status).toBe(200);
    expect(got.headers).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'no-store',
      'content-length': String(got.bytes.length),
    });
    expect(got.headers['content-disposition']).toMatch(
      /^attachment; filename="codes-\d{4}-\d\d-\d\d-[0-9a-f]{8}\.pdf"$/,
    );
    const lines = await sql(
      `select facts from audit_event where kind = 'letter_batch_downloaded' and actor_id = ?`,
      [staff.accountId],
    );
    expect(JSON.stringify(lines.rows)).toContain(batchId);
    const other = await atWork(app);
    app.clock.advance(301_000);
    const late = await download(other, batchId, 'codes');
    expect(late.status).toBe(303);
    expect(late.bytes.toString()).not.toContain('%PDF');
  });

  test('keeps its codes until an agent says that it is on paper, and nothing of them after', async () => {
    const [site] = (await company(app)) as [NewSite];
    const batchId = await readyBatch(app, staff, ofAdherent([site]));
    expect(readableText(await confirm(batchId))).toContain('n’a pas encore été téléchargé');
    const [sheet = ''] = await sheetsOf(await download(staff, batchId, 'codes'));
    await download(staff, batchId, 'bienvenue');
    // The printer has failed: the same file again, with the same code.
    const again = await sheetsOf(await download(staff, batchId, 'codes'));
    expect(codeOn(again[0] ?? '')).toBe(codeOn(sheet));
    expect(
      (await sql('select 1 from letter_file_piece where batch_id = ?', [batchId])).rows,
    ).not.toHaveLength(0);
    expect(await everything()).not.toContain(codeOn(sheet));
    const done = await confirm(batchId);
    expect(readableText(done)).toContain('n’existent plus que sur le papier');
    expect(readableText(done)).toContain('Imprimé le');
    expect((await sql('select 1 from letter_file_piece where batch_id = ?', [batchId])).rows).toHaveLength(0);
    const { rows } = await sql('select pdf, content, printed_at from letter where batch_id = ?', [batchId]);
    for (const row of rows)
      expect(row).toMatchObject({ pdf: null, content: null, printed_at: expect.anything() });
    expect((await download(staff, batchId, 'codes')).status).toBe(404);
    expect(await opens(site, codeOn(sheet))).toBe(true);
  });

  test('is called off while it is not printed: its codes die, its files go, its sites are free at once', async () => {
    const [site] = (await company(app)) as [NewSite];
    const batchId = await readyBatch(app, staff, ofAdherent([site]));
    const [sheet = ''] = await sheetsOf(await download(staff, batchId, 'codes'));
    const path = `/gestion/courriers/lots/${batchId}/annuler`;
    expect((await pageOf(batchId)).text).toContain(path);
    expect((await act(staff, path, { motif: '' })).status).toBe(422);
    const done = await act(staff, path, { motif: 'Mauvais département choisi' });
    expect(readableText(done)).toMatch(/Le lot est annulé.* Annulé le .* Mauvais département choisi/);
    expect(done.text).not.toContain(path);
    expect(await opens(site, codeOn(sheet))).toBe(false);
    expect((await download(staff, batchId, 'codes')).status).toBe(404);
    for (const rows of ['letter_file_piece', 'letter where content is not null or pdf is not null and'])
      expect(
        (await sql(`select 1 from ${rows} ${rows.endsWith('and') ? '' : 'where'} batch_id = ?`, [batchId]))
          .rows,
      ).toEqual([]);
    const { rows } = await sql(`select * from audit_event where kind = 'letter_batch_cancelled'`);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      actor_id: staff.accountId,
      facts: { batch: batchId, letters: 2, reason: 'Mauvais département choisi' },
    });
    expect((await act(staff, path)).status).toBe(422);
    // Neither the day's limit nor a code that is still good stands in the way.
    const again = await readyBatch(app, staff, ofAdherent([site]));
    const [fresh = ''] = await sheetsOf(await download(staff, again, 'codes'));
    expect(await opens(site, codeOn(fresh))).toBe(true);
  });

  test('is called off while it is written, and nothing more is written of it', async () => {
    const sites = await company(app, 2);
    const batchId = batchOn(await ask(staff, ofAdherent(sites)));
    await act(staff, `/gestion/courriers/lots/${batchId}/annuler`);
    await app.deliver();
    expect((await sql('select 1 from letter where batch_id = ?', [batchId])).rows).toEqual([]);
    expect(readableText(await pageOf(batchId))).toContain('Annulé');
  });

  test('is not called off once it is printed, nor when companies asked for its letters themselves', async () => {
    const batchId = await readyBatch(app, staff, ofAdherent(await company(app)), {});
    await download(staff, batchId, 'codes');
    await confirm(batchId);
    const page = await act(staff, `/gestion/courriers/lots/${batchId}/annuler`);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('ne peut plus être annulé');
    await sql(`update letter_batch set origin = 'waiting' where id = ?`, [batchId]);
    expect((await staff.open(`/gestion/courriers/lots/${batchId}/annuler`)).status).toBe(404);
  });

  test('is confirmed once, whichever of two agents is first', async () => {
    const other = await atWork(app);
    staff = await atWork(app);
    const batchId = await readyBatch(app, staff, ofAdherent(await company(app)));
    const both = await Promise.all([staff, other].map((one) => download(one, batchId, 'codes')));
    expect(both[0]?.bytes.equals(both[1]?.bytes ?? Buffer.alloc(0))).toBe(true);
    await download(other, batchId, 'bienvenue');
    const pages = await Promise.all([confirm(batchId), confirm(batchId, other)]);
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 422]);
    const lines = await sql(
      `select 1 from audit_event where kind = 'letter_batch_printed' and facts->>'batch' = ?`,
      [batchId],
    );
    expect(lines.rows).toHaveLength(1);
  });

  test('is one batch, however often its form is sent', async () => {
    const sites = ofAdherent(await company(app));
    const lot = randomUUID();
    const pages = await Promise.all(
      [1, 2, 3].map(() =>
        staff.post('/gestion/courriers/nouveau/creer', { ...sites, lot, bienvenue: 'oui' }),
      ),
    );
    expect(pages.map(batchOn)).toEqual([lot, lot, lot]);
    await app.deliver();
    const { rows } = await sql('select template from letter where batch_id = ?', [lot]);
    expect(rows).toHaveLength(2);
  });

  test('writes to a site once, of two batches asked for at once', async () => {
    const sites = ofAdherent(await company(app));
    const ids = (await Promise.all([ask(staff, sites), ask(staff, sites)])).map(batchOn);
    await app.deliver();
    const { rows } = await sql('select 1 from letter where batch_id = any(?) and template = ?', [
      ids,
      'confidential_code',
    ]);
    expect(rows).toHaveLength(1);
    const texts = (await Promise.all(ids.map((id) => pageOf(id)))).map((page) => readableText(page));
    expect(texts.filter((text) => text.includes('le dernier code est encore valable'))).toHaveLength(1);
  });

  test('goes on where a process died, and writes no site twice', async () => {
    const sites = await company(app, 3);
    const page = await ask(staff, ofAdherent(sites));
    const batchId = batchOn(page);
    await sql(`create function die() returns trigger language plpgsql as $$ begin
      if (select count(*) from letter where batch_id = '${batchId}') >= 3 then raise exception 'killed'; end if;
      return new; end $$`);
    await sql('create trigger die before insert on letter for each row execute function die()');
    await expect(app.deliver()).rejects.toThrow('killed');
    const written = await sql(`select count(*)::int as n from letter where batch_id = ? group by site_id`, [
      batchId,
    ]);
    expect(written.rows).toEqual([{ n: 2 }]);
    await sql('drop function die() cascade');
    await app.deliver();
    expect(readableText(await pageOf(batchId))).toContain('1 sur 3');
    app.clock.advance(3 * 60_000);
    await app.deliver();
    const { rows } = await sql(
      'select site_id, count(*)::int as n from letter where batch_id = ? group by 1',
      [batchId],
    );
    expect(rows.map(({ n }: { n: number }) => n)).toEqual([2, 2, 2]);
    const codes = await sheetsOf(await download(staff, batchId, 'codes'));
    expect(codes).toHaveLength(3);
  });

  test('is composed anew when a process died in the middle of its files, and nothing is left of the first', async () => {
    const page = await ask(staff, ofAdherent(await company(app)));
    const batchId = batchOn(page);
    await sql(
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    );
    await sql('create trigger die before insert on letter_file for each row execute function die()');
    await expect(app.deliver()).rejects.toThrow('killed');
    await sql('drop function die() cascade');
    app.clock.advance(3 * 60_000);
    await app.deliver();
    expect(await sheetsOf(await download(staff, batchId, 'codes'))).toHaveLength(1);
    const makings = await sql('select distinct making from letter_file_piece where batch_id = ?', [batchId]);
    expect(makings.rows).toHaveLength(1);
  });

  test('that nobody confirms is told after a week, and erased when its codes are over', async () => {
    const batchId = await readyBatch(app, staff, ofAdherent(await company(app)));
    const inPast = (days: number) => new Date(app.clock.now() - days * DAY).toISOString();
    await sql('update letter_batch set ready_at = ? where id = ?', [inPast(8), batchId]);
    expect(readableText(await staff.open('/gestion/courriers'))).toContain('sans que personne ait confirmé');
    await sql('update letter_batch set expires_at = ? where id = ?', [inPast(0), batchId]);
    await app.sweepLetters();
    expect(readableText(await pageOf(batchId))).toContain('Effacé sans avoir été imprimé');
    expect((await sql('select 1 from letter_file_piece where batch_id = ?', [batchId])).rows).toHaveLength(0);
    expect((await confirm(batchId)).status).toBe(422);
  });
});

describe('the sites of a batch', () => {
  test('are those without a code: neither open ones nor those whose code is good, nor those without an address', async () => {
    const [open, held, bare, free] = await Promise.all([
      company(app),
      company(app),
      company(app, 1, { postalAddress: [] }),
      company(app),
    ]);
    await app.world().enrol(await app.world().account(), open[0] as NewSite);
    await readyBatch(app, staff, ofAdherent(held));
    const sirets = [open, held, bare, free].map(([site]) => site?.siret).join('\n');
    const recap = readableText(await staff.post('/gestion/courriers/nouveau', { origine: 'list', sirets }));
    expect(recap).toContain('1 site à servir');
    for (const reason of ['l’espace est déjà ouvert', 'encore valable', 'n’a pas d’adresse postale']) {
      expect(recap).toContain(reason);
    }
    const batchId = await readyBatch(app, staff, { origine: 'list', sirets });
    expect(await sheetsOf(await download(staff, batchId, 'codes'))).toHaveLength(1);
  });

  test('are found by department and by the day since when the caisse knows them', async () => {
    const [there] = (await company(app, 1, { postalAddress: ['1 RUE DU PORT', '97400 SAINT-DENIS'] })) as [
      NewSite,
    ];
    const recap = await staff.post('/gestion/courriers/nouveau', { origine: 'missing', departement: '974' });
    expect(readableText(recap)).toContain('1 site à servir');
    const today = new Date(app.clock.now()).toISOString().slice(0, 10);
    const since = { origine: 'missing', departement: '974', depuis: today };
    const later = await staff.post('/gestion/courriers/nouveau', since);
    expect(later.status).toBe(422);
    await sql(`update site set created_at = ? where id = ?`, [
      new Date(app.clock.now()).toISOString(),
      there.id,
    ]);
    expect(readableText(await staff.post('/gestion/courriers/nouveau', since))).toContain('1 site à servir');
  });

  test('get another code only with a reason, whose code then is the only one that opens', async () => {
    const [site] = (await company(app)) as [NewSite];
    const first = await readyBatch(app, staff, ofAdherent([site]));
    const [former = ''] = await sheetsOf(await download(staff, first, 'codes'));
    const without = await ask(staff, ofAdherent([site]), { remplacer: 'oui' });
    expect(without.status).toBe(422);
    expect(readableText(without)).toContain('Dites pourquoi');
    const second = await readyBatch(app, staff, ofAdherent([site]), {
      remplacer: 'oui',
      motif: 'Courrier perdu',
    });
    const [sheet = ''] = await sheetsOf(await download(staff, second, 'codes'));
    expect(await opens(site, codeOn(former))).toBe(false);
    expect(await opens(site, codeOn(sheet))).toBe(true);
    const lines = await sql(
      `select facts from audit_event where kind = 'letter_batch_made' and facts->>'batch' = ?`,
      [second],
    );
    expect(lines.rows[0].facts).toMatchObject({ reason: 'Courrier perdu' });
  });

  test('are held to the month’s limit, whoever asks and for whatever reason', async () => {
    const [site] = (await company(app)) as [NewSite];
    for (let i = 0; i < 3; i++) {
      await readyBatch(app, staff, ofAdherent([site]), { remplacer: 'oui', motif: 'Courrier perdu' });
    }
    const page = await ask(staff, ofAdherent([site]), { remplacer: 'oui', motif: 'Courrier perdu' });
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Aucun courrier ne peut partir');
  });

  test('never get their tries back with a new code', async () => {
    const [site] = (await company(app)) as [NewSite];
    const counted = async () => (await sql('select sum(points)::int as n from throttle')).rows[0].n as number;
    const first = await readyBatch(app, staff, ofAdherent([site]));
    const before = await counted();
    await opens(site, '0000000000');
    const tried = await counted();
    expect(tried).toBeGreaterThan(before);
    await download(staff, first, 'codes');
    await download(staff, first, 'bienvenue');
    await confirm(first);
    const { rows } = await sql(
      `select id from letter where batch_id = ? and template = 'confidential_code'`,
      [first],
    );
    const again = await act(staff, `/gestion/courriers/lettres/${rows[0].id}/refaire`);
    expect(batchOn(again)).not.toBe('');
    await app.deliver();
    const [sheet = ''] = await sheetsOf(await download(staff, batchOn(again), 'codes'));
    expect(codeOn(sheet)).toHaveLength(10);
    expect(await counted()).toBeGreaterThanOrEqual(tried);
  });

  test.each([
    ['an identifiant that nobody has', { origine: 'adherent', identifiant: 'E-INCONNU' }, 'Aucun adhérent'],
    ['no identifiant', { origine: 'adherent', identifiant: ' ' }, 'Saisissez l’identifiant'],
    ['a list with a mistake', { origine: 'list', sirets: '73282932000074\n123' }, 'Ce ne sont pas des SIRET'],
    ['too long a list', { origine: 'list', sirets: '1\n'.repeat(3001) }, '3 000 SIRET au plus'],
    ['no list', { origine: 'list', sirets: '' }, 'au moins un SIRET'],
    ['a department that is none', { origine: 'missing', departement: 'xy' }, 'numéro de département'],
    ['a date that is none', { origine: 'missing', depuis: '31/02/2026' }, 'Saisissez une date'],
    ['nothing', {}, 'pour quels sites'],
  ])('are asked for again after %s', async (_, sites, told) => {
    const page = await staff.post('/gestion/courriers/nouveau', sites);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(told);
    expect(page.text).toContain('<title>Erreur');
  });
});

describe('letters that companies asked for themselves', () => {
  test('wait until an agent makes a batch of them', async () => {
    const [site] = (await company(app)) as [NewSite];
    const visitor = new Visitor({ 'X-Forwarded-For': '198.51.100.250' });
    const issuer = app.issuerOf('grand-est');
    await visitor.post(`${issuer}/mot-de-passe-oublie/code-perdu`, {
      identifiant: site.adherent.identifiant,
    });
    await app.deliver();
    expect(readableText(await staff.open('/gestion/courriers'))).toContain('En faire un lot');
    const batchId = batchOn(await act(staff, '/gestion/courriers/en-attente'));
    await app.deliver();
    const sheets = await sheetsOf(await download(staff, batchId, 'codes'));
    const sheet = sheets.find((one) => one.replaceAll(/\s/g, '').includes(site.siret)) ?? '';
    expect(await opens(site, codeOn(sheet))).toBe(true);
    expect((await act(staff, '/gestion/courriers/en-attente')).status).toBe(422);
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
