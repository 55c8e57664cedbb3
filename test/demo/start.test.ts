/** The demo as people start it: processes of their own, on a checkout and an embedded database of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_PASSWORD, PEOPLE } from '../../provider/demo/people.ts';
import { testDatabase } from '../support/database.ts';

const main = new URL('../../provider/main.ts', import.meta.url).href;

let root: string;
let ports: number[];
const started: ChildProcess[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  // PostgreSQL's own user must be able to reach the checkout when the tests run as root.
  chmodSync(root, 0o755);
  ports = await freePorts(3);
});
afterAll(async () => {
  for (const child of started.filter(isRunning)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(root, { recursive: true, force: true });
});

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const found = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return found;
}

type Started = {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>;
};

/** As `node provider/main.ts` in that checkout; `environment` adds to that of a first-time visitor. */
function startDemo(environment: Record<string, string> = {}, { byNpm = false } = {}): Started {
  const script = join(root, 'start.mjs');
  writeFileSync(
    script,
    `import { run, surroundings } from '${main}';
     await run({ ...surroundings, root: ${JSON.stringify(root)} });`,
  );
  const [provider, portal, api] = ports.map(String) as [string, string, string];
  // npm runs a script through a shell of its own.
  const command = byNpm
    ? ['sh', '-c', `"${process.execPath}" "${script}"; true`]
    : [process.execPath, script];
  const child = spawn(command[0] as string, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PORT: provider,
      CAISSE_ID_PORTAL_PORT: portal,
      CAISSE_ID_API_PORT: api,
      ...environment,
    },
  });
  started.push(child);
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[code], output, errors]) => ({ code, output, errors }),
  );
  return { child, ended };
}

/** Once its addresses are printed (in production, a line of the log), they answer. */
async function untilReady({ child, ended }: Started, sign = 'Ctrl+C'): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes(sign) && resolve());
  });
  const early = ended.then(({ code, errors }) => {
    throw new Error(`ended with ${code}: ${errors}`);
  });
  await Promise.race([ready, early]);
}

test('starts on nothing, says where to go and as whom, turns a second start away, and stops at a signal', async () => {
  const [provider, portal, api] = ports;
  const first = startDemo();
  await untilReady(first);

  const discovery = await fetch(
    `http://localhost:${provider}/grand-est/.well-known/openid-configuration`,
  ).then((response) => response.json() as Promise<{ issuer: string }>);
  expect(discovery.issuer).toBe(`http://localhost:${provider}/grand-est`);
  expect((await fetch(`http://localhost:${portal}/nord-ouest`)).status).toBe(200);
  expect((await fetch(`http://localhost:${api}/dsn-alertes`)).status).toBe(401);
  const departure = await fetch(`http://localhost:${portal}/grand-est/connexion`, { redirect: 'manual' });
  expect(departure.headers.get('location')).toContain(`http://localhost:${provider}/grand-est/auth`);

  const second = await startDemo().ended;
  expect(second.code).toBe(1);
  expect(second.errors).toBe(
    `La démonstration tourne déjà sur http://localhost:${provider} (processus ${first.child.pid}). ` +
      'Ouvrez cette adresse, ou arrêtez-la (Ctrl+C).\n',
  );

  first.child.kill('SIGTERM');
  const { code, output, errors } = await first.ended;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  for (const { email } of Object.values(PEOPLE)) expect(output).toContain(email);
  expect(output).toContain(DEMO_PASSWORD);
  expect(output).toContain(`http://localhost:${portal}`);
  expect(output.match(/essai-confidentiel, secret +[\w-]{43}$/gm)).toHaveLength(2);
  expect(existsSync(join(root, '.data/postgres/cluster/data/postmaster.pid'))).toBe(false);

  const log = readFileSync(join(root, '.data/caisse-id.log'), 'utf8');
  expect(log).toContain('"msg":"request"');
  for (const secret of output.match(/[\w-]{43}$/gm) ?? []) expect(log).not.toContain(secret);
});

test('a taken port is named before anything is served, and nothing stays behind', async () => {
  const [, portal] = ports as [number, number, number];
  const squatter = createServer().listen(portal, '127.0.0.1');
  await once(squatter, 'listening');
  const { code, errors } = await startDemo().ended;
  squatter.close();
  expect(code).toBe(1);
  expect(errors).toMatch(new RegExp(`^Le port ${portal} \\(portail\\) est déjà pris`));
  expect(existsSync(join(root, '.data/running'))).toBe(false);
});

test('a configuration with gaps is refused with all of them', async () => {
  const { code, errors } = await startDemo({ NODE_ENV: 'production', CAISSE_ID_LOG_LEVEL: 'loud' }).ended;
  expect(code).toBe(1);
  for (const gap of ['DATABASE_URL', 'CAISSE_ID_ENCRYPTION_KEY', 'CAISSE_ID_LOG_LEVEL'])
    expect(errors).toContain(gap);
  expect(errors).not.toContain('    at ');
});

test('a database that does not answer is named without its password', async () => {
  const [provider] = ports;
  const { code, errors } = await startDemo({
    DATABASE_URL: `postgres://caisse:secret@127.0.0.1:${provider}/caisse`,
  }).ended;
  expect(code).toBe(1);
  expect(errors).toBe(
    `La base de données 127.0.0.1:${provider}/caisse ne répond pas : voyez DATABASE_URL.\n`,
  );
});

test('ends when the shell does through which npm started it, for npm tells the shell alone', async () => {
  const demo = startDemo({ npm_lifecycle_event: 'start' }, { byNpm: true });
  await untilReady(demo);
  demo.child.kill('SIGTERM');
  // Its output is read to the end, which comes with the end of the demo.
  await demo.ended;
  expect(existsSync(join(root, '.data/running'))).toBe(false);
});

test('in production there is no demo: an empty database stays empty, and the log is all that is printed', async () => {
  const database = await testDatabase();
  const server = startDemo({
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    CAISSE_ID_HOST: '127.0.0.1',
    CAISSE_ID_PUBLIC_ORIGIN: 'https://id.exemple.test',
    CAISSE_ID_TRUSTED_PROXIES: '1',
    CAISSE_ID_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    CAISSE_ID_AUDIT_KEY: Buffer.alloc(32, 9).toString('base64'),
    CAISSE_ID_SMTP_URL: 'smtps://127.0.0.1:9',
    CAISSE_ID_MAIL_FROM: 'ne-pas-repondre@exemple.test',
    CAISSE_ID_SMS_URL: 'https://127.0.0.1:9/messages',
    CAISSE_ID_SMS_TOKEN: 'un-jeton-assez-long',
  });
  await untilReady(server, 'listening');
  const at = request(`http://127.0.0.1:${ports[0]}`);
  for (const path of ['/dev', '/dev/style.css', '/grand-est/.well-known/openid-configuration'])
    expect((await at.get(path).set('Host', 'id.exemple.test')).status).toBe(404);
  await expect(fetch(`http://127.0.0.1:${ports[1]}`)).rejects.toThrow();
  expect(await database.knex('caisse').pluck('id')).toEqual([]);
  server.child.kill('SIGTERM');
  const { code, output } = await server.ended;
  expect(code).toBe(0);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ msg }) => msg)).toContain('request');
  await database.drop();
});
