import { randomBytes } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../provider/domain/message.ts';
import { makeSealer, type Sealer } from '../../provider/domain/seal.ts';
import { connect } from '../../provider/store/database.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { type Outbox, type Outgoing, openOutbox, openOutgoing } from '../../provider/store/outbox.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const RESET: Message = {
  channel: 'mail',
  template: 'password_reset',
  to: 'camille@essai.test',
  link: 'https://caisse.test/mot-de-passe-oublie/secret-du-lien',
  expiresAt: null,
  givenName: 'Camille',
  familyName: 'Essai',
};

let database: TestDatabase;
let sealer: Sealer;
let outbox: Outbox;
let outgoing: Outgoing;

beforeAll(async () => {
  database = await testDatabase();
  sealer = makeSealer([randomBytes(32)], randomBytes);
  outbox = openOutbox(sealer);
  outgoing = openOutgoing(database.knex, sealer);
});
afterAll(() => database.drop());
beforeEach(() => database.knex.raw('truncate pgboss.job'));

const caisse = () => handleOf(database.knex, 'grand-est');
const announce = (message: Message = RESET) =>
  transaction(caisse(), (inside) => outbox.announce(inside, message));
const rows = async (): Promise<Record<string, unknown>[]> =>
  (await database.knex.raw('select * from pgboss.job')).rows;
const makeDue = () => database.knex.raw('update pgboss.job set start_after = now()');

describe('a message that is announced', () => {
  test('is there once its fact has committed, and opens as it was written', async () => {
    await announce();
    const [claimed] = await outgoing.take(10);
    expect(claimed?.message).toEqual(RESET);
    expect(claimed?.caisseId).toBe('grand-est');
  });

  test('does not exist when its fact is rolled back', async () => {
    const act = transaction(caisse(), async (inside) => {
      await outbox.announce(inside, RESET);
      throw new Error('the fact fails');
    });
    await expect(act).rejects.toThrow('the fact fails');
    expect(await rows()).toEqual([]);
  });

  test('needs no connection but that of its transaction, even the first one', async () => {
    const narrow = connect(database.url, { poolSize: 2, acquireTimeout: 2_000 });
    const fresh = openOutbox(sealer);
    const { promise: both, resolve: meet } = Promise.withResolvers<void>();
    let open = 0;
    const act = () =>
      transaction(handleOf(narrow, 'grand-est'), async (inside) => {
        await inside.sql.raw('select 1');
        if (++open === 2) meet();
        await both;
        await fresh.announce(inside, RESET);
      });
    try {
      await Promise.all([act(), act()]);
    } finally {
      await narrow.destroy();
    }
    expect(await rows()).toHaveLength(2);
  });

  test('cannot be taken before its fact has committed', async () => {
    await transaction(caisse(), async (inside) => {
      await outbox.announce(inside, RESET);
      expect(await outgoing.take(10)).toEqual([]);
    });
    expect(await outgoing.take(10)).toHaveLength(1);
  });

  test('leaves neither link, nor code, nor recipient, nor name in the database', async () => {
    await announce();
    await announce({
      channel: 'sms',
      template: 'code',
      to: '+33612345678',
      code: '481516',
      expiresAt: Number.MAX_SAFE_INTEGER,
    });
    const kept = JSON.stringify(await rows());
    for (const secret of ['secret-du-lien', 'camille@essai.test', 'Essai', '481516', '612345678'])
      expect(kept).not.toContain(secret);
    expect(kept).toContain('password_reset');
  });

  test('does not open in the name of another caisse', async () => {
    await announce();
    await database.knex.raw(`update pgboss.job set data = jsonb_set(data, '{caisseId}', '"nord-ouest"')`);
    const [claimed] = await outgoing.take(10);
    expect(claimed?.message).toBeNull();
  });
});

describe('a message that is taken', () => {
  test('is nobody else’s, however many take at once', async () => {
    for (let i = 0; i < 10; i++) await announce();
    const taken = await Promise.all(Array.from({ length: 8 }, () => outgoing.take(3)));
    const ids = taken.flat().map(({ id }) => id);
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
  });

  test('leaves nothing behind once it has gone', async () => {
    await announce();
    const [claimed] = await outgoing.take(1);
    await outgoing.forget(claimed as NonNullable<typeof claimed>);
    expect(await rows()).toEqual([]);
  });

  test('comes back later when it is postponed, under the same id', async () => {
    await announce();
    const [first] = await outgoing.take(1);
    await outgoing.postpone(first as NonNullable<typeof first>, { reason: 'smtp_away', code: null });
    expect(await outgoing.take(1)).toEqual([]);
    await makeDue();
    const [second] = await outgoing.take(1);
    expect(second?.id).toBe(first?.id);
    expect(second?.tries).toBe(1);
  });

  test('comes back when its sender has died, and the dead one can no longer speak for it', async () => {
    await announce();
    const [lost] = await outgoing.take(1);
    await database.knex.raw(`update pgboss.job set started_on = now() - interval '10 minutes'`);
    await outgoing.reclaim();
    await makeDue();
    const [again] = await outgoing.take(1);
    expect(again?.id).toBe(lost?.id);
    await outgoing.forget(lost as NonNullable<typeof lost>);
    expect(await rows()).toHaveLength(1);
    await outgoing.bury(lost as NonNullable<typeof lost>, { reason: 'late', code: null });
    expect((await rows()).map(({ name }) => name)).toEqual(['messages']);
  });
});

describe('the queue', () => {
  test('tries again for more than an hour before it gives a message up', async () => {
    await announce();
    let waited = 0;
    for (let tries = 0; waited <= 3600 && tries < 1000; tries++) {
      const [claimed] = await outgoing.take(1);
      if (!claimed) break;
      await outgoing.postpone(claimed, { reason: 'smtp_away', code: null });
      const [row] = await rows();
      expect(row?.name).toBe('messages');
      const { rows: rests } = await database.knex.raw(
        'select extract(epoch from start_after - now())::float as rest from pgboss.job',
      );
      expect(rests[0].rest).toBeLessThanOrEqual(900);
      waited += rests[0].rest;
      await makeDue();
    }
    expect(waited).toBeGreaterThan(3600);
  });

  test('stands as the installed pg-boss wants it', async () => {
    const boss = new PgBoss({ connectionString: database.url, migrate: false, supervise: false });
    await boss.start();
    try {
      const { ok, ...drift } = await boss.detectSchemaDrift();
      expect(ok, JSON.stringify(drift)).toBe(true);
    } finally {
      await boss.stop();
    }
  });
});
