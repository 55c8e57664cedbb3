import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { elsewhere } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
let issuer: string;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  agent = await atWork(app);
});
afterAll(() => app.close());

const at = (cabinet: string, path = '') => `/gestion/cabinets/${cabinet}${path && `/${path}`}`;

const managersOf = (cabinet: string): Promise<string[]> =>
  app.database
    .knex('cabinet_member')
    .where({ cabinet_id: cabinet, role: 'manager' })
    .whereNull('ends_at')
    .pluck('account_id');

/** A firm with one client, what it was given, and one of its staff who serves that client. */
async function servingFirm() {
  const world = app.world();
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const cabinet = await world.cabinet(`Cabinet ${randomUUID().slice(0, 6)}`);
  const attachmentId = await world.attach(cabinet, site.adherent.id);
  const given = await world.link(
    site,
    {
      kind: 'cabinet',
      parentId: boss.delegations[0] ?? '',
      grantorAccountId: boss.accountId,
      granteeCabinetId: cabinet,
      attachmentId,
    },
    {},
  );
  const staff = await world.account({ givenName: 'Yanis', familyName: 'Marquoy' });
  const membershipId = await world.join(cabinet, staff, 'staff');
  const serving = await world.link(
    site,
    { kind: 'staff', parentId: given, grantorCabinetId: cabinet, granteeAccountId: staff, membershipId },
    {},
  );
  return { boss, site, cabinet, given, staff, serving };
}

test('the page of a firm shows its clients, and says that nobody manages it', async () => {
  const { cabinet, site } = await servingFirm();
  const page = await agent.open(at(cabinet));
  expect(readableText(page)).toContain('Ce cabinet n’a pas de responsable');
  expect(page.text).toContain(`/gestion/adherents/${site.adherent.id}"`);
  const people = readableText(await agent.open(at(cabinet, 'personnes')));
  expect(people).toContain('Yanis Marquoy');
  expect(people).toMatch(/1.client/);
});

test('a thousand clients come page by page, and are searched', async () => {
  const world = app.world();
  const cabinet = await world.cabinet('Grand cabinet');
  // A letter that no identifiant holds: those are searched too.
  const sites = await world.sites(
    Array.from({ length: 60 }, (_, i) => ({ raisonSociale: `Cliente n${String(i).padStart(3, '0')}` })),
  );
  for (const { adherent } of sites) await world.attach(cabinet, adherent.id);
  expect(readableText(await agent.open(at(cabinet)))).toMatch(/60.clients rattachés/);
  expect((await agent.open(`${at(cabinet)}?page=3`)).text).toContain('Cliente n059');
  const found = readableText(await agent.open(`${at(cabinet)}?q=cliente+n042`));
  expect(found).toMatch(/1.client rattaché/);
});

test('one of the staff is raised to manager, and holds what the firm holds from then on', async () => {
  const { cabinet, staff, serving } = await servingFirm();
  const done = await act(agent, at(cabinet, `responsables/${staff}/nommer`));
  expect(readableText(done)).toContain('Le responsable est nommé');
  expect(await managersOf(cabinet)).toEqual([staff]);
  const former = await app.database.knex('delegation').first('status').where({ id: serving });
  expect(former.status).toBe('closed');
  expect((await elsewhere(issuer, emailOf(staff))).signedIn).toBe(true);
  await app.deliver();
  expect(app.inbox.next(emailOf(staff)).subject).toContain('Vous êtes responsable');
  expect((await act(agent, at(cabinet, `responsables/${staff}/nommer`))).status).toBe(409);
  const line = await app.database
    .knex('audit_event')
    .first()
    .where({ kind: 'manager_named', subject_id: staff });
  expect(line).toMatchObject({ actor_id: agent.accountId, facts: { before: 'staff', after: 'manager' } });
});

test('his address does as well as his page', async () => {
  const { cabinet, staff } = await servingFirm();
  await act(agent, at(cabinet, 'responsables/nommer'), { email: emailOf(staff) });
  expect(await managersOf(cabinet)).toEqual([staff]);
  const again = await act(agent, at(cabinet, 'responsables/nommer'), { email: emailOf(staff) });
  expect(again.status).toBe(422);
  expect(again.text).toContain('déjà responsable');
});

test('a stranger is invited, and manages the firm once he has accepted', async () => {
  const { cabinet } = await servingFirm();
  const person = await app.world().account();
  const email = emailOf(person);
  const done = await act(agent, at(cabinet, 'responsables/nommer'), { email });
  expect(readableText(done)).toContain('L’invitation est partie');
  expect(await managersOf(cabinet)).toEqual([]);
  await app.deliver();
  const mail = app.inbox.next(email);
  expect(mail.subject).toContain('Devenez responsable');
  const visitor = new Visitor();
  const page = await visitor.get(mail.link);
  const href =
    /href="([^"]+)"[^>]*>Accepter en me connectant/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const answering = await signInOn(visitor, await visitor.get(new URL(href, page.url).href), email);
  const action = /<form[^>]*action="([^"]*accepter[^"]*)"/
    .exec(answering.text)?.[1]
    ?.replaceAll('&amp;', '&');
  const target = new URL(action ?? answering.url, answering.url).href;
  await visitor.post(target, { vu: hiddenOn(answering, 'vu') });
  expect(await managersOf(cabinet)).toEqual([person]);
});

test('the invitation of an agent who has left names nobody', async () => {
  const { cabinet } = await servingFirm();
  const leaving = await atWork(app);
  const person = await app.world().account();
  await act(leaving, at(cabinet, 'responsables/nommer'), { email: emailOf(person) });
  await app.world().change('account', leaving.accountId, { status: 'closed' });
  await app.deliver();
  const visitor = new Visitor();
  const page = await visitor.get(app.inbox.next(emailOf(person)).link);
  const href =
    /href="([^"]+)"[^>]*>Accepter en me connectant/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const answering = await signInOn(visitor, await visitor.get(new URL(href, page.url).href), emailOf(person));
  const action = /<form[^>]*action="([^"]*accepter[^"]*)"/
    .exec(answering.text)?.[1]
    ?.replaceAll('&amp;', '&');
  await visitor.post(new URL(action ?? answering.url, answering.url).href, { vu: hiddenOn(answering, 'vu') });
  expect(await managersOf(cabinet)).toEqual([]);
});

test('an invitation is not sent twice, and may be taken back', async () => {
  const { cabinet } = await servingFirm();
  const email = `associe-${randomUUID().slice(0, 8)}@essai.test`;
  await act(agent, at(cabinet, 'responsables/nommer'), { email });
  const twice = await act(agent, at(cabinet, 'responsables/nommer'), { email });
  expect(twice.status).toBe(422);
  expect(readableText(twice)).toContain('attend déjà une réponse');
  const { id } = await app.database.knex('invitation').first('id').where({ cabinet_id: cabinet, email });
  const path = at(cabinet, `invitations/${id}/retirer`);
  expect(readableText(await act(agent, path))).toContain('L’invitation est retirée');
  expect((await act(agent, path)).status).toBe(409);
  await app.deliver();
  expect(readableText(await new Visitor().get(app.inbox.next(email).link))).not.toContain('Accepter');
});

test('a manager of the firm neither sees nor takes back what the caisse has asked', async () => {
  const { cabinet, staff } = await servingFirm();
  await act(agent, at(cabinet, `responsables/${staff}/nommer`));
  const email = `autre-${randomUUID().slice(0, 8)}@essai.test`;
  await act(agent, at(cabinet, 'responsables/nommer'), { email });
  const { id } = await app.database.knex('invitation').first('id').where({ cabinet_id: cabinet, email });
  const visitor = new Visitor();
  const page = await signInOn(
    visitor,
    await visitor.get(`${issuer}/mon-cabinet/collaborateurs`),
    emailOf(staff),
  );
  expect(page.status).toBe(200);
  expect(page.text).not.toContain(email);
  const forced = await visitor.post(`${issuer}/mon-cabinet/collaborateurs/invitations/${id}/retirer`, {});
  expect(forced.status).toBe(404);
});

test('a manager who goes loses what he held by the firm, and is told', async () => {
  const { cabinet, staff } = await servingFirm();
  await act(agent, at(cabinet, `responsables/${staff}/nommer`));
  const page = await agent.open(at(cabinet, `responsables/${staff}/retirer`));
  expect(readableText(page)).toContain('Le cabinet n’aura plus de responsable');
  expect(readableText(page)).toContain('Yanis Marquoy perd');
  expect(readableText(await act(agent, at(cabinet, `responsables/${staff}/retirer`)))).toContain(
    'n’appartient plus',
  );
  expect(await managersOf(cabinet)).toEqual([]);
  expect((await elsewhere(issuer, emailOf(staff))).signedIn).toBe(false);
  await app.deliver();
  const subjects = app.inbox.all().filter(({ to }) => to === emailOf(staff));
  expect(subjects.some(({ subject }) => subject.includes('Vous n’êtes plus responsable'))).toBe(true);
  expect((await act(agent, at(cabinet, `responsables/${staff}/retirer`))).status).toBe(404);
});

test('who serves one client alone is invited, never raised', async () => {
  const { cabinet } = await servingFirm();
  const world = app.world();
  const { adherent } = await world.site();
  const named = await world.account();
  const membership = await world.join(cabinet, named, 'staff');
  await app.database.knex('cabinet_member').where({ id: membership }).delete();
  await app.database.knex('cabinet_member').insert({
    caisse_id: 'grand-est',
    id: randomUUID(),
    cabinet_id: cabinet,
    account_id: named,
    adherent_id: adherent.id,
    role: 'staff',
    effective_at: new Date(app.clock.now() - 1000),
    ends_at: null,
  });
  expect((await act(agent, at(cabinet, `responsables/${named}/nommer`))).status).toBe(409);
  expect(await managersOf(cabinet)).toEqual([]);
});

test('none of the caisse becomes manager of a firm', async () => {
  const { cabinet } = await servingFirm();
  const page = await act(agent, at(cabinet, 'responsables/nommer'), { email: agent.email });
  expect(page.status).toBe(422);
  expect(page.text).toContain('gestionnaire de la caisse');
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
