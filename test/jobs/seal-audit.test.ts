import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeAuditSealer } from '../../provider/domain/audit-seal.ts';
import { exportAnchor } from '../../provider/jobs/anchor-audit.ts';
import { dropOldAudit } from '../../provider/jobs/drop-audit.ts';
import { appendAudit } from '../../provider/store/audit.ts';
import { connect } from '../../provider/store/database.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { auditOn, auditSealer, type TestAudit } from '../support/audit.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let database: TestDatabase;
let moved: number;
let audit: TestAudit;
const now = () => Date.now() + moved;

beforeAll(async () => {
  database = await testDatabase();
  await worldOn(database, 'grand-est');
  await worldOn(database, 'nord-ouest');
  audit = auditOn(database, now);
});
beforeEach(async () => {
  moved = 0;
  await audit.empty();
});
afterAll(() => database.drop());

const seals = () => database.knex('audit_seal').select('*').orderBy(['caisse_id', 'register', 'number']);
const about = { caisseId: 'grand-est', register: 'rights' };

describe('sealing', () => {
  test('puts the lines of each register of each caisse into a chain of its own', async () => {
    await audit.write(['signed_in', 'delegation_given', 'signed_out']);
    await audit.write(['signed_in'], { caisse: 'nord-ouest' });
    expect(await audit.seal()).toBe(4);
    expect(
      (await seals()).map(({ caisse_id, register, number, lines }) => [caisse_id, register, number, lines]),
    ).toEqual([
      ['grand-est', 'access', 1, 2],
      ['grand-est', 'rights', 1, 1],
      ['nord-ouest', 'access', 1, 1],
    ]);
    expect(await audit.verify()).toMatchObject({ segments: 3, lines: 4, found: [] });
  });

  test('goes on where it was, in segments of bounded length', async () => {
    await audit.write(Array(7).fill('delegation_given'));
    expect(await audit.seal(3)).toBe(7);
    await audit.write(['delegation_closed']);
    expect(await audit.seal(3)).toBe(1);
    expect((await seals()).map(({ number, lines }) => [number, lines])).toEqual([
      [1, 3],
      [2, 3],
      [3, 1],
      [4, 1],
    ]);
    expect(await audit.seal(3)).toBe(0);
    expect((await audit.verify()).found).toEqual([]);
  });

  test('waits for a line that commits late, and seals it then, before its neighbours of the time', async () => {
    const late = await database.knex.transaction();
    await appendAudit(handleOf(late, 'grand-est'), { kind: 'delegation_given', at: now() });
    await audit.write(['delegation_closed']);
    expect(await audit.seal()).toBe(0);
    await audit.write(['delegation_closed']);
    expect(await audit.seal()).toBe(0);
    await late.commit();
    expect(await audit.seal()).toBe(3);
    expect((await audit.verify()).found).toEqual([]);
  });

  test('is not held up by a transaction that writes no line, nor by one that began after', async () => {
    const other = await database.knex.transaction();
    await other('caisse').update({ name: 'Autre nom' }).where({ id: 'nord-ouest' });
    await audit.write(['delegation_given']);
    expect(await audit.seal()).toBe(1);
    await audit.write(['delegation_given']);
    const holder = await database.knex.transaction();
    await appendAudit(handleOf(holder, 'grand-est'), { kind: 'delegation_given', at: now() });
    expect(await audit.seal()).toBe(0);
    const after = await database.knex.transaction();
    await appendAudit(handleOf(after, 'grand-est'), { kind: 'delegation_given', at: now() });
    await holder.commit();
    expect(await audit.seal()).toBe(2);
    await after.rollback();
    await other.rollback();
    expect((await audit.verify()).found).toEqual([]);
  });

  test('loses nothing and breaks nothing while many write and roll back', async () => {
    const writing = Array.from({ length: 40 }, async (_, index) => {
      const trx = await database.knex.transaction();
      await appendAudit(handleOf(trx, 'grand-est'), { kind: 'delegation_given', at: now() });
      await trx.raw('select pg_sleep(?)', [(index % 7) / 100]);
      await (index % 3 === 0 ? trx.rollback() : trx.commit());
    });
    let written = false;
    const done = Promise.all(writing).then(() => {
      written = true;
    });
    let sealed = 0;
    while (!written) sealed += await audit.seal(4);
    await done;
    sealed += await audit.seal(4);
    expect(sealed).toBe(26);
    expect((await audit.verify()).found).toEqual([]);
  });

  test('of several processes one seals, and every line once', async () => {
    await audit.write(Array(60).fill('delegation_given'));
    const pools = [connect(database.url, { poolSize: 2 }), connect(database.url, { poolSize: 2 })];
    try {
      const nodes = [database, ...pools.map((knex) => ({ ...database, knex }))].map((one) =>
        auditOn(one, now),
      );
      const counts = await Promise.all(nodes.map((node) => node.seal(5)));
      const left = await audit.seal(5);
      expect(counts.reduce((sum, count) => sum + count, left)).toBe(60);
    } finally {
      await Promise.all(pools.map((knex) => knex.destroy()));
    }
    expect(await audit.verify()).toMatchObject({ lines: 60, found: [] });
  });
});

describe('verification reports', () => {
  test.each([
    ['kind', "kind = 'delegation_given'"],
    ['moment', "at = at + interval '1 microsecond'"],
    ['actor', "actor_id = '00000000-0000-4000-8000-000000000000'"],
    ['subject', "subject_id = '00000000-0000-4000-8000-000000000000'"],
    ['site', "site_id = '00000000-0000-4000-8000-000000000000'"],
    ['service', "client_id = 'autre'"],
    ['address', 'address = null'],
    ['reference', "request_id = 'autre'"],
    ['facts', 'facts = \'{"x": 1}\''],
  ])('a line whose %s was changed', async (_, change) => {
    await audit.line();
    const id = await audit.line();
    await audit.line();
    await audit.seal();
    await audit.tamper(`update audit_event set ${change} where id = ?`, [id]);
    expect((await audit.verify()).found).toEqual([{ ...about, number: 1, fault: 'changed', lineId: id }]);
  });

  test('a line that was removed', async () => {
    const id = await audit.line();
    await audit.line();
    await audit.seal();
    await audit.tamper('delete from audit_event where id = ?', [id]);
    expect((await audit.verify()).found).toEqual([{ ...about, number: 1, fault: 'removed', lineId: id }]);
  });

  test.each([
    ['before all others', '-5'],
    ['in a gap', '3'],
  ])('a line that was put in %s', async (_, id) => {
    await audit.line();
    await audit.line();
    await database.knex.raw("select nextval('audit_event_id_seq')");
    await audit.line();
    await audit.seal();
    await audit.tamper(
      `insert into audit_event (caisse_id, id, at, register, kind, facts) overriding system value
       values ('grand-est', ?, now(), 'rights', 'delegation_given', '{}')`,
      [id],
    );
    expect((await audit.verify()).found).toEqual([
      { ...about, number: 1, fault: 'inserted', lineId: BigInt(id) },
    ]);
  });

  test('a line that was moved to another register, or to another caisse, in both', async () => {
    const [first, second] = [await audit.line(), await audit.line()];
    for (const caisse of ['grand-est', 'nord-ouest'])
      await audit.write(['signed_in', 'site_handed_over'], { caisse });
    await audit.seal();
    await audit.tamper("update audit_event set register = 'access' where id = ?", [first]);
    await audit.tamper("update audit_event set caisse_id = 'nord-ouest' where id = ?", [second]);
    expect((await audit.verify()).found).toEqual([
      { ...about, register: 'access', number: 1, fault: 'inserted', lineId: first },
      { ...about, number: 1, fault: 'removed', lineId: first },
      { ...about, number: 1, fault: 'removed', lineId: second },
      { ...about, caisseId: 'nord-ouest', number: 1, fault: 'inserted', lineId: second },
    ]);
  });

  test('a line put at the end that claims to be of before the last sealing', async () => {
    await audit.line();
    await audit.seal();
    moved += 3 * HOUR;
    await audit.write(['delegation_given'], { at: now() - 2.9 * HOUR });
    await audit.seal();
    expect((await audit.verify()).found).toEqual([]);
    await audit.write(['delegation_given'], { at: now() - 2 * HOUR });
    await audit.seal();
    const id = (await database.knex('audit_event').max('id as id').first())?.id;
    expect((await audit.verify()).found).toEqual([{ ...about, number: 3, fault: 'backdated', lineId: id }]);
  });

  test('lines that stay without a seal longer than sealing takes', async () => {
    await audit.line();
    expect((await audit.verify()).found).toEqual([]);
    expect((await audit.verify({ at: now() + 2 * HOUR })).found).toMatchObject([
      { ...about, number: null, fault: 'unsealed', lines: 1 },
    ]);
  });

  test.each([
    ['its marks', 'marks = marks || marks'],
    ['its moment', "sealed_at = sealed_at + interval '1 second'"],
    ['its end', 'until_id = until_id + 1'],
    ['its seal', "mac = decode(repeat('00', 32), 'hex')"],
  ])('a seal of which somebody changed %s', async (_, change) => {
    await audit.line();
    await audit.seal();
    await audit.tamper(`update audit_seal set ${change}`);
    expect((await audit.verify()).found).toContainEqual({ ...about, number: 1, fault: 'seal_broken' });
  });

  test('a segment taken out of the middle of a chain', async () => {
    for (let turn = 0; turn < 3; turn++) {
      await audit.line();
      await audit.seal();
    }
    await audit.tamper(
      `delete from audit_event where id in (select until_id from audit_seal where number = 2)`,
    );
    await audit.tamper('delete from audit_seal where number = 2');
    const { found } = await audit.verify();
    expect(found).toContainEqual({ ...about, number: 3, fault: 'seal_missing' });
    expect(found).toContainEqual({ ...about, number: 3, fault: 'seal_broken' });
  });

  test('a chain that was sealed with another key than ours', async () => {
    await audit.line();
    await audit.seal();
    await audit.tamper("update audit_seal set key_id = '\\x00000000'");
    expect((await audit.verify()).found).toEqual([{ ...about, number: 1, fault: 'unknown_key' }]);
  });

  test('nothing once the key is replaced, as long as the former one is given; and what was sealed with it since', async () => {
    const renewed = makeAuditSealer(Buffer.alloc(32, 6), [Buffer.alloc(32, 5)]);
    const forgotten = makeAuditSealer(Buffer.alloc(32, 6));
    await audit.line();
    await audit.seal();
    await audit.line();
    await audit.seal(undefined, renewed);
    expect(await audit.verify({ sealer: renewed })).toMatchObject({ segments: 2, lines: 2, found: [] });
    expect((await audit.verify({ sealer: forgotten })).found).toEqual([
      { ...about, number: 1, fault: 'unknown_key' },
    ]);
    await audit.line();
    await audit.seal();
    expect((await audit.verify({ sealer: renewed })).found).toEqual([
      { ...about, number: 3, fault: 'former_key' },
    ]);
  });

  test('a tail that was cut, against an anchor, sealed over or not; without one it cannot know', async () => {
    await audit.line();
    await audit.seal();
    await audit.line();
    await audit.seal();
    const anchor = await exportAnchor(database.knex, now());
    expect((await audit.verify({ anchor })).found).toEqual([]);
    await audit.tamper(
      'delete from audit_event where id > (select until_id from audit_seal where number = 1)',
    );
    await audit.tamper('delete from audit_seal where number = 2');
    expect((await audit.verify()).found).toEqual([]);
    expect((await audit.verify({ anchor })).found).toEqual([{ ...about, number: 2, fault: 'cut' }]);
    await audit.line();
    await audit.seal();
    expect((await audit.verify()).found).toEqual([]);
    expect((await audit.verify({ anchor })).found).toEqual([
      { ...about, number: 2, fault: 'other_than_anchor' },
    ]);
  });

  test('an anchor of the past still holds once there is more', async () => {
    await audit.line();
    await audit.seal();
    const anchor = await exportAnchor(database.knex, now());
    await audit.line();
    await audit.seal();
    expect((await audit.verify({ anchor })).found).toEqual([]);
  });

  test('a whole chain that went, against an anchor', async () => {
    await audit.line();
    await audit.seal();
    const anchor = await exportAnchor(database.knex, now());
    await audit.tamper('delete from audit_event');
    await audit.tamper('delete from audit_seal');
    expect((await audit.verify({ anchor })).found).toEqual([{ ...about, number: 1, fault: 'cut' }]);
  });
});

describe('retention', () => {
  const days = { access: 365, account: null, rights: 365, office: null };
  const drop = () =>
    dropOldAudit({ store: handleOf(database.knex, 'grand-est'), sealer: auditSealer, days, now: now() });

  test('goes on with another key, over what the former one sealed', async () => {
    const renewed = makeAuditSealer(Buffer.alloc(32, 6), [Buffer.alloc(32, 5)]);
    const store = handleOf(database.knex, 'grand-est');
    await audit.write(['delegation_given']);
    await audit.seal();
    moved += 400 * DAY;
    expect(await dropOldAudit({ store, sealer: renewed, days, now: now() })).toBe(1);
    expect(await audit.verify({ sealer: renewed })).toMatchObject({ dropped: 1, found: [] });
  });

  test('drops whole segments past their time, leaves their seals, tells it, and all still verifies', async () => {
    await audit.write(['delegation_given', 'delegation_closed', 'signed_in', 'password_changed']);
    await audit.write(['delegation_given'], { caisse: 'nord-ouest' });
    await audit.seal();
    moved += 200 * DAY;
    await audit.write(['delegation_given']);
    await audit.seal();
    moved += 200 * DAY;
    expect(await drop()).toBe(2);
    expect(await drop()).toBe(0);
    const left = await database.knex('audit_event').select('caisse_id', 'kind', 'facts').orderBy('id');
    expect(left).toMatchObject([
      { kind: 'password_changed' },
      { kind: 'delegation_given', caisse_id: 'nord-ouest' },
      { kind: 'delegation_given' },
      { kind: 'audit_dropped', facts: { register: 'access', number: 1, lines: 1 } },
      { kind: 'audit_dropped', facts: { register: 'rights', number: 1, lines: 2 } },
    ]);
    await audit.seal();
    expect(await audit.verify()).toMatchObject({ dropped: 2, lines: 5, found: [] });
  });

  test('keeps a segment until its last line has had its time', async () => {
    await audit.write(['delegation_given']);
    moved += 364 * DAY;
    await audit.write(['delegation_given']);
    await audit.seal();
    moved += 2 * DAY;
    expect(await drop()).toBe(0);
  });

  test('a segment said to be dropped by who lacks the key is reported, and so is a line put where one was', async () => {
    await audit.line();
    await audit.seal();
    await audit.tamper("update audit_seal set dropped_at = now(), drop_mac = '\\x00', marks = null");
    await audit.tamper('delete from audit_event');
    expect((await audit.verify()).found).toEqual([{ ...about, number: 1, fault: 'drop_forged' }]);
  });

  test('the database refuses any other way for a line to go or change', async () => {
    await audit.line();
    await audit.line();
    await audit.seal();
    const { knex } = database;
    for (const statement of [
      'delete from audit_event',
      'delete from audit_event where id = 1',
      "update audit_event set kind = 'signed_in'",
      'truncate audit_event',
      'delete from audit_seal',
      'truncate audit_seal',
      'update audit_seal set lines = 1',
      'update audit_seal set marks = null, dropped_at = now(), drop_mac = digest, lines = 1',
      "update audit_seal set register = 'access', marks = null, dropped_at = now(), drop_mac = digest",
    ])
      await expect(knex.raw(statement), statement).rejects.toMatchObject({ code: '23514' });
    await expect(
      knex.transaction(async (trx) => {
        await trx.raw('update audit_seal set marks = null, dropped_at = now(), drop_mac = digest');
        await trx.raw('delete from audit_event where id = 1');
      }),
    ).rejects.toMatchObject({ constraint: 'audit_segments_drop_whole' });
    expect(await audit.verify()).toMatchObject({ lines: 2, found: [] });
  });
});
