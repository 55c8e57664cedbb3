/**
 * What the list of beneficiaries costs on a site with ten of them and on one with ten thousand: the whole page as a
 * browser gets it, and the query alone with the pages of memory that it touches. Prints medians and their ratio.
 */
import { afterAll, beforeAll, test } from 'vitest';
import { listPath, PER_PAGE } from '../../provider/journeys/delegation/list-state.ts';
import { type BeneficiaryQuery, listBeneficiaries } from '../../provider/store/delegation-list.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administratorOfThree } from '../support/cast.ts';
import { manyBeneficiaries } from '../support/many-beneficiaries.ts';
import { signInOn, Visitor } from '../support/visitor.ts';

const ROUNDS = 60;
const SIZES = [10, 10_000] as const;

const STATE = {
  search: '',
  allSites: false,
  role: null,
  status: null,
  withoutInactive: false,
  from: '',
  to: '',
  sort: 'name',
  descending: false,
  page: 1,
  perPage: PER_PAGE[0],
} as const;

const CASES = [
  ['by name, first page', {}],
  ['by name, last page', 'last'],
  ['by status', { sort: 'status' }],
  ['by end', { sort: 'to', descending: true }],
  ['without the inactive', { withoutInactive: true }],
  ['searched', { search: 'zola' }],
] as const;

type Place = {
  readonly visitor: Visitor;
  readonly base: string;
  readonly siteId: string;
  readonly last: number;
};

let app: TestApp;
const places: Place[] = [];
beforeAll(async () => {
  app = await startApp();
  const world = app.world();
  for (const count of SIZES) {
    const head = await administratorOfThree(world);
    const { metz } = head;
    const on = {
      siteId: metz.id,
      adherentId: metz.adherent.id,
      root: head.delegations[0] ?? '',
      giver: head.accountId,
    };
    await manyBeneficiaries(world, on, { count, now: app.clock.now() });
    const base = `${app.issuerOf('grand-est')}/droits-d-acces/${metz.siret}`;
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get(base), head.email);
    places.push({ visitor, base, siteId: metz.id, last: Math.ceil((count + 1) / STATE.perPage) });
  }
  // As autovacuum leaves a table that has lived a while.
  await app.database.knex.raw('vacuum analyze');
});
afterAll(() => app.close());

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** One of each in turn, so that whatever else the machine does befalls both. */
async function compare(name: string, act: (place: Place) => Promise<unknown>): Promise<void> {
  const times: number[][] = places.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, place] of places.entries()) {
      const began = performance.now();
      await act(place);
      if (round > 4) times[i]?.push(performance.now() - began);
    }
  }
  const [few = 0, many = 0] = times.map(median);
  console.log(
    `${name}: 10 → ${few.toFixed(1)} ms, 10 000 → ${many.toFixed(1)} ms, ratio ${(many / few).toFixed(2)}`,
  );
}

test.each(CASES)('the page %s', async (name, change) => {
  await compare(`page ${name}`, ({ visitor, base, last }) => {
    const state = change === 'last' ? { page: last } : change;
    return visitor.get(listPath(base, { ...STATE, ...state }));
  });
});

test('the query', async () => {
  const query: Omit<BeneficiaryQuery, 'siteIds'> = {
    now: app.clock.now(),
    terms: [],
    role: null,
    status: null,
    withoutInactive: false,
    fromAtLeast: null,
    toAtMost: null,
    sort: 'name',
    descending: false,
    limit: 5,
    offset: 0,
  };
  const { store } = app.world();
  await compare('query by name', ({ siteId }) => listBeneficiaries(store, { ...query, siteIds: [siteId] }));
});

test('the rows that the first page reads', async () => {
  const { knex } = app.database;
  for (const [i, { siteId }] of places.entries()) {
    const { rows } = await knex.raw(
      `explain (analyze, buffers, costs off, timing off) select * from beneficiary
       where caisse_id = 'grand-est' and site_id = ? order by name_key, delegation_id limit 5`,
      [siteId],
    );
    const plan = (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN'].trim());
    console.log(
      `${SIZES[i]}: ${plan
        .filter((line) => /rows=|Buffers/.test(line))
        .slice(0, 3)
        .join(' | ')}`,
    );
  }
});
