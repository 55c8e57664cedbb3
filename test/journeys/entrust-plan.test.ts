/** The plan over many sites is the rule of gifts, site by site: `requireGiver` is asked the same of every one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Enforcer, makeEnforcer } from '../../policies/enforcer.ts';
import { type LinkStatus, meet, type Vector } from '../../provider/domain/rights.ts';
import { planOf, type Wish } from '../../provider/journeys/cabinet/entrust-plan.ts';
import { requireGiver } from '../../provider/journeys/giving.ts';
import { shownBits } from '../../provider/journeys/rights-form.ts';
import { Refusal } from '../../provider/refusal.ts';
import { readManagership } from '../../provider/store/chains.ts';
import { readFirmChains } from '../../provider/store/firm-chains.ts';
import { transaction } from '../../provider/store/handle.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Portfolio, portfolio } from '../support/portfolio.ts';
import { named } from '../support/site-list.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

let database: TestDatabase;
let world: World;
let held: Portfolio;
let enforcer: Enforcer;

const VECTORS: readonly Vector[] = [
  rightsOn({ salaries: 'mise_a_jour', documents: 'consultation' }),
  rightsOn({ salaries: 'consultation' }),
  rightsOn({ salaries: 'mise_a_jour' }, ['etam']),
  rightsOn({ documents: 'mise_a_jour' }, ['ouvrier', 'cadre']),
];
const STATUSES: readonly LinkStatus[] = ['active', 'active', 'active', 'suspended', 'to_renew'];

beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  enforcer = await makeEnforcer();
  held = await portfolio(world, named(60), {
    now: NOW,
    toFirm: (place) => ({
      rights: VECTORS[place % 4] as Vector,
      status: STATUSES[place % 5] as LinkStatus,
      ...(place % 7 === 0 && { from: NOW + DAY }),
    }),
  });
  for (const [place, root] of held.toRoot.entries()) if (place % 6 === 0) await world.close(root);
});
afterAll(() => database.drop());

const wish = (place: number, rights: Vector): Wish => ({
  siteId: held.sites[place]?.id ?? '',
  adherentId: held.sites[place]?.adherent.id ?? '',
  accountId: held.staff,
  membershipId: held.membershipId,
  memberOf: null,
  rights,
  from: null,
  to: null,
});

async function mayGive(parentId: string, vector: Vector, accountId: string): Promise<boolean> {
  const gift = { kind: 'staff', cabinetId: held.cabinetId, admin: false, vector } as const;
  const asking = { enforcer, now: NOW, accountId, parentId, gift };
  return transaction(world.store, (inside) => requireGiver(inside, asking, 'create')).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refusal && error.code === 'beyond_giver') return false;
      throw error;
    },
  );
}

async function planFor(rights: Vector, shortfall: 'narrow' | 'leave_out', accountId = held.manager) {
  const chains = await readFirmChains(world.store, { cabinetId: held.cabinetId, siteIds: null });
  const cabinetLink = [...chains.values()][0]?.[0]?.at(-1);
  if (!cabinetLink) throw new Error('no chain');
  const manager = await readManagership(world.store, { accountId, cabinetLink, now: NOW });
  const facts = { cabinetId: held.cabinetId, chains, entrusted: [], manager };
  const terms = { shortfall, enforcer, now: NOW, timeZone: 'Europe/Paris', shown: shownBits([]) };
  return planOf(
    held.sites.map((_, place) => wish(place, rights)),
    facts,
    terms,
  );
}

test.each(VECTORS.map((vector, i) => [i, vector] as const))(
  'rights %i are given where requireGiver allows them, and nowhere else',
  async (_, rights) => {
    const plan = await planFor(rights, 'leave_out');
    const given = plan.map(({ kind }) => kind === 'given');
    const allowed: boolean[] = [];
    for (const parentId of held.toFirm) allowed.push(await mayGive(parentId, rights, held.manager));
    expect(given).toEqual(allowed);
    expect(new Set(given)).toEqual(new Set([true, false]));
  },
);

test('what is narrowed is the meet with what the firm holds, and requireGiver allows that', async () => {
  const asked = VECTORS[0] as Vector;
  for (const [place, line] of (await planFor(asked, 'narrow')).entries()) {
    if (line.kind !== 'given') continue;
    expect(line.future.rights).toEqual(meet(asked, VECTORS[place % 4] as Vector));
    expect(await mayGive(held.toFirm[place] ?? '', line.future.rights, held.manager)).toBe(true);
  }
});

test('who manages nothing gives nothing, asked either way', async () => {
  const plan = await planFor(VECTORS[1] as Vector, 'narrow', held.staff);
  expect(plan.every(({ kind }) => kind === 'left_out')).toBe(true);
  expect(await mayGive(held.toFirm[1] ?? '', VECTORS[1] as Vector, held.staff)).toBe(false);
});
