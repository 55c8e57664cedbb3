import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shownStatus, standingOf } from '../../provider/domain/delegation.ts';
import { fold } from '../../provider/domain/search.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import {
  type BeneficiaryQuery,
  listBeneficiaries,
  SORT_COLUMNS,
  type SortColumn,
} from '../../provider/store/delegation-list.ts';
import { transaction } from '../../provider/store/handle.ts';
import { succeed } from '../../provider/store/succession.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { manyBeneficiaries, type Told } from '../support/many-beneficiaries.ts';
import { worldOn } from '../support/store-world.ts';
import type { World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
});
afterAll(() => database.drop());

const QUERY: Omit<BeneficiaryQuery, 'siteIds'> = {
  now: NOW,
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

const list = (siteIds: readonly string[], asked: Partial<BeneficiaryQuery> = {}, at: World = world) =>
  listBeneficiaries(at.store, { ...QUERY, siteIds, ...asked });

async function administered() {
  const giver = await world.account({ familyName: 'Aaron', givenName: 'Alix' });
  const site = await world.site();
  const root = await world.enrol(giver, site);
  return { giver, site, root };
}

const shown = (one: Told) => shownStatus(standingOf(one, NOW));

const KEYS: Readonly<
  Record<SortColumn, (one: Told, sites: ReadonlyMap<string, NewSite>) => string | number>
> = {
  role: ({ admin }) => (admin ? 0 : 1),
  name: ({ familyName, givenName, email }) =>
    familyName === null ? `\x7f${fold(email)}` : `${fold(familyName)}\t${fold(givenName ?? '')}`,
  status: (one) => ({ active: 0, waiting: 1, inactive: 2 })[shown(one)],
  from: ({ from }) => from,
  to: ({ to }) => to ?? Number.POSITIVE_INFINITY,
  email: ({ email }) => fold(email),
  site: ({ siteId }, sites) => fold(sites.get(siteId)?.name ?? ''),
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The whole list, filtered and sorted in memory. */
function oracle(
  all: readonly Told[],
  asked: Partial<BeneficiaryQuery>,
  sites: ReadonlyMap<string, NewSite>,
): string[] {
  const { terms, role, status, withoutInactive, fromAtLeast, toAtMost, sort, descending } = {
    ...QUERY,
    ...asked,
  };
  const way = descending ? -1 : 1;
  const matching = all.filter((one) => {
    const text = `${KEYS.name(one, sites)} ${fold(one.email)}`;
    return (
      terms.every((term) => text.includes(term)) &&
      (role === null || (role === 'administrator') === one.admin) &&
      (status === null || shown(one) === status) &&
      (!withoutInactive || shown(one) !== 'inactive') &&
      (fromAtLeast === null || one.from >= fromAtLeast) &&
      (toAtMost === null || (one.to !== null && one.to <= toAtMost))
    );
  });
  const byName = (a: Told, b: Told) =>
    compare(KEYS.name(a, sites), KEYS.name(b, sites)) || compare(a.id, b.id);
  const sorted = matching.sort((a, b) =>
    sort === 'name'
      ? way * byName(a, b)
      : way * compare(KEYS[sort](a, sites), KEYS[sort](b, sites)) || byName(a, b),
  );
  return sorted.map(({ id }) => id);
}

describe('ten thousand beneficiaries', () => {
  const sites = new Map<string, NewSite>();
  const siteIds: string[] = [];
  let all: readonly Told[];
  beforeAll(async () => {
    const giver = await world.account({ familyName: 'Aaron', givenName: 'Alix' });
    const [first] = await world.sites([{ name: 'Épinal' }]);
    const more = await world.sites(
      ['Dole', 'Évry'].map((name) => ({ name, adherent: (first as NewSite).adherent })),
    );
    const made: Told[] = [];
    for (const [i, site] of [first as NewSite, ...more].entries()) {
      sites.set(site.id, site);
      siteIds.push(site.id);
      const root = await world.enrol(giver, site);
      const on = { siteId: site.id, adherentId: site.adherent.id, root, giver };
      made.push(...(await manyBeneficiaries(world, on, { count: i === 0 ? 10_000 : 20, now: NOW })));
      const enrolment = { familyName: 'Aaron', givenName: 'Alix', email: `p${giver.slice(0, 8)}@essai.test` };
      const rest = {
        admin: true,
        status: 'active',
        from: NOW - 100 * DAY,
        to: null,
        waitsUntil: null,
      } as const;
      made.push({ id: root, siteId: site.id, ...enrolment, ...rest });
    }
    all = made;
  }, 60_000);

  const onSite = () => all.filter(({ siteId }) => siteId === siteIds[0]);

  const everyWay = SORT_COLUMNS.flatMap((sort) => [false, true].map((descending) => ({ sort, descending })));

  test.each(everyWay)('are paged in the order of $sort (descending: $descending)', async (order) => {
    const expected = oracle(onSite(), order, sites);
    for (const offset of [0, 5, 4_995, 9_998, 10_001]) {
      const page = await list(siteIds.slice(0, 1), { ...order, offset });
      expect(page).toMatchObject({ listed: 10_001, matching: 10_001 });
      expect(page.rows.map(({ delegationId }) => delegationId)).toEqual(expected.slice(offset, offset + 5));
    }
  });

  test.each(everyWay)(
    'of several sites as well, in the order of $sort (descending: $descending)',
    async (order) => {
      const expected = oracle(all, order, sites);
      const page = await list(siteIds, { ...order, limit: 100, offset: 40 });
      expect(page.matching).toBe(10_043);
      expect(page.rows.map(({ delegationId }) => delegationId)).toEqual(expected.slice(40, 140));
    },
  );

  const filters: readonly Partial<BeneficiaryQuery>[] = [
    { role: 'administrator' },
    { role: 'user' },
    { status: 'active' },
    { status: 'waiting' },
    { status: 'inactive' },
    { withoutInactive: true },
    { status: 'inactive', withoutInactive: true },
    { fromAtLeast: NOW },
    { fromAtLeast: NOW - 30 * DAY, toAtMost: NOW + 30 * DAY },
    { toAtMost: NOW },
    { terms: ['goff', 'zoe'] },
    { terms: ['_'] },
    { terms: ['e1', '@essai.test'], role: 'user', status: 'active', sort: 'email', descending: true },
  ];

  test.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))(
    'are filtered by %s',
    async (_, filter) => {
      const expected = oracle(onSite(), filter, sites);
      const page = await list(siteIds.slice(0, 1), { ...filter, limit: 100 });
      expect(page.listed).toBe(10_001);
      expect(page.matching).toBe(expected.length);
      expect(page.rows.map(({ delegationId }) => delegationId)).toEqual(expected.slice(0, 100));
    },
  );

  test('are told with what stands in their rows', async () => {
    const { rows } = await list(siteIds.slice(0, 1), { limit: 100, offset: 4_000 });
    const known = new Map(all.map((one) => [one.id, one]));
    for (const {
      delegationId,
      rights: _,
      kind,
      parentId: __,
      accountId,
      invitationId,
      site,
      ...row
    } of rows) {
      const { id, siteId, ...one } = known.get(delegationId) as Told;
      expect(row).toEqual(one);
      expect({ id: delegationId, siteId: site.id, kind }).toEqual({ id, siteId, kind: 'user' });
      expect(accountId === null).toBe(invitationId !== null);
    }
  });
});

describe('a row of the list', () => {
  const onlyRow = async (siteId: string, id: string) => {
    const { rows } = await list([siteId], { limit: 100 });
    return rows.find(({ delegationId }) => delegationId === id);
  };

  test('follows its delegation', async () => {
    const { giver, site, root } = await administered();
    const person = await world.account({ familyName: 'Zola' });
    const id = await world.delegate(site, root, { from: giver, to: person });
    expect(await onlyRow(site.id, id)).toMatchObject({ status: 'active', to: null, familyName: 'Zola' });
    await world.change('delegation', id, { status: 'suspended', ends_at: new Date(NOW + DAY).toISOString() });
    expect(await onlyRow(site.id, id)).toMatchObject({ status: 'suspended', to: NOW + DAY });
    expect((await list([site.id], { status: 'active', now: NOW + DAY })).matching).toBe(1);
    expect((await list([site.id], { status: 'active', now: NOW + DAY - 1 })).matching).toBe(2);
  });

  test('follows the name and the address of the person, where it stands in the order too', async () => {
    const { giver, site, root } = await administered();
    const person = await world.account({ familyName: 'Zola' });
    const id = await world.delegate(site, root, { from: giver, to: person });
    await world.change('account', person, {
      family_name: 'Äbel',
      email: 'neuf@essai.test',
      email_key: 'neuf@essai.test',
    });
    const { rows } = await list([site.id]);
    expect(rows.map(({ familyName }) => familyName)).toEqual(['Aaron', 'Äbel']);
    expect((await list([site.id], { terms: ['abel', 'neuf@'] })).rows[0]?.delegationId).toBe(id);
  });

  test('follows the invitation, which brings a name once accepted', async () => {
    const { giver, site, root } = await administered();
    const on = { siteId: site.id, adherentId: site.adherent.id, root, giver };
    const all = await manyBeneficiaries(world, on, { count: 40, now: NOW });
    const waiting = all.find(
      ({ status, waitsUntil }) => status === 'awaiting_beneficiary' && Number(waitsUntil) > NOW,
    );
    const id = waiting?.id ?? '';
    const {
      rows: [row],
    } = await world.store.sql.raw('select invitation_id from delegation where id = ?', [id]);
    await world.store
      .sql('invitation')
      .where({ id: row.invitation_id })
      .update({ given_name: 'Ève', family_name: 'Aa', expires_at: new Date(NOW).toISOString() });
    expect(await onlyRow(site.id, id)).toMatchObject({ familyName: 'Aa', waitsUntil: NOW });
    expect((await list([site.id])).rows[0]?.delegationId).toBe(id);
    expect((await list([site.id], { status: 'inactive', terms: ['aa', 'eve'] })).matching).toBe(1);
  });

  const handOver = (formerId: string, successorId: string, now = NOW + 5) =>
    transaction(world.store, (inside) => succeed(inside, { formerId, successorId, awaitedId: null, now }));
  const listed = async (siteId: string) => {
    const { rows } = await list([siteId], { limit: 100 });
    return rows.map(({ familyName, email, kind, status }) => `${familyName ?? email} ${kind} ${status}`);
  };

  test('gives way to the one that succeeds it when the site changes administrators, again and again', async () => {
    const { giver, site, root } = await administered();
    const [user, deputy, second] = [
      await world.account({ familyName: 'Bell' }),
      await world.account({ familyName: 'Carre' }),
      await world.account({ familyName: 'Doux' }),
    ];
    await world.delegate(site, root, { from: giver, to: user });
    await world.delegate(site, root, { from: giver, to: user }, { status: 'refused' });
    const under = await world.delegate(site, root, { from: giver, to: deputy }, { admin: true });
    await world.delegate(site, under, { from: deputy, to: second }, { status: 'suspended' });
    await handOver(root, deputy);
    const once = [
      'Aaron enrolment closed',
      'Bell user active',
      'Bell user refused',
      'Carre enrolment active',
    ];
    expect((await listed(site.id)).sort()).toEqual([...once, 'Doux user suspended']);
    expect(await list([site.id])).toMatchObject({ listed: 5, matching: 5 });

    const [first] = await world.store
      .sql('delegation')
      .where({ site_id: site.id, kind: 'enrolment', status: 'active' });
    await handOver(first.id, second, NOW + 9);
    expect((await listed(site.id)).sort()).toEqual([
      'Aaron enrolment closed',
      'Bell user active',
      'Bell user refused',
      'Carre enrolment closed',
      'Doux enrolment active',
    ]);
    expect((await list([site.id], { withoutInactive: true })).matching).toBe(2);
  });

  test('of an invitation that waits is listed once too, and follows its answer', async () => {
    const { giver, site, root } = await administered();
    const on = { siteId: site.id, adherentId: site.adherent.id, root, giver };
    const all = await manyBeneficiaries(world, on, { count: 40, now: NOW });
    const before = await list([site.id], { limit: 100 });
    await handOver(root, await world.account({ familyName: 'Aaron' }));
    const after = await list([site.id], { limit: 100 });
    expect(after.listed).toBe(before.listed + 1);
    const addresses = after.rows.map(({ email }) => email);
    expect(all.map(({ email }) => addresses.filter((one) => one === email).length)).toEqual(all.map(() => 1));
    const waiting = after.rows.find(
      ({ status, to }) => status === 'awaiting_beneficiary' && (to === null || to > NOW + 5),
    );
    await world.store
      .sql('invitation')
      .where({ id: waiting?.invitationId ?? '' })
      .update({ given_name: 'Ève', family_name: 'Aa' });
    const named = (await list([site.id], { terms: ['aa', 'eve'] })).rows;
    expect(named.map(({ delegationId }) => delegationId)).toEqual([waiting?.delegationId]);
  });

  test('is no firm’s and no firm’s staff’s', async () => {
    const { giver, site, root } = await administered();
    const cabinetId = await world.cabinet();
    const attachmentId = await world.attach(cabinetId, site.adherent.id);
    const staff = await world.account();
    const membershipId = await world.join(cabinetId, staff, 'staff');
    const toFirm = {
      kind: 'cabinet',
      parentId: root,
      grantorAccountId: giver,
      granteeCabinetId: cabinetId,
      attachmentId,
    } as const;
    const parentId = await world.link(site, toFirm, {});
    await world.link(
      site,
      { kind: 'staff', parentId, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
      {},
    );
    expect((await list([site.id])).rows.map(({ delegationId }) => delegationId)).toEqual([root]);
  });

  test('is nobody’s at another caisse, nor on a site that was not asked for', async () => {
    const { site } = await administered();
    expect(await list([site.id], {}, elsewhere)).toEqual({ listed: 0, matching: 0, rows: [] });
    expect(await list([])).toEqual({ listed: 0, matching: 0, rows: [] });
  });
});
