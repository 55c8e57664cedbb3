import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import {
  cabinet,
  enrolment,
  iso,
  KINDS,
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
beforeAll(async () => {
  database = await testDatabase();
  world = await worldOn(database, 'grand-est', () => NOW);
});
afterAll(() => database.drop());

const insert = (row: Row) => world.store.sql('delegation').insert(row);

const refuses = async (row: Row, constraint: string): Promise<void> => {
  expect(await refusedBy(insert(row))).toBe(constraint);
};

test.each(Object.entries(KINDS))('a %s written as it should be is accepted', async (_, make) => {
  expect(await refusedBy(insert(make(await scene(world))))).toBe('accepted');
});

describe('its shape fits its kind', () => {
  const WRONG: readonly (readonly [string, (here: Scene) => Row])[] = [
    ['an enrolment with a parent', (s) => ({ ...enrolment(s), parent_id: s.root })],
    ['an enrolment with a giver', (s) => ({ ...enrolment(s), grantor_account_id: s.head })],
    ['an enrolment of nobody', (s) => ({ ...enrolment(s), grantee_account_id: null })],
    [
      'an enrolment of a firm',
      (s) => ({ ...enrolment(s), grantee_account_id: null, grantee_cabinet_id: s.cabinetId }),
    ],
    [
      'an enrolment that stands on an attachment',
      (s) => ({ ...enrolment(s), cabinet_client_id: s.attachmentId }),
    ],
    ['a user without a parent', (s) => ({ ...user(s), parent_id: null })],
    ['a user without a giver', (s) => ({ ...user(s), grantor_account_id: null })],
    ['a user of nobody', (s) => ({ ...user(s), grantee_account_id: null })],
    ['a user and a firm at once', (s) => ({ ...user(s), grantee_cabinet_id: s.cabinetId })],
    [
      'a user given by a firm',
      (s) => ({ ...user(s), grantor_account_id: null, grantor_cabinet_id: s.cabinetId }),
    ],
    ['a user that stands on a membership', (s) => ({ ...user(s), cabinet_member_id: s.membershipId })],
    ['a firm without its attachment', (s) => ({ ...cabinet(s), cabinet_client_id: null })],
    ['a firm and a person at once', (s) => ({ ...cabinet(s), grantee_account_id: s.colleague })],
    ['a firm without a parent', (s) => ({ ...cabinet(s), parent_id: null, grantor_account_id: null })],
    ['staff without a membership', (s) => ({ ...staff(s), cabinet_member_id: null })],
    ['staff given by a person too', (s) => ({ ...staff(s), grantor_account_id: s.head })],
    ['staff without a parent', (s) => ({ ...staff(s), parent_id: null })],
  ];

  test.each(WRONG)('%s is refused', async (_, make) => {
    await refuses(make(await scene(world)), 'delegation_shape_fits_its_kind');
  });

  test('an unknown kind is refused', async () => {
    expect(await refusedBy(insert({ ...user(await scene(world)), kind: 'gerant' }))).toMatch(
      /^delegation_(kind_known|shape_fits_its_kind)$/,
    );
  });

  test('an unknown status is refused', async () => {
    await refuses({ ...user(await scene(world)), status: 'en_attente' }, 'delegation_status_known');
  });
});

describe('its rights are well formed', () => {
  test.each([
    '2',
    '8',
    '11',
    '-2',
    '-9223372036854775808',
    (1n << 62n).toString(),
    (2n ** 63n - 1n).toString(),
  ])('levels %s are no thermometers', async (levels) => {
    await refuses({ ...user(await scene(world)), levels }, 'delegation_levels_are_thermometers');
  });

  test.each([0n, 1n, 3n, 0b0111n, (1n << 60n) | 1n, 3n << 60n, -1n])('levels %s are', async (levels) => {
    expect(await refusedBy(insert({ ...user(await scene(world)), levels: levels.toString() }))).toBe(
      'accepted',
    );
  });

  test.each([0, 8, -1])('collèges %s are refused', async (colleges) => {
    await refuses({ ...user(await scene(world)), colleges }, 'delegation_colleges_in_3_bits');
  });

  test('an administrator reaches everything, and is a person', async () => {
    const here = await scene(world);
    const { levels } = rightsOn({ documents: 'mise_a_jour' });
    await refuses(
      { ...user(here), admin: true, levels: levels.toString() },
      'administrators_reach_everything',
    );
    await refuses(
      { ...user(here), admin: true, levels: '-1', colleges: 3 },
      'administrators_reach_everything',
    );
    for (const make of [cabinet, staff]) {
      await refuses({ ...make(here), admin: true, levels: '-1' }, 'administrators_reach_everything');
    }
  });

  test('whoever enrols is administrator', async () => {
    await refuses({ ...enrolment(await scene(world)), admin: false }, 'enrolment_is_administrator');
  });

  test('they last a while', async () => {
    const here = await scene(world);
    for (const end of [NOW, NOW - 1]) {
      await refuses({ ...user(here), ends_at: iso(end) }, 'delegation_dates_in_order');
    }
  });
});

test('an administrator’s rights are written as everything, features to come included', async () => {
  const here = await scene(world);
  const row = await world.store.sql('delegation').first('levels', 'colleges').where({ id: here.root });
  expect(row).toEqual({ levels: EVERYTHING.levels, colleges: EVERYTHING.colleges });
});
