import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainRights, effectiveRights, type LinkStatus } from '../../provider/domain/rights.ts';
import { searchTerms } from '../../provider/domain/search.ts';
import { insertDelegations, type NewDelegation } from '../../provider/store/delegations.ts';
import { holdFirmChains, readFirmChains } from '../../provider/store/firm-chains.ts';
import { type ClientFilter, listMatchingSites, readClients } from '../../provider/store/firm-portfolio.ts';
import { listEntrusted, listFirmMembers } from '../../provider/store/firm-staff.ts';
import { transaction } from '../../provider/store/handle.ts';
import { readHoldings } from '../../provider/store/holdings.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Portfolio, portfolio } from '../support/portfolio.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;
const COUNT = 5_000;

/** The same at every run, so that a failure can be looked at. */
function chanceFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state % below;
  };
}

/** What is made of each client, kept beside the database: the oracle. */
type Made = {
  readonly name: string;
  readonly status: LinkStatus;
  readonly to: number | null;
  /** The administrator above the firm is one no more. */
  readonly empty: boolean;
  readonly servedBy: readonly ('staff' | 'other')[];
};

let database: TestDatabase;
let world: World;
let held: Portfolio;
let made: readonly Made[];

beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  const chance = chanceFrom(20_261_121);
  const WORDS = ['Maçonnerie', 'Toitures', 'Électricité', 'Plâtrerie', 'Œuvres'];
  const STATUSES: LinkStatus[] = ['active', 'active', 'active', 'active', 'suspended', 'to_renew', 'closed'];
  made = Array.from({ length: COUNT }, (_, i) => ({
    name: `${WORDS[chance(5)]} ${String(i).padStart(4, '0')}`,
    status: STATUSES[chance(7)] ?? 'active',
    to: [null, null, NOW + 10 * DAY, NOW + 60 * DAY, NOW - DAY][chance(5)] ?? null,
    empty: chance(10) === 0,
    servedBy: (['staff', 'other'] as const).filter(() => chance(3) === 0),
  }));
  held = await portfolio(
    world,
    made.map(({ name }) => ({ raisonSociale: name })),
    {
      now: NOW,
      toFirm: (place) => {
        const { status, to } = made[place] as Made;
        return { status, to };
      },
    },
  );
  const empty = made.flatMap(({ empty }, i) => (empty ? [held.toRoot[i] ?? ''] : []));
  await world.store.sql('delegation').update({ status: 'closed' }).whereIn('id', empty);
  const staff = made.flatMap(({ servedBy }, i) =>
    servedBy.map(
      (who): NewDelegation => ({
        kind: 'staff',
        id: randomUUID(),
        parentId: held.toFirm[i] ?? '',
        grantorCabinetId: held.cabinetId,
        granteeAccountId: held[who],
        membershipId: who === 'staff' ? held.membershipId : held.otherMembershipId,
        adherentId: held.sites[i]?.adherent.id ?? '',
        siteId: held.sites[i]?.id ?? '',
        admin: false,
        rights: rightsOn({ salaries: 'consultation' }),
        status: 'active',
        from: NOW - DAY,
        to: null,
      }),
    ),
  );
  await insertDelegations(world.store, staff, NOW - DAY);
}, 120_000);
afterAll(() => database.drop());

const filter = (given: Partial<ClientFilter> = {}): ClientFilter => ({
  cabinetId: held.cabinetId,
  now: NOW,
  terms: [],
  state: 'all',
  soon: NOW + 30 * DAY,
  servedBy: null,
  ...given,
});

const stands = ({ status, to }: Made) => status !== 'closed' && (to === null || to > NOW);
const live = (one: Made) => stands(one) && one.status === 'active' && !one.empty;

/** Ids of those of whom the oracle says yes. */
const expected = (says: (one: Made) => boolean): string[] =>
  made.flatMap((one, i) => (stands(one) && says(one) ? [held.sites[i]?.id ?? ''] : []));

describe('five thousand clients', () => {
  test.each<[string, () => Partial<ClientFilter>, (one: Made) => boolean]>([
    ['everything that stands', () => ({}), () => true],
    ['what is worth something now', () => ({ state: 'open' }), live],
    [
      'what ends soon',
      () => ({ state: 'ending' }),
      (one) => live(one) && one.to !== null && one.to < NOW + 30 * DAY,
    ],
    ['what sleeps or is to be renewed', () => ({ state: 'asleep' }), ({ status }) => status !== 'active'],
    ['what nobody serves', () => ({ servedBy: 'nobody' }), ({ servedBy }) => servedBy.length === 0],
    [
      'what one person serves',
      () => ({ servedBy: { accountId: held.other } }),
      ({ servedBy }) => servedBy.includes('other'),
    ],
    [
      'what is searched without its accents',
      () => ({ terms: searchTerms('OEUVRES') }),
      ({ name }) => name.startsWith('Œuvres'),
    ],
    [
      'all of that at once',
      () => ({ terms: searchTerms('electricite'), state: 'open', servedBy: 'nobody' }),
      (one) => one.name.startsWith('Électricité') && live(one) && one.servedBy.length === 0,
    ],
  ])('are filtered by %s as an oracle says', async (_, given, says) => {
    const wanted = expected(says);
    expect(wanted.length).toBeGreaterThan(10);
    const found = await listMatchingSites(world.store, filter(given()));
    expect([...found].sort()).toEqual([...wanted].sort());
    const page = await readClients(world.store, filter(given()), { limit: 25, offset: 0 });
    expect([page.total, page.matching]).toEqual([expected(() => true).length, wanted.length]);
    expect(page.clients.map(({ siteId }) => siteId)).toEqual(found.slice(0, 25));
  });

  test('are told page after page, each once, with what the engine says of a manager', async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < 300; offset += 100) {
      const { clients } = await readClients(world.store, filter(), { limit: 100, offset });
      seen.push(...clients.map(({ siteId }) => siteId));
      const holdings = await readHoldings(
        world.store,
        clients.map(({ siret }) => ({ accountId: held.manager, siret })),
      );
      for (const [i, client] of clients.entries()) {
        const engine = effectiveRights(holdings[i]?.chains ?? [], NOW).levels[0];
        const shown = client.chains.reduce(
          (sum, chain) => sum | (chainRights(chain, NOW)?.vector.levels ?? 0n),
          0n,
        );
        expect(shown).toBe(engine);
      }
    }
    expect(new Set(seen).size).toBe(300);
  });

  test('are held in one query as chain by chain, and locked likewise', async () => {
    const all = await readFirmChains(world.store, { cabinetId: held.cabinetId, siteIds: null });
    expect(all.size).toBe(made.filter(({ status }) => status !== 'closed').length);
    const some = [...all.keys()].slice(0, 50);
    const locked = await transaction(world.store, (inside) =>
      holdFirmChains(inside, { cabinetId: held.cabinetId, siteIds: some }),
    );
    expect(locked).toEqual(new Map([...all].filter(([siteId]) => some.includes(siteId))));
  });

  test('are entrusted to whom the rows say', async () => {
    const rows = await listEntrusted(world.store, {
      cabinetId: held.cabinetId,
      siteIds: null,
      accountIds: [held.staff],
      now: NOW,
    });
    const wanted = made.filter(({ status, servedBy }) => status !== 'closed' && servedBy.includes('staff'));
    expect(rows).toHaveLength(wanted.length);
  });
});

describe('another firm, another caisse', () => {
  test('sees none of them', async () => {
    const stranger = await world.cabinet();
    const elsewhere = (await worldOn(database, 'nord-ouest', () => NOW)).store;
    for (const [store, cabinetId] of [
      [world.store, stranger],
      [elsewhere, held.cabinetId],
    ] as const) {
      expect(await readClients(store, filter({ cabinetId }), { limit: 25, offset: 0 })).toEqual({
        total: 0,
        matching: 0,
        clients: [],
      });
      expect((await readFirmChains(store, { cabinetId, siteIds: null })).size).toBe(0);
      expect(await listFirmMembers(store, cabinetId, NOW)).toEqual([]);
      const asked = { cabinetId, siteIds: null, accountIds: null, now: NOW };
      expect(await listEntrusted(store, asked)).toEqual([]);
    }
  });
});
