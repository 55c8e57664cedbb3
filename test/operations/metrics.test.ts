import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from '../../provider/app.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { sendPath, sendTo } from '../support/second-node.ts';

let world: TestApp;
let app: App;
const servers: Server[] = [];
let provider: { readonly port: number };
let management: { readonly port: number };

beforeAll(async () => {
  world = await startApp();
  app = await createApp({
    config: {
      encryptionKey: Buffer.from(world.secondNode.encryptionKey, 'base64'),
      previousEncryptionKey: null,
      publicOrigin: world.secondNode.origin,
      trustedProxies: 0,
      argon2Concurrency: 1,
      backchannelAllowedHosts: [],
    },
    sql: world.database.knex,
    databaseUrl: world.database.url,
    cacheDirectory: join(import.meta.dirname, '../../.data/cache'),
    now: Date.now,
    random: randomBytes,
    log: pino({ level: 'silent' }),
  });
  provider = await listen(app.koa.callback());
  management = await listen(app.management.callback());
});
afterAll(async () => {
  for (const server of servers) server.close();
  await app.close();
  await world.close();
});

async function listen(listener: Parameters<typeof createServer>[1]) {
  const server = createServer(listener as never);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  servers.push(server);
  return { port: (server.address() as AddressInfo).port };
}

const metrics = async () => (await sendPath(management, 'prometheus', { path: '/metrics' })).text;
const counted = (text: string, labels: string): number =>
  Number(new RegExp(`^http_request_duration_seconds_count\\{${labels}\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);

test('requests are counted by endpoint as declared, never by the address that was asked', async () => {
  const issuer = world.issuerOf('grand-est');
  for (let i = 0; i < 3; i++) await sendTo(provider, `${issuer}/jwks`);
  await sendTo(provider, `${issuer}/connexion/${'x'.repeat(21)}`);
  await sendTo(provider, `${issuer}/n-existe-pas`);
  await sendTo(provider, `${issuer}/mon-compte`);
  const text = await metrics();
  expect(counted(text, 'method="GET",endpoint="/jwks",status="200"')).toBe(3);
  expect(counted(text, 'method="GET",endpoint="/mon-compte",status="303"')).toBe(1);
  expect(counted(text, 'method="GET",endpoint="other",status="404"')).toBe(1);
  expect(text).toContain('endpoint="/connexion/:uid"');
  expect(text).not.toMatch(/existe-pas|xxxx|grand-est/);
});

test('the pool, the queue of hashes, the outbox and the process are told', async () => {
  const text = await metrics();
  for (const name of [
    'caisse_id_database_connections_used',
    'caisse_id_database_connections_awaited',
    'caisse_id_password_hashes_awaited',
    'caisse_id_messages_waiting',
    'caisse_id_messages_dead',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ]) {
    expect(text).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, 'm'));
  }
});

test('the management port answers health too, and nothing of the caisses', async () => {
  expect((await sendPath(management, 'any', { path: '/health/ready' })).status).toBe(200);
  expect((await sendTo(management, `${world.issuerOf('grand-est')}/jwks`)).status).toBe(404);
});

test('a process that is about to stop is live and no longer ready', async () => {
  app.leave();
  const answer = await sendPath(provider, 'any', { path: '/health/ready' });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    503,
    { status: 'unavailable', missing: ['stopping'] },
  ]);
  expect((await sendPath(provider, 'any', { path: '/health/live' })).status).toBe(200);
});
