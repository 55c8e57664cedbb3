import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import multer from '@koa/multer';
import Koa from 'koa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FormTooLong, readBounded } from '../../provider/journeys/bounded-form.ts';
import { END, multipart, TYPE } from '../support/multipart.ts';

const MOST = 64 * 1024;
const PIECE = 8 * 1024;

let server: Server;
beforeAll(async () => {
  const single = multer({ storage: multer.memoryStorage(), limits: { fileSize: 1_000 } }).single('fichier');
  const app = new Koa();
  app.use(async (ctx) => {
    ctx.body = await readBounded(ctx, MOST, () =>
      single(ctx as Parameters<typeof single>[0], async () => {}),
    ).then(
      () => 'read',
      (error) => (error instanceof FormTooLong ? 'too long' : error.code),
    );
  });
  server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

/** A form whose file has so many pieces, or never ends; its length is told when one is given. */
async function sent(pieces: number, length?: number): Promise<{ answer: string; closed: boolean }> {
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': TYPE, ...(length && { 'content-length': String(length) }) };
  const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers });
  // The connection may end before all is sent.
  outgoing.on('error', () => {});
  const answering = once(outgoing, 'response');
  const form = multipart([{ name: 'fichier', filename: 'a', content: '\0' }]).toString('latin1');
  const [start = ''] = form.split('\0');
  outgoing.write(start);
  let answered = false;
  void answering.then(() => {
    answered = true;
  });
  for (let i = 0; i < pieces && !answered; i++) {
    if (!outgoing.write(Buffer.alloc(PIECE))) await Promise.race([once(outgoing, 'drain'), answering]);
    else await new Promise((resume) => setImmediate(resume));
  }
  if (!answered) outgoing.end(`\r\n${END}`);
  const [response] = (await answering) as [IncomingMessage];
  let answer = '';
  for await (const piece of response) answer += piece;
  return { answer, closed: response.headers.connection === 'close' };
}

test('a form whose file does not fit is read past, and its connection goes on', async () => {
  expect(await sent(4)).toEqual({ answer: 'LIMIT_FILE_SIZE', closed: false });
});

test('a form without a length is read no further than the bound', async () => {
  expect(await sent(Number.POSITIVE_INFINITY)).toEqual({ answer: 'too long', closed: true });
});

test('a form that tells too great a length is not read at all', async () => {
  expect(await sent(0, MOST + 1)).toEqual({ answer: 'too long', closed: true });
});
