/** The far end of the outbox in a test: sends at once what is due by the test's clock, to servers that really listen. */

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { extractText } from 'unpdf';
import type { Sealer } from '../../provider/domain/seal.ts';
import { makeLetterBatches } from '../../provider/jobs/make-letter-batches.ts';
import { sendDueMessages, type Tally } from '../../provider/jobs/send-messages.ts';
import { writeCodeLetters } from '../../provider/jobs/write-code-letters.ts';
import { openBatchMaking, openLetterWriting, openSending, openWaysOut } from '../../provider/messaging.ts';
import type { Database } from '../../provider/store/database.ts';
import { type Handle, handleOf } from '../../provider/store/handle.ts';
import { eraseExpiredBatches } from '../../provider/store/letter-batch-ends.ts';
import {
  eraseExpiredLetters,
  type ListedLetter,
  listLettersToPrint,
  readLetter,
} from '../../provider/store/letters.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { openPhones, type Phones } from './phones.ts';

export const MAIL_FROM = 'ne-pas-repondre@caisse-id.test';
export const SMS_TOKEN = 'jeton-d-essai';

export type Delivery = {
  readonly inbox: Inbox;
  readonly phones: Phones;
  /** The letters of a caisse that wait to be printed, newest first, read back from their PDF. */
  readonly letters: (caisseId: string) => Promise<readonly ReceivedLetter[]>;
  /** Writes the letters that were asked for, makes the batches of letters, sends every message that is due, and only then answers. */
  readonly deliver: () => Promise<Tally>;
  /** Erases what was never printed and is worth nothing any more. */
  readonly sweepLetters: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ReceivedLetter = ListedLetter & { readonly pdf: Uint8Array; readonly text: string };

export type DeliveryOptions = {
  readonly sql: Database;
  readonly sealer: Sealer;
  readonly now: () => number;
  readonly log: Logger;
};

export async function openDelivery({ sql, sealer, now, log }: DeliveryOptions): Promise<Delivery> {
  const inbox = await openInbox();
  const phones = await openPhones();
  const waysOut = openWaysOut(
    { mode: 'test', smtpUrl: inbox.url, sms: { url: phones.url, token: SMS_TOKEN } },
    { sql, sealer, now },
  );
  const sending = openSending({
    sql,
    sealer,
    now,
    log,
    mailFrom: MAIL_FROM,
    ports: waysOut.ports,
  });
  const writing = openLetterWriting({ sql, sealer, random: randomBytes, now });
  const batches = openBatchMaking(
    { sql, sealer, random: randomBytes, now, mailFrom: MAIL_FROM },
    new AbortController().signal,
  );
  return {
    inbox,
    phones,
    letters: (caisseId) => readLetters(handleOf(sql, caisseId), { sealer, now: now() }),
    async deliver() {
      await writeCodeLetters(writing);
      await makeLetterBatches(batches);
      await makeDue(sql, now());
      return sendDueMessages(sending);
    },
    async sweepLetters() {
      await eraseExpiredLetters(sql, now());
      await eraseExpiredBatches(sql, now());
    },
    async close() {
      waysOut.close();
      await inbox.stop();
      await phones.stop();
    },
  };
}

/** The queue waits by PostgreSQL's clock: what the test's clock has passed is due now. */
async function makeDue(sql: Database, now: number): Promise<void> {
  await sql.raw(
    `update pgboss.job set start_after = now()
     where name = 'messages' and state < 'active' and start_after between now() and ?`,
    [new Date(now).toISOString()],
  );
}

async function readLetters(caisse: Handle, reading: { readonly sealer: Sealer; readonly now: number }) {
  const listed = await listLettersToPrint(caisse, { now: reading.now, limit: 100 });
  return Promise.all(
    listed.map(async (letter) => {
      const pdf = new Uint8Array((await readLetter(caisse, letter.id, reading)) ?? []);
      // The reader empties the array that it is given.
      const { text } = await extractText(pdf.slice(), { mergePages: true });
      return { ...letter, pdf, text };
    }),
  );
}
