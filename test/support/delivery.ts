/** The far end of the outbox in a test: sends at once what is due by the test's clock, to servers that really listen. */

import type { Logger } from 'pino';
import { openSms } from '../../provider/delivery/sms-http.ts';
import { openSmtp } from '../../provider/delivery/smtp.ts';
import type { Sealer } from '../../provider/domain/seal.ts';
import { sendDueMessages, type Tally } from '../../provider/jobs/send-messages.ts';
import { openSending } from '../../provider/messaging.ts';
import type { Database } from '../../provider/store/database.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { openPhones, type Phones } from './phones.ts';

export const MAIL_FROM = 'ne-pas-repondre@caisse-id.test';
export const SMS_TOKEN = 'jeton-d-essai';

export type Delivery = {
  readonly inbox: Inbox;
  readonly phones: Phones;
  /** Sends every message that is due, and only then answers. */
  readonly deliver: () => Promise<Tally>;
  readonly close: () => Promise<void>;
};

export type DeliveryOptions = {
  readonly sql: Database;
  readonly sealer: Sealer;
  readonly now: () => number;
  readonly log: Logger;
};

export async function openDelivery({ sql, sealer, now, log }: DeliveryOptions): Promise<Delivery> {
  const inbox = await openInbox();
  const phones = await openPhones();
  const smtp = openSmtp({ url: inbox.url, requireTls: false });
  const sending = openSending({
    sql,
    sealer,
    now,
    log,
    mailFrom: MAIL_FROM,
    ports: {
      mail: smtp.send,
      sms: openSms({ url: phones.url, token: SMS_TOKEN }),
      letter: async () => {},
    },
  });
  return {
    inbox,
    phones,
    async deliver() {
      await makeDue(sql, now());
      return sendDueMessages(sending);
    },
    async close() {
      smtp.close();
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
