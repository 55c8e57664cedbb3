import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudits } from '../../provider/store/audit.ts';
import { searchCaisse } from '../../provider/store/office-search.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { readableText, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp();
  agent = await atWork(app);
});
afterAll(() => app.close());

const auditOf = async (kind: string) =>
  app.database.knex('audit_event').where({ caisse_id: 'grand-est', kind }).orderBy('id', 'desc');

test('a part of a name, a SIREN, a SIRET or an identifiant finds the adhérent', async () => {
  const site = await app.world().site({ raisonSociale: 'Étanchéité Vosgienne', identifiant: 'VG-77 412' });
  for (const typed of ['etancheite', 'VOSGIENNE', site.siret, site.siret.slice(0, 9), '77412', 'VG-77 412']) {
    const page = await agent.open(`/gestion?q=${encodeURIComponent(typed)}`);
    expect(page.text).toContain(`/gestion/adherents/${site.adherent.id}"`);
  }
});

test('an adhérent without any site is found by its name, its SIREN or its identifiant, and says that it has none', async () => {
  const id = randomUUID();
  await app.database.knex('adherent').insert({
    caisse_id: 'grand-est',
    id,
    identifiant: 'SS-50 118',
    raison_sociale: 'Scierie de l’Œil Vif',
    siren: '732829320',
    created_at: new Date(),
  });
  for (const typed of ['scierie', 'OEIL', '732 829 320', '7328293', 'SS-50 118', '50118']) {
    const page = await agent.open(`/gestion?q=${encodeURIComponent(typed)}`);
    expect(page.text).toContain(`/gestion/adherents/${id}"`);
    expect(readableText(page)).toContain('Identifiant SS-50 118 Aucun site');
  }
  expect(readableText(await agent.open(`/gestion/adherents/${id}`))).toContain(
    'SIREN 732 829 320'.replaceAll('\u00a0', ' '),
  );
  const other = await app.world().site({ raisonSociale: 'Même SIREN' });
  await app.database.knex('adherent').update({ siren: '732829320' }).where({ id: other.adherent.id });
  const page = await agent.open(`/gestion/adherents/${id}`);
  expect(readableText(page)).toContain('Rien n’est fusionné');
  expect(page.text).toContain(`/gestion/adherents/${other.adherent.id}"`);
});

test('the search is one query, read off the indexes of the words, whatever it is that is found', async () => {
  const { knex } = app.database;
  // Enough of them that reading all would cost more.
  await knex.raw(`
    with made as (
      insert into adherent (caisse_id, id, identifiant, raison_sociale, created_at)
      select 'nord-ouest', gen_random_uuid(), 'Q-' || n, 'Entreprise ' || md5(n::text), now()
      from generate_series(1, 4000) n returning *)
    insert into site (caisse_id, id, adherent_id, siret, name, search_text, created_at)
    select caisse_id, gen_random_uuid(), id, (30000000000000 + row_number() over ())::text, 'Dépôt', search_text, now()
    from made`);
  await knex.raw('vacuum analyze adherent, site');
  const asked: { sql: string; bindings: readonly unknown[] }[] = [];
  const note = (query: { sql: string; bindings: readonly unknown[] }) => void asked.push(query);
  knex.on('query', note);
  const found = await searchCaisse(app.world('nord-ouest').store, { terms: ['q-1234'], limit: 5, offset: 0 });
  knex.off('query', note);
  expect(found.adherents).toMatchObject({ count: 1, page: [{ identifiant: 'Q-1234', matching: 1 }] });
  expect(asked).toHaveLength(1);
  const [{ sql, bindings } = { sql: '', bindings: [] }] = asked;
  const { rows } = await knex.raw(`explain ${sql.replace(/\$\d+/g, '?')}`, bindings as string[]);
  const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
  for (const table of ['site', 'adherent']) {
    expect(plan).toContain(`Bitmap Index Scan on ${table}_by_words`);
    expect(plan).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`));
  }
});

test('an address or a name finds the person, a name the firm', async () => {
  const world = app.world();
  const person = await world.account({
    familyName: 'Cœurdacier',
    givenName: 'Aïcha',
    email: 'aicha@vosges.test',
  });
  const firm = await world.cabinet('Fiduciaire Cœurdacier');
  const byName = await agent.open('/gestion?q=coeurdacier');
  expect(byName.text).toContain(`/gestion/comptes/${person}"`);
  expect(byName.text).toContain(`/gestion/cabinets/${firm}"`);
  expect((await agent.open('/gestion?q=aicha%40vosges')).text).toContain(`/gestion/comptes/${person}"`);
});

test('nothing is searched for two characters, and nothing found is said', async () => {
  const short = await agent.open('/gestion?q=ab');
  expect(short.status).toBe(422);
  expect(short.text).toContain('Saisissez au moins 3 caractères');
  expect(readableText(await agent.open('/gestion?q=introuvable-ici'))).toContain('Aucun résultat');
});

test('what another caisse knows is not found', async () => {
  const elsewhere = await app.world('nord-ouest').site({ raisonSociale: 'Uniquement au Nord-Ouest' });
  const page = await agent.open('/gestion?q=uniquement');
  expect(page.text).not.toContain(elsewhere.adherent.id);
});

test('all of one kind are listed, page by page', async () => {
  const world = app.world();
  await world.sites(
    Array.from({ length: 30 }, (_, i) => ({ raisonSociale: `Zinguerie ${String(i).padStart(2, '0')}` })),
  );
  expect(readableText(await agent.open('/gestion?q=zinguerie'))).toContain('30 adhérents');
  const first = await agent.open('/gestion?q=zinguerie&groupe=adherents');
  expect(first.text.match(/\/gestion\/adherents\//g)).toHaveLength(25);
  const second = await agent.open('/gestion?q=zinguerie&groupe=adherents&page=2');
  expect(second.text.match(/\/gestion\/adherents\//g)).toHaveLength(5);
  expect(second.text).toContain('Zinguerie 29');
});

test('the page of an adhérent shows its sites, who administers them, and the same company elsewhere', async () => {
  const world = app.world();
  const boss = await world.administrator(1, { givenName: 'Odile', familyName: 'Marchepied' });
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const alike = randomUUID();
  await app.database.knex('adherent').insert({
    caisse_id: 'grand-est',
    id: alike,
    identifiant: `D-${alike.slice(0, 6)}`,
    raison_sociale: 'Doublon du Test',
    created_at: new Date(),
  });
  const siren = site.siret.slice(0, 9);
  await app.database.knex('site').insert({
    caisse_id: 'grand-est',
    id: randomUUID(),
    adherent_id: alike,
    siret: `${siren}99999`,
    name: 'Autre dépôt',
    search_text: `doublon du test ${siren}99999`,
    created_at: new Date(),
  });
  const page = await agent.open(`/gestion/adherents/${site.adherent.id}`);
  const text = readableText(page);
  expect(text).toContain('Odile Marchepied');
  expect(text).toContain('Rien n’est fusionné');
  expect(page.text).toContain(`/gestion/adherents/${alike}"`);
});

/** An adhérent of whom there is something to say in every part, and more than its page shows. */
async function busyCompany() {
  const world = app.world();
  const boss = await world.administrator(1, { givenName: 'Odile', familyName: 'Marchepied' });
  const [site] = boss.sites;
  const head = boss.delegations[0] ?? '';
  if (!site) throw new Error('no site');
  for (let i = 0; i < 6; i++) {
    const to = await world.account({ givenName: 'Rémi', familyName: `Sablon ${i}` });
    await world.delegate(site, head, { from: boss.accountId, to });
  }
  const insert = (table: string, rows: readonly object[]) => app.database.knex(table).insert(rows);
  const made = { caisse_id: 'grand-est', siret: site.siret, raison_sociale: site.adherent.raisonSociale };
  await insert(
    'letter',
    Array.from({ length: 7 }, (_, i) => ({
      ...made,
      id: randomUUID(),
      template: 'confidential_code',
      adherent_id: i === 0 ? null : site.adherent.id,
      made_at: new Date(app.clock.now() + i),
    })),
  );
  const code = randomUUID();
  await insert('confidential_code', [
    {
      caisse_id: 'grand-est',
      id: code,
      site_id: site.id,
      origin: 'postal',
      hash: 'x',
      given_name: '',
      family_name: '',
      tries: 0,
      created_at: new Date(app.clock.now()),
      expires_at: new Date(app.clock.now() + 1_000),
    },
  ]);
  await insert(
    'access_request',
    Array.from({ length: 6 }, (_, i) => ({
      ...made,
      id: randomUUID(),
      number: `Z${site.siret.slice(-6)}${i}`,
      code_id: code,
      site_id: site.id,
      site_name: site.name,
      identifiant: site.adherent.identifiant,
      status: 'refused',
      given_name: 'Paule',
      family_name: `Requérante ${i}`,
      position: 'gérante',
      email: 'paule@essai.test',
      unaffiliated: false,
      link_hash: Buffer.from(randomUUID()),
      sealed_link: Buffer.alloc(1),
      created_at: new Date(app.clock.now() + i),
      changed_at: new Date(app.clock.now() + i),
    })),
  );
  const facts = { adherent: site.adherent.id };
  const at = app.clock.now();
  await appendAudits(world.store, [
    ...Array.from({ length: 5 }, (_, i) => ({ kind: 'site_chosen' as const, at: at + i, siteId: site.id })),
    { kind: 'cabinet_attached', at: at + 9, facts },
  ]);
  return { boss, site };
}

test('the page of an adhérent shows the first of its accounts, delegations, letters, requests and lines of the journal', async () => {
  const { site } = await busyCompany();
  const path = `/gestion/adherents/${site.adherent.id}`;
  const page = await agent.open(path);
  const text = readableText(page);
  for (const told of ['7 comptes', '7 droits et délégations', '7 courriers', '6 demandes d’accès'])
    expect(text).toContain(`Voir les ${told}`);
  expect(text).toContain('Accède à 1 site, Administrateur Entreprise');
  expect(text).toContain('Cabinet rattaché à un adhérent');
  expect(text).toContain('Requérante 5');
  expect(text).not.toContain('Requérante 0');
  const identifiant = encodeURIComponent(site.adherent.identifiant);
  expect(page.text).toContain(`/gestion/journal?adherent=${identifiant}"`);
  const log = await agent.open(`/gestion/journal?adherent=${identifiant}`);
  expect(readableText(log)).toContain('Choix d’un site');
});

test('all of a part are on a page of its own, a page at a time; none of another caisse', async () => {
  const { site } = await busyCompany();
  const path = `/gestion/adherents/${site.adherent.id}`;
  const text = async (part: string) => readableText(await agent.open(`${path}/${part}`));
  expect(await text('comptes')).toMatch(/7 comptes Odile Marchepied .*Sablon 5/);
  expect(await text('delegations')).toMatch(/7 droits et délégations Odile Marchepied .*Sablon 0/);
  expect((await text('courriers')).match(/Code confidentiel/g)).toHaveLength(7);
  expect(await text('demandes')).toMatch(/6 demandes d’accès .*Requérante 5.*Requérante 0/);
  await app.database.knex('letter').insert(
    Array.from({ length: 20 }, (_, i) => ({
      caisse_id: 'grand-est',
      id: randomUUID(),
      template: 'welcome',
      siret: site.siret,
      raison_sociale: site.adherent.raisonSociale,
      adherent_id: site.adherent.id,
      made_at: new Date(app.clock.now() + 100 + i),
    })),
  );
  expect((await text('courriers')).match(/Courrier de bienvenue/g)).toHaveLength(20);
  expect(await text('courriers?page=2')).toMatch(/27 courriers Code confidentiel.*Code confidentiel.*Page 1/);
  const foreign = await app.world('nord-ouest').site();
  for (const part of ['', '/comptes', '/delegations', '/courriers', '/demandes'])
    expect((await agent.open(`/gestion/adherents/${foreign.adherent.id}${part}`)).status).toBe(404);
});

test('the page of a site shows every delegation, where it stands and who gave it', async () => {
  const world = app.world();
  const boss = await world.administrator(1, { givenName: 'Odile', familyName: 'Marchepied' });
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const friend = await world.account({ givenName: 'Rémi', familyName: 'Sablon' });
  await world.delegate(
    site,
    boss.delegations[0] ?? '',
    { from: boss.accountId, to: friend },
    { status: 'suspended' },
  );
  const text = readableText(await agent.open(`/gestion/sites/${site.id}`));
  expect(text).toContain('Rémi Sablon');
  expect(text).toContain('en veille');
  expect(text).toContain('Donnée par Odile Marchepied');
});

/** An adhérent whose firm holds something, through its manager. */
async function servedCompany() {
  const world = app.world();
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const cabinet = await world.cabinet('Cabinet Bouvreuil');
  const manager = await world.account();
  await world.join(cabinet, manager, 'manager');
  const attachment = await world.attach(cabinet, site.adherent.id);
  const delegation = await world.link(
    site,
    {
      kind: 'cabinet',
      parentId: boss.delegations[0] ?? '',
      grantorAccountId: boss.accountId,
      granteeCabinetId: cabinet,
      attachmentId: attachment,
    },
    {},
  );
  return { boss, site, cabinet, manager, attachment, delegation };
}

test('a firm is attached from a day on, once', async () => {
  const world = app.world();
  const { adherent } = await world.site();
  const cabinet = await world.cabinet('Comptabilité des Aulnes');
  const path = `/gestion/adherents/${adherent.id}/cabinets/rattacher`;
  const listed = await agent.post(path, { nom: 'aulnes' });
  expect(listed.status).toBe(200);
  expect(listed.text).toContain('Comptabilité des Aulnes');
  const fields = { nom: 'aulnes', cabinet, date_effet: hiddenDate(listed.text), date_fin: '' };
  const done = await agent.post(path, fields);
  expect(readableText(done)).toContain('Le cabinet est rattaché');
  const again = await agent.post(path, fields);
  expect(again.status).toBe(422);
  expect(await app.database.knex('cabinet_client').where({ adherent_id: adherent.id })).toHaveLength(1);
  expect((await auditOf('cabinet_attached'))[0]).toMatchObject({ actor_id: agent.accountId });
});

const hiddenDate = (html: string) => /name="date_effet" type="date"\s+value="([^"]+)"/.exec(html)?.[1] ?? '';

test('a firm of another caisse is attached to nobody here', async () => {
  const { adherent } = await app.world().site();
  const foreign = await app.world('nord-ouest').cabinet('Cabinet du Nord');
  await app.world().cabinet('Cabinet du Nord-Est');
  const path = `/gestion/adherents/${adherent.id}/cabinets/rattacher`;
  const page = await agent.post(path, { nom: 'cabinet du nord', cabinet: foreign, date_effet: '2030-01-01' });
  expect(page.status).toBe(422);
  expect(await app.database.knex('cabinet_client').where({ adherent_id: adherent.id })).toHaveLength(0);
});

test('detaching says who loses what, closes what stood on it and tells both sides', async () => {
  const { site, attachment, delegation, manager, boss } = await servedCompany();
  const path = `/gestion/adherents/${site.adherent.id}/cabinets/${attachment}/detacher`;
  const page = await agent.open(path);
  expect(readableText(page)).toMatch(/1.collaborateur perd/);
  expect((await agent.post(path, { motif: '' })).status).toBe(422);
  const done = await act(agent, path);
  expect(readableText(done)).toContain('Le cabinet est détaché');
  const row = await app.database.knex('delegation').first().where({ id: delegation });
  expect(row.status).toBe('closed');
  expect((await auditOf('cabinet_detached'))[0].facts).toMatchObject({
    reason: 'Demande reçue par téléphone',
  });
  await app.deliver();
  for (const to of [emailOf(manager), boss.email]) {
    expect(app.inbox.next(to).subject).toContain('détaché');
  }
  expect((await agent.post(path, { motif: 'Deux fois' })).status).toBe(404);
});

test('a site goes at once to somebody who has accepted rights of the company, with all that stands below', async () => {
  const world = app.world();
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  const head = boss.delegations[0] ?? '';
  if (!site) throw new Error('no site');
  const heir = await world.account();
  const user = await world.account();
  await world.delegate(site, head, { from: boss.accountId, to: heir });
  await world.delegate(site, head, { from: boss.accountId, to: user });
  const path = `/gestion/sites/${site.id}/succession/${head}`;
  const recap = await act(agent, path, { email: emailOf(heir) });
  expect(readableText(recap)).toContain('Confier le site maintenant');
  const fields = {
    vu: hiddenOn(recap, 'vu'),
    email: emailOf(heir),
    maniere: 'aussitot',
    confirme: 'oui',
    motif: 'Départ en retraite',
  };
  expect(readableText(await agent.post(path, fields))).toContain('Le site a changé d’administrateur');
  const stand = await app.database
    .knex('delegation')
    .where({ site_id: site.id, status: 'active' })
    .select('kind', 'grantee_account_id');
  expect(stand).toContainEqual({ kind: 'enrolment', grantee_account_id: heir });
  expect(stand).toContainEqual({ kind: 'user', grantee_account_id: user });
  expect(stand.filter(({ grantee_account_id }) => grantee_account_id === boss.accountId)).toEqual([]);
  expect((await auditOf('site_handed_over'))[0]).toMatchObject({
    actor_id: agent.accountId,
    subject_id: heir,
    facts: { reason: 'Départ en retraite' },
  });
  await app.deliver();
  expect(app.inbox.next(boss.email).subject).toContain('Vous n’administrez plus un site');
  expect(app.inbox.next(emailOf(heir)).subject).toContain('Vous administrez désormais');
  expect((await agent.post(path, fields)).status).toBe(409);
});

test('a stranger to the company is invited, and nothing changes before he accepts', async () => {
  const boss = await app.world().administrator(1);
  const [site] = boss.sites;
  const head = boss.delegations[0] ?? '';
  const path = `/gestion/sites/${site?.id}/succession/${head}`;
  const email = `heritier-${randomUUID().slice(0, 8)}@essai.test`;
  const recap = await act(agent, path, { email });
  expect(readableText(recap)).toContain('Inviter le successeur');
  const fields = {
    vu: hiddenOn(recap, 'vu'),
    email,
    maniere: 'invitation',
    confirme: 'oui',
    motif: 'Départ',
  };
  // Whoever forges the other way gets nothing by it.
  expect((await agent.post(path, { ...fields, maniere: 'aussitot' })).status).toBe(409);
  expect(readableText(await agent.post(path, fields))).toContain('La proposition est partie');
  await app.deliver();
  const mail = app.inbox.next(email);
  expect(mail.subject).toContain('succéder');
  expect(mail.text).toContain('la caisse vous propose de succéder à');
  const invited = new Visitor();
  const offer = await invited.get(mail.link);
  expect(readableText(offer)).toMatch(/votre caisse vous propose de succéder à .+ comme administrateur/);
  const twice = await agent.post(path, fields);
  expect(twice.status).toBe(422);
  expect(readableText(twice)).toContain('déjà proposé');
  const roots = await app.database.knex('delegation').where({ site_id: site?.id, status: 'active' });
  expect(roots.map(({ grantee_account_id }) => grantee_account_id)).toEqual([boss.accountId]);
  const refuse = /href="([^"]*\/invitation\/refuser[^"]*)"/.exec(offer.text)?.[1] ?? '';
  const asked = await invited.get(new URL(refuse.replaceAll('&amp;', '&'), offer.url).href);
  await invited.post(asked.url.split('?')[0] ?? '', { jeton: hiddenOn(asked, 'jeton') });
  expect(readableText(await invited.get(mail.link))).toContain('demandez à votre caisse de vous envoyer');
  await app.deliver();
  const told = app.inbox.next(boss.email);
  expect(told.subject).toContain('La succession que la caisse proposait a été refusée');
  expect(told.text).not.toContain('que vous aviez invitée');
});

test('nobody of the caisse takes a site over, nor whoever holds it already', async () => {
  const boss = await app.world().administrator(1);
  const path = `/gestion/sites/${boss.sites[0]?.id}/succession/${boss.delegations[0]}`;
  for (const email of [agent.email, boss.email, 'pas une adresse']) {
    expect((await act(agent, path, { email })).status).toBe(422);
  }
});

test('an agent hands over nothing that no administrator holds', async () => {
  const world = app.world();
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  const heir = await world.account();
  await world.delegate(site as never, boss.delegations[0] ?? '', { from: boss.accountId, to: heir });
  await world.close(boss.delegations[0] ?? '');
  const path = `/gestion/sites/${site?.id}/succession/${boss.delegations[0]}`;
  expect((await agent.open(path)).status).toBe(409);
  const forged = { email: emailOf(heir), maniere: 'aussitot', confirme: 'oui', motif: 'Essai forcé' };
  expect((await agent.post(path, forged)).status).toBe(409);
});

test('a new code leaves by post when an agent asks for it', async () => {
  const { adherent } = await app.world().site();
  const path = `/gestion/adherents/${adherent.id}/courrier`;
  expect(readableText(await act(agent, path))).toContain('ne connaît pas l’adresse postale');
  const postal_address = ['12 rue du Faubourg', '57000 METZ'];
  await app.database.knex('adherent').where({ id: adherent.id }).update({ postal_address });
  expect(readableText(await act(agent, path))).toContain('La demande est enregistrée');
  expect((await auditOf('code_letter_asked'))[0]).toMatchObject({ actor_id: agent.accountId });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
