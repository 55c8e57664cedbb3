import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { authenticator, codesOn, secretOn } from '../support/second-factor.ts';
import { readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

const LIST = '/gestion/gestionnaires';
const NEW_PASSWORD = 'Truelle-Neuve-2026';

let app: TestApp | undefined;
let supervisor: AtWork;
// Anew each time: who is the last supervisor is what these tests are about.
beforeEach(async () => {
  await app?.close();
  app = await startApp();
  supervisor = await atWork(app, 'superviseur');
});
// Of each act the log tells what was and what became of it, in words.
afterEach(async () => expect(await unclearActs(running().database)).toEqual([]));
afterAll(() => app?.close());

const running = (): TestApp => app as TestApp;

const roleOf = (id: string) => running().database.knex('account').first('status', 'staff_role').where({ id });

const newcomer = () => ({
  email: `nouveau-${randomUUID().slice(0, 8)}@caisse.test`,
  prenom: 'Maud',
  nom: 'Tavernel',
  role: 'agent',
});

test('somebody is added by a link, chooses a password, then a second factor, and is at work', async () => {
  const fields = newcomer();
  const done = await act(supervisor, `${LIST}/ajouter`, fields);
  expect(readableText(done)).toContain('Le lien d’accès est parti');
  expect(done.text).not.toContain('jeton=');
  expect(readableText(done)).toContain('N’a pas encore choisi son mot de passe');
  await running().deliver();
  const mail = running().inbox.next(fields.email);
  expect(mail.subject).toContain('Ouvrez votre accès');
  const visitor = new Visitor();
  const jeton = new URL(mail.link).searchParams.get('jeton') ?? '';
  await visitor.get(mail.link);
  const chosen = await visitor.post(mail.link.split('?')[0] ?? '', {
    jeton,
    password: NEW_PASSWORD,
    'password-confirmation': NEW_PASSWORD,
    password_confirmation: NEW_PASSWORD,
  });
  expect(chosen.status).toBe(200);
  running().clock.advance(1_000);
  const issuer = running().issuerOf('grand-est');
  // Known to be of the caisse once the password is typed: it is not asked for again.
  const setUp = await signInOn(visitor, await visitor.get(`${issuer}/gestion`), fields.email, NEW_PASSWORD);
  expect(readableText(setUp)).toContain('Votre caisse demande, en plus du mot de passe, un code');
  const shown = await visitor.post(setUp.url, { code: authenticator(running(), secretOn(setUp)).code() });
  const home = await visitor.post(`${setUp.url}/terminer`, {});
  expect(home.url).toBe(`${issuer}/gestion`);
  // Without the application: a recovery code opens it, once.
  const [code = ''] = codesOn(shown);
  const recovering = async () => {
    const later = new Visitor();
    const step = await signInOn(later, await later.get(`${issuer}/gestion`), fields.email, NEW_PASSWORD);
    return later.post(`${step.url}?par=secours`, { code });
  };
  expect((await recovering()).url).toBe(`${issuer}/gestion`);
  expect((await recovering()).status).toBe(422);
});

test('the address of a company account is refused clearly, and stays what it was', async () => {
  const { accountId, email } = await running().world().administrator(1);
  const page = await act(supervisor, `${LIST}/ajouter`, { ...newcomer(), email });
  expect(page.status).toBe(422);
  expect(page.text).toContain('est celle d’un compte d’entreprise');
  expect((await roleOf(accountId)).staff_role).toBeNull();
});

test('nobody is added twice, nor without a name and a role', async () => {
  const fields = newcomer();
  await act(supervisor, `${LIST}/ajouter`, fields);
  expect((await act(supervisor, `${LIST}/ajouter`, fields)).status).toBe(422);
  const bare = await act(supervisor, `${LIST}/ajouter`, { email: 'x', prenom: '', nom: '', role: 'roi' });
  expect(bare.status).toBe(422);
  for (const words of ['adresse électronique complète', 'le prénom', 'le nom', 'Choisissez le rôle']) {
    expect(bare.text).toContain(words);
  }
});

test('of two who add the same person at once, one does', async () => {
  const fields = { ...newcomer(), motif: 'Arrivée', vu: '' };
  const pages = await Promise.all([1, 2].map(() => supervisor.post(`${LIST}/ajouter`, fields)));
  expect(pages.map(({ status }) => status).sort()).toEqual([200, 422]);
});

test('a role is changed, told and noted; a stale page changes nothing', async () => {
  const colleague = await running().world().account({ staffRole: 'agent' });
  const done = await act(supervisor, `${LIST}/${colleague}/role`, { role: 'superviseur' });
  expect(readableText(done)).toContain('Le rôle est changé');
  expect((await roleOf(colleague)).staff_role).toBe('superviseur');
  const stale = { vu: 'agent', role: 'agent', motif: 'Page ancienne' };
  expect((await supervisor.post(`${LIST}/${colleague}/role`, stale)).status).toBe(409);
  expect((await roleOf(colleague)).staff_role).toBe('superviseur');
  await running().deliver();
  expect(running().inbox.next(emailOf(colleague)).subject).toContain('Votre rôle');
  const line = await running().database.knex('audit_event').first().where({ kind: 'agent_changed' });
  expect(line.facts).toMatchObject({ before: 'agent', after: 'superviseur' });
});

test('an access is ended at once, with its sessions, and may be given again by a new link', async () => {
  const leaving = await atWork(running());
  expect((await leaving.open('/gestion')).status).toBe(200);
  expect(readableText(await act(supervisor, `${LIST}/${leaving.accountId}/fermer`))).toContain(
    'L’accès est fermé',
  );
  const after = await leaving.open('/gestion');
  expect(after.url).toContain('/connexion/');
  expect((await signInOn(leaving.visitor, after, leaving.email)).url).toContain('/connexion/');
  expect((await act(supervisor, `${LIST}/${leaving.accountId}/fermer`)).status).toBe(409);
  await running().deliver();
  expect(running().inbox.next(leaving.email).subject).toContain('est fermé');
  const again = await act(supervisor, `${LIST}/ajouter`, { ...newcomer(), email: leaving.email });
  expect(readableText(again)).toContain('Le lien d’accès est parti');
  expect(await roleOf(leaving.accountId)).toMatchObject({ status: 'active', staff_role: 'agent' });
});

test('the last supervisor stays one', async () => {
  const own = supervisor.accountId;
  for (const [path, fields] of [
    ['role', { role: 'agent' }],
    ['fermer', {}],
  ] as const) {
    const page = await act(supervisor, `${LIST}/${own}/${path}`, fields);
    expect(page.status).toBe(409);
    expect(readableText(page)).toContain('C’est le dernier superviseur');
  }
  expect(await roleOf(own)).toMatchObject({ status: 'active', staff_role: 'superviseur' });
});

test('of two supervisors who shut each other out at once, one stays', async () => {
  const other = await atWork(running(), 'superviseur');
  await Promise.all([
    act(supervisor, `${LIST}/${other.accountId}/fermer`),
    act(other, `${LIST}/${supervisor.accountId}/fermer`),
  ]);
  const left = await running()
    .database.knex('account')
    .where({ caisse_id: 'grand-est', staff_role: 'superviseur', status: 'active' });
  expect(left).toHaveLength(1);
});

test('an agent sees none of it', async () => {
  const agent = await atWork(running());
  const colleague = await running().world().account({ staffRole: 'agent' });
  const paths = [
    LIST,
    `${LIST}/ajouter`,
    ...['role', 'fermer', 'renvoyer'].map((path) => `${LIST}/${colleague}/${path}`),
  ];
  for (const path of paths) {
    expect((await agent.open(path)).status).toBe(403);
    if (path !== LIST)
      expect((await agent.post(path, { motif: 'Essai forcé', role: 'superviseur' })).status).toBe(403);
  }
  expect((await agent.open('/gestion')).text).not.toContain('Gestionnaires</a>');
});

test('nobody of a company is touched from here', async () => {
  const { accountId } = await running().world().administrator(1);
  for (const path of ['role', 'fermer', 'renvoyer']) {
    expect((await act(supervisor, `${LIST}/${accountId}/${path}`, { role: 'agent' })).status).toBe(404);
  }
  expect((await roleOf(accountId)).status).toBe('active');
});
