/**
 * The outbox: messages that have been announced and have not left yet. One is written in the transaction of the fact
 * that it tells, so it exists exactly when the fact does, once. Owns the queue's rows (pg-boss) and their sealing;
 * sending is jobs/send-messages.
 *
 * A message rests sealed as a whole: links and codes are bearer secrets, recipients are personal. In clear stand the
 * caisse, the channel and the template.
 */
import { randomUUID } from 'node:crypto';
import { fromKnex, PgBoss } from 'pg-boss';
import type { Message } from '../domain/message.ts';
import type { Sealer } from '../domain/seal.ts';
import type { Database } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';

export type Outbox = {
  /** Writes the message in the caller's transaction; it leaves once that has committed. */
  readonly announce: (inside: Handle, message: Message) => Promise<void>;
};

/** A message that this process has claimed, and nobody else. */
export type Claimed = {
  /** The same at every try, so that whoever receives it twice can tell. */
  readonly id: string;
  readonly caisseId: CaisseId;
  /** null: no key of this process opens it. */
  readonly message: Message | null;
  /** Tries that went before. */
  readonly tries: number;
  readonly job: { readonly id: string; readonly retryCount: number };
};

/** Why a message did not leave, without a word of it: neither its recipient nor its content. */
export type Failure = { readonly reason: string; readonly code: string | null };

export type Outgoing = {
  /** Claims up to `limit` messages that are due. */
  readonly take: (limit: number) => Promise<readonly Claimed[]>;
  /** It has left, or must not leave any more: nothing of it stays. */
  readonly forget: (claimed: Claimed) => Promise<void>;
  /** To be tried again later; after the last try it is dead. */
  readonly postpone: (claimed: Claimed, failure: Failure) => Promise<void>;
  /** Trying again would not help. */
  readonly bury: (claimed: Claimed, failure: Failure) => Promise<void>;
  /** Gives back what senders that died had claimed, and drops what is too old. */
  readonly reclaim: () => Promise<void>;
};

export const QUEUE = 'messages';
export const DEAD_QUEUE = 'dead_messages';

/** What the queue keeps of a message, in clear but for `sealed`. */
export type QueuedMessage = {
  readonly id: string;
  readonly caisseId: CaisseId;
  readonly channel: Message['channel'];
  readonly template: Message['template'];
  /** Base64. */
  readonly sealed: string;
  /** The message of the contact form that it brings. */
  readonly about?: string;
  /** Of buried messages. */
  readonly failure?: Failure;
};

const contextOf = ({ caisseId, id }: Pick<QueuedMessage, 'caisseId' | 'id'>) => `message ${caisseId} ${id}`;

// Neither timers nor a pool of its own: whoever calls decides when, on the connections that there are.
const open = (sql: Database): PgBoss =>
  new PgBoss({ db: fromKnex(sql), migrate: false, supervise: false, schedule: false });

export function openOutbox(sealer: Sealer): Outbox {
  return {
    async announce({ caisseId, sql: transaction }, message) {
      const id = randomUUID();
      const data: QueuedMessage = {
        id,
        caisseId,
        channel: message.channel,
        template: message.template,
        ...(message.template === 'contact_message' ? { about: message.told.messageId } : {}),
        sealed: sealer.seal(JSON.stringify(message), contextOf({ caisseId, id })).toString('base64'),
      };
      // Its own pg-boss, since one reads its queue on its own connection: transactions that hold all there are would
      // wait for one more for ever.
      await open(transaction).send(QUEUE, data, { id });
    },
  };
}

export function openOutgoing(sql: Database, sealer: Sealer): Outgoing {
  const boss = open(sql);
  return {
    async take(limit) {
      const jobs = await boss.fetch<QueuedMessage>(QUEUE, { batchSize: limit });
      return jobs.map(({ id, retryCount, data }) => ({
        id: data.id,
        caisseId: data.caisseId,
        message: opened(data, sealer),
        tries: retryCount,
        job: { id, retryCount },
      }));
    },
    async forget({ job }) {
      await boss.deleteJob(QUEUE, job);
    },
    async postpone({ job }, failure) {
      await boss.fail(QUEUE, job, failure);
    },
    bury: ({ job }, failure) =>
      sql.transaction(async (trx) => {
        const { rows } = await trx.raw(
          `delete from pgboss.job where name = ? and id = ? and state = 'active' and retry_count = ? returning data`,
          [QUEUE, job.id, job.retryCount],
        );
        const [row] = rows as { readonly data: QueuedMessage }[];
        if (row) await open(trx).send(DEAD_QUEUE, { ...row.data, failure });
      }),
    reclaim: () => boss.supervise(),
  };
}

function opened(data: QueuedMessage, sealer: Sealer): Message | null {
  try {
    return JSON.parse(sealer.open(Buffer.from(data.sealed, 'base64'), contextOf(data))) as Message;
  } catch {
    return null;
  }
}
