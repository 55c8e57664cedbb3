import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { issuerAt } from '../../provider/demo/addresses.ts';
import { DEMO_CAISSES } from '../../provider/demo/caisses.ts';
import { TO_CONFIRM } from '../../provider/demo/colleagues.ts';
import { DEMO_PASSWORD, PEOPLE, type PersonKey } from '../../provider/demo/people.ts';
import { followAddresses, seedDemo } from '../../provider/demo/seed.ts';
import { openServices } from '../../provider/demo/services.ts';
import { endOf } from '../../provider/domain/calendar.ts';
import { emailKey } from '../../provider/domain/email.ts';
import { covers, effectiveRights, levelOf } from '../../provider/domain/rights.ts';
import { makeSealer } from '../../provider/domain/seal.ts';
import { parseSiret } from '../../provider/domain/siret.ts';
import { contrastProblems } from '../../provider/http/theme.ts';
import { findCredentials } from '../../provider/store/accounts.ts';
import { listDsnAlerts } from '../../provider/store/adherents.ts';
import { listCaisses } from '../../provider/store/caisses.ts';
import { listMessages } from '../../provider/store/contact-queue.ts';
import { rewriteClientMetadata } from '../../provider/store/demo-addresses.ts';
import { type Handle, handleOf } from '../../provider/store/handle.ts';
import { type Holding, readHolding } from '../../provider/store/holdings.ts';
import { findInvitation } from '../../provider/store/invitations.ts';
import { type PortfolioPage, readPortfolio } from '../../provider/store/portfolio.ts';
import { makePasswordHasher, type PasswordHasher } from '../../provider/tenant/passwords.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const now = Date.UTC(2026, 10, 21, 9);
const addresses = {
  provider: 'http://localhost:3000',
  portal: 'http://localhost:3001',
  api: 'http://localhost:3002',
};
const sealer = makeSealer([randomBytes(32)], randomBytes);
const make = { sealer, random: randomBytes, now };

let database: TestDatabase;
let passwords: PasswordHasher;
beforeAll(async () => {
  database = await testDatabase();
  passwords = await makePasswordHasher(1);
  await seedDemo(database.knex, { addresses, passwords, make });
});
afterAll(() => database.drop());

const storeOf = (caisseId: string): Handle => handleOf(database.knex, caisseId);

async function accountOf(store: Handle, who: PersonKey): Promise<string> {
  const credentials = await findCredentials(store, emailKey(PEOPLE[who].email));
  if (!credentials) throw new Error(`${who} has no account at ${store.caisseId}`);
  return credentials.id;
}

async function sitesOf(store: Handle, who: PersonKey, limit = 1_000): Promise<PortfolioPage> {
  const accountId = await accountOf(store, who);
  return readPortfolio(store, { accountId, now, terms: [], limit, offset: 0, recent: 0 });
}

async function heldBy(store: Handle, who: PersonKey, siteId: string): Promise<Holding> {
  const holding = await readHolding(store, await accountOf(store, who), { siteId });
  if (!holding) throw new Error('no such account');
  return holding;
}

describe.each(DEMO_CAISSES.map((caisse) => [caisse.id, caisse] as const))('%s', (id, caisse) => {
  test('everybody has an active account with the same password', async () => {
    for (const { email } of Object.values(PEOPLE)) {
      const credentials = await findCredentials(storeOf(id), emailKey(email));
      expect(credentials?.status).toBe('active');
      expect(await passwords.verify(credentials?.passwordHash ?? null, DEMO_PASSWORD)).toBe(true);
    }
  });

  test.each([
    ['administrateur', 3],
    ['unSite', 1],
    ['utilisateur', 1],
    ['comptable', 500],
    ['collaborateur', 20],
    ['agent', 0],
  ] as const)('%s reaches %i sites', async (who, count) => {
    expect((await sitesOf(storeOf(id), who)).reached).toBe(count);
  });

  test('the administrator has two adhérents and delegates what he holds', async () => {
    const { sites } = await sitesOf(storeOf(id), 'administrateur');
    expect(new Set(sites.map(({ identifiant }) => identifiant)).size).toBe(2);
    for (const site of sites) {
      const { chains } = await heldBy(storeOf(id), 'administrateur', site.id);
      expect(effectiveRights(chains, now).administrator).toBe(true);
    }
  });

  test('the colleague reads some features, changes others, and never for cadres', async () => {
    const [site] = (await sitesOf(storeOf(id), 'utilisateur')).sites;
    const { chains } = await heldBy(storeOf(id), 'utilisateur', site?.id ?? '');
    const rights = effectiveRights(chains, now);
    const levels = FEATURES.map((_, i) => levelOf(rights, i, 'ouvrier'));
    expect(new Set(levels)).toEqual(new Set(['none', 'consultation', 'mise_a_jour']));
    expect(FEATURES.map((_, i) => levelOf(rights, i, 'etam'))).toEqual(levels);
    expect(rights.levels[2]).toBe(0n);
    expect(rights.administrator).toBe(false);
  });

  test('the firm holds varied rights, and its staff no more than the firm', async () => {
    const rows = await database
      .knex('delegation')
      .select('id', 'kind', 'parent_id', 'colleges', 'levels')
      .where({ caisse_id: id })
      .whereIn('kind', ['cabinet', 'staff']);
    const given = new Map(rows.map((row) => [row.id, { levels: row.levels, colleges: row.colleges }]));
    const toTheFirm = rows.filter(({ kind }) => kind === 'cabinet');
    expect(new Set(toTheFirm.map((row) => `${row.levels}/${row.colleges}`)).size).toBeGreaterThan(5);
    for (const row of rows.filter(({ kind }) => kind === 'staff')) {
      const held = given.get(row.parent_id);
      expect(held && covers(held, { levels: row.levels, colleges: row.colleges })).toBe(true);
    }
  });

  test('the administrator finds a delegation in every state', async () => {
    const { knex } = database;
    const administrator = await accountOf(storeOf(id), 'administrateur');
    const given = await knex('delegation')
      .select('kind', 'status', 'ends_at', 'invitation_id')
      .where({ caisse_id: id, grantor_account_id: administrator });
    const states = given.map(({ kind, status }) => `${kind} ${status}`).sort();
    expect(states).toEqual([
      'cabinet to_renew',
      'user active',
      'user active',
      'user awaiting_confirmation',
      'user closed',
      'user suspended',
    ]);
    const ends = given.flatMap(({ ends_at }) => ends_at ?? []);
    expect(ends).toEqual([endOf('2026-12-11', caisse.timeZone)]);
    const toConfirm = given.find(({ status }) => status === 'awaiting_confirmation');
    const invitation = await findInvitation(storeOf(id), toConfirm?.invitation_id, now);
    expect(invitation).toMatchObject({ email: TO_CONFIRM.email, state: 'awaiting_confirmation' });
    expect(await passwords.verify(invitation?.answer?.passwordHash ?? null, DEMO_PASSWORD)).toBe(true);
  });

  test('every SIRET is valid and none can be that of a real company', async () => {
    const sirets = await database.knex('site').pluck('siret').where({ caisse_id: id });
    expect(sirets.length).toBe(508);
    expect(sirets.filter((siret) => parseSiret(siret) === null || !siret.startsWith('0'))).toEqual([]);
  });

  test('sites of the administrator and of the firm have DSN alerts', async () => {
    for (const who of ['administrateur', 'unSite', 'comptable'] as const) {
      const alerted = (await sitesOf(storeOf(id), who)).sites.find(({ alerts }) => alerts.length > 0);
      expect(await listDsnAlerts(storeOf(id), alerted?.siret ?? '')).toEqual(alerted?.alerts);
      expect(alerted?.alerts[0]).toMatch(/^DSN (août|septembre|octobre) 2026\u00a0: /);
    }
  });

  test('its colours can be told apart, and its logo runs nothing', () => {
    expect(contrastProblems(caisse.settings.theme)).toEqual([]);
    expect(caisse.settings.logo).not.toMatch(/<script|<style|\bon\w+=|href/);
  });

  test('the registered services are there, each confidential one with a secret of its own', async () => {
    const services = await openServices(storeOf(id), sealer);
    const path = join(import.meta.dirname, '../../clients/registrations', `${id}.json`);
    const registered = JSON.parse(readFileSync(path, 'utf8')).clients as { client_id: string }[];
    expect(services.map(({ clientId }) => clientId)).toEqual(registered.map((c) => c.client_id).sort());
    const secrets = services.flatMap(({ secret }) => secret ?? []);
    expect(new Set(secrets).size).toBe(4);
    expect(secrets.every((secret) => secret.length === 43)).toBe(true);
  });
});

test('the caisses differ in colours, identifiants and people', async () => {
  const [one, other] = DEMO_CAISSES;
  expect(one?.settings.theme).not.toEqual(other?.settings.theme);
  expect(one?.identifiantOf(0)).toMatch(/^GE-\d{6}$/);
  expect(other?.identifiantOf(0)).toMatch(/^14-\d{7}-\d$/);
  expect(await accountOf(storeOf('grand-est'), 'agent')).not.toBe(
    await accountOf(storeOf('nord-ouest'), 'agent'),
  );
});

test('a database that holds a caisse is not seeded again', async () => {
  expect(await seedDemo(database.knex, { addresses, passwords, make })).toBe(false);
});

test('a demo started at other ports moves its issuers and services there, and keeps its secrets', async () => {
  const moved = {
    provider: 'http://localhost:4000',
    portal: 'http://localhost:4001',
    api: 'http://localhost:4002',
  };
  const before = await openServices(storeOf('grand-est'), sealer);
  await followAddresses(database.knex, { addresses: moved, make });
  const caisses = await listCaisses(database.knex);
  expect(caisses.map(({ issuer }) => issuer)).toEqual(caisses.map(({ id }) => issuerAt(moved, id)));
  const after = await openServices(storeOf('grand-est'), sealer);
  expect(after.map(({ secret }) => secret)).toEqual(before.map(({ secret }) => secret));
  expect(JSON.stringify(after)).not.toMatch(/localhost:300[12]/);
  await followAddresses(database.knex, { addresses, make });
  expect(await openServices(storeOf('grand-est'), sealer)).toEqual(before);
});

test('what a supervisor has changed of a service outlives the next starts, at other ports as well', async () => {
  const store = storeOf('grand-est');
  const metadataOf = async (clientId: string) =>
    (await openServices(store, sealer)).find((service) => service.clientId === clientId)?.metadata ?? {};
  const before = await metadataOf('portail');
  const mine = ['http://localhost:4444/grand-est/retour', ...(before.redirect_uris as string[])];
  await rewriteClientMetadata(store, 'portail', {
    ...before,
    client_name: 'Mon portail',
    redirect_uris: mine,
  });
  await database.knex('client').where({ caisse_id: 'grand-est', client_id: 'essai-tiers' }).del();
  await followAddresses(database.knex, { addresses, make });
  expect(await metadataOf('portail')).toEqual({
    ...before,
    client_name: 'Mon portail',
    redirect_uris: mine,
  });
  expect(await metadataOf('essai-tiers')).toMatchObject({ token_endpoint_auth_method: 'none' });
  await followAddresses(database.knex, {
    addresses: { ...addresses, portal: 'http://localhost:4001' },
    make,
  });
  expect(await metadataOf('portail')).toMatchObject({
    client_name: 'Mon portail',
    redirect_uris: [mine[0], 'http://localhost:4001/grand-est/retour'],
    resources: ['http://localhost:3002'],
  });
  await followAddresses(database.knex, { addresses, make });
});

test('somebody has written to the caisse: one message waits, one is dealt with', async () => {
  for (const { id } of DEMO_CAISSES) {
    const { page } = await listMessages(storeOf(id), {
      statuses: ['received', 'transmitted', 'failed', 'handled'],
      terms: [],
      limit: 10,
      offset: 0,
    });
    expect(page.map(({ status }) => status)).toEqual(['transmitted', 'handled']);
  }
});
