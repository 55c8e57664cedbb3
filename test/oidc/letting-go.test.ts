import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import Koa, { type Context } from 'koa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { letGoOnceAnswered } from '../../provider/oidc/letting-go.ts';
import { closeServer } from '../support/app.ts';
import { sendPath } from '../support/second-node.ts';

let server: Server;
let port: number;
let seen: Context | undefined;
let arrived: PromiseWithResolvers<void>;
let goOn: PromiseWithResolvers<void>;
const told: unknown[] = [];
beforeAll(async () => {
  const koa = new Koa();
  koa.use(letGoOnceAnswered as never);
  koa.use(async (ctx) => {
    seen = ctx;
    arrived.resolve();
    await goOn.promise;
    told.push(ctx.path);
    ctx.body = { path: ctx.path };
  });
  server = createServer(koa.callback());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => closeServer(server));
beforeEach(() => {
  arrived = Promise.withResolvers();
  goOn = Promise.withResolvers();
});

test('a context that has answered holds nothing of its request', async () => {
  goOn.resolve();
  const answer = await sendPath({ port }, 'exemple.test', { path: '/jwks' });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { path: '/jwks' }]);
  await expect
    .poll(() => [seen?.req, seen?.res, seen?.request, seen?.response])
    .toEqual(Array(4).fill(undefined));
});

test('while a request is dealt with, its context keeps it, even when whoever asked has gone', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /parti HTTP/1.1\r\nHost: exemple.test\r\n\r\n');
  await arrived.promise;
  const closed = once(seen?.res as never, 'close');
  socket.destroy();
  await closed;
  goOn.resolve();
  await expect.poll(() => told).toContain('/parti');
});
