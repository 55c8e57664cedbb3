import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featureIndex } from '../../policies/catalogue.ts';
import { stateOf } from '../../provider/journeys/delegation-state.ts';
import { appendAudit, appendAudits } from '../../provider/store/audit.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { auditOn, type TestAudit } from '../support/audit.ts';
import { type AtOffice, atOffice } from '../support/office.ts';
import { type Page, readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
let issuer: string;
let agent: AtOffice;
let supervisor: AtOffice;
let audit: TestAudit;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  agent = await atOffice(app, 'agent');
  supervisor = await atOffice(app, 'superviseur');
  audit = auditOn(app.database, app.clock.now);
});
afterAll(() => app.close());

const handle = (slug: Slug = 'grand-est') => handleOf(app.database.knex, slug);
const journal = (query: Record<string, string> = {}, visitor = agent.visitor) =>
  visitor.get(`${issuer}/gestion/journal?${new URLSearchParams(query)}`);

/** What each row says, newest first. */
const actsOn = (page: Page): string[] =>
  [...page.text.matchAll(/scope="row"[^>]*><a class="link" href="[^"]*">([^<]*)</g)].map(
    ([, act]) => act ?? '',
  );
const idsOn = (page: Page): string[] =>
  [...page.text.matchAll(/href="[^"]*\/gestion\/journal\/(\d+)"/g)].map(([, id]) => id ?? '');
const hrefOn = (page: Page, label: string): string | null => {
  const href = new RegExp(`href="([^"]*)"[^>]*>(?:<span[^>]*>[^<]*</span>)?${label}`).exec(page.text)?.[1];
  return href ? new URL(href.replaceAll('&amp;', '&'), page.url).href : null;
};

/** A person with lines of his own, apart from all others' by his name. */
async function someone(familyName: string) {
  const accountId = await app.world().account({ familyName, givenName: 'Zoé' });
  const [site] = await app.world().sites([{ name: 'Agence de Metz', raisonSociale: 'Maçonnerie du Val' }]);
  if (!site) throw new Error('no site');
  return { accountId, site, email: emailOf(accountId) };
}

describe('the log', () => {
  test('tells who did what to whom, when at the caisse, from where, newest first', async () => {
    const { accountId, site } = await someone('Prevost');
    const at = Date.UTC(2026, 6, 14, 22, 30);
    const facts = { reason: 'x' };
    await appendAudits(handle(), [
      {
        kind: 'account_unlocked',
        at,
        actorId: agent.accountId,
        subjectId: accountId,
        address: '192.0.2.9',
        facts,
      },
      { kind: 'site_handed_over', at: at + 1000, actorId: accountId, siteId: site.id },
    ]);
    const page = await journal({ personne: 'prevost' });
    expect(page.status).toBe(200);
    expect(actsOn(page)).toEqual(['Site cédé', 'Compte débloqué']);
    const text = readableText(page);
    expect(text).toContain('15/07/2026 à 00:30:00');
    expect(text).toContain(agent.email);
    expect(text).toContain('Zoé Prevost');
    expect(text).toContain('Maçonnerie du Val, Agence de Metz');
    expect(text).toContain('192.0.2.9');
  });

  test('is filtered by kind, register, person, site, days at the caisse and reference, and by all at once', async () => {
    const { accountId, site, email } = await someone('Filtre');
    const at = Date.UTC(2026, 2, 3, 12);
    const line = { actorId: accountId, siteId: site.id };
    await appendAudits(handle(), [
      { ...line, kind: 'delegation_given', at, requestId: 'aaaabbbbccccdddd' },
      { ...line, kind: 'delegation_closed', at: at + DAY },
      { ...line, kind: 'signed_in', at: at + 2 * DAY },
      { kind: 'signed_in', at: at + 2 * DAY, actorId: accountId },
    ]);
    const asked = async (query: Record<string, string>) => actsOn(await journal(query));
    const mine = { personne: 'filtre zoe' };
    expect(await asked(mine)).toEqual(['Connexion', 'Connexion', 'Délégation fermée', 'Délégation proposée']);
    expect(await asked({ personne: email })).toHaveLength(4);
    expect(await asked({ ...mine, type: 'delegation_given' })).toEqual(['Délégation proposée']);
    expect(await asked({ ...mine, type: 'registre-rights' })).toEqual([
      'Délégation fermée',
      'Délégation proposée',
    ]);
    expect(await asked({ site: site.siret.replace(/(\d{3})/g, '$1 ') })).toHaveLength(3);
    expect(await asked({ site: site.siret, type: 'signed_in' })).toEqual(['Connexion']);
    expect(await asked({ ...mine, du: '2026-03-04', au: '2026-03-04' })).toEqual(['Délégation fermée']);
    expect(await asked({ reference: 'AAAABBBBCCCCDDDD' })).toEqual(['Délégation proposée']);
    expect(await asked({ type: 'delegation_closed', du: '2026-03-04', au: '2026-03-04' })).toEqual([
      'Délégation fermée',
    ]);
    const all = { ...mine, site: site.siret, type: 'delegation_given', du: '2026-03-03', au: '2026-03-03' };
    expect(await asked({ ...all, reference: 'aaaabbbbccccdddd' })).toEqual(['Délégation proposée']);
    expect(await asked({ ...all, reference: 'autre' })).toEqual([]);
    expect(readableText(await journal({ ...all, reference: 'autre' }))).toContain('Aucun résultat');
  });

  test('is read page by page, each line once, there and back, with its filters in the address', async () => {
    const { accountId } = await someone('Pages');
    const at = Date.UTC(2026, 1, 1);
    // Many at the same moment: the id decides.
    await appendAudits(
      handle(),
      Array.from({ length: 120 }, (_, index) => ({
        kind: 'signed_in' as const,
        at: at + Math.floor(index / 40),
        actorId: accountId,
        subjectId: index % 2 === 0 ? accountId : undefined,
      })),
    );
    const first = await journal({ personne: 'pages', type: 'signed_in' });
    const second = await agent.visitor.get(hrefOn(first, 'Plus anciennes') ?? '');
    const third = await agent.visitor.get(hrefOn(second, 'Plus anciennes') ?? '');
    const pages = [first, second, third].map(idsOn);
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat()).size).toBe(120);
    expect(hrefOn(third, 'Plus anciennes')).toBeNull();
    expect(hrefOn(first, 'Plus récentes')).toBeNull();
    const back = await agent.visitor.get(hrefOn(third, 'Plus récentes') ?? '');
    expect(idsOn(back)).toEqual(pages[1]);
    expect(idsOn(await agent.visitor.get(hrefOn(back, 'Plus récentes') ?? ''))).toEqual(pages[0]);
  });

  test.each([
    ['personne', 'ab', 'au moins 3 caractères'],
    ['site', '123', 'les 14 chiffres du SIRET'],
    ['adresse', '192.0.2', 'une adresse IP entière'],
    ['du', '2026-02-30', 'une date complète'],
    ['au', 'hier', 'une date complète'],
  ])('says what is wrong with %s « %s », and keeps it', async (name, value, message) => {
    const page = await journal({ [name]: value });
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(message);
    expect(page.text).toContain(`value="${value}"`);
    expect(page.text).toMatch(/<title>Erreur/);
  });

  test('takes whatever stands in its address for what it is', async () => {
    for (const query of [
      { avant: 'x', apres: "'; --" },
      { avant: `${'9'.repeat(17)}.${'9'.repeat(18)}` },
      { type: 'constructor' },
      { personne: "%_\\' or true" },
    ])
      expect((await journal(query as Record<string, string>)).status).toBeLessThan(300);
  });

  test('is searched by adhérent: what happened on any of its sites, and what names it, of nobody else', async () => {
    const { accountId, site } = await someone('Roussel');
    const [second] = await app.world().sites([{ adherent: site.adherent }]);
    const other = await someone('Autre');
    const at = app.clock.now();
    const facts = { adherent: site.adherent.id, reason: 'x' };
    await appendAudits(handle(), [
      { kind: 'site_chosen', at, actorId: accountId, siteId: site.id },
      { kind: 'delegation_closed', at: at + 1, actorId: accountId, siteId: second?.id },
      { kind: 'cabinet_detached', at: at + 2, actorId: agent.accountId, facts },
      { kind: 'site_chosen', at: at + 3, actorId: other.accountId, siteId: other.site.id },
      { kind: 'cabinet_attached', at: at + 4, facts: { adherent: other.site.adherent.id } },
    ]);
    const { identifiant } = site.adherent;
    const [detached, closed, chosen] = [
      'Cabinet détaché d’un adhérent',
      'Délégation fermée',
      'Choix d’un site',
    ];
    const typed = identifiant.replaceAll('-', ' ').toLowerCase();
    expect(actsOn(await journal({ adherent: typed }))).toEqual([detached, closed, chosen]);
    const his = await journal({ adherent: identifiant, personne: 'roussel' });
    expect(actsOn(his)).toEqual([closed, chosen]);
    expect(actsOn(await journal({ adherent: identifiant, site: site.siret }))).toEqual([chosen]);
    expect(actsOn(await journal({ adherent: identifiant, type: 'cabinet_detached' }))).toEqual([detached]);
    expect(actsOn(await journal({ adherent: 'inconnu' }))).toEqual([]);
  });

  test('is searched by where it came from', async () => {
    const { accountId } = await someone('Lointain');
    const at = app.clock.now();
    await appendAudits(handle(), [
      { kind: 'signed_in', at, actorId: accountId, address: '2001:db8::7' },
      { kind: 'signed_out', at: at + 1, actorId: accountId, address: '2001:db8::8' },
    ]);
    expect(actsOn(await journal({ adresse: '2001:DB8::7' }))).toEqual(['Connexion']);
  });

  test('is read off an index, whatever is asked', async () => {
    const { knex } = app.database;
    await knex.raw('analyze audit_event');
    const explain = (query: string, bindings: readonly unknown[]): Promise<string> =>
      knex.transaction(async (trx) => {
        await trx.raw('set local enable_seqscan = off');
        const { rows } = await trx.raw(`explain ${query.replace(/\$\d+/g, '?')}`, bindings as string[]);
        return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
      });
    const queries: { sql: string; bindings: readonly unknown[] }[] = [];
    const note = (query: { sql: string; bindings: readonly unknown[] }) => void queries.push(query);
    knex.on('query', note);
    for (const query of [
      {},
      { type: 'signed_in' },
      { personne: 'prevost' },
      { site: '73282932000074' },
      { reference: 'a' },
      { adherent: 'E-1' },
      { adresse: '192.0.2.7' },
    ])
      await journal(query as Record<string, string>);
    knex.off('query', note);
    const told: string[] = [];
    for (const { sql, bindings } of queries)
      if (sql.includes('wanted_site')) told.push(await explain(sql, bindings));
    expect(told).toHaveLength(7);
    for (const plan of told) expect(plan).not.toContain('Seq Scan on audit_event');
    expect(told[1]).toContain('audit_event_by_kind');
    expect(told[2]).toMatch(/audit_event_by_actor[\s\S]*audit_event_by_subject/);
    expect(told[3]).toContain('audit_event_by_site');
    expect(told[4]).toContain('audit_event_by_request');
    expect(told[5]).toMatch(/audit_event_by_site[\s\S]*audit_event_by_adherent/);
    expect(told[6]).toContain('audit_event_by_address');
  });
});

describe('a line', () => {
  test('tells what a delegation said by its rights and days, and what changed in it', async () => {
    const requestId = 'fedcba9876543210';
    const [documents, planning] = [featureIndex('documents'), featureIndex('planning')];
    const levels = (1n << BigInt(2 * (documents ?? 0))) | (3n << BigInt(2 * (planning ?? 0)));
    const from = Date.UTC(2026, 2, 2, 23);
    const said = { admin: false, rights: { levels, colleges: 0b011 }, from };
    const facts = {
      before: stateOf({ ...said, status: 'active', to: null }),
      after: stateOf({ ...said, status: 'suspended', to: Date.UTC(2026, 10, 24, 23) }),
      rights_before: 'colleges:ouvrier documents:none',
      rights_after: 'colleges:ouvrier+etam documents:consultation',
      kind: 'succession',
      file: 'confidential_code',
    };
    await appendAudit(handle(), { kind: 'delegation_modified', at: app.clock.now(), requestId, facts });
    const [id] = idsOn(await journal({ reference: requestId }));
    const text = readableText(await agent.visitor.get(`${issuer}/gestion/journal/${id}`));
    const rights = 'Collèges : Ouvriers, ETAM ; Mon planning : mise à jour ; Mes documents : consultation';
    expect(text).toContain(`Avant actif ; ${rights} ; du 3 mars 2026, sans fin`);
    expect(text).toContain(`Après en veille ; ${rights} ; du 3 mars 2026 au 24 novembre 2026`);
    expect(text).toContain('Nature Succession');
    expect(text).toContain('Document Codes confidentiels');
    expect(text).toContain('Avant Collèges : Ouvriers ; Mes documents : aucun droit');
    expect(text).toContain('Après Collèges : Ouvriers, ETAM ; Mes documents : consultation');
  });

  test('shows what was and what became of it, its reference, and whether it is sealed', async () => {
    const { accountId } = await someone('Ligne');
    const facts = {
      before: 'active',
      after: 'closed',
      email_before: 'a@x.fr',
      email_after: 'b@x.fr',
      reason: 'Départ',
    };
    const requestId = '0123456789abcdef';
    await appendAudit(handle(), {
      kind: 'delegation_closed',
      at: app.clock.now(),
      actorId: accountId,
      requestId,
      facts,
    });
    const [id] = idsOn(await journal({ reference: requestId }));
    const read = async () => readableText(await agent.visitor.get(`${issuer}/gestion/journal/${id}`));
    const text = await read();
    expect(text).toContain('Avant actif Après fermé');
    expect(text).toContain('Avant a@x.fr Après b@x.fr');
    expect(text).toContain('Motif Départ');
    expect(text).toContain('Pas encore scellée');
    await audit.seal();
    expect(await read()).toMatch(
      /Scellée le \d\d\/\d\d\/\d{4} à [\d:]+, dans le segment \d+ de son registre/,
    );
  });

  test.each([
    ['agent', () => agent],
    ['superviseur', () => supervisor],
  ])('of another caisse is none, nor is what is no number, for a %s', async (_, who) => {
    await appendAudit(handle('nord-ouest'), { kind: 'signed_in', at: app.clock.now() });
    const { id } = await app.database.knex('audit_event').where({ caisse_id: 'nord-ouest' }).first('id');
    const { visitor } = who();
    const unknown = await visitor.get(`${issuer}/gestion/journal/999999999`);
    for (const path of [String(id), '0', '-1', '1e3', '9'.repeat(30), 'export']) {
      const page = await visitor.get(`${issuer}/gestion/journal/${path}`);
      expect([path, page.status]).toEqual([path, 404]);
      expect(withoutReference(page)).toBe(withoutReference(unknown));
    }
    const list = await visitor.get(`${issuer}/gestion/journal`);
    expect(idsOn(list)).not.toContain(String(id));
  });

  test('is for the caisse’s people alone, with a second factor', async () => {
    const email = emailOf(await app.world().account());
    const visitor = new Visitor();
    const page = await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email);
    expect(page.status).toBe(200);
    for (const path of ['', '/1'])
      expect((await visitor.get(`${issuer}/gestion/journal${path}`)).status).toBe(404);
    expect((await visitor.post(`${issuer}/gestion/journal/export`, {})).status).toBe(404);
    const bare = emailOf(await app.world().account({ staffRole: 'superviseur' }));
    const other = new Visitor();
    await signInOn(other, await other.get(`${issuer}/mon-compte`), bare);
    const asked = await other.get(`${issuer}/gestion/journal`);
    expect(actsOn(asked)).toEqual([]);
    expect(asked.url).not.toContain('/gestion/journal');
  });
});

const withoutReference = (page: Page) => readableText(page).replace(/[0-9a-f]{16}/g, '');

describe('the export', () => {
  const exported = (fields: Record<string, string>, visitor = supervisor.visitor) =>
    visitor.postOnce(`${issuer}/gestion/journal/export`, fields);
  const rowsOf = (page: Page) =>
    parse(page.text, { delimiter: ';', bom: true, columns: true }) as Record<string, string>[];

  test('is a file for a spreadsheet in which no name is a formula, and tells itself in the log', async () => {
    const { accountId, site } = await someone('=HYPERLINK("http://x.test")');
    await app.database.knex('account').update({ given_name: '  @SUM(1)' }).where({ id: accountId });
    await app.database.knex('site').update({ name: '+33;"cmd"' }).where({ id: site.id });
    await app.database.knex('adherent').update({ raison_sociale: '\t-2' }).where({ id: site.adherent.id });
    const clientId = '＝1';
    await appendAudit(handle(), {
      kind: 'site_handed_over',
      at: Date.UTC(2026, 0, 2),
      actorId: accountId,
      siteId: site.id,
      clientId,
    });
    const page = await exported({ site: site.siret });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(page.headers['content-disposition']).toMatch(
      /^attachment; filename="journal-grand-est-[\d-]+\.csv"$/,
    );
    expect(page.text.charCodeAt(0)).toBe(0xfeff);
    const [row] = rowsOf(page);
    expect(row).toMatchObject({
      'Date et heure': '2026-01-02 01:00:00',
      Acte: 'Site cédé',
      Auteur: `'  @SUM(1) =HYPERLINK("http://x.test")`,
      'Raison sociale': "'\t-2",
      'Site déclarant': `'+33;"cmd"`,
      Service: "'＝1",
      SIRET: site.siret,
    });
    for (const cell of rowsOf(page).flatMap((one) => Object.values(one)))
      expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
    const line = await app.database
      .knex('audit_event')
      .where({ kind: 'audit_exported' })
      .orderBy('id', 'desc')
      .first();
    expect(line).toMatchObject({ actor_id: supervisor.accountId, facts: { site: site.siret } });
  });

  test('brings every line that is asked for, once, over many pages, and none of another caisse', async () => {
    const { accountId } = await someone('Exporté');
    await appendAudits(
      handle(),
      Array.from({ length: 2_500 }, () => ({
        kind: 'signed_in' as const,
        at: app.clock.now() - DAY,
        actorId: accountId,
      })),
    );
    await appendAudit(handle('nord-ouest'), { kind: 'token_replayed', at: app.clock.now() - DAY });
    const rows = rowsOf(await exported({ personne: 'exporte' }));
    expect(rows).toHaveLength(2_500);
    expect(new Set(rows.map(({ Ligne }) => Ligne)).size).toBe(2_500);
    expect(
      rowsOf(await exported({})).filter(({ Acte }) => Acte === 'Jeton présenté une seconde fois'),
    ).toEqual([]);
  });

  test('is for supervisors alone: an agent has no button, and is refused', async () => {
    expect(readableText(await journal())).not.toContain('Exporter en CSV');
    expect(readableText(await journal({}, supervisor.visitor))).toContain('Exporter en CSV');
    const lines = () =>
      app.database.knex('audit_event').where({ kind: 'audit_exported' }).count('* as n').first();
    const before = await lines();
    expect((await exported({}, agent.visitor)).status).toBe(403);
    expect((await exported({ site: '1' })).status).toBe(422);
    expect(await lines()).toEqual(before);
  });
});
