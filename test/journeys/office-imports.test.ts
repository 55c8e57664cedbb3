import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImports } from '../../provider/jobs/run-imports.ts';
import { sweepImports } from '../../provider/store/imports.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { csv } from '../support/imports.ts';
import { company } from '../support/letters.ts';
import { sendFile } from '../support/upload.ts';
import { type Page, readableText, signInOn, Visitor } from '../support/visitor.ts';
import { newSiret } from '../support/world.ts';

let app: TestApp;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp();
  agent = await atWork(app);
});
afterAll(() => app.close());

const PATH = '/gestion/import';
const work = () => runImports({ sql: app.database.knex, now: app.clock.now });
const send = (kind: string, content: string | Uint8Array<ArrayBuffer>, by = agent): Promise<Page> =>
  sendFile(by.visitor, by.url(`${PATH}/envoi/${kind}`), content);
const again = (page: Page) => agent.visitor.get(page.url);
const actionOn = (page: Page, act: string): string => {
  const path = new RegExp(`action="([^"]+/${act})"`).exec(page.text)?.[1];
  if (path === undefined) throw new Error(`nothing to ${act} on ${page.status} ${page.url}`);
  return new URL(path, page.url).href;
};
const knows = (identifiant: string) =>
  app.database
    .knex('adherent')
    .where({ caisse_id: 'grand-est', identifiant })
    .then((rows) => rows.length === 1);
const auditOf = (kind: string) =>
  app.database.knex('audit_event').where({ caisse_id: 'grand-est', kind }).orderBy('id', 'desc');

test('a file is sent, seen, applied; each step leaves its line in the audit', async () => {
  const sent = await send('adherents', csv('identifiant;raison sociale', 'P-1;Premier', 'P-2;Élan'));
  expect(sent.status).toBe(200);
  expect(readableText(sent)).toContain('Contrôle de 2 lignes');
  expect(sent.text).toMatch(/href="[^"]+">Actualiser/);
  expect(sent.text).not.toContain('http-equiv="refresh"');
  await work();
  const checked = await again(sent);
  expect(readableText(checked)).toMatch(/Ce qui changerait Nouveaux 2 Modifiés 0 Inchangés 0/);
  expect(await knows('P-1')).toBe(false);
  const applying = await agent.visitor.post(actionOn(checked, 'appliquer'), {});
  expect(readableText(applying)).toContain('Application de 2 lignes');
  expect(applying.text).toMatch(/<progress [^>]*aria-label="Application en cours">/);
  await app.database.knex('import').update({ lines_done: 1 }).where({ state: 'approved' });
  expect((await again(sent)).text).toMatch(/<progress [^>]*value="1" max="2">/);
  await work();
  expect(readableText(await again(sent))).toContain('Ce qui a changé');
  expect(await knows('P-1')).toBe(true);
  for (const kind of ['import_begun', 'import_applied']) {
    const [line] = await auditOf(kind);
    expect(line).toMatchObject({ actor_id: agent.accountId, facts: { of: 'adherents', lines: 2 } });
    expect(line.facts.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(line.facts)).not.toContain('Premier');
  }
  const list = readableText(await agent.open(PATH));
  expect(list).toMatch(/Adhérents ?, import du .* 2 lignes Appliqué/);
});

test('what an applied import has brought gets its letters from there, and nobody else', async () => {
  const apply = async (kind: string, file: string): Promise<Page> => {
    const sent = await send(kind, file);
    await work();
    await agent.visitor.post(actionOn(await again(sent), 'appliquer'), {});
    app.clock.advance(1_000);
    await work();
    return again(sent);
  };
  const [first, second] = [newSiret(), newSiret()];
  const adherents = await apply(
    'adherents',
    csv('identifiant;raison sociale;adresse 1;adresse 2', 'P-70;Nouvelle;1 rue Haute;57000 METZ'),
  );
  const href = (page: Page) =>
    new URL(/href="([^"]+\/courriers\/nouveau[^"]*)">Préparer/.exec(page.text)?.[1] ?? '', page.url).href;
  const choose = async (page: Page): Promise<Page> => {
    const form = await agent.visitor.get(href(page));
    const id = hiddenOn(form, 'import');
    expect(readableText(form)).toContain('Ce qu’un import a apporté');
    return agent.post('/gestion/courriers/nouveau', { origine: 'import', import: id });
  };
  const early = await choose(adherents);
  expect(early.status).toBe(422);
  expect(readableText(early)).toContain('importez d’abord les sites');
  const header = 'SIRET;identifiant;nom du site';
  await apply('sites', csv(header, `${first};P-70;Un`));
  const sites = await apply('sites', csv(header, `${first};P-70;Un bis`, `${second};P-70;Deux`));
  const recap = await choose(sites);
  expect(readableText(recap)).toMatch(/Sites apportés par un import.* 1 site à servir/);
  expect(readableText(await choose(adherents))).toMatch(/2 sites à servir/);
  const fields = { origine: 'import', import: hiddenOn(recap, 'import'), lot: hiddenOn(recap, 'lot') };
  await agent.post('/gestion/courriers/nouveau/creer', { ...fields, bienvenue: 'oui' });
  await app.deliver();
  const rows = await app.database.knex('letter').whereIn('siret', [first, second]).pluck('siret');
  expect(rows).toEqual([second, second]);
  // One that only changed names, and one of another caisse, bring nothing to write to.
  const renamed = await apply('adherents', csv('identifiant;raison sociale', 'P-70;Renommée'));
  expect(renamed.text).not.toContain('Préparer les courriers');
  const there = await atWork(app, 'agent', { slug: 'nord-ouest' });
  expect((await there.post('/gestion/courriers/nouveau', fields)).status).toBe(422);
});

test('every faulty line is shown or downloaded, and nothing is changed', async () => {
  const wrong = Array.from({ length: 60 }, (_, i) => `=${i};Formule`);
  const sent = await send('adherents', csv('identifiant;raison sociale', 'P-9;Bon', ...wrong));
  await work();
  const page = await again(sent);
  expect(readableText(page)).toContain('60 erreurs');
  expect(readableText(page)).toContain('… et 10 autres erreurs.');
  const file = await agent.visitor.get(`${page.url}/erreurs.csv`);
  expect(file.headers['content-disposition']).toContain('attachment');
  const lines = file.text.trim().split('\r\n');
  expect(lines).toHaveLength(61);
  expect(lines[60]).toMatch(/^62;/);
  expect(await knows('P-9')).toBe(false);
  expect((await auditOf('import_refused'))[0]).toMatchObject({ facts: { faults: 60 } });
  expect(page.text).not.toContain('Appliquer ce fichier');
});

test('an agent may abandon, and applies no more what is abandoned', async () => {
  const sent = await send('adherents', csv('identifiant;raison sociale', 'P-20;Jamais'));
  await work();
  const checked = await again(sent);
  const [apply, abandon] = [actionOn(checked, 'appliquer'), actionOn(checked, 'abandonner')];
  expect(readableText(await agent.visitor.post(abandon, {}))).toContain('Import abandonné');
  expect(readableText(await agent.visitor.post(apply, {}))).toContain('n’attend plus de décision');
  await work();
  expect(await knows('P-20')).toBe(false);
  expect((await auditOf('import_abandoned'))[0]).toMatchObject({
    actor_id: agent.accountId,
    facts: { of: 'adherents', before: 'checked', after: 'abandoned' },
  });
});

test('what one agent has sent and another has applied is told of each', async () => {
  const accountId = await app
    .world()
    .account({ staffRole: 'agent', givenName: 'Iris', familyName: 'Décide' });
  const other = await atWork(app, 'agent', { accountId });
  const sent = await send('adherents', csv('identifiant;raison sociale', 'P-25;À deux'));
  await work();
  await other.visitor.post(actionOn(await again(sent), 'appliquer'), {});
  await work();
  expect(await knows('P-25')).toBe(true);
  expect(readableText(await again(sent))).toContain('Décidé Par Iris Décide');
  const by = async (kind: string) => (await auditOf(kind))[0]?.actor_id;
  expect(await by('import_begun')).toBe(agent.accountId);
  expect([await by('import_approved'), await by('import_applied')]).toEqual([
    other.accountId,
    other.accountId,
  ]);
});

describe('what would change', () => {
  const apply = async (file: string): Promise<void> => {
    const sent = await send('adherents', file);
    await work();
    await agent.visitor.post(actionOn(await again(sent), 'appliquer'), {});
    await work();
  };
  const HEADER = 'identifiant;raison sociale;adresse 1;adresse 2';
  let checked: Page;
  beforeAll(async () => {
    await apply(csv(HEADER, 'P-80;Avant;1 rue Haute;57000 METZ', 'P-81;Pareil;;', 'P-82;Même nom;2 rue;'));
    const added = Array.from({ length: 30 }, (_, i) => `P-9${i}0;-Nouvelle ${i};;`);
    const changed = ['P-80;Après;1 rue Haute;57000 METZ', 'P-82;Même nom;3 rue;54000 NANCY'];
    const sent = await send('adherents', csv(HEADER, ...added, 'P-81;Pareil;;', ...changed));
    await work();
    checked = await again(sent);
  });
  const seen = async (query: string) => readableText(await agent.visitor.get(`${checked.url}${query}`));

  test('is told line by line, changes first, before and after', () => {
    const told = readableText(checked);
    expect(told).toContain('Tout (32)');
    expect(told).toMatch(
      /33 Modification P-80, Avant raison sociale : avant, Avant → , après, Après 34 Modification P-82, Même nom adresse 1 : avant, 2 rue → , après, 3 rue adresse 2 : avant, rien → , après, 54000 NANCY 2 Ajout P-900 raison sociale : -Nouvelle 0 /,
    );
    expect(told).not.toContain('P-81');
  });

  test('is narrowed to one sort, and paged', async () => {
    const changes = await seen('?voir=modifications');
    expect(changes).toContain('P-82');
    expect(changes).not.toMatch(/\d Ajout /);
    const last = await seen('?voir=ajouts&page=99');
    expect(last.match(/\d Ajout P-/g)).toHaveLength(5);
    expect(last).toContain('31 Ajout P-9290');
    expect(last).not.toContain('Modification P-');
  });

  test('is downloaded whole, harmless in a spreadsheet', async () => {
    const file = await agent.visitor.get(`${checked.url}/difference.csv`);
    expect(file.headers['content-disposition']).toContain('difference-adherents.csv');
    const lines = file.text.trim().split('\r\n');
    expect(lines[0]).toContain('ligne;changement;de quoi il s’agit;donnée;avant;après');
    expect(lines.slice(1, 5)).toEqual([
      '33;modification;P-80, Avant;raison sociale;Avant;Après',
      '34;modification;P-82, Même nom;adresse 1;2 rue;3 rue',
      '34;modification;P-82, Même nom;adresse 2;;54000 NANCY',
      `2;ajout;P-900;raison sociale;;'-Nouvelle 0`,
    ]);
    expect(lines).toHaveLength(1 + 3 + 30);
  });

  test('is told no more once it is decided', async () => {
    await agent.visitor.post(actionOn(checked, 'abandonner'), {});
    expect(await seen('')).not.toContain('Ligne par ligne');
    expect((await agent.visitor.get(`${checked.url}/difference.csv`)).url).toBe(checked.url);
    const noted = () =>
      app.database
        .knex('import_change')
        .where({ import_id: checked.url.split('/').at(-1) })
        .then((rows) => rows.length);
    expect(await noted()).toBe(32);
    await sweepImports(app.database.knex, app.clock.now());
    expect(await noted()).toBe(0);
  });
});

test('a file that says what is there asks for nothing', async () => {
  const file = csv('identifiant;raison sociale', 'P-30;Deux fois');
  const first = await send('adherents', file);
  await work();
  await agent.visitor.post(actionOn(await again(first), 'appliquer'), {});
  await work();
  const second = await send('adherents', file);
  await work();
  expect(readableText(await again(second))).toContain('Rien à changer');
});

test('the template is read back', async () => {
  for (const kind of ['adherents', 'sites', 'cabinets', 'rattachements', 'delegations'] as const) {
    const page = await agent.open(`${PATH}/envoi/${kind}`);
    expect(page.status).toBe(200);
    const template = await agent.open(`${PATH}/envoi/${kind}/modele.csv`);
    expect(template.headers['content-type']).toBe('text/csv; charset=utf-8');
    const sent = await send(kind, template.text);
    await work();
    expect(readableText(await again(sent))).not.toMatch(/colonne|cellules/);
  }
});

test('no file, an empty one, and one that is none are told apart', async () => {
  const url = agent.url(`${PATH}/envoi/sites`);
  const none = await agent.visitor.post(url, {});
  expect(none.status).toBe(422);
  expect(readableText(none)).toContain('Choisissez un fichier.');
  const empty = await send('sites', '');
  await work();
  expect(readableText(await again(empty))).toContain('Ce fichier ne contient aucune ligne.');
  // Nothing is ever unpacked: what would fill a memory is some bytes that are no text.
  for (const packed of [
    gzipSync(Buffer.alloc(50_000_000)),
    new Uint8Array(Buffer.from('504b030414000600', 'hex')),
  ]) {
    const sent = await send('sites', new Uint8Array(packed));
    await work();
    expect(readableText(await again(sent))).toContain('n’est pas un fichier CSV');
    expect(readableText(await again(sent))).toContain('Rien n’a été changé');
  }
});

describe('former passwords', () => {
  const HASH = `$2b$10$${'a'.repeat(53)}`;
  const file = () => csv('SIRET;empreinte', `${newSiret()};${HASH}`);

  test('an agent neither sees nor brings them', async () => {
    expect((await agent.open(PATH)).text).not.toContain('envoi/codes');
    expect((await agent.open(`${PATH}/envoi/codes`)).status).toBe(403);
    expect((await send('codes', file())).status).toBe(403);
  });

  test('a supervisor does, signed in a moment ago', async () => {
    const superviseur = await atWork(app, 'superviseur');
    const sent = await send('codes', file(), superviseur);
    await work();
    const page = await superviseur.visitor.get(sent.url);
    expect(readableText(page)).toContain('n’est pas celui d’un site de la caisse');
    expect(page.text).not.toContain('$2b$');
    const [site] = await company(app, 1);
    const taken = await send('codes', csv('SIRET;empreinte', `${site?.siret};${HASH}`), superviseur);
    await work();
    const told = await superviseur.visitor.get(taken.url);
    expect(readableText(told)).toContain('empreinte : nouveau mot de passe importé');
    const difference = (visitor: Visitor) => visitor.get(`${taken.url}/difference.csv`);
    const downloaded = await difference(superviseur.visitor);
    expect(downloaded.text).toContain('empreinte;;nouveau mot de passe importé');
    expect(told.text + downloaded.text).not.toContain(HASH.slice(4));
    expect(readableText(await agent.visitor.get(taken.url))).not.toContain('Ligne par ligne');
    expect((await difference(agent.visitor)).status).toBe(403);
    app.clock.advance(10 * 60_000);
    expect((await superviseur.open(`${PATH}/envoi/codes`)).url).not.toContain('/gestion');
  });
});

describe('of another caisse', () => {
  test('an import is not found, on any page, by any act', async () => {
    const there = await atWork(app, 'superviseur', { slug: 'nord-ouest' });
    const sent = await send('adherents', csv('identifiant;raison sociale', 'P-40;Ici'));
    await work();
    const id = sent.url.split('/').at(-1);
    const unknown = await there.open(`${PATH}/${crypto.randomUUID()}`);
    for (const path of ['', '/erreurs.csv', '/difference.csv', '/appliquer']) {
      const page = await there.open(`${PATH}/${id}${path}`);
      expect(page.status).toBe(404);
      if (path === '') expect(readableText(page).length).toBe(readableText(unknown).length);
    }
    for (const act of ['appliquer', 'abandonner'])
      expect((await there.post(`${PATH}/${id}/${act}`)).status).toBe(404);
    expect(readableText(await again(sent))).toContain('Ce qui changerait');
    expect(readableText(await there.open(PATH))).not.toContain('P-40');
  });

  test('whoever is not of the caisse finds no such page', async () => {
    const { email } = await app.world().administrator(1);
    const stranger = new Visitor();
    const page = await signInOn(stranger, await stranger.get(agent.url(PATH)), email);
    expect(page.status).toBe(404);
    const file = csv('identifiant;raison sociale', 'P-50;Intrus');
    expect((await sendFile(stranger, agent.url(`${PATH}/envoi/adherents`), file)).status).toBe(404);
    expect((await new Visitor().get(agent.url(`${PATH}/envoi/adherents/modele.csv`))).text).not.toContain(
      '54-1234567',
    );
  });

  test('a form of another site sends nothing', async () => {
    const before = await app.database.knex('import').count({ n: '*' });
    const body = new FormData();
    body.set('fichier', new Blob([csv('identifiant;raison sociale', 'P-60;Forgé')]), 'a.csv');
    const url = agent.url(`${PATH}/envoi/adherents`);
    const headers = { Cookie: agent.visitor.cookiesFor(url), Origin: 'https://ailleurs.test' };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(403);
    expect(await app.database.knex('import').count({ n: '*' })).toEqual(before);
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
