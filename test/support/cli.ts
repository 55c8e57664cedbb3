/** The administration's commands against a test's database: in this process, or in one of their own. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { runCommand } from '../../provider/cli.ts';
import type { TestApp } from './app.ts';

const root = join(import.meta.dirname, '../..');

export const OPERATOR = userInfo().username;
export const AUDIT_KEY = Buffer.alloc(32, 5);

export type Ran = { readonly code: number | null; readonly out: string; readonly errors: string };

type Environment = Readonly<Record<string, string>>;

const environmentOf = (app: TestApp, more: Environment): Environment => ({
  NODE_ENV: 'test',
  DATABASE_URL: app.secondNode.databaseUrl,
  CAISSE_ID_PUBLIC_ORIGIN: app.secondNode.origin,
  CAISSE_ID_ENCRYPTION_KEY: app.secondNode.encryptionKey,
  CAISSE_ID_AUDIT_KEY: AUDIT_KEY.toString('base64'),
  CAISSE_ID_SMTP_URL: app.inbox.url,
  ...more,
});

const readable = (out: string): string => out.replace(/[\u00a0\u202f]/g, ' ');

/** The program itself, without the seconds that a process takes to start: it reads nothing but what it is given. */
export async function runCli(
  app: TestApp,
  args: readonly string[],
  environment: Environment = {},
  now: () => number = Date.now,
): Promise<Ran> {
  let [out, errors] = ['', ''];
  const code = await runCommand(args, {
    root,
    environment: environmentOf(app, environment),
    now,
    random: randomBytes,
    say: (line) => {
      out += `${line}\n`;
    },
    complain: (told) => {
      errors += told;
    },
    operator: OPERATOR,
    log: pino({ level: 'silent' }),
  });
  return { code, out: readable(out), errors: readable(errors) };
}

/** As a person at a terminal runs it. */
export async function spawnCli(
  app: TestApp,
  args: readonly string[],
  environment: Environment = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, 'provider/cli.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environmentOf(app, environment) },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out: readable(out), errors: readable(errors) };
}
