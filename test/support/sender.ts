/** Another process that sends, as behind a load balancer: one that can be killed, as power cuts do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type SenderTold = {
  readonly databaseUrl: string;
  /** Base64. */
  readonly encryptionKey: string;
  readonly smtpUrl: string;
};

export type SenderProcess = {
  /** At once, whatever it does. */
  readonly kill: () => Promise<void>;
  /** Lets it finish. */
  readonly stop: () => Promise<void>;
};

const script = fileURLToPath(new URL('./sender-node.ts', import.meta.url));

export function startSender(told: SenderTold): SenderProcess {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.write(`${JSON.stringify(told)}\n`);
  const gone = once(child, 'exit');
  return {
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
