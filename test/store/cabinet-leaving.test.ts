/** Leaving a firm against what happens at the same moment: acts in transactions of their own, in a known order. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  closeThroughMemberships,
  endMemberships,
  lockMemberships,
} from '../../provider/store/cabinet-leaving.ts';
import { insertDelegations } from '../../provider/store/delegations.ts';
import { holdMembers } from '../../provider/store/firm-staff.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { joinFirm } from '../../provider/store/memberships.ts';
import { firm } from '../support/chains.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

type Scene = Awaited<ReturnType<typeof firm>>;

/** An act whose transaction stays open until `commit`. */
async function open(act: (inside: Handle) => Promise<unknown>) {
  const sql = await database.knex.transaction();
  await act({ caisseId: 'grand-est', sql });
  return { commit: () => sql.commit() };
}

const inOne = <T>(act: (inside: Handle) => Promise<T>): Promise<T> =>
  database.knex.transaction((sql) => act({ caisseId: 'grand-est', sql }));

async function leave(inside: Handle, { cabinetId, staff }: Scene) {
  const memberships = await lockMemberships(inside, { cabinetId, accountId: staff, now: NOW });
  const ids = memberships.map(({ id }) => id);
  await endMemberships(inside, ids, NOW);
  return closeThroughMemberships(inside, ids, NOW);
}

/** Comes back once somebody waits for a lock, or once the act has ended without. */
async function waiting(act: Promise<unknown>): Promise<void> {
  let ended = false;
  const note = () => {
    ended = true;
  };
  act.then(note, note);
  for (;;) {
    const { rows } = await database.knex.raw(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (ended || rows.length > 0) return;
  }
}

const giveTo = (inside: Handle, scene: Scene, membershipId: string, id: string): Promise<void> =>
  insertDelegations(
    inside,
    [
      {
        kind: 'staff',
        id,
        parentId: scene.toFirm,
        grantorCabinetId: scene.cabinetId,
        granteeAccountId: scene.staff,
        membershipId,
        adherentId: scene.site.adherent.id,
        siteId: scene.site.id,
        admin: false,
        rights: rightsOn({ documents: 'consultation' }),
        status: 'active',
        from: NOW - 1000,
        to: null,
      },
    ],
    NOW - 1000,
  );

describe('whoever leaves a firm', () => {
  test('loses what was being given to him, once that has committed', async () => {
    const scene = await firm(world);
    const id = randomUUID();
    const giving = await open((inside) => giveTo(inside, scene, scene.membershipId, id));
    const leaving = inOne((inside) => leave(inside, scene));
    await waiting(leaving);
    await giving.commit();
    const closed = (await leaving).map((row) => row.id);
    expect(closed.sort()).toEqual([id, scene.toStaff].sort());
  });

  test('is entrusted with nothing by an act that waited for his departure', async () => {
    const scene = await firm(world);
    const leaving = await open((inside) => leave(inside, scene));
    const { cabinetId, membershipId } = scene;
    const entrusting = inOne((inside) =>
      holdMembers(inside, { membershipIds: [membershipId], cabinetId, now: NOW }),
    );
    await waiting(entrusting);
    await leaving.commit();
    expect(await entrusting).toBe(false);
  });

  test('joins anew, for that client alone, when a client’s act waited for his departure', async () => {
    const scene = await firm(world);
    const leaving = await open((inside) => leave(inside, scene));
    const adherentId = scene.site.adherent.id;
    const joining = inOne((inside) =>
      joinFirm(inside, { accountId: scene.staff, cabinetId: scene.cabinetId, adherentId, now: NOW }),
    );
    await waiting(joining);
    await leaving.commit();
    expect((await joining).id).not.toBe(scene.membershipId);
    const joined = await database
      .knex('cabinet_member')
      .where({ account_id: scene.staff })
      .whereNull('ends_at');
    expect(joined).toMatchObject([{ adherent_id: adherentId, role: 'staff' }]);
  });

  test('keeps a dated past, and what was over already stays as it was', async () => {
    const scene = await firm(world);
    const former = randomUUID();
    await giveTo(world.store, scene, scene.membershipId, former);
    await world.change('delegation', former, { status: 'refused' });
    const closed = await inOne((inside) => leave(inside, scene));
    expect(closed).toMatchObject([{ id: scene.toStaff, siteId: scene.site.id, before: 'active' }]);
    const row = await database.knex('delegation').first('status', 'changed_at').where({ id: scene.toStaff });
    expect(row).toEqual({ status: 'closed', changed_at: NOW });
    expect((await database.knex('delegation').first('status').where({ id: former })).status).toBe('refused');
  });

  test('leaves the other people of the firm as they are', async () => {
    const scene = await firm(world);
    await inOne((inside) => leave(inside, { ...scene, staff: scene.head }));
    const open = await database
      .knex('cabinet_member')
      .where({ cabinet_id: scene.cabinetId })
      .whereNull('ends_at');
    expect(open).toHaveLength(2);
  });
});
