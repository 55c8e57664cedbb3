import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resetByAgent } from '../../provider/journeys/reset-second-factor.ts';
import { agentScope } from '../support/agent.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { addFactor, authenticator, changeSettings, codesOn, secretOn } from '../support/second-factor.ts';
import { claimsOf, readableText, redeem, request, returned, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await changeSettings(app, 'nord-ouest', { secondFactorRequiredFor: 'administrators' });
  await changeSettings(app, 'ile-de-france', { secondFactorRequiredFor: 'everyone' });
});
afterAll(() => app.close());

async function signIn(slug: Slug, email: string, extra: Record<string, string> = {}) {
  const visitor = new Visitor();
  const asked = await request(app.issuerOf(slug), 'portail', extra);
  const page = await signInOn(visitor, await visitor.get(asked.url), email);
  return { visitor, asked, page };
}

/** Someone who holds rights on a site that another administers. */
async function colleagueAt(slug: Slug) {
  const world = app.world(slug);
  const boss = await world.administrator(1);
  const colleague = await world.account();
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  await world.delegate(site, boss.delegations[0] ?? '', { from: boss.accountId, to: colleague });
  return { boss, colleague, email: `p${colleague.slice(0, 8)}@essai.test` };
}

test('a caisse that requires it of administrators has them set it up before their first tokens', async () => {
  const { boss } = await colleagueAt('nord-ouest');
  const { visitor, asked, page } = await signIn('nord-ouest', boss.email);
  expect(readableText(page)).toContain('Votre caisse demande');
  const application = authenticator(app, secretOn(page));
  const shown = await visitor.post(page.url, { code: application.code() });
  expect(codesOn(shown)).toHaveLength(10);
  const back = await visitor.post(`${page.url}/terminer`, {});
  const { id_token } = await redeem(asked, returned(back).get('code') ?? '');
  expect(claimsOf(id_token)).toMatchObject({ acr: 'urn:caisse-id:acr:mfa' });
});

test('but not their colleagues, until these administer as well', async () => {
  const { colleague, email } = await colleagueAt('nord-ouest');
  const before = await signIn('nord-ouest', email);
  expect(returned(before.page).get('code')).not.toBeNull();
  const world = app.world('nord-ouest');
  await world.enrol(colleague, await world.site());
  const silent = await request(app.issuerOf('nord-ouest'), 'portail', { prompt: 'none' });
  expect(returned(await before.visitor.get(silent.url)).get('error')).toBe('login_required');
  expect((await signIn('nord-ouest', email)).page.url).toMatch(/double-authentification$/);
});

test('a manager of a firm counts as an administrator', async () => {
  const world = app.world('nord-ouest');
  const manager = await world.account();
  await world.join(await world.cabinet(), manager, 'manager');
  const { page } = await signIn('nord-ouest', `p${manager.slice(0, 8)}@essai.test`);
  expect(page.url).toMatch(/double-authentification$/);
});

test('a caisse that requires it of everyone asks everyone', async () => {
  const { email } = await colleagueAt('ile-de-france');
  expect((await signIn('ile-de-france', email)).page.url).toMatch(/double-authentification$/);
});

test('the requirement holds back sessions that began before it', async () => {
  const { email } = await app.world('grand-est').administrator(1);
  const { visitor } = await signIn('grand-est', email);
  await changeSettings(app, 'grand-est', { secondFactorRequiredFor: 'everyone' });
  const silent = await request(app.issuerOf('grand-est'), 'portail', { prompt: 'none' });
  expect(returned(await visitor.get(silent.url)).get('error')).toBe('login_required');
  await changeSettings(app, 'grand-est', { secondFactorRequiredFor: 'nobody' });
});

test('only an agent gives back an account whose application and codes are lost, and its person is told', async () => {
  const { email, accountId } = await app.world().administrator(1);
  const { codes } = await addFactor(app, email);
  const agent = await app.world().account({ staffRole: 'agent' });
  const scope = await agentScope(app);
  expect(await resetByAgent(scope, { accountId, agentId: agent, reason: 'Téléphone perdu' })).toBe(true);
  expect(await resetByAgent(scope, { accountId, agentId: agent, reason: 'Téléphone perdu' })).toBe(false);
  expect(
    await resetByAgent(scope, { accountId: randomUUID(), agentId: agent, reason: 'Téléphone perdu' }),
  ).toBe(false);
  const { page } = await signIn('grand-est', email);
  expect(returned(page).get('code')).not.toBeNull();
  expect(codes).toHaveLength(10);
  await app.deliver();
  const told = app.inbox.all().filter(({ to }) => to === email);
  expect(told.map(({ subject }) => subject)).toContainEqual(expect.stringContaining('réinitialisée'));
  const line = await app.database.knex('audit_event').first().where({ kind: 'second_factor_reset' });
  expect(line).toMatchObject({ actor_id: agent, subject_id: accountId });
});
