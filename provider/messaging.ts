/** Composition of what sends: the outbox's far end, the ways out and the caisses in whose name messages leave. */
import type { Logger } from 'pino';
import type { Ports, Sender } from './delivery/ports.ts';
import type { Sealer } from './domain/seal.ts';
import { type Sending, sendDueMessages } from './jobs/send-messages.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { listCaisses } from './store/caisses.ts';
import type { Database } from './store/database.ts';
import { openOutgoing } from './store/outbox.ts';
import { type Caisse, toCaisse } from './tenant/directory.ts';

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

export function openSending({ sql, sealer, ports, mailFrom, now, log }: MessagingOptions): Sending {
  return {
    outgoing: openOutgoing(sql, sealer),
    ports,
    now,
    log,
    async senderOf(caisseId) {
      const row = (await listCaisses(sql)).find(({ id }) => id === caisseId);
      return row && senderFrom(toCaisse(row), mailFrom);
    },
  };
}

/** Starts sending in this process; `stop()` waits for what is on its way. */
export function startMessaging(options: MessagingOptions): Worker {
  const sending = openSending(options);
  const workers = [
    { name: 'send messages', every: SECOND, run: () => sendDueMessages(sending) },
    { name: 'reclaim messages', every: 60 * SECOND, run: sending.outgoing.reclaim },
  ].map((work) => startWorker(work, options.log));
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

function senderFrom({ id, name, issuer, timeZone, settings }: Caisse, mailFrom: string): Sender {
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
