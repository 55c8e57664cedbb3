/**
 * Sends what the outbox holds. Owns the fate of a message after a try: gone, to be tried again, dead, or too late to
 * be worth sending. Owns neither its words nor how it travels (delivery), nor when it is tried again (the queue).
 *
 * Any number of processes may send at once: a message is claimed by one. A sender that dies between handing a message
 * over and noting so leaves it claimed; some minutes later another sends it once more, under the same id.
 */
import type { Logger } from 'pino';
import { attachmentsOf } from '../delivery/attachments.ts';
import { composeLetter } from '../delivery/compose-letter.ts';
import { composeMail } from '../delivery/compose-mail.ts';
import { composeSms } from '../delivery/compose-sms.ts';
import { type Attachment, DeliveryFailure, type Ports, type Sender } from '../delivery/ports.ts';
import type { Instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import type { Claimed, Failure, Outgoing } from '../store/outbox.ts';

export type Sending = {
  readonly outgoing: Outgoing;
  readonly ports: Ports;
  /** undefined: there is no such caisse any more. */
  readonly senderOf: (caisseId: string) => Promise<Sender | undefined>;
  /** What came by the contact form, read when its mail leaves, and noted once it has. */
  readonly contact: {
    readonly filesOf: (caisseId: string, messageId: string) => Promise<readonly Attachment[]>;
    readonly noteSent: (caisseId: string, messageId: string) => Promise<void>;
  };
  readonly now: () => Instant;
  readonly log: Logger;
};

export type Tally = {
  readonly sent: number;
  readonly expired: number;
  readonly postponed: number;
  readonly buried: number;
};

type Fate = keyof Tally;

const BATCH = 20;

/** Sends until nothing is due. What fails is due again later, so this ends. */
export async function sendDueMessages(sending: Sending): Promise<Tally> {
  const tally = { sent: 0, expired: 0, postponed: 0, buried: 0 };
  for (;;) {
    const claimed = await sending.outgoing.take(BATCH);
    if (claimed.length === 0) return tally;
    for (const fate of await Promise.all(claimed.map((one) => settle(one, sending)))) tally[fate] += 1;
  }
}

async function settle(claimed: Claimed, sending: Sending): Promise<Fate> {
  const { outgoing, now, log } = sending;
  const { message } = claimed;
  const about = { message: claimed.id, caisse: claimed.caisseId, tries: claimed.tries + 1 };
  if (message === null) return bury(claimed, { reason: 'unreadable', code: null }, sending);
  const facts = { ...about, channel: message.channel, template: message.template };
  // A dead link misleads: whoever asked for it has long asked for another.
  if (message.expiresAt !== null && message.expiresAt <= now()) {
    await outgoing.forget(claimed);
    log.warn(facts, 'message expired before it could leave');
    return 'expired';
  }
  try {
    const sender = await sending.senderOf(claimed.caisseId);
    if (!sender) throw new DeliveryFailure('caisse_gone', { permanent: true });
    await hand(claimed.id, message, { ...sending, sender });
  } catch (error) {
    if (error instanceof DeliveryFailure && error.permanent) return bury(claimed, error, sending);
    if (!(error instanceof DeliveryFailure)) log.error({ ...facts, err: error }, 'message not composed');
    await outgoing.postpone(claimed, failureOf(error));
    log.warn({ ...facts, ...failureOf(error) }, 'message postponed');
    return 'postponed';
  }
  await outgoing.forget(claimed);
  log.info(facts, 'message sent');
  return 'sent';
}

async function hand(
  id: string,
  message: Message,
  { ports, now, contact, sender }: Pick<Sending, 'ports' | 'now' | 'contact'> & { readonly sender: Sender },
): Promise<void> {
  switch (message.channel) {
    case 'mail': {
      const { caisseId } = sender;
      const composed = composeMail(id, message, sender);
      if (message.template !== 'contact_message') {
        return ports.mail({ ...composed, attachments: await attachmentsOf(message, sender, now()) });
      }
      const { messageId } = message.told;
      await ports.mail({ ...composed, attachments: await contact.filesOf(caisseId, messageId) });
      return contact.noteSent(caisseId, messageId);
    }
    case 'sms':
      return ports.sms(composeSms(id, message, sender));
    case 'letter': {
      const pdf = await composeLetter(message, sender, now());
      return ports.letter({ id, caisseId: sender.caisseId, letter: message, pdf });
    }
  }
}

async function bury(claimed: Claimed, failure: Failure, { outgoing, log }: Sending): Promise<'buried'> {
  const { reason, code } = failure;
  await outgoing.bury(claimed, { reason, code });
  log.error({ message: claimed.id, caisse: claimed.caisseId, reason, code }, 'message dead');
  return 'buried';
}

const failureOf = (error: unknown): Failure =>
  error instanceof DeliveryFailure
    ? { reason: error.reason, code: error.code }
    : { reason: 'fault', code: null };
