/**
 * Health for load balancers and orchestrators, whatever Host they name and outside any caisse. `/health/live`: this
 * process answers; it asks nothing of the database, which must not have processes restarted when it is away.
 * `/health/ready`: it may be sent requests; what is missing is named, and nothing else.
 */
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Database } from './store/database.ts';
import { pendingMigrations } from './store/readiness.ts';

export type Health = {
  readonly middleware: Middleware;
  /** From now on not ready: the process is about to stop. */
  readonly leave: () => void;
};

/** Milliseconds within which the database answers a process that is ready. */
const PATIENCE = 2_000;

export function makeHealth(sql: Database, log: Logger): Health {
  let leaving = false;
  // Of probes that come together, one asks the database.
  let asking: Promise<string[]> | null = null;
  const missing = async (): Promise<string[]> => {
    if (leaving) return ['stopping'];
    asking ??= missingFor(sql, log).finally(() => {
      asking = null;
    });
    return asking;
  };
  return {
    leave: () => {
      leaving = true;
    },
    async middleware(ctx, next) {
      if (ctx.path !== '/health/live' && ctx.path !== '/health/ready') return next();
      ctx.set('Cache-Control', 'no-store');
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
        ctx.set('Allow', 'GET, HEAD');
        ctx.status = 405;
        return;
      }
      const lacks = ctx.path === '/health/ready' ? await missing() : [];
      ctx.status = lacks.length === 0 ? 200 : 503;
      ctx.body = lacks.length === 0 ? { status: 'ok' } : { status: 'unavailable', missing: lacks };
    },
  };
}

async function missingFor(sql: Database, log: Logger): Promise<string[]> {
  try {
    const pending = await pendingMigrations(sql, PATIENCE);
    return pending.map((name) => `migration ${name}`);
  } catch (err) {
    log.warn({ err }, 'not ready: the database does not answer');
    return ['database'];
  }
}
