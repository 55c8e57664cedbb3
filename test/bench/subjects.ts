/** The servers under measure, each a process or two of its own: the product as it is deployed, and the reference. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../provider/store/embedded-cluster.ts';
import type { Target } from './http.ts';
import type { RawStart } from './raw-server.ts';
import { ORIGIN } from './seed.ts';

export type Subject = {
  readonly name: 'product' | 'raw';
  readonly target: Target;
  readonly pids: readonly number[];
  /** Name of its database. */
  readonly database: string;
  readonly stop: () => Promise<void>;
};

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export type ProductStart = {
  readonly databaseUrl: string;
  readonly encryptionKey: string;
  readonly processes: number;
  /** Directory. */
  readonly logs: string;
  /** Where the processor's profile goes when the process ends; null: none is taken. */
  readonly profiles: string | null;
};

/** In production mode: no demo, no embedded database, behind one proxy that ends TLS, its log written. */
export async function startProduct(given: ProductStart): Promise<Subject> {
  const children: ChildProcess[] = [];
  const ports: number[] = [];
  for (let i = 0; i < given.processes; i++) {
    const port = await freePort(31_600 + i * 40);
    const flags = given.profiles ? ['--cpu-prof', `--cpu-prof-dir=${given.profiles}`] : [];
    const log = join(given.logs, `product-${port}.log`);
    const child = spawn(process.execPath, [...flags, path('../../provider/main.ts')], {
      // Whoever read a pipe would take part of the processors that are measured.
      stdio: ['ignore', openSync(log, 'w'), 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        // It ends with whoever started it, also when that is killed.
        npm_lifecycle_event: 'bench',
        PORT: String(port),
        DATABASE_URL: given.databaseUrl,
        CAISSE_ID_HOST: '127.0.0.1',
        CAISSE_ID_PUBLIC_ORIGIN: ORIGIN,
        CAISSE_ID_TRUSTED_PROXIES: '1',
        CAISSE_ID_ENCRYPTION_KEY: given.encryptionKey,
        CAISSE_ID_AUDIT_KEY: given.encryptionKey,
        CAISSE_ID_FAREWELL_SECONDS: '0',
        CAISSE_ID_SMTP_URL: 'smtps://127.0.0.1:9',
        CAISSE_ID_MAIL_FROM: 'ne-pas-repondre@bench.test',
        CAISSE_ID_SMS_URL: 'https://127.0.0.1:9/messages',
        CAISSE_ID_SMS_TOKEN: 'un-jeton-assez-long',
      },
    });
    children.push(child);
    ports.push(port);
    await written(child, log, '"listening"');
  }
  return {
    name: 'product',
    target: { ports, origin: ORIGIN, basePath: '/mesure' },
    pids: pidsOf(children),
    database: new URL(given.databaseUrl).pathname.slice(1),
    stop: () => end(children, (child) => child.kill('SIGTERM')),
  };
}

export async function startRaw(
  given: Omit<RawStart, 'port'> & { readonly processes: number },
): Promise<Subject> {
  const children: ChildProcess[] = [];
  const ports: number[] = [];
  const first = await freePort(32_100);
  for (let i = 0; i < given.processes; i++) {
    const port = i === 0 ? first : await freePort(first + 1 + i * 40);
    const child = spawn(process.execPath, [path('./raw-server.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.write(`${JSON.stringify({ ...given, port })}\n`);
    await said(child, 'listening');
    children.push(child);
    ports.push(port);
  }
  return {
    name: 'raw',
    target: { ports, origin: `http://127.0.0.1:${first}`, basePath: '' },
    pids: pidsOf(children),
    database: new URL(given.databaseUrl).pathname.slice(1),
    stop: () => end(children, (child) => child.stdin?.end()),
  };
}

const pidsOf = (children: readonly ChildProcess[]): number[] => children.map(({ pid }) => pid as number);

async function written(child: ChildProcess, log: string, sign: string): Promise<void> {
  while (!readFileSync(log, 'utf8').includes(sign)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: see ${log}`);
    await delay(50);
  }
}

/** Its output is read to the end all the same: a pipe that is full would hold it up. */
async function said(child: ChildProcess, sign: string): Promise<void> {
  const lines = createInterface(child.stdout as NodeJS.ReadableStream);
  const heard = new Promise<void>((resolve) => {
    lines.on('line', (line) => line.includes(sign) && resolve());
  });
  const early = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)));
  await Promise.race([heard, early]);
  early.catch(() => {});
}

async function end(children: readonly ChildProcess[], ask: (child: ChildProcess) => void): Promise<void> {
  for (const child of children) {
    const gone = once(child, 'exit');
    ask(child);
    await gone;
  }
}
