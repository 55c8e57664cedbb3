/**
 * Whatever somebody does by hand to the rows of the audit, column by column and row by row, `verify` tells. What he does
 * is rolled back each time; a column that is added later is held to the same.
 */
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Anchor, exportAnchor } from '../../provider/jobs/anchor-audit.ts';
import { type AuditFault, verifyAudit } from '../../provider/jobs/verify-audit.ts';
import { auditOn, auditSealer } from '../support/audit.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const SEGMENTS = 3;
const LINES = 3;
const HOUR = 3_600_000;

let database: TestDatabase;
let anchor: Anchor;
beforeAll(async () => {
  database = await testDatabase();
  for (const caisse of ['grand-est', 'nord-ouest'] as const) await worldOn(database, caisse);
  const audit = auditOn(database);
  await audit.empty();
  for (let turn = 0; turn < SEGMENTS; turn++) {
    for (const caisse of ['grand-est', 'nord-ouest']) {
      for (const kind of ['delegation_closed', 'signed_in'] as const) {
        // Room for a line that nobody wrote.
        await database.knex.raw("select nextval('audit_event_id_seq')");
        const facts = { turn };
        await audit.write(Array(LINES).fill(kind), {
          caisse,
          facts,
          clientId: 'portail',
          requestId: `${turn}`,
        });
      }
    }
    await audit.seal();
  }
  anchor = await exportAnchor(database.knex, Date.now());
});
afterAll(() => database.drop());

type Found = { readonly faults: readonly AuditFault[]; readonly changed: number };

/** What `verify` tells of the rows as they are after those statements, which then never were. */
async function seenAfter(
  statements: readonly string[],
  given: { readonly anchor?: Anchor; readonly later?: number } = {},
): Promise<Found> {
  const faults: AuditFault[] = [];
  let changed = 0;
  const undo = new Error('undo');
  await database.knex
    .transaction(async (trx) => {
      // As somebody who owns the database: no trigger and no rule of a column stands in his way.
      await trx.raw("set local session_replication_role = 'replica'");
      await trx.raw('alter table audit_event alter column id drop identity');
      await trx.raw('alter table audit_seal drop constraint one_segment_per_end');
      for (const statement of statements) changed += (await trx.raw(statement)).rowCount ?? 0;
      await verifyAudit({
        sql: trx as unknown as Knex,
        sealer: auditSealer,
        now: Date.now() + (given.later ?? 0),
        anchor: given.anchor,
        onFault: (fault) => void faults.push(fault),
      });
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return { faults, changed };
}

const kindsOf = ({ faults }: Found) => [...new Set(faults.map(({ fault }) => fault))].sort();

/** The line in that place of that segment of the rights of Grand Est. */
const line = (segment: number, place: number) =>
  `(select id from audit_event where caisse_id = 'grand-est' and register = 'rights' order by id offset ${(segment - 1) * LINES + place} limit 1)`;
const seal = (number: number) => `caisse_id = 'grand-est' and register = 'rights' and number = ${number}`;

type Column = { readonly table: string; readonly name: string; readonly type: string };

async function columnsOf(table: string): Promise<Column[]> {
  const { rows } = await database.knex.raw(
    "select column_name as name, data_type as type from information_schema.columns where table_name = ? and is_generated = 'NEVER'",
    [table],
  );
  return (rows as Omit<Column, 'table'>[]).map((row) => ({ table, ...row }));
}

/** Another value of that column, whatever it holds. */
function other({ table, name, type }: Column): string {
  const own: Readonly<Record<string, string>> = {
    kind: `case kind when 'delegation_given' then 'delegation_closed' else 'delegation_given' end`,
    register: table === 'audit_seal' ? `'account'` : `'access'`,
    caisse_id: table === 'audit_seal' ? `'nord-ouest', number = number + 10` : `'nord-ouest'`,
    id: 'id - 1',
    // A segment is dropped whole, or not at all.
    dropped_at: 'now(), drop_mac = mac, marks = null',
    drop_mac: `'\\x00', dropped_at = now(), marks = null`,
    marks: 'marks || marks',
    digest: 'sha256(digest)',
  };
  if (own[name]) return own[name];
  if (type === 'uuid') return `'00000000-0000-4000-8000-000000000000'`;
  if (type === 'jsonb') return `coalesce(${name}, '{}') || '{"x": 1}'`;
  if (type.startsWith('timestamp'))
    return `coalesce(${name}, now()) + interval '${table === 'audit_seal' ? '1 millisecond' : '1 microsecond'}'`;
  if (/int|numeric/.test(type)) return `coalesce(${name}, 0) + 1`;
  if (type === 'boolean') return `not coalesce(${name}, false)`;
  if (type === 'bytea') return `coalesce(${name}, '') || '\\x00'::bytea`;
  return `coalesce(${name}, '') || 'x'`;
}

test('rows that nobody touched are told of by nothing', async () => {
  expect(await seenAfter([], { anchor })).toEqual({ faults: [], changed: 0 });
});

describe('verification reports', () => {
  test('any column of any line that was changed', async () => {
    const columns = await columnsOf('audit_event');
    expect(columns.length).toBeGreaterThanOrEqual(12);
    for (const column of columns) {
      // The first of a segment has a free id before it.
      const found = await seenAfter([
        `update audit_event set ${column.name} = ${other(column)} where id = ${line(2, 0)}`,
      ]);
      const moved = ['id', 'register', 'caisse_id'].includes(column.name);
      expect([column.name, found.changed]).toEqual([column.name, 1]);
      expect([column.name, kindsOf(found)]).toEqual([
        column.name,
        moved ? ['inserted', 'removed'] : ['changed'],
      ]);
    }
  });

  test('any column of any seal that was changed', async () => {
    const columns = await columnsOf('audit_seal');
    expect(columns.length).toBeGreaterThanOrEqual(12);
    for (const column of columns) {
      for (const number of [1, 2, SEGMENTS]) {
        const set = column.name === 'number' ? 'number + 10' : other(column);
        const found = await seenAfter([
          `update audit_seal set ${column.name} = ${set} where ${seal(number)}`,
        ]);
        expect([column.name, number, found.changed]).toEqual([column.name, number, 1]);
        expect([column.name, number, found.faults.length > 0]).toEqual([column.name, number, true]);
      }
    }
  });

  test.each(
    [1, 2, SEGMENTS].flatMap((segment) => [0, 1, LINES - 1].map((place) => [place + 1, segment] as const)),
  )('line %i of segment %i, when it was removed', async (place, segment) => {
    const found = await seenAfter([`delete from audit_event where id = ${line(segment, place - 1)}`]);
    expect([found.changed, kindsOf(found)]).toEqual([1, ['removed']]);
  });

  const COPIED = `(caisse_id, id, at, register, kind, facts) overriding system value
    select caisse_id`;

  test.each<[string, readonly string[], readonly AuditFault['fault'][]]>([
    [
      'a line that was put into a segment',
      [
        `insert into audit_event ${COPIED}, id - 1, at, register, kind, facts from audit_event where id = ${line(2, 0)}`,
      ],
      ['inserted'],
    ],
    [
      'a line that was put before all others',
      [
        `insert into audit_event ${COPIED}, -7, at, register, kind, facts from audit_event where id = ${line(1, 0)}`,
      ],
      ['inserted'],
    ],
    [
      'a line that was moved to another segment',
      [`update audit_event set id = ${line(3, 0)} - 1 where id = ${line(1, 1)}`],
      ['inserted', 'removed'],
    ],
    [
      'two lines of two segments that were exchanged',
      [
        `create temp table former on commit drop as select ${line(1, 1)} as a, ${line(3, 1)} as b`,
        'update audit_event set id = -1 where id = (select a from former)',
        'update audit_event set id = (select a from former) where id = (select b from former)',
        'update audit_event set id = (select b from former) where id = -1',
      ],
      ['changed'],
    ],
    ['the first seal, gone', [`delete from audit_seal where ${seal(1)}`], ['seal_broken', 'seal_missing']],
    [
      'a seal between others, gone',
      [`delete from audit_seal where ${seal(2)}`],
      ['seal_broken', 'seal_missing'],
    ],
    [
      'the first segment, gone whole',
      [
        `delete from audit_event where register = 'rights' and caisse_id = 'grand-est' and id <= ${line(1, LINES - 1)}`,
        `delete from audit_seal where ${seal(1)}`,
      ],
      ['seal_broken', 'seal_missing'],
    ],
    [
      'a segment between others, gone whole and the next put in its place',
      [
        `delete from audit_event where register = 'rights' and caisse_id = 'grand-est'
         and id between ${line(2, 0)} and ${line(2, LINES - 1)}`,
        `delete from audit_seal where ${seal(2)}`,
        `update audit_seal set number = 2, after_id = (select until_id from audit_seal where ${seal(1)}) where ${seal(3)}`,
      ],
      ['seal_broken'],
    ],
    [
      'two seals that were exchanged',
      [
        `update audit_seal set number = 99 where ${seal(2)}`,
        `update audit_seal set number = 2 where ${seal(3)}`,
        `update audit_seal set number = 3 where ${seal(99)}`,
      ],
      ['seal_broken'],
    ],
    [
      'a segment said to be over its time, whose lines went',
      [
        `update audit_seal set dropped_at = now(), drop_mac = mac, marks = null where ${seal(2)}`,
        `delete from audit_event where register = 'rights' and caisse_id = 'grand-est'
         and id between ${line(2, 0)} and ${line(2, LINES - 1)}`,
      ],
      ['drop_forged'],
    ],
  ])('%s', async (_, statements, expected) => {
    const found = await seenAfter(statements);
    expect(found.changed).toBeGreaterThan(0);
    expect(kindsOf(found)).toEqual(expect.arrayContaining([...expected]));
  });

  test('the chain of another caisse in the place of one', async () => {
    const found = await seenAfter([
      `delete from audit_seal where caisse_id = 'grand-est'`,
      `delete from audit_event where caisse_id = 'grand-est'`,
      `update audit_seal set caisse_id = 'grand-est' where caisse_id = 'nord-ouest'`,
      `update audit_event set caisse_id = 'grand-est' where caisse_id = 'nord-ouest'`,
    ]);
    expect(kindsOf(found)).toEqual(expect.arrayContaining(['changed', 'seal_broken']));
  });

  test('the last segment: gone whole, against an anchor; without its seal alone, an hour later too', async () => {
    const lines = `delete from audit_event where register = 'rights' and caisse_id = 'grand-est' and id >= ${line(SEGMENTS, 0)}`;
    const head = `delete from audit_seal where ${seal(SEGMENTS)}`;
    expect(kindsOf(await seenAfter([lines, head], { anchor }))).toEqual(['cut']);
    expect(kindsOf(await seenAfter([lines]))).toEqual(['removed']);
    expect(kindsOf(await seenAfter([head], { anchor }))).toEqual(['cut']);
    expect(kindsOf(await seenAfter([head], { later: 2 * HOUR }))).toEqual(['unsealed']);
  });

  test('everything gone, against an anchor: the end of every chain', async () => {
    const found = await seenAfter(['delete from audit_event', 'delete from audit_seal'], { anchor });
    expect(found.faults.map(({ caisseId, register, fault }) => [caisseId, register, fault])).toEqual(
      ['grand-est', 'nord-ouest'].flatMap((caisse) => [
        [caisse, 'access', 'cut'],
        [caisse, 'rights', 'cut'],
      ]),
    );
  });
});

test.each([
  'update audit_event set facts = facts',
  "update audit_event set at = at - interval '1 day' where id = (select max(id) from audit_event)",
  'delete from audit_event where id = (select max(id) from audit_event)',
  'truncate audit_event cascade',
  'update audit_seal set mac = mac',
  'delete from audit_seal where number = 1',
  'truncate audit_seal',
])('the role that the product works with is refused: %s', async (statement) => {
  await expect(database.knex.raw(statement)).rejects.toMatchObject({ code: '23514' });
});
