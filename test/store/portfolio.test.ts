import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING, effectiveRights, holdsNothing, type LinkStatus } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { insertDelegations, type NewDelegation, type Parties } from '../../provider/store/delegations.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { readPortfolio, soleSite } from '../../provider/store/portfolio.ts';
import { firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
});
afterAll(() => database.drop());

const listed = async (accountId: string, at: World = world): Promise<string[]> => {
  const query = { accountId, now: NOW, terms: [], limit: 100, offset: 0, recent: 5 };
  const page = await readPortfolio(at.store, query);
  expect(page.reached).toBe(page.sites.length);
  expect(page.matching).toBe(page.sites.length);
  return page.sites.map(({ id }) => id).sort();
};

/** What domain/rights says of each site: where something is held. */
async function held(accountId: string, sites: readonly NewSite[]): Promise<string[]> {
  const worth = await Promise.all(
    sites.map(async ({ id }) => {
      const holding = await readHolding(world.store, accountId, { siteId: id });
      return holding && !holdsNothing(effectiveRights(holding.chains, NOW)) ? [id] : [];
    }),
  );
  return worth.flat().sort();
}

type Window = { readonly from: number; readonly to: number | null };
type LinkDraw = Window & {
  readonly status: LinkStatus;
  readonly admin: boolean;
  readonly rights: number;
};
type ChainDraw = {
  readonly site: number;
  /** The enrolment, then colleagues. */
  readonly people: readonly LinkDraw[];
  readonly firm: null | {
    readonly link: LinkDraw;
    readonly attached: Window;
    readonly joined: Window;
    readonly as: 'manager' | 'staff' | 'staff_without_delegation' | 'beneficiary_of_staff';
    readonly toStaff: LinkDraw;
  };
};

const RIGHTS = [
  EVERYTHING,
  rightsOn({ documents: 'consultation' }),
  rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }, ['ouvrier']),
  rightsOn({ planning: 'consultation' }, ['cadre']),
  { levels: 0n, colleges: 7 },
] as const;

const usually = <T>(most: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(most) }, { weight: 1, arbitrary: otherwise });

const windows = usually<Window>(
  { from: NOW - 1_000, to: null },
  fc
    .record({
      from: fc.constantFrom(NOW - 1_000, NOW, NOW + 1),
      to: fc.constantFrom(null, NOW - 1, NOW, NOW + 1, NOW + 1_000),
    })
    .filter(({ from, to }) => to === null || to > from),
);

const links: fc.Arbitrary<LinkDraw> = fc
  .record({
    window: windows,
    status: usually<LinkStatus>(
      'active',
      fc.constantFrom(
        'suspended',
        'closed',
        'awaiting_beneficiary',
        'awaiting_confirmation',
        'to_renew',
        'lapsed',
      ),
    ),
    admin: fc.boolean(),
    rights: fc.nat(RIGHTS.length - 1),
  })
  .map(({ window, ...rest }) => ({ ...window, ...rest }));

const chains: fc.Arbitrary<ChainDraw> = fc.record({
  site: fc.nat(2),
  people: fc.array(links, { minLength: 1, maxLength: 3 }),
  firm: fc.option(
    fc.record({
      link: links,
      attached: windows,
      joined: windows,
      as: fc.constantFrom('manager', 'staff', 'staff_without_delegation', 'beneficiary_of_staff'),
      toStaff: links,
    }),
  ),
});

/** Writes the chain with `me` at its end; everyone else in it is a stranger. */
async function write(chain: ChainDraw, sites: readonly NewSite[], me: string): Promise<void> {
  const on = sites[chain.site % sites.length] as NewSite;
  const drafts: NewDelegation[] = [];
  const add = (parties: Parties, { status, from, to, admin, rights }: LinkDraw): string => {
    const root = parties.kind === 'enrolment';
    const everything = root || (admin && parties.kind === 'user');
    const id = randomUUID();
    drafts.push({
      ...parties,
      id,
      adherentId: on.adherent.id,
      siteId: on.id,
      admin: everything,
      rights: everything ? EVERYTHING : (RIGHTS[rights] ?? EVERYTHING),
      status,
      from,
      to,
    });
    return id;
  };
  let giver = '';
  let parentId = '';
  for (const [i, link] of chain.people.entries()) {
    const last = chain.firm === null && i === chain.people.length - 1;
    const to = last ? me : await world.account({ givenName: 'Autre' });
    parentId =
      i === 0
        ? add({ kind: 'enrolment', granteeAccountId: to }, link)
        : add({ kind: 'user', parentId, grantorAccountId: giver, granteeAccountId: to }, link);
    giver = to;
  }
  if (chain.firm) {
    const { link, attached, joined, as, toStaff } = chain.firm;
    const cabinetId = await world.cabinet();
    const attachmentId = await world.attach(cabinetId, on.adherent.id, attached);
    const member = as === 'beneficiary_of_staff' ? await world.account() : me;
    const role = as === 'manager' ? 'manager' : 'staff';
    const membershipId = await world.join(cabinetId, member, role, joined);
    const firm = { granteeCabinetId: cabinetId, attachmentId };
    const toFirm = add({ kind: 'cabinet', parentId, grantorAccountId: giver, ...firm }, link);
    if (as === 'staff' || as === 'beneficiary_of_staff') {
      const given = add(
        {
          kind: 'staff',
          parentId: toFirm,
          grantorCabinetId: cabinetId,
          granteeAccountId: member,
          membershipId,
        },
        toStaff,
      );
      if (member !== me) {
        add({ kind: 'user', parentId: given, grantorAccountId: member, granteeAccountId: me }, toStaff);
      }
    }
  }
  await insertDelegations(world.store, drafts, NOW);
}

/** Two enrolments of one person on one site cannot both be active: the later one is another's. */
const withOneRoot = (drawn: readonly ChainDraw[], sites: number): ChainDraw[] => {
  const rooted = new Set<number>();
  return drawn.filter(({ site, people, firm }) => {
    if (firm !== null || people.length > 1) return true;
    const seen = rooted.has(site % sites);
    rooted.add(site % sites);
    return !seen;
  });
};

describe('the sites that a person reaches', () => {
  test('are those where domain/rights leaves something, in any world', async () => {
    const seen = { nothing: 0, something: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 3 }),
        fc.array(chains, { minLength: 1, maxLength: 4 }),
        async (count, drawn) => {
          const sites = await world.sites(Array.from({ length: count }, () => ({})));
          const me = await world.account();
          await elsewhere.account({ id: me });
          await elsewhere.enrol(me, await elsewhere.site());
          for (const chain of withOneRoot(drawn, count)) await write(chain, sites, me);
          const expected = await held(me, sites);
          expect(await listed(me)).toEqual(expected);
          expect(await soleSite(world.store, me, NOW)).toEqual(
            expected.length === 0 ? 'none' : expected.length === 1 ? { siteId: expected[0] } : 'several',
          );
          seen[expected.length === 0 ? 'nothing' : 'something'] += 1;
        },
      ),
      { numRuns: 60 },
    );
    for (const worlds of Object.values(seen)) expect(worlds).toBeGreaterThan(0);
  });

  test('are those of one caisse, whatever the same id holds at another', async () => {
    const me = await world.account();
    await elsewhere.account({ id: me });
    const [here, there] = [await world.site(), await elsewhere.site()];
    await world.enrol(me, here);
    await elsewhere.enrol(me, there);
    expect(await listed(me)).toEqual([here.id]);
    expect(await listed(me, elsewhere)).toEqual([there.id]);
    expect(await soleSite(elsewhere.store, me, NOW)).toEqual({ siteId: there.id });
  });

  test('do not hang on more links than rights are read through', async () => {
    const [site] = (await world.sites([{}])) as [NewSite];
    let giver = await world.account();
    let parent = await world.enrol(giver, site);
    for (let depth = 1; depth <= 32; depth++) {
      const next = await world.account();
      parent = await world.delegate(site, parent, { from: giver, to: next });
      giver = next;
    }
    expect(await listed(giver)).toEqual(await held(giver, [site]));
  });
});

describe('reading them', () => {
  beforeAll(async () => {
    const settled = await worldOn(database, 'settled', () => NOW);
    await settled.enrolOnAll(
      await settled.account(),
      await settled.sites(Array.from({ length: 300 }, () => ({}))),
    );
  });

  /** The statement that `act` runs, explained as it was carried out. */
  async function planOf(act: () => Promise<unknown>): Promise<Plan> {
    const asked: { sql: string; bindings: unknown[] }[] = [];
    const note = (query: { sql: string; bindings: unknown[] }) => asked.push(query);
    database.knex.on('query', note);
    await act();
    database.knex.off('query', note);
    const [query] = asked;
    if (!query || asked.length > 1) throw new Error(`${asked.length} queries`);
    const connection = await database.knex.client.acquireConnection();
    try {
      const explain = `explain (analyze, format json) ${query.sql}`;
      const { rows } = await connection.query(explain, query.bindings);
      return rows[0]['QUERY PLAN'][0].Plan;
    } finally {
      await database.knex.client.releaseConnection(connection);
    }
  }

  type Plan = { readonly Plans?: readonly Plan[]; readonly [detail: string]: unknown };
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

  test.each(['site', 'adherent', 'reach', 'site, adherent, reach', 'account'])(
    'is one query that compares no site with every other, right after an import (statistics on %s are older)',
    async (tables) => {
      await database.knex.raw(`analyze ${tables}`);
      const imported = await worldOn(database, `import-${randomUUID().slice(0, 8)}`, () => NOW);
      const me = await imported.account();
      await imported.enrolOnAll(me, await imported.sites(Array.from({ length: 1_000 }, () => ({}))));
      const query = { accountId: me, now: NOW, terms: [], limit: 10, offset: 0, recent: 5 };
      const plan = await planOf(() => readPortfolio(imported.store, query));
      const discarded = nodes(plan).map((node) => Number(node['Rows Removed by Join Filter'] ?? 0));
      expect(Math.max(...discarded)).toBeLessThanOrEqual(1_000);
    },
  );

  test('looks at no chain, and at no site but those that it shows', async () => {
    const held = await firm(world);
    const query = { accountId: held.manager, now: NOW, terms: [], limit: 10, offset: 0, recent: 5 };
    const clients = await world.sites(Array.from({ length: 40 }, () => ({})));
    for (const site of clients) {
      const head = await world.account();
      const parentId = await world.enrol(head, site);
      const attachmentId = await world.attach(held.cabinetId, site.adherent.id);
      const toFirm = { kind: 'cabinet', parentId, grantorAccountId: head } as const;
      await world.link(site, { ...toFirm, granteeCabinetId: held.cabinetId, attachmentId }, {});
    }
    expect((await readPortfolio(world.store, query)).reached).toBe(41);
    const read = nodes(await planOf(() => readPortfolio(world.store, query)));
    const tables = new Set(read.flatMap((node) => node['Relation Name'] ?? []));
    expect([...tables].filter((table) => /^(delegation|cabinet_client)$/.test(`${table}`))).toEqual([]);
    const sites = read.filter((node) => node['Relation Name'] === 'site');
    expect(sites).not.toEqual([]);
    for (const node of sites) expect(Number(node['Actual Loops'])).toBeLessThanOrEqual(10);
  });
});
