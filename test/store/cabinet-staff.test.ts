import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listManagerships } from '../../provider/store/cabinet-managers.ts';
import { readCabinetPeople } from '../../provider/store/cabinet-staff.ts';
import { insertInvitation } from '../../provider/store/invitations.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

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

const SOME = rightsOn({ documents: 'consultation' });

/** A client of the firm, whose site is delegated to it. */
async function client(cabinetId: string, raisonSociale = 'Maçonnerie du Test') {
  const head = await world.account();
  const site = await world.site({ raisonSociale });
  const root = await world.enrol(head, site);
  const attachmentId = await world.attach(cabinetId, site.adherent.id);
  const toFirm = await world.link(
    site,
    { kind: 'cabinet', parentId: root, grantorAccountId: head, granteeCabinetId: cabinetId, attachmentId },
    { rights: SOME },
  );
  const give = (granteeAccountId: string, membershipId: string) =>
    world.link(
      site,
      { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId, granteeAccountId, membershipId },
      { rights: SOME },
    );
  return { head, site, root, attachmentId, toFirm, give };
}

const peopleOf = (cabinetId: string, asked: { terms?: string[]; limit?: number; offset?: number } = {}) =>
  readCabinetPeople(world.store, { cabinetId, now: NOW, terms: [], limit: 25, offset: 0, ...asked });

describe('the people of a firm', () => {
  test('are told once each, with their role and how many clients they serve now', async () => {
    const cabinetId = await world.cabinet();
    const [manager, staff, idle] = [
      await world.account({ familyName: 'Aubry' }),
      await world.account({ familyName: 'Bernard' }),
      await world.account({ familyName: 'Colin' }),
    ];
    await world.join(cabinetId, manager, 'manager');
    const membership = await world.join(cabinetId, staff, 'staff');
    await world.join(cabinetId, idle, 'staff');
    const [first, second] = [await client(cabinetId), await client(cabinetId), await client(cabinetId)];
    await first?.give(staff, membership);
    const given = await second?.give(staff, membership);
    await world.close(given ?? '');

    const { all, matching, people } = await peopleOf(cabinetId);
    expect([all, matching]).toEqual([3, 3]);
    expect(
      people.map(({ familyName, role, wholeFirm, clients }) => [familyName, role, wholeFirm, clients]),
    ).toEqual([
      ['Aubry', 'manager', true, 3],
      ['Bernard', 'staff', true, 1],
      ['Colin', 'staff', true, 0],
    ]);
  });

  test('serve a client no longer once anything above has gone', async () => {
    const cabinetId = await world.cabinet();
    const staff = await world.account();
    const membership = await world.join(cabinetId, staff, 'staff');
    const [one, two, three] = [await client(cabinetId), await client(cabinetId), await client(cabinetId)];
    for (const { give } of [one, two, three]) await give(staff, membership);
    await world.close(one.root);
    await world.change('cabinet_client', two.attachmentId, { ends_at: new Date(NOW - DAY).toISOString() });
    expect((await peopleOf(cabinetId)).people.map(({ clients }) => clients)).toEqual([1]);
    await world.change('delegation', three.toFirm, { status: 'suspended' });
    expect((await peopleOf(cabinetId)).people.map(({ clients }) => clients)).toEqual([0]);
  });

  test('whom a client named is told with that client, and is nobody of the firm', async () => {
    const cabinetId = await world.cabinet();
    const named = await world.account();
    const { site } = await client(cabinetId, 'Charpentes du Test');
    await world.store.sql('cabinet_member').insert({
      caisse_id: 'grand-est',
      id: randomUUID(),
      cabinet_id: cabinetId,
      account_id: named,
      role: 'staff',
      adherent_id: site.adherent.id,
      effective_at: new Date(NOW - DAY),
    });
    const { people } = await peopleOf(cabinetId);
    expect(people).toMatchObject([{ accountId: named, wholeFirm: false, namedBy: ['Charpentes du Test'] }]);
  });

  test('are neither those who left, nor those of another firm or caisse', async () => {
    const [cabinetId, other] = [await world.cabinet(), await world.cabinet()];
    await world.join(cabinetId, await world.account(), 'staff', { to: NOW });
    await world.join(other, await world.account(), 'staff');
    expect(await peopleOf(cabinetId)).toMatchObject({ all: 0, people: [], invitations: [] });
    const there = await readCabinetPeople(elsewhere.store, {
      cabinetId: other,
      now: NOW,
      terms: [],
      limit: 25,
      offset: 0,
    });
    expect(there).toMatchObject({ all: 0, people: [] });
  });

  test('are searched without accents, and paged in the order of their names', async () => {
    const cabinetId = await world.cabinet();
    for (const familyName of ['Étienne', 'Œuvrard', 'Zola', 'Éluard']) {
      await world.join(cabinetId, await world.account({ familyName, givenName: 'Zoé' }), 'staff');
    }
    const names = async (asked: { terms?: string[]; limit?: number; offset?: number }) =>
      (await peopleOf(cabinetId, asked)).people.map(({ familyName }) => familyName);
    expect(await names({})).toEqual(['Éluard', 'Étienne', 'Œuvrard', 'Zola']);
    expect(await names({ limit: 2, offset: 1 })).toEqual(['Étienne', 'Œuvrard']);
    expect(await names({ terms: ['oeuv', 'zoe'] })).toEqual(['Œuvrard']);
    expect(await names({ terms: ['100%'] })).toEqual([]);
  });

  test('invitations wait until they are answered, also when their delay has run out', async () => {
    const cabinetId = await world.cabinet();
    const manager = await world.account({ givenName: 'Dominique', familyName: 'Aubry' });
    const invited = async (email: string, columns: Record<string, unknown> = {}) => {
      const { id } = await insertInvitation(world.store, {
        kind: 'member',
        inviterAccountId: manager,
        adherentId: null,
        cabinetId,
        email,
        emailKey: email,
        needsConfirmation: false,
        now: NOW - 40 * DAY,
        expiresAt: NOW - 10 * DAY,
        random: () => Buffer.from(randomUUID()),
      });
      if (Object.keys(columns).length > 0) await world.store.sql('invitation').update(columns).where({ id });
    };
    await invited('attend@essai.test');
    await invited('accepte@essai.test', { accepted_at: new Date(NOW) });
    await invited('refuse@essai.test', { refused_at: new Date(NOW) });
    await invited('retire@essai.test', { withdrawn_at: new Date(NOW) });
    const { invitations } = await peopleOf(cabinetId);
    expect(invitations).toMatchObject([
      { email: 'attend@essai.test', inviter: 'Dominique Aubry', expiresAt: NOW - 10 * DAY },
    ]);
  });
});

describe('the firms that a person manages', () => {
  test('are those whose manager he is now, by name', async () => {
    const person = await world.account();
    const join = async (name: string, role: 'manager' | 'staff', window = {}) =>
      world.join(await world.cabinet(name), person, role, window);
    await join('Zénith', 'manager');
    await join('Alpha', 'manager');
    await join('Membre', 'staff');
    await join('Ancien', 'manager', { to: NOW });
    await join('Futur', 'manager', { from: NOW + 1 });
    const names = (await listManagerships(world.store, person, NOW)).map(({ cabinet }) => cabinet.name);
    expect(names).toEqual(['Alpha', 'Zénith']);
    expect(await listManagerships(elsewhere.store, person, NOW)).toEqual([]);
  });
});
