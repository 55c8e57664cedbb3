import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendMobileCode } from '../../provider/journeys/mobile-code.ts';
import { insertProvisional } from '../../provider/store/provisional.ts';
import { confirm, elsewhere, isStillIn } from '../support/account.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { addFactor, giveFactor } from '../support/second-factor.ts';
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

const auditOf = (kind: string, subjectId: string) =>
  app.database
    .knex('audit_event')
    .first()
    .where({ caisse_id: 'grand-est', kind, subject_id: subjectId })
    .orderBy('id', 'desc');

const statusOf = async (id: string): Promise<string> =>
  (await app.database.knex('account').first('status').where({ id })).status;

/** A person's pages of the back office are those of one account. */
const at = (accountId: string, act = '') => `/gestion/comptes/${accountId}${act && `/${act}`}`;

const subjects = (email: string) =>
  app.inbox
    .all()
    .filter(({ to }) => to === email)
    .map(({ subject }) => subject);

test('the page of an account shows who it is, what it reaches and what happened', async () => {
  const boss = await app.world().administrator(2, { givenName: 'Odile', familyName: 'Marchepied' });
  await elsewhere(issuer, boss.email);
  const text = readableText(await agent.open(at(boss.accountId)));
  expect(text).toContain('Odile Marchepied');
  expect(text).toContain('2 droits sur des sites');
  expect(text).toContain('Administrateur Entreprise');
  expect(text).toContain('Connexion');
  expect(text).not.toContain('argon2');
});

test('whoever tried too often gets in again once an agent has unlocked him, and is told', async () => {
  const { accountId, email } = await app.world().administrator(1);
  for (let i = 0; i < 6; i++) await elsewhere(issuer, email, 'Ce-n-est-pas-2026');
  expect((await elsewhere(issuer, email)).signedIn).toBe(false);
  expect(readableText(await act(agent, at(accountId, 'debloquer')))).toContain('La connexion est débloquée');
  expect((await elsewhere(issuer, email)).signedIn).toBe(true);
  expect((await auditOf('account_unlocked', accountId)).facts.reason).toBe('Demande reçue par téléphone');
  await app.deliver();
  expect(subjects(email).some((subject) => subject.includes('est débloqué'))).toBe(true);
});

test('it lets in as well who guessed at his second step, and texts him codes again', async () => {
  const { accountId, email } = await app.world().administrator(1);
  const application = await giveFactor(app, accountId);
  const enter = async (code: string) => {
    const visitor = new Visitor();
    const asked = await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email);
    return visitor.post(asked.url, { code });
  };
  for (let guess = 0; guess < 5; guess++) await enter(`00000${guess}`);
  expect((await enter(application.next())).status).toBe(429);
  const scope = await agentScope(app);
  const texted = { subject: `account ${accountId}`, number: '+33612345678' };
  let sent = await sendMobileCode(scope, texted);
  for (let more = 0; more < 20 && sent.kind === 'sent'; more++) sent = await sendMobileCode(scope, texted);
  expect(sent.kind).toBe('throttled');
  await act(agent, at(accountId, 'debloquer'));
  expect((await enter(application.next())).url).toBe(`${issuer}/mon-compte`);
  const other = { ...texted, number: '+33612345679' };
  expect((await sendMobileCode({ ...scope, address: '192.0.2.77' }, other)).kind).toBe('sent');
});

test('every act asks for a reason, and does nothing without', async () => {
  const { accountId } = await app.world().administrator(1);
  for (const path of ['debloquer', 'mot-de-passe', 'adresse', 'fermer']) {
    const page = await agent.open(at(accountId, path));
    const vu = hiddenOn(page, 'vu');
    const refused = await agent.post(at(accountId, path), { vu, motif: '  ', email: 'autre@essai.test' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Donnez le motif');
  }
  expect(await statusOf(accountId)).toBe('active');
  const acts = ['account_unlocked', 'password_reset_asked', 'email_change_by_agent', 'account_closed'];
  for (const kind of acts) expect(await auditOf(kind, accountId)).toBeUndefined();
});

test('a link for a new password leaves to the person alone', async () => {
  const { accountId, email } = await app.world().administrator(1);
  const done = await act(agent, at(accountId, 'mot-de-passe'));
  expect(readableText(done)).toContain('Le lien est parti');
  expect(done.text).not.toContain('jeton=');
  await app.deliver();
  const { link } = app.inbox.next(email);
  expect((await new Visitor().get(link)).status).toBe(200);
  expect(await auditOf('password_reset_asked', accountId)).toMatchObject({ actor_id: agent.accountId });
});

test('a lost second factor is reset once, and its person is told', async () => {
  const { accountId, email } = await app.world().administrator(1);
  await addFactor(app, email);
  expect(readableText(await act(agent, at(accountId, 'double-authentification')))).toContain(
    'est réinitialisée',
  );
  expect((await act(agent, at(accountId, 'double-authentification'))).status).toBe(409);
  expect((await auditOf('second_factor_reset', accountId)).facts.reason).toBeTruthy();
  await app.deliver();
  expect(subjects(email).some((subject) => subject.includes('réinitialisée'))).toBe(true);
});

test('an address changed on request is certified by its own link, and the old one is warned', async () => {
  const { accountId, email } = await app.world().administrator(1);
  const person = await elsewhere(issuer, email);
  const to = `nouvelle-${randomUUID().slice(0, 8)}@essai.test`;
  expect(readableText(await act(agent, at(accountId, 'adresse'), { email: to }))).toContain(
    'Le lien de confirmation',
  );
  expect(await statusOf(accountId)).toBe('deactivated');
  expect(await isStillIn(issuer, person)).toBe(false);
  await app.deliver();
  const warning = app.inbox.next(email);
  expect(warning.subject).toContain('va changer');
  expect(warning.text).toContain('Un gestionnaire de la caisse');
  expect((await confirm(app.inbox.next(to).link)).text).toContain('Votre adresse est confirmée');
  app.clock.advance(1_000);
  expect((await elsewhere(issuer, to)).signedIn).toBe(true);
  expect((await auditOf('email_change_by_agent', accountId)).facts).toMatchObject({
    before: email,
    after: to,
  });
});

test('the old address undoes a change that nobody there asked for', async () => {
  const { accountId, email } = await app.world().administrator(1);
  await act(agent, at(accountId, 'adresse'), { email: `intrus-${randomUUID().slice(0, 8)}@essai.test` });
  await app.deliver();
  expect((await confirm(app.inbox.next(email).link)).text).toContain('est annulé');
  expect(await statusOf(accountId)).toBe('active');
});

test('an address that another account has is refused', async () => {
  const [one, other] = [await app.world().administrator(1), await app.world().administrator(1)];
  const page = await act(agent, at(one.accountId, 'adresse'), { email: other.email });
  expect(page.status).toBe(422);
  expect(page.text).toContain('Un autre compte de la caisse');
  expect(await statusOf(one.accountId)).toBe('active');
});

test('closing says who loses what and which site stays alone, then ends all of it', async () => {
  const world = app.world();
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const user = await world.account();
  await world.delegate(site, boss.delegations[0] ?? '', { from: boss.accountId, to: user });
  const person = await elsewhere(issuer, boss.email);
  const page = await agent.open(at(boss.accountId, 'fermer'));
  const text = readableText(page);
  expect(text).toContain('Aucun autre administrateur');
  expect(page.text).toContain(`/gestion/sites/${site.id}/succession/${boss.delegations[0]}"`);
  expect(text).toMatch(/1.collaborateur perd/);
  expect(readableText(await act(agent, at(boss.accountId, 'fermer')))).toContain('Le compte est fermé');
  expect(await statusOf(boss.accountId)).toBe('closed');
  expect(await isStillIn(issuer, person)).toBe(false);
  expect((await elsewhere(issuer, boss.email)).signedIn).toBe(false);
  const root = await app.database.knex('delegation').first('status').where({ id: boss.delegations[0] });
  expect(root.status).toBe('closed');
  expect((await elsewhere(issuer, emailOf(user))).signedIn).toBe(false);
  expect((await auditOf('account_closed', boss.accountId)).facts).toMatchObject({
    before: 'active',
    after: 'closed',
    delegations: 1,
  });
  await app.deliver();
  expect(subjects(boss.email).some((subject) => subject.includes('est fermé'))).toBe(true);
});

test('whoever held something below a closed account hears that it ended, in one mail for each adhérent', async () => {
  const world = app.world();
  const boss = await world.administrator(1, { givenName: 'Hervé', familyName: 'Partant' });
  const [headquarters] = boss.sites;
  if (!headquarters) throw new Error('no site');
  const sibling = await world.site({ name: 'Dépôt', adherent: headquarters.adherent });
  const enrolment = await world.enrol(boss.accountId, sibling);
  const user = await world.account();
  const below = await world.account();
  const dormant = await world.account();
  await world.delegate(sibling, enrolment, { from: boss.accountId, to: user });
  const parent = boss.delegations[0] ?? '';
  for (const site of boss.sites) {
    const his = await world.delegate(site, parent, { from: boss.accountId, to: user });
    await world.delegate(site, his, { from: user, to: below });
    await world.delegate(site, parent, { from: boss.accountId, to: dormant }, { status: 'suspended' });
  }
  expect(readableText(await agent.open(at(boss.accountId, 'fermer')))).toMatch(/2.collaborateurs perdent/);
  await act(agent, at(boss.accountId, 'fermer'));
  await app.deliver();
  const ended = (id: string) =>
    app.inbox
      .all()
      .filter(({ to, subject }) => to === emailOf(id) && subject.includes('a pris fin'))
      .map(({ text }) => text);
  const [mail, ...more] = ended(user);
  expect(more).toEqual([]);
  expect(mail).toContain('accordée par Hervé Partant');
  for (const { siret } of [...boss.sites, sibling]) expect(mail?.replaceAll(/\s/g, '')).toContain(siret);
  expect(ended(below)).toHaveLength(1);
  // It gave nothing already.
  expect(ended(dormant)).toEqual([]);
});

test('what a letter brought opens nothing once the account that it was for is closed', async () => {
  const accountId = randomUUID();
  await insertProvisional(app.world().store, {
    accountId,
    givenName: 'Lucien',
    familyName: 'Provisoire',
    login: `L${accountId.slice(0, 8)}`.toUpperCase(),
    passwordHash: 'jamais essayé',
    now: app.clock.now(),
    expiresAt: app.clock.now() + 86_400_000,
  });
  expect(readableText(await agent.open(at(accountId)))).toContain('Pas encore d’adresse électronique');
  expect((await act(agent, at(accountId, 'mot-de-passe'))).status).toBe(404);
  expect(readableText(await act(agent, at(accountId, 'fermer')))).toContain('Le compte est fermé');
  const letter = await app.database.knex('provisional_credential').first().where({ account_id: accountId });
  expect(letter.used_at).not.toBeNull();
  expect((await act(agent, at(accountId, 'rouvrir'))).status).toBe(404);
});

test('an account opened again has no right of before, and a new password', async () => {
  const boss = await app.world().administrator(1);
  await act(agent, at(boss.accountId, 'fermer'));
  expect(readableText(await act(agent, at(boss.accountId, 'rouvrir')))).toContain('Le compte est rouvert');
  expect(await statusOf(boss.accountId)).toBe('active');
  const root = await app.database.knex('delegation').first('status').where({ id: boss.delegations[0] });
  expect(root.status).toBe('closed');
  await app.deliver();
  const mail = app.inbox
    .all()
    .findLast(({ to, subject }) => to === boss.email && subject.includes('rouvert'));
  expect((await new Visitor().get(mail?.link ?? '')).status).toBe(200);
});

test('an account that has changed since the page was shown is left as it is', async () => {
  const boss = await app.world().administrator(1);
  const page = await agent.open(at(boss.accountId, 'fermer'));
  await act(agent, at(boss.accountId, 'adresse'), { email: `entre-${randomUUID().slice(0, 8)}@essai.test` });
  const stale = { vu: hiddenOn(page, 'vu'), motif: 'Demande ancienne' };
  expect((await agent.post(at(boss.accountId, 'fermer'), stale)).status).toBe(409);
  expect(await statusOf(boss.accountId)).toBe('deactivated');
});

test('of two agents who close an account at once, one does', async () => {
  const boss = await app.world().administrator(1);
  const other = await atWork(app);
  const vu = hiddenOn(await agent.open(at(boss.accountId, 'fermer')), 'vu');
  await other.open(at(boss.accountId, 'fermer'));
  const pages = await Promise.all(
    [agent, other].map((one) => one.post(at(boss.accountId, 'fermer'), { vu, motif: 'Départ annoncé' })),
  );
  expect(pages.map(({ status }) => status).sort()).toEqual([200, 409]);
  const lines = await app.database
    .knex('audit_event')
    .where({ kind: 'account_closed', subject_id: boss.accountId });
  expect(lines).toHaveLength(1);
});

test('a sensitive act wants a recent sign-in', async () => {
  const boss = await app.world().administrator(1);
  const sleepy = await atWork(app);
  app.clock.advance(6 * 60_000);
  expect((await sleepy.open(at(boss.accountId))).status).toBe(200);
  const page = await sleepy.open(at(boss.accountId, 'fermer'));
  expect(page.url).toContain('/connexion/');
  const forced = await sleepy.post(at(boss.accountId, 'fermer'), { motif: 'Sans me reconnecter' });
  expect(forced.url).toContain('/connexion/');
  expect(await statusOf(boss.accountId)).toBe('active');
  agent = await atWork(app);
});

test('an agent changes nothing of how one of the caisse signs in, nor of his own', async () => {
  const colleague = await app.world().account({ staffRole: 'agent' });
  for (const accountId of [colleague, agent.accountId]) {
    const page = await agent.open(at(accountId));
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(`${at(accountId, 'adresse')}"`);
    for (const path of [
      'debloquer',
      'mot-de-passe',
      'adresse',
      'fermer',
      'rouvrir',
      'double-authentification',
    ]) {
      expect((await act(agent, at(accountId, path), { email: 'moi@essai.test' })).status).toBe(403);
      expect((await agent.post(at(accountId, path), { motif: 'Essai forcé' })).status).toBe(403);
    }
  }
});

test('a supervisor does it for a colleague, but closes his access elsewhere', async () => {
  const supervisor = await atWork(app, 'superviseur');
  const colleague = await app.world().account({ staffRole: 'agent' });
  expect(readableText(await act(supervisor, at(colleague, 'mot-de-passe')))).toContain('Le lien est parti');
  expect((await act(supervisor, at(colleague, 'fermer'))).status).toBe(403);
});

test('who is not of the caisse, or has no second factor, gets nowhere', async () => {
  const boss = await app.world().administrator(1);
  const visitor = new Visitor();
  const signedIn = await signInOn(visitor, await visitor.get(`${issuer}${at(boss.accountId)}`), boss.email);
  expect(signedIn.status).toBe(404);
  const bare = await app.world().account({ staffRole: 'agent' });
  const other = new Visitor();
  const once = await signInOn(other, await other.get(`${issuer}${at(boss.accountId)}`), emailOf(bare));
  expect(once.text).not.toContain(boss.email);
  const forced = await other.post(`${issuer}${at(boss.accountId, 'fermer')}`, { motif: 'Sans facteur' });
  expect(forced.text).not.toContain('Fermer le compte');
  expect(await statusOf(boss.accountId)).toBe('active');
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
