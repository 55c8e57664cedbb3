/** The kept list of what each delegation reaches: that it follows whatever it says, and time by itself. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { readPortfolio } from '../../provider/store/portfolio.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { manyBeneficiaries } from '../support/many-beneficiaries.ts';
import { expectReachKept } from '../support/reach.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const at = (after: number) => new Date(NOW + after).toISOString();

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

const page = (accountId: string, { now = NOW, terms = [] as readonly string[] } = {}) =>
  readPortfolio(world.store, { accountId, now, terms, limit: 20, offset: 0, recent: 0 });

const reaches = async (accountId: string, now = NOW): Promise<boolean> =>
  (await page(accountId, { now })).reached > 0;

/** As domain/rights says it, from the chains themselves. */
async function holds(accountId: string, { id }: NewSite, now: number): Promise<boolean> {
  const holding = await readHolding(world.store, accountId, { siteId: id });
  return holding !== null && !holdsNothing(effectiveRights(holding.chains, now));
}

describe('a chain whose links begin and end at other times', () => {
  test('is listed from the last beginning to the first end, without anybody doing anything', async () => {
    const { site, manager, staff, root, toFirm, toStaff, attachmentId, membershipId } = await firm(world);
    await world.change('delegation', root, { ends_at: at(90) });
    await world.change('cabinet_client', attachmentId, { effective_at: at(10), ends_at: at(60) });
    await world.change('delegation', toFirm, { effective_at: at(20), ends_at: at(70) });
    await world.change('cabinet_member', membershipId, { effective_at: at(30), ends_at: at(50) });
    await world.change('delegation', toStaff, { effective_at: at(5), ends_at: at(80) });
    const seen = { manager: '', staff: '' };
    for (let after = 0; after <= 100; after += 5) {
      const now = NOW + after;
      expect(await reaches(manager, now), `manager ${after}`).toBe(await holds(manager, site, now));
      expect(await reaches(staff, now), `staff ${after}`).toBe(await holds(staff, site, now));
      seen.manager += (await reaches(manager, now)) ? '|' : '.';
      seen.staff += (await reaches(staff, now)) ? '|' : '.';
    }
    expect(seen).toEqual({ manager: '....||||||||.........', staff: '......||||...........' });
    await expectReachKept(database.knex, [site.id]);
  });

  test('is never listed when one link ends before another begins', async () => {
    const { site, staff, toFirm, toStaff } = await firm(world);
    await world.change('delegation', toFirm, { ends_at: at(20) });
    await world.change('delegation', toStaff, { effective_at: at(20) });
    for (const after of [0, 19, 20, 21]) expect(await reaches(staff, NOW + after)).toBe(false);
    await expectReachKept(database.knex, [site.id]);
  });

  test('is listed for a manager as long as he is one', async () => {
    const { manager, managerMembership } = await firm(world);
    await world.change('cabinet_member', managerMembership, { ends_at: at(10) });
    expect([await reaches(manager, NOW + 9), await reaches(manager, NOW + 10)]).toEqual([true, false]);
  });
});

describe('whatever is written', () => {
  test('a link of the chain is felt by all below it, at once', async () => {
    const { site, head, deputy, user, root, middle, leaf } = await chainOfThree(world);
    const told = async () => [await reaches(head), await reaches(deputy), await reaches(user)];
    expect(await told()).toEqual([true, true, true]);
    await world.change('delegation', middle, { status: 'suspended' });
    expect(await told()).toEqual([true, false, false]);
    await world.change('delegation', middle, { status: 'active' });
    expect(await told()).toEqual([true, true, true]);
    const { levels, colleges } = rightsOn({ documents: 'consultation' }, ['cadre']);
    await world.change('delegation', leaf, { levels: `${levels}`, colleges });
    await world.change('delegation', middle, { admin: false as never, levels: `${levels}`, colleges: 1 });
    expect(await told()).toEqual([true, true, false]);
    await world.close(root);
    expect(await told()).toEqual([false, false, false]);
    await expectReachKept(database.knex, [site.id]);
  });

  test('many delegations that change in one statement are all followed, with what hangs on them', async () => {
    const families = [await chainOfThree(world), await chainOfThree(world)];
    const middles = families.map(({ middle }) => middle);
    await database.knex('delegation').whereIn('id', middles).update({ status: 'closed' });
    for (const { head, deputy, user } of families)
      expect([await reaches(head), await reaches(deputy), await reaches(user)]).toEqual([true, false, false]);
    await expectReachKept(
      database.knex,
      families.map(({ site }) => site.id),
    );
  });

  test('an end of what a firm’s delegations stand on is felt by the firm and its people', async () => {
    const one = await firm(world);
    await world.change('cabinet_client', one.attachmentId, { ends_at: at(0) });
    expect([await reaches(one.manager), await reaches(one.staff)]).toEqual([false, false]);
    const other = await firm(world);
    await world.change('cabinet_member', other.membershipId, { ends_at: at(0) });
    expect([await reaches(other.manager), await reaches(other.staff)]).toEqual([true, false]);
    await expectReachKept(database.knex, [one.site.id, other.site.id]);
  });

  test('what waited for somebody is his once he has it', async () => {
    const [giver, guest] = [await world.account(), await world.account()];
    const site = await world.site();
    const root = await world.enrol(giver, site);
    const on = { siteId: site.id, adherentId: site.adherent.id, root, giver };
    const made = await manyBeneficiaries(world, on, { count: 40, now: NOW });
    const id = made.find(({ status }) => status === 'awaiting_confirmation')?.id ?? '';
    expect(await reaches(guest)).toBe(false);
    await world.change('delegation', id, { grantee_account_id: guest, status: 'active', ends_at: null });
    expect(await reaches(guest)).toBe(true);
    await expectReachKept(database.knex, [site.id]);
  });

  test('a site is found, and comes, by the name that it has now', async () => {
    const { accountId, sites } = await world.administrator(3);
    const [first] = sites as [NewSite];
    const word = `zz${randomUUID().slice(0, 8)}`;
    await database.knex('site').where({ id: first.id }).update({ search_text: word });
    expect((await page(accountId)).sites.map(({ id }) => id).at(-1)).toBe(first.id);
    expect((await page(accountId, { terms: [word] })).sites.map(({ id }) => id)).toEqual([first.id]);
    await expectReachKept(
      database.knex,
      sites.map(({ id }) => id),
    );
  });
});
