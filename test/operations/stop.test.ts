/** A process that is told to stop while it is used: a balancer sees it leave, and nobody's request fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { credentialsOf } from '../support/visitor.ts';

const main = new URL('../../provider/main.ts', import.meta.url).href;

let root: string;
let app: TestApp;
let port: number;
let child: ChildProcess;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'node-'));
  port = await freePort();
  app = await startApp({ publicOrigin: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL');
  await app.close();
  rmSync(root, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const found = (server.address() as AddressInfo).port;
  await once(server.close(), 'close');
  return found;
}

async function startNode(): Promise<ChildProcess> {
  const script = join(root, 'start.mjs');
  writeFileSync(
    script,
    `import { run, surroundings } from '${main}';
     await run({ ...surroundings, root: ${JSON.stringify(root)} });`,
  );
  const started = spawn(process.execPath, [script], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      PORT: String(port),
      DATABASE_URL: app.database.url,
      CAISSE_ID_PUBLIC_ORIGIN: app.secondNode.origin,
      CAISSE_ID_ENCRYPTION_KEY: app.secondNode.encryptionKey,
      CAISSE_ID_FAREWELL_SECONDS: '2',
    },
  });
  while ((await statusOf('/health/ready')) !== 200) await delay(50);
  return started;
}

// As a proxy: connections are kept, and used again.
const agent = new Agent({ keepAlive: true, maxSockets: 24 });

/** 0: refused or cut off. */
async function statusOf(path: string, body?: string): Promise<number> {
  const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const method = body === undefined ? 'GET' : 'POST';
  const outgoing = request({ agent, host: '127.0.0.1', port, path, method, headers });
  outgoing.end(body);
  try {
    const [incoming] = await once(outgoing, 'response');
    await text(incoming);
    return incoming.statusCode ?? 0;
  } catch {
    return 0;
  }
}

test('under load no request fails, and the process ends by itself within half a minute', async () => {
  child = await startNode();
  const ended = once(child, 'exit');
  const asService = new URLSearchParams({ ...credentialsOf('api'), token: 'inconnu' }).toString();
  const asked = [
    () => statusOf('/grand-est/jwks'),
    () => statusOf('/grand-est/token/introspection', asService),
    () => statusOf('/nord-ouest/.well-known/openid-configuration'),
  ];
  let left = false;
  const statuses = new Map<number, number>();
  const users = Array.from({ length: 12 }, async (_, i) => {
    while (!left) {
      const status = await (asked[i % asked.length] as () => Promise<number>)();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  const balancer = (async () => {
    while ((await statusOf('/health/ready')) === 200) await delay(100);
    left = true;
  })();
  await delay(500);
  const before = statuses.get(200) ?? 0;
  child.kill('SIGTERM');
  const limit = AbortSignal.timeout(30_000);
  await Promise.all([balancer, ...users]);
  const [code] = await Promise.race([
    ended,
    once(limit, 'abort').then(() => Promise.reject(new Error('still running after half a minute'))),
  ]);
  expect(code).toBe(0);
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(before);
}, 60_000);
