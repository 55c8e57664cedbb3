/**
 * How messages leave: what each way out is handed, and what it answers. Owns the ports; the adapters are beside it, and
 * when a message is sent is the jobs' affair. An adapter resolves once the other side has taken the message, and throws
 * a DeliveryFailure otherwise.
 */
import type { Letter } from '../domain/message.ts';

/** In whose name a message leaves: the caisse, as its recipient knows it. */
export type Sender = {
  readonly caisseId: string;
  readonly name: string;
  readonly issuer: string;
  /** IANA name; times in messages are told in this zone. */
  readonly timeZone: string;
  readonly phone: string | null;
  readonly openingHours: string | null;
  /** Where letters come back to when they cannot be delivered. */
  readonly postalAddress: readonly string[];
  /** `#rrggbb`. */
  readonly colour: string;
  readonly from: string;
  readonly replyTo: string | null;
};

export type Attachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
};

export type OutgoingMail = {
  /** Makes the Message-ID: whoever receives the same mail twice can tell. */
  readonly id: string;
  readonly caisseId: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly replyTo: string | null;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Made when the mail is sent, from what its message tells. */
  readonly attachments?: readonly Attachment[];
};

export type OutgoingSms = {
  readonly id: string;
  readonly caisseId: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
};

export type OutgoingLetter = {
  readonly id: string;
  readonly caisseId: string;
  readonly letter: Letter;
  readonly pdf: Uint8Array;
};

export type MailPort = (mail: OutgoingMail) => Promise<void>;
export type SmsPort = (sms: OutgoingSms) => Promise<void>;
export type LetterPort = (letter: OutgoingLetter) => Promise<void>;

export type Ports = { readonly mail: MailPort; readonly sms: SmsPort; readonly letter: LetterPort };

/**
 * `permanent`: the same message would be refused again. `reason` and `code` are kept and shown to operators, so they
 * never repeat what the other side said: it quotes recipients and content.
 */
export class DeliveryFailure extends Error {
  readonly reason: string;
  readonly code: string | null;
  readonly permanent: boolean;

  constructor(reason: string, facts: { readonly code?: string; readonly permanent?: boolean } = {}) {
    super(facts.code ? `${reason} (${facts.code})` : reason);
    this.name = 'DeliveryFailure';
    this.reason = reason;
    this.code = facts.code ?? null;
    this.permanent = facts.permanent ?? false;
  }
}
