/** Composition of what sends: the outbox's far end, the ways out and the caisses in whose name messages leave. */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { MailPort, Ports, Sender, SmsPort } from './delivery/ports.ts';
import { openSms } from './delivery/sms-http.ts';
import { openSmtp } from './delivery/smtp.ts';
import type { Random, Sealer } from './domain/seal.ts';
import { remindToCertify } from './jobs/certify.ts';
import { type BatchMaking, makeLetterBatches } from './jobs/make-letter-batches.ts';
import { remindOfEnds } from './jobs/remind-ends.ts';
import { type Sending, sendDueMessages } from './jobs/send-messages.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { type LetterWriting, writeCodeLetters } from './jobs/write-code-letters.ts';
import { sealerFrom } from './key-ring.ts';
import { listCaisses } from './store/caisses.ts';
import { openFiles } from './store/contact-files.ts';
import { markTransmitted } from './store/contact-messages.ts';
import type { Database } from './store/database.ts';
import { handleOf } from './store/handle.ts';
import { keepMessage } from './store/kept-messages.ts';
import { eraseExpiredBatches } from './store/letter-batch-ends.ts';
import { eraseExpiredLetters, keepLetter } from './store/letters.ts';
import { openOutbox, openOutgoing } from './store/outbox.ts';
import { type Caisse, toCaisse } from './tenant/directory.ts';
import { makePasswordHasher } from './tenant/passwords.ts';

export type MessagingOptions = {
  readonly sql: Database;
  readonly sealer: Sealer;
  readonly ports: Ports;
  /** Sender of the caisses that have none of their own. */
  readonly mailFrom: string;
  readonly now: () => number;
  readonly log: Logger;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function openSending({ sql, sealer, ports, mailFrom, now, log }: MessagingOptions): Sending {
  return {
    outgoing: openOutgoing(sql, sealer),
    ports,
    now,
    log,
    senderOf: (caisseId) => senderOf(sql, caisseId, mailFrom),
    contact: {
      filesOf: (caisseId, messageId) => openFiles(handleOf(sql, caisseId), messageId, sealer),
      noteSent: (caisseId, messageId) => markTransmitted(handleOf(sql, caisseId), messageId, now()),
    },
  };
}

async function senderOf(sql: Database, caisseId: string, mailFrom: string): Promise<Sender | undefined> {
  const row = (await listCaisses(sql)).find(({ id }) => id === caisseId);
  return row && senderFrom(toCaisse(row), mailFrom);
}

/** One code is hashed at a time: people who sign in go first. */
export function openLetterWriting({
  sql,
  sealer,
  random,
  now,
}: Pick<MessagingOptions, 'sql' | 'sealer' | 'now'> & { readonly random: Random }): LetterWriting {
  const passwords = makePasswordHasher(1);
  return {
    sql,
    outbox: openOutbox(sealer),
    hash: async (code) => (await passwords).hash(code),
    random,
    now,
    async limitsOf(caisseId) {
      const row = (await listCaisses(sql)).find(({ id }) => id === caisseId);
      return row && toCaisse(row).settings.codeLetters;
    },
  };
}

/** `signal`: aborted when the process stops. */
export function openBatchMaking(
  options: Pick<MessagingOptions, 'sql' | 'sealer' | 'mailFrom' | 'now'> & { readonly random: Random },
  signal: AbortSignal,
): BatchMaking {
  const { sql, sealer, mailFrom } = options;
  const { outbox: _, ...writing } = openLetterWriting(options);
  return { ...writing, sealer, signal, senderOf: (caisseId) => senderOf(sql, caisseId, mailFrom) };
}

type Keeping = Pick<MessagingOptions, 'sql' | 'sealer' | 'now'>;

export type WaysOut = { readonly ports: Ports; readonly close: () => void };

/** Without SMTP or SMS service (the demo), their messages are kept to be read on /dev. Letters wait for the printer. */
export function openWaysOut(config: Pick<Config, 'mode' | 'smtpUrl' | 'sms'>, keeping: Keeping): WaysOut {
  const requireTls = config.mode === 'production';
  const smtp = config.smtpUrl === null ? null : openSmtp({ url: config.smtpUrl, requireTls });
  return {
    ports: {
      mail: smtp?.send ?? keptMail(keeping),
      sms: config.sms ? openSms(config.sms) : keptSms(keeping),
      letter: ({ id, caisseId, letter, pdf }) =>
        keepLetter(
          handleOf(keeping.sql, caisseId),
          { id, letter, pdf, madeAt: keeping.now() },
          keeping.sealer,
        ),
    },
    close: () => smtp?.close(),
  };
}

const keptMail =
  ({ sql, sealer, now }: Keeping): MailPort =>
  ({ id, caisseId, from, to, subject, text, html }) =>
    keepMessage(
      handleOf(sql, caisseId),
      { channel: 'mail', id, from: `${from.name} <${from.address}>`, to, subject, text, html },
      { sealer, now: now() },
    );

const keptSms =
  ({ sql, sealer, now }: Keeping): SmsPort =>
  ({ id, caisseId, to, text }) =>
    keepMessage(handleOf(sql, caisseId), { channel: 'sms', id, to, text }, { sealer, now: now() });

export type MessagingStart = {
  readonly config: Pick<
    Config,
    'mode' | 'encryptionKey' | 'previousEncryptionKey' | 'smtpUrl' | 'mailFrom' | 'sms'
  >;
  readonly sql: Database;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Logger;
};

/** Each caisse by its own settings; of several processes, one announces a reminder. */
async function remindEveryCaisse({ sql, sealer, random, now, log }: Reminding): Promise<void> {
  const outbox = openOutbox(sealer);
  for (const row of await listCaisses(sql)) {
    const store = handleOf(sql, row.id);
    try {
      const { issuer, settings } = toCaisse(row);
      const months = settings.certificationMonths;
      await remindToCertify({ store, outbox, issuer, months, now: now(), random });
      await remindOfEnds({ store, outbox, issuer, now: now() });
    } catch (err) {
      // The others are not to wait for one that cannot be read.
      log.error({ err, caisseId: row.id }, 'reminders not announced');
    }
  }
}

type Reminding = Pick<MessagingOptions, 'sql' | 'sealer' | 'now' | 'log'> & { readonly random: Random };

/** Starts sending in this process; `stop()` waits for what is on its way. */
export function startMessaging({ config, sql, now, random, log }: MessagingStart): Worker {
  const { mailFrom } = config;
  const sealer = sealerFrom(config, random);
  const waysOut = openWaysOut(config, { sql, sealer, now });
  const sending = openSending({ sql, sealer, now, log, mailFrom, ports: waysOut.ports });
  const writing = openLetterWriting({ sql, sealer, random, now });
  const stopping = new AbortController();
  const batches = openBatchMaking({ sql, sealer, random, now, mailFrom }, stopping.signal);
  const workers = [
    { name: 'write code letters', every: 5 * SECOND, run: () => writeCodeLetters(writing) },
    { name: 'make letter batches', every: 2 * SECOND, run: () => makeLetterBatches(batches) },
    { name: 'send messages', every: SECOND, run: () => sendDueMessages(sending) },
    { name: 'reclaim messages', every: MINUTE, run: sending.outgoing.reclaim },
    {
      name: 'remind of dates',
      every: HOUR,
      run: () => remindEveryCaisse({ sql, sealer, random, now, log }),
    },
    { name: 'erase expired letters', every: MINUTE, run: () => eraseExpiredLetters(sql, now()) },
    { name: 'erase expired batches', every: MINUTE, run: () => eraseExpiredBatches(sql, now()) },
  ].map((work) => startWorker(work, log));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(workers.map((worker) => worker.stop()));
      waysOut.close();
    },
  };
}

export function senderFrom({ id, name, issuer, timeZone, settings }: Caisse, mailFrom: string): Sender {
  return {
    caisseId: id,
    name,
    issuer,
    timeZone,
    phone: settings.phone,
    openingHours: settings.openingHours,
    postalAddress: settings.postalAddress,
    colour: settings.theme.primary,
    from: settings.mail.from ?? mailFrom,
    replyTo: settings.mail.replyTo ?? settings.email,
  };
}
