import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LinkStatus } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import {
  cabinet,
  common,
  enrolment,
  iso,
  NOW,
  type Row,
  refusedBy,
  type Scene,
  scene,
  staff,
  user,
} from '../support/delegation-rows.ts';
import { worldOn } from '../support/store-world.ts';
import { rightsOn, type World } from '../support/world.ts';

let database: TestDatabase;
let world: World;
let elsewhere: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
  elsewhere = await worldOn(database, 'nord-ouest', () => NOW);
});
afterAll(() => database.drop());

const insert = (row: Row) => world.store.sql('delegation').insert(row);

const refuses = async (row: Row, constraint: string): Promise<void> => {
  expect(await refusedBy(insert(row))).toBe(constraint);
};

describe('a chain stays where it began', () => {
  test('not at another caisse', async () => {
    const [here, there] = [await scene(world), await scene(elsewhere)];
    await refuses(
      { ...user(here), parent_id: there.root, grantor_account_id: there.head },
      'delegation_hangs_on_its_giver',
    );
    const moved = { ...user(here), ...common(there.site, 'nord-ouest') };
    expect(await refusedBy(insert(moved))).toMatch(/^delegation_(hangs_on_its_giver|to_known_account)$/);
  });

  test('not on another site, even of the same adhérent', async () => {
    const here = await scene(world);
    const [sister] = (await world.sites([{ adherent: here.site.adherent }])) as [NewSite];
    await refuses({ ...user(here), site_id: sister.id }, 'delegation_hangs_on_its_giver');
  });

  test('not on a site of another adhérent than it says', async () => {
    const [here, other] = [await scene(world), await scene(world)];
    await refuses({ ...enrolment(here), adherent_id: other.site.adherent.id }, 'delegation_on_known_site');
  });

  test('not on a site of another caisse', async () => {
    const [here, there] = [await scene(world), await scene(elsewhere)];
    const row = { ...enrolment(here), site_id: there.site.id, adherent_id: there.site.adherent.id };
    await refuses(row, 'delegation_on_known_site');
  });

  test('not on a delegation that is somebody else’s', async () => {
    const here = await scene(world);
    const stranger = await world.account();
    await refuses({ ...user(here), grantor_account_id: stranger }, 'delegation_hangs_on_its_giver');
    await refuses({ ...user(here), grantor_account_id: here.colleague }, 'delegation_hangs_on_its_giver');
  });

  test('not on a delegation that does not exist, nor on itself', async () => {
    const here = await scene(world);
    await refuses({ ...user(here), parent_id: randomUUID() }, 'delegation_hangs_on_its_giver');
    const row = user(here);
    await refuses(
      { ...row, parent_id: row.id, grantor_account_id: here.colleague },
      'delegation_not_its_own_parent',
    );
  });

  test('not from another firm than the one that received', async () => {
    const [here, other] = [await scene(world), await scene(world)];
    const row = {
      ...staff(here),
      grantor_cabinet_id: other.cabinetId,
      grantee_account_id: other.staff,
      cabinet_member_id: other.membershipId,
    };
    await refuses(row, 'delegation_hangs_on_its_giver');
  });
});

describe('a beneficiary is of the same caisse', () => {
  test('the account', async () => {
    const [here, stranger] = [await scene(world), await elsewhere.account()];
    await refuses({ ...user(here), grantee_account_id: stranger }, 'delegation_to_known_account');
    await refuses({ ...enrolment(here), grantee_account_id: stranger }, 'delegation_to_known_account');
  });

  test('the firm', async () => {
    const [here, there] = [await scene(world), await scene(elsewhere)];
    const row = {
      ...cabinet(here),
      grantee_cabinet_id: there.cabinetId,
      cabinet_client_id: there.attachmentId,
    };
    expect(await refusedBy(insert(row))).toMatch(/^delegation_(to_known_cabinet|stands_on_attachment)$/);
  });
});

describe('what it stands on', () => {
  test('is the attachment of that firm to that adhérent', async () => {
    const [here, other] = [await scene(world), await scene(world)];
    const stranger = await world.attach(await world.cabinet(), here.site.adherent.id);
    const elsewhereAttached = await world.attach(here.cabinetId, other.site.adherent.id);
    for (const attachment of [stranger, elsewhereAttached, randomUUID()]) {
      await refuses({ ...cabinet(here), cabinet_client_id: attachment }, 'delegation_stands_on_attachment');
    }
  });

  test('is the membership of that person of that firm', async () => {
    const [here, other] = [await scene(world), await scene(world)];
    const colleagues = await world.join(here.cabinetId, here.colleague, 'staff');
    const elsewhereMember = await world.join(other.cabinetId, here.staff, 'staff');
    for (const membership of [colleagues, elsewhereMember, randomUUID()]) {
      await refuses({ ...staff(here), cabinet_member_id: membership }, 'delegation_stands_on_membership');
    }
  });
});

describe('what was written', () => {
  const MOVES: readonly (readonly [string, (here: Scene, other: Scene) => Row])[] = [
    ['parent', (_, other) => ({ parent_id: other.root, grantor_account_id: other.head })],
    ['parent within its site', (here) => ({ parent_id: here.toFirm })],
    ['site', (_, other) => ({ site_id: other.site.id, adherent_id: other.site.adherent.id })],
    ['beneficiary', (here) => ({ grantee_account_id: here.staff })],
    ['giver', (here) => ({ grantor_account_id: here.staff })],
    ['kind', () => ({ kind: 'enrolment' })],
    ['id', () => ({ id: randomUUID() })],
    ['caisse', () => ({ caisse_id: 'nord-ouest' })],
  ];

  test.each(MOVES)('keeps its %s', async (_, change) => {
    const [here, other] = [await scene(world), await scene(world)];
    const row = user(here);
    await insert(row);
    const moving = world.store.sql('delegation').where({ id: row.id }).update(change(here, other));
    expect(await refusedBy(moving)).toBe('delegation_never_moves');
  });

  test.each([
    ['attachment', cabinet, 'cabinet_client_id'],
    ['membership', staff, 'cabinet_member_id'],
  ] as const)('keeps its %s', async (_, make, column) => {
    const row = make(await scene(world));
    await insert(row);
    const moving = world.store
      .sql('delegation')
      .where({ id: row.id })
      .update({ [column]: randomUUID() });
    expect(await refusedBy(moving)).toBe('delegation_never_moves');
  });

  test('may be narrowed, suspended and ended', async () => {
    const row = user(await scene(world));
    await insert(row);
    const { levels } = rightsOn({ planning: 'consultation' });
    for (const change of [
      { levels: levels.toString(), colleges: 1 },
      { status: 'suspended' satisfies LinkStatus },
      { ends_at: iso(NOW + 1) },
    ]) {
      const changing = world.store.sql('delegation').where({ id: row.id }).update(change);
      expect(await refusedBy(changing)).toBe('accepted');
    }
  });

  test('stays as long as something hangs on it', async () => {
    const here = await scene(world);
    await insert(user(here));
    const deleting = world.store.sql('delegation').where({ id: here.root }).delete();
    expect(await refusedBy(deleting)).toBe('delegation_hangs_on_its_giver');
  });
});

describe('one active enrolment of one person on one site', () => {
  test('is enough', async () => {
    const here = await scene(world);
    await insert(enrolment(here));
    await refuses({ ...enrolment(here), id: randomUUID() }, 'one_active_root_per_site_and_account');
  });

  test('may follow one that is over, or stand beside another person’s', async () => {
    const here = await scene(world);
    await insert({ ...enrolment(here), status: 'closed' });
    expect(await refusedBy(insert(enrolment(here)))).toBe('accepted');
  });
});

describe('a firm', () => {
  test('is attached to an adhérent once at a time', async () => {
    const { cabinetId, site } = await scene(world);
    expect(await refusedBy(world.attach(cabinetId, site.adherent.id))).toBe(
      'one_open_attachment_per_cabinet_and_adherent',
    );
  });

  test('has a person as a member once at a time', async () => {
    const here = await scene(world);
    expect(await refusedBy(world.join(here.cabinetId, here.staff, 'manager'))).toBe(
      'one_open_membership_per_cabinet_and_account',
    );
  });

  test('is attached and joined within its caisse', async () => {
    const [here, there] = [await scene(world), await scene(elsewhere)];
    expect(await refusedBy(world.attach(there.cabinetId, here.site.adherent.id))).toBe(
      'cabinet_client_of_known_cabinet',
    );
    expect(await refusedBy(world.attach(here.cabinetId, there.site.adherent.id))).toBe(
      'cabinet_client_of_known_adherent',
    );
    expect(await refusedBy(world.join(here.cabinetId, there.head, 'staff'))).toBe(
      'cabinet_member_of_known_account',
    );
  });
});

describe('its path', () => {
  const pathOf = async (id: unknown) =>
    (
      await world.store
        .sql('delegation')
        .first('path')
        .where({ id: id as string })
    ).path;

  test('leads from the enrolment down to itself, whatever is said of it', async () => {
    const here = await scene(world);
    const [first, second] = [user(here), staff(here)];
    await insert({ ...first, path: [randomUUID()] });
    await insert(second);
    expect(await pathOf(here.root)).toEqual([here.root]);
    expect(await pathOf(first.id)).toEqual([here.root, first.id]);
    expect(await pathOf(second.id)).toEqual([here.root, here.toFirm, second.id]);
  });

  test('is known of what is written at one go, the parent first', async () => {
    const here = await scene(world);
    const parent: Row = { ...user(here), admin: true, levels: '-1', colleges: 7 };
    const child: Row = { ...user(here), parent_id: parent.id, grantor_account_id: here.colleague };
    const late: Row = { ...child, id: randomUUID() };
    await world.store.sql('delegation').insert([parent, { ...child, grantee_account_id: here.staff }]);
    expect(await pathOf(child.id)).toEqual([here.root, parent.id, child.id]);
    const orphan = { ...user(here), id: randomUUID() };
    const backwards = [{ ...late, parent_id: orphan.id }, orphan];
    expect(await refusedBy(world.store.sql('delegation').insert(backwards))).toBe(
      'delegation_hangs_on_its_giver',
    );
  });

  test('never changes', async () => {
    const here = await scene(world);
    const moving = world.store
      .sql('delegation')
      .where({ id: here.toFirm })
      .update({ path: [here.toFirm] });
    expect(await refusedBy(moving)).toBe('delegation_never_moves');
  });
});
