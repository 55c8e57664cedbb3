/**
 * Counters that bound guessing, kept in PostgreSQL so that all processes share them. A try is counted before the
 * secret is looked at: parallel tries cannot outrun the count.
 */
import type { Knex } from 'knex';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

export type Limit = {
  readonly name: string;
  /** Tries allowed within `seconds`. */
  readonly tries: number;
  readonly seconds: number;
};

export type Throttle = {
  /** Counts one try against each (limit, key). @returns seconds to wait when one is exceeded, else 0. */
  readonly count: (tries: readonly (readonly [Limit, string])[]) => Promise<number>;
  /** Forgets what was counted for a key, after the secret proved right. */
  readonly forget: (limit: Limit, key: string) => Promise<void>;
};

export function openThrottle(sql: Knex): Throttle {
  const limiters = new Map<string, RateLimiterPostgres>();
  const limiterOf = (limit: Limit): RateLimiterPostgres => {
    const known = limiters.get(limit.name);
    if (known) return known;
    const limiter = new RateLimiterPostgres({
      storeClient: sql,
      storeType: 'knex',
      tableName: 'throttle',
      tableCreated: true,
      keyPrefix: limit.name,
      points: limit.tries,
      duration: limit.seconds,
      clearExpiredByTimeout: true,
    });
    limiters.set(limit.name, limiter);
    return limiter;
  };
  return {
    async count(tries) {
      const waits = await Promise.all(
        tries.map(([limit, key]) =>
          limiterOf(limit)
            .consume(key)
            .then(() => 0, secondsToWait),
        ),
      );
      return Math.max(0, ...waits);
    },
    async forget(limit, key) {
      await limiterOf(limit).delete(key);
    },
  };
}

function secondsToWait(rejected: unknown): number {
  if (!(rejected instanceof RateLimiterRes)) throw rejected;
  return Math.max(1, Math.ceil(rejected.msBeforeNext / 1000));
}
