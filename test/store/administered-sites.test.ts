import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainRights, type LinkStatus } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { listAdministeredSites } from '../../provider/store/administered-sites.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { recordChoice } from '../../provider/store/site-choice.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
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

type Asked = Partial<Parameters<typeof listAdministeredSites>[1]>;
const list = (accountId: string, asked: Asked = {}, at: World = world) =>
  listAdministeredSites(at.store, { accountId, now: NOW, terms: [], limit: 100, offset: 0, ...asked });

const ids = (sites: readonly { readonly id: string }[]): string[] => sites.map(({ id }) => id);

async function administeredBy(accountId: string, asked: Asked = {}): Promise<string[]> {
  return ids((await list(accountId, asked)).sites);
}

describe('the sites where one is administrator', () => {
  test('are those of an enrolment and of an unbroken line of administrators', async () => {
    const [boss, second, third] = [await world.account(), await world.account(), await world.account()];
    const site = await world.site();
    const root = await world.enrol(boss, site);
    const below = await world.delegate(site, root, { from: boss, to: second }, { admin: true });
    await world.delegate(site, below, { from: second, to: third }, { admin: true });
    for (const person of [boss, second, third]) expect(await administeredBy(person)).toEqual([site.id]);
  });

  test('are not those of a user, nor of an administrator whom a mere user made', async () => {
    const [boss, user, odd] = [await world.account(), await world.account(), await world.account()];
    const site = await world.site();
    const root = await world.enrol(boss, site);
    const asUser = await world.delegate(site, root, { from: boss, to: user });
    await world.delegate(site, asUser, { from: user, to: odd }, { admin: true });
    expect(await administeredBy(user)).toEqual([]);
    expect(await administeredBy(odd)).toEqual([]);
  });

  test('are not those that a firm’s manager or staff reach', async () => {
    const [boss, manager, staff] = [await world.account(), await world.account(), await world.account()];
    const site = await world.site();
    const root = await world.enrol(boss, site);
    const cabinetId = await world.cabinet();
    const attachmentId = await world.attach(cabinetId, site.adherent.id);
    await world.join(cabinetId, manager, 'manager');
    const membershipId = await world.join(cabinetId, staff, 'staff');
    const parentId = await world.link(
      site,
      {
        kind: 'cabinet',
        parentId: root,
        grantorAccountId: boss,
        granteeCabinetId: cabinetId,
        attachmentId,
      },
      {},
    );
    const toStaff = {
      kind: 'staff',
      parentId,
      grantorCabinetId: cabinetId,
      granteeAccountId: staff,
    } as const;
    await world.link(site, { ...toStaff, membershipId }, {});
    expect(await administeredBy(manager)).toEqual([]);
    expect(await administeredBy(staff)).toEqual([]);
  });

  test('cease with any link above: closed, put to sleep, over, not begun', async () => {
    const boss = await world.account();
    const gone = [
      { status: 'closed' },
      { status: 'suspended' },
      { status: 'to_renew' },
      { to: NOW },
      { from: NOW + 1 },
    ] as const;
    for (const given of gone) {
      const [above, person] = [await world.account(), await world.account()];
      const site = await world.site();
      const root = await world.enrol(boss, site);
      const middle = await world.delegate(site, root, { from: boss, to: above }, { admin: true, ...given });
      await world.delegate(site, middle, { from: above, to: person }, { admin: true });
      expect(await administeredBy(person)).toEqual([]);
    }
  });

  test('hold until the very last instant', async () => {
    const boss = await world.account();
    const site = await world.site();
    await world.enrol(boss, site, { to: NOW + 1 });
    expect(await administeredBy(boss)).toEqual([site.id]);
    expect(await administeredBy(boss, { now: NOW + 1 })).toEqual([]);
  });

  test('are listed once each, however many chains lead there', async () => {
    const [boss, person] = [await world.account(), await world.account()];
    const site = await world.site();
    const root = await world.enrol(boss, site);
    await world.delegate(site, root, { from: boss, to: person }, { admin: true });
    await world.enrol(person, site);
    expect((await list(person)).total).toBe(1);
    expect(await administeredBy(person)).toEqual([site.id]);
  });

  test('stay within their caisse', async () => {
    const { accountId } = await world.administrator(1);
    expect(await list(accountId, {}, elsewhere)).toMatchObject({ administered: 0, total: 0, sites: [] });
  });
});

const usually = <T>(most: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(most) }, { weight: 1, arbitrary: otherwise });

const drawnLink = fc.record({
  admin: usually(true, fc.constant(false)),
  status: usually<LinkStatus>('active', fc.constantFrom('suspended', 'closed', 'to_renew')),
  from: usually(NOW - DAY, fc.constantFrom(NOW, NOW + 1)),
  to: usually<number | null>(null, fc.constantFrom(NOW + 2, NOW + DAY)),
});

describe('in any world', () => {
  test('they are those where domain/rights finds the power to delegate, through no firm', async () => {
    const person = await world.account();
    const lines = fc.sample(fc.array(drawnLink, { minLength: 1, maxLength: 4 }), 80);
    const sites = await world.sites(lines.map(() => ({})));
    const others = await Promise.all([0, 1, 2, 3].map(() => world.account()));
    for (const [i, line] of lines.entries()) {
      const on = sites[i] as NewSite;
      let parentId = '';
      for (const [height, given] of line.entries()) {
        const to = height === line.length - 1 ? person : (others[height] as string);
        const from = others[height - 1] as string;
        parentId =
          height === 0
            ? await world.enrol(to, on, { ...given, admin: true })
            : await world.delegate(on, parentId, { from, to }, given);
      }
    }
    const expected: string[] = [];
    for (const { id } of sites) {
      const holding = await readHolding(world.store, person, { siteId: id });
      const rights = (holding?.chains ?? []).map((chain) => chainRights(chain, NOW));
      if (rights.some((held) => held?.administrator && held.cabinetId === null)) expected.push(id);
    }
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.length).toBeLessThan(75);
    expect((await administeredBy(person)).sort()).toEqual(expected.sort());
  });
});

describe('a long list of them', () => {
  let boss: string;
  let sites: readonly NewSite[];
  beforeAll(async () => {
    boss = await world.account();
    const [first] = await world.sites([{ name: 'Étampes', raisonSociale: 'Œuvres du Val' }]);
    const names = ['Dijon', 'Épinal', 'Évry', 'Nancy'];
    const kin = await world.sites(names.map((name) => ({ name, adherent: (first as NewSite).adherent })));
    const others = await world.sites([{ name: 'Metz', raisonSociale: 'Toitures de Lorraine' }]);
    sites = [...kin, first as NewSite, ...others];
    await world.enrolOnAll(boss, sites);
  });
  const named = (names: readonly string[]) => names.map((name) => sites.find((one) => one.name === name)?.id);

  test('follows the alphabet, accents or not, and is paged', async () => {
    const order = named(['Dijon', 'Épinal', 'Étampes', 'Évry', 'Nancy', 'Metz']);
    expect(await administeredBy(boss)).toEqual(order);
    const page = await list(boss, { limit: 2, offset: 2 });
    expect(ids(page.sites)).toEqual(order.slice(2, 4));
    expect(page).toMatchObject({ administered: 6, total: 6 });
  });

  test('is searched by every term at once, whatever is typed', async () => {
    const page = await list(boss, { terms: ['oeuvres', 'ev'] });
    expect(ids(page.sites)).toEqual(named(['Évry']));
    expect(page).toMatchObject({ administered: 6, total: 1 });
    expect((await list(boss, { terms: ['%'] })).total).toBe(0);
  });

  test('is held to one company', async () => {
    const adherentId = sites[0]?.adherent.id as string;
    const page = await list(boss, { adherentId });
    expect(page.total).toBe(5);
    expect(new Set(page.sites.map((site) => site.adherentId))).toEqual(new Set([adherentId]));
    const beside = await list(boss, { besideSiteId: named(['Évry'])[0] as string });
    expect(beside).toEqual(page);
    expect((await list(boss, { besideSiteId: named(['Metz'])[0] as string })).total).toBe(1);
  });

  test('tells the last visited first, those that one still administers', async () => {
    const lost = await world.site();
    const visited = [...named(['Nancy', 'Évry']), lost.id];
    for (const [i, siteId] of visited.entries()) {
      const at = NOW - DAY + i;
      await recordChoice(
        world.store,
        { accountId: boss, siteId: siteId as string, at },
        { kind: 'site_chosen', at },
      );
    }
    expect(ids((await list(boss, { recent: 5 })).recent)).toEqual(named(['Évry', 'Nancy']));
    expect((await list(boss)).recent).toEqual([]);
  });
});
