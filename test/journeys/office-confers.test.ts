/**
 * What an agent's acts confer: never more than an administrator of the company holds at that moment, whichever act it is
 * and whatever its form says. Asked of the chains themselves, which tokens, decisions and screens read.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing, vectorOf } from '../../provider/domain/rights.ts';
import { hangWhatWaits } from '../../provider/jobs/run-imports.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { ACCOUNTANT, EMPLOYEE, offerRequests, requested } from '../support/access-requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { csv, importFile } from '../support/imports.ts';
import { portfolio } from '../support/portfolio.ts';
import { emailOf, rightsOn } from '../support/world.ts';

let app: TestApp;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp();
  await offerRequests(app);
  agent = await atWork(app);
});
afterAll(() => app.close());

const world = () => app.world();
const now = () => app.clock.now();

/** What somebody holds on a site at this moment. */
async function holds(accountId: string, siteId: string) {
  const holding = await readHolding(world().store, accountId, { siteId });
  return effectiveRights(holding?.chains ?? [], now());
}

const nothing = async (accountId: string, siteId: string) => holdsNothing(await holds(accountId, siteId));

/** Every act that confers, by a form that says more than its page: none of it may count. */
const GREEDY = {
  admin: 'true',
  administrateur: 'oui',
  droits: 'mise_a_jour',
  level: 'mise_a_jour',
  role: 'manager',
};

describe('naming a manager of a firm', () => {
  const READING = rightsOn({ documents: 'consultation', planning: 'consultation' }, ['ouvrier']);

  test('confers on each client what its administrator gave the firm, and nothing where he holds nothing any more', async () => {
    const held = await portfolio(world(), [{}, {}, {}], {
      now: now(),
      toFirm: (place) => (place === 0 ? { rights: READING } : {}),
    });
    const [narrow, gone, ended] = held.sites;
    await world().close(held.toRoot[1] ?? '');
    await world().change('delegation', held.toFirm[2] ?? '', { status: 'suspended' });
    const path = `/gestion/cabinets/${held.cabinetId}/responsables/${held.staff}/nommer`;
    expect((await act(agent, path, GREEDY)).status).toBe(200);
    const role = { account_id: held.staff, role: 'manager' };
    expect(await app.database.knex('cabinet_member').where(role).whereNull('ends_at')).toHaveLength(1);
    const rights = await holds(held.staff, narrow?.id ?? '');
    expect(rights.levels).toEqual((await holds(held.manager, narrow?.id ?? '')).levels);
    expect(rights.levels).toEqual([READING.levels, 0n, 0n]);
    expect(await nothing(held.staff, gone?.id ?? '')).toBe(true);
    expect(await nothing(held.staff, ended?.id ?? '')).toBe(true);
  });
});

describe('attaching a firm', () => {
  test('confers nothing by itself, and nothing comes back that stood before', async () => {
    const held = await portfolio(world(), [{}], { now: now() });
    const [site] = held.sites;
    const base = `/gestion/adherents/${site?.adherent.id}`;
    const [attached] = await app.database.knex('cabinet_client').where({ cabinet_id: held.cabinetId });
    expect(await nothing(held.manager, site?.id ?? '')).toBe(false);
    await act(agent, `${base}/cabinets/${attached.id}/detacher`);
    expect(await nothing(held.manager, site?.id ?? '')).toBe(true);
    const date_effet = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(now());
    const fields = { nom: 'Remparts', cabinet: held.cabinetId, date_effet, date_fin: '', ...GREEDY };
    expect((await act(agent, `${base}/cabinets/rattacher`, fields)).status).toBe(200);
    const again = await app.database.knex('cabinet_client').where({ cabinet_id: held.cabinetId });
    expect(again).toHaveLength(2);
    expect(await nothing(held.manager, site?.id ?? '')).toBe(true);
  });
});

describe('handing a site over', () => {
  /** An administrator, somebody to whom he gave a little, and the page of the act. */
  async function handing() {
    const boss = await world().administrator(2);
    const [site, other] = boss.sites;
    if (!site || !other) throw new Error('no site');
    const heir = await world().account();
    const people = { from: boss.accountId, to: heir };
    const rights = rightsOn({ documents: 'consultation' });
    await world().delegate(site, boss.delegations[0] ?? '', people, { rights });
    const path = `/gestion/sites/${site.id}/succession/${boss.delegations[0]}`;
    return { boss, site, other, heir, path };
  }
  const forged = (heir: string) => ({
    ...GREEDY,
    email: emailOf(heir),
    maniere: 'aussitot',
    confirme: 'oui',
    motif: 'Essai sans administrateur',
  });

  test.each(['closed', 'suspended'])(
    'that nobody administers, its enrolment being %s, confers nothing',
    async (status) => {
      const { boss, site, heir, path } = await handing();
      await world().change('delegation', boss.delegations[0] ?? '', { status });
      expect((await agent.post(path, forged(heir))).status).toBe(409);
      expect(await nothing(heir, site.id)).toBe(true);
    },
  );

  test('confers what the former administrator held there, no more sites, and takes it from him', async () => {
    const { boss, site, other, heir, path } = await handing();
    const before = await holds(boss.accountId, site.id);
    const recap = await act(agent, path, { email: emailOf(heir) });
    const fields = {
      ...forged(heir),
      vu: hiddenOn(recap, 'vu'),
      site: other.id,
      adherent: other.adherent.id,
    };
    expect((await agent.post(path, fields)).status).toBe(200);
    expect(await holds(heir, site.id)).toEqual(before);
    expect(await nothing(boss.accountId, site.id)).toBe(true);
    expect(await nothing(heir, other.id)).toBe(true);
  });

  test('by the delegation of somebody below is no page at all', async () => {
    const { site, heir } = await handing();
    const below = await app.database.knex('delegation').first('id').where({ grantee_account_id: heir });
    const path = `/gestion/sites/${site.id}/succession/${below.id}`;
    expect((await agent.post(path, forged(heir))).status).toBe(404);
  });
});

describe('importing delegations of the former space', () => {
  const ALL = 'SIRET;e-mail;collèges;droits';

  test('confers nothing: not where nobody administers, nor where somebody does, until he renews it', async () => {
    const [bare, headed] = await world().sites([{}, {}]);
    if (!bare || !headed) throw new Error('no site');
    await world().enrol(await world().account(), headed);
    const person = await world().account();
    const lines = [bare, headed].map(({ siret }) => `${siret};${emailOf(person)};tous;mise à jour`);
    await importFile({ store: world().store, now }, 'delegations', csv(ALL, ...lines));
    await hangWhatWaits({ sql: app.database.knex, now });
    const rows = await app.database.knex('delegation').where({ grantee_account_id: person });
    expect(rows.map(({ site_id, status, admin }) => [site_id, status, admin])).toEqual([
      [headed.id, 'to_renew', false],
    ]);
    for (const { id } of [bare, headed]) expect(await nothing(person, id)).toBe(true);
  });

  test('is renewed by nobody of the caisse', async () => {
    const site = await world().site();
    const head = await world().account();
    const root = await world().enrol(head, site);
    const to = await world().account();
    const given = await world().delegate(site, root, { from: head, to }, { status: 'to_renew' });
    const path = `/droits-d-acces/${site.siret}/delegations/${given}/renouveler`;
    expect((await agent.post(path, { confirme: 'oui', ...GREEDY })).status).toBe(404);
    expect(await nothing(to, site.id)).toBe(true);
  });
});

describe('validating a request for access', () => {
  /** A request that an agent may validate. */
  async function asked(given: Readonly<Record<string, string>>) {
    const { id, held } = await requested(app, given);
    await app.database
      .knex('adherent')
      .update({ postal_address: ['12 RUE DE L’EXEMPLE', '57000 METZ'] })
      .where({ id: held.site.adherent.id });
    return { id, held };
  }
  const CONSULTATION = vectorOf(Array(17).fill('consultation'), ['ouvrier', 'etam', 'cadre']);

  test('confers on an employee what the director asked, under the director, and not the power to delegate', async () => {
    const { id, held } = await asked({ ...EMPLOYEE });
    expect((await act(agent, `/gestion/demandes/${id}/valider`, GREEDY)).status).toBe(200);
    const { site } = held;
    const rows = await app.database.knex('delegation').where({ site_id: site.id });
    const [root, given] = ['enrolment', 'user'].map((kind) => rows.find((row) => row.kind === kind));
    expect(rows).toHaveLength(2);
    expect([given?.parent_id, given?.admin]).toEqual([root?.id, false]);
    const rights = await holds(given?.grantee_account_id, site.id);
    const director = await holds(root?.grantee_account_id, site.id);
    expect([rights.administrator, director.administrator]).toEqual([false, true]);
    expect(rights.levels).toEqual([CONSULTATION.levels, CONSULTATION.levels, CONSULTATION.levels]);
    for (const [i, levels] of rights.levels.entries()) expect(levels & ~(director.levels[i] ?? 0n)).toBe(0n);
  });

  test.each(['', randomUUID(), 'tous', 'employee'])(
    'confers nothing on a firm that is named « %s » and that the company has not',
    async (cabinet) => {
      const { id, held } = await asked({ ...ACCOUNTANT });
      const page = await act(agent, `/gestion/demandes/${id}/valider`, { ...GREEDY, cabinet });
      expect([409, 422]).toContain(page.status);
      expect(await app.database.knex('delegation').where({ site_id: held.site.id })).toEqual([]);
    },
  );
});

test('nobody of the caisse stands in an administrator’s or a manager’s place', async () => {
  const held = await portfolio(world(), [{}], { now: now() });
  const supervisor = await atWork(app, 'superviseur');
  const { siret } = held.sites[0] ?? { siret: '' };
  const fill = (path: string) =>
    path
      .replace(':siret', siret)
      .replace(':cabinet', held.cabinetId)
      .replace(/:id|:draft|:invitation/, held.toFirm[0] ?? '')
      .replace(':account', held.staff);
  const routes = app.routes.filter(({ path }) => /^\/(droits-d-acces\/:siret|mon-cabinet)/.test(path));
  expect(routes.length).toBeGreaterThan(60);
  const before = await app.database.knex('delegation').orderBy('id');
  for (const staff of [agent, supervisor]) {
    for (const { method, path } of routes) {
      const page = await (method === 'GET' ? staff.open(fill(path)) : staff.post(fill(path), GREEDY));
      expect([method, path, [403, 404].includes(page.status)]).toEqual([method, path, true]);
    }
  }
  expect(await app.database.knex('delegation').orderBy('id')).toEqual(before);
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
