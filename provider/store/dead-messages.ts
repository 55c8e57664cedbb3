/** Messages that did not leave and will not be tried again by themselves; and how many still wait. */
import { fromKnex, PgBoss } from 'pg-boss';
import type { Instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import type { Database } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';
import { DEAD_QUEUE, QUEUE } from './outbox.ts';

/** Without recipient and content, which stay sealed. */
export type DeadMessage = {
  readonly id: string;
  readonly channel: Message['channel'];
  readonly template: Message['template'];
  readonly diedAt: Instant;
  /** Why: a word of ours (`smtp_refused`), and the code that the other side gave. */
  readonly reason: string;
  readonly code: string | null;
};

// What a sender buried says why itself; what pg-boss did has the failure of its last try.
const FAILURE = `coalesce(data->'failure', source_output, '{}'::jsonb)`;

/** Newest first. */
export async function listDeadMessages({ caisseId, sql }: Handle, limit: number): Promise<DeadMessage[]> {
  const { rows } = await sql.raw(
    `select data->>'id' as id, data->>'channel' as channel, data->>'template' as template,
            created_on as "diedAt",
            coalesce(${FAILURE}->>'reason', 'sender_died') as reason, ${FAILURE}->>'code' as code
     from pgboss.job
     where name = ? and state = 'created' and data->>'caisseId' = ?
     order by created_on desc, id limit ?`,
    [DEAD_QUEUE, caisseId, limit],
  );
  return rows;
}

export type OutboxCounts = { readonly waiting: number; readonly retried: number; readonly dead: number };

/** `waiting`: all that has not left, of which `retried` failed before. null: of every caisse. */
export async function countOutbox(sql: Database, caisseId: CaisseId | null): Promise<OutboxCounts> {
  const { rows } = await sql.raw(
    `select count(*) filter (where name = ? and state < 'completed')::int as waiting,
            count(*) filter (where name = ? and state = 'retry')::int as retried,
            count(*) filter (where name = ? and state = 'created')::int as dead
     from pgboss.job where ?::text is null or data->>'caisseId' = ?`,
    [QUEUE, QUEUE, DEAD_QUEUE, caisseId, caisseId],
  );
  return rows[0];
}

/** All that is dead, of every caisse, waits to be sent again: for when what stood in the way is mended. */
export async function reviveDeadMessages(sql: Database): Promise<number> {
  const boss = new PgBoss({ db: fromKnex(sql), migrate: false, supervise: false, schedule: false });
  return boss.redrive(DEAD_QUEUE, { destination: QUEUE });
}
