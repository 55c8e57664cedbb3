/** The administration's commands, run as a process of their own against a test's database. */
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestApp } from './app.ts';

const script = join(import.meta.dirname, '../../provider/cli.ts');

export const OPERATOR = userInfo().username;
export const AUDIT_KEY = Buffer.alloc(32, 5);

export type Ran = { readonly code: number | null; readonly out: string; readonly errors: string };

export async function runCli(
  app: TestApp,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: app.secondNode.databaseUrl,
      CAISSE_ID_PUBLIC_ORIGIN: app.secondNode.origin,
      CAISSE_ID_ENCRYPTION_KEY: app.secondNode.encryptionKey,
      CAISSE_ID_AUDIT_KEY: AUDIT_KEY.toString('base64'),
      CAISSE_ID_SMTP_URL: app.inbox.url,
      ...environment,
    },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out: out.replace(/[\u00a0\u202f]/g, ' '), errors };
}
