/** Where SMS arrive: a real HTTP receiver that speaks what delivery/sms-http documents. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ReceivedSms = {
  readonly to: string;
  readonly text: string;
  /** The first six digits in a row; '' when there are none. */
  readonly code: string;
  readonly id: string;
  readonly authorization: string;
};

export type Phones = {
  readonly url: string;
  /** The oldest SMS to this number that `next` has not given yet; fails when there is none. */
  readonly next: (to: string) => ReceivedSms;
  readonly all: () => readonly ReceivedSms[];
  /** Answers this from now on, for instance 503; null: takes SMS again. */
  readonly answerWith: (status: number | null) => void;
  readonly stop: () => Promise<void>;
};

export async function openPhones(): Promise<Phones> {
  const received: ReceivedSms[] = [];
  const given = new Set<ReceivedSms>();
  let refusal: number | null = null;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (refusal !== null) return void response.writeHead(refusal).end();
    const { to, text } = JSON.parse(Buffer.concat(chunks).toString()) as Record<'to' | 'text', string>;
    received.push({
      to,
      text,
      code: /\b\d{6}\b/.exec(text)?.[0] ?? '',
      id: String(request.headers['idempotency-key']),
      authorization: String(request.headers.authorization),
    });
    response.writeHead(202).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    all: () => received,
    answerWith(status) {
      refusal = status;
    },
    next(to) {
      const sms = received.find((one) => one.to === to && !given.has(one));
      if (!sms) throw new Error(`no new SMS to ${to}; ${received.length} arrived`);
      given.add(sms);
      return sms;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
