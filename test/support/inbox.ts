/** Where mails arrive: a real SMTP server that keeps what it took, can be stopped and started, and can refuse. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export type ReceivedMail = {
  readonly to: string;
  readonly from: string;
  readonly fromName: string;
  readonly replyTo: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first address in the text, the one to click; '' when there is none. */
  readonly link: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  }[];
};

export type Inbox = {
  /** `smtp://…`, the same before and after a stop. */
  readonly url: string;
  /** The oldest mail to this address that `next` has not given yet; fails when there is none. */
  readonly next: (to: string) => ReceivedMail;
  /** Everything that has arrived, oldest first. */
  readonly all: () => readonly ReceivedMail[];
  /** Lets go of what has arrived. */
  readonly clear: () => void;
  /** Answers this to RCPT TO from now on, for instance 550; null: takes mail again. */
  readonly refuseWith: (code: number | null) => void;
  /** Called for a mail that has arrived whole, before its sender hears so; null: nobody is. */
  readonly beforeAnswer: (hook: (() => Promise<void>) | null) => void;
  /** From now on nobody answers at this address. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
};

export async function openInbox(): Promise<Inbox> {
  const mails: ReceivedMail[] = [];
  const given = new Set<ReceivedMail>();
  let refusal: number | null = null;
  let hook: (() => Promise<void>) | null = null;
  let port = 0;
  let server: SMTPServer | null = null;

  async function start(): Promise<void> {
    server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      // Whoever is connected when it stops is cut off.
      closeTimeout: 1,
      onRcptTo(_address, _session, answer) {
        answer(refusal === null ? null : Object.assign(new Error('refused'), { responseCode: refusal }));
      },
      onData(stream, session, answer) {
        void received(
          stream,
          session.envelope.rcptTo.map(({ address }) => address),
        ).then((arrived) => {
          mails.push(...arrived);
          void (hook?.() ?? Promise.resolve()).then(() => answer());
        }, answer);
      },
    });
    // A client that was cut off is what these tests do.
    server.on('error', () => {});
    const listening = server.listen(port, '127.0.0.1');
    await once(listening, 'listening');
    port = (listening.address() as AddressInfo).port;
  }

  await start();
  return {
    url: `smtp://127.0.0.1:${port}`,
    start,
    async stop() {
      const closing = server;
      server = null;
      if (closing) await new Promise<void>((closed) => closing.close(() => closed()));
    },
    all: () => mails,
    clear() {
      mails.length = 0;
    },
    beforeAnswer(called) {
      hook = called;
    },
    refuseWith(code) {
      refusal = code;
    },
    next(to) {
      const mail = mails.find((one) => one.to === to && !given.has(one));
      if (!mail) {
        const there = mails.map((one) => `« ${one.subject} » to ${one.to}`).join(', ');
        throw new Error(`no new mail to ${to}; arrived: ${there || 'nothing'}`);
      }
      given.add(mail);
      return mail;
    },
  };
}

async function received(stream: AsyncIterable<Uint8Array>, recipients: readonly string[]) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const email = await PostalMime.parse(Buffer.concat(chunks));
  return recipients.map((to) => describe(to, email));
}

function describe(to: string, email: Email): ReceivedMail {
  const text = email.text ?? '';
  return {
    to,
    from: email.from?.address ?? '',
    fromName: email.from?.name ?? '',
    replyTo: email.replyTo?.[0]?.address ?? null,
    subject: email.subject ?? '',
    text,
    html: email.html ?? '',
    messageId: email.messageId ?? '',
    headers: Object.fromEntries(email.headers.map(({ key, value }) => [key, value])),
    attachments: email.attachments.map(({ filename, mimeType, content }) => ({
      filename: filename ?? '',
      contentType: mimeType,
      content: new Uint8Array(content as ArrayBuffer),
    })),
    link: /https?:\/\/\S+/.exec(text)?.[0] ?? '',
  };
}
