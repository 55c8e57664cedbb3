/**
 * Figures for operators, in the Prometheus text format: requests by endpoint and status, the pool, the queue of
 * passwords to hash, the outbox, and the process itself. Labels come from closed lists: never from an address,
 * a person or a caisse.
 */
import type { Context, Middleware } from 'koa';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ended } from './http/boundary.ts';
import type { Database } from './store/database.ts';
import { countOutbox } from './store/dead-messages.ts';
import type { PasswordHasher } from './tenant/passwords.ts';

export type Metrics = {
  /** Takes note of a request that is over. */
  readonly count: (ctx: Context, ended: Ended) => void;
  /** Answers GET /metrics. */
  readonly show: Middleware;
};

export type Measured = {
  readonly sql: Database;
  readonly passwords: Pick<PasswordHasher, 'waiting'>;
};

/** Of the protocol library, which takes what no journey does; their first part tells them. */
const PROTOCOL = new Set(['/auth', '/token', '/me', '/jwks', '/request', '/session', '/.well-known']);

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function makeMetrics({ sql, passwords }: Measured): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by method, endpoint and status, in seconds.',
    labelNames: ['method', 'endpoint', 'status'],
    buckets: SECONDS,
    registers: [register],
  });
  gaugesOf({ sql, passwords }, register);
  return {
    count(ctx, { method, status, ms }) {
      requests.observe({ method: methodOf(method), endpoint: endpointOf(ctx), status }, ms / 1000);
    },
    async show(ctx, next) {
      if (ctx.path !== '/metrics' || ctx.method !== 'GET') return next();
      ctx.type = register.contentType;
      ctx.body = await register.metrics();
    },
  };
}

function gaugesOf({ sql, passwords }: Measured, register: Registry): void {
  const gauge = (name: string, help: string, collect: (set: (value: number) => void) => unknown) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        return collect((value) => this.set(value)) as Promise<void>;
      },
    });
  const { pool } = sql.client as {
    pool: Readonly<Record<'numUsed' | 'numFree' | 'numPendingAcquires', () => number>>;
  };
  gauge('caisse_id_database_connections_used', 'Connections in use.', (set) => set(pool.numUsed()));
  gauge('caisse_id_database_connections_free', 'Connections open and idle.', (set) => set(pool.numFree()));
  gauge('caisse_id_database_connections_awaited', 'Requests that wait for a connection.', (set) =>
    set(pool.numPendingAcquires()),
  );
  gauge('caisse_id_password_hashes_awaited', 'Passwords that wait to be hashed.', (set) =>
    set(passwords.waiting()),
  );
  outboxGauges(sql, register);
}

/** Read when they are asked for. While the database is away they are left out, and the others stay. */
function outboxGauges(sql: Database, register: Registry): void {
  const dead = new Gauge({
    name: 'caisse_id_messages_dead',
    help: 'Messages that could not be sent and are tried no more.',
    registers: [register],
  });
  new Gauge({
    name: 'caisse_id_messages_waiting',
    help: 'Mails, SMS and letters that have not left yet.',
    registers: [register],
    async collect() {
      const counts = await countOutbox(sql, null).catch(() => null);
      if (counts === null) {
        this.reset();
        return dead.reset();
      }
      this.set(counts.waiting);
      dead.set(counts.dead);
    },
  });
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const methodOf = (method: string): string => (METHODS.has(method) ? method : 'other');

/** The route as it is declared, never the path as it was asked for. */
function endpointOf(ctx: Context): string {
  const matched: unknown = ctx._matchedRoute;
  if (typeof matched === 'string') return matched;
  if (ctx.path.startsWith('/assets/')) return '/assets';
  const end = ctx.path.indexOf('/', 1);
  const first = end === -1 ? ctx.path : ctx.path.slice(0, end);
  return PROTOCOL.has(first) ? first : 'other';
}
