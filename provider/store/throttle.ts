/**
 * Counters that bound guessing, kept in PostgreSQL so that all processes share them, and counted by its clock. A try is
 * counted before the secret is looked at: parallel tries cannot outrun the count.
 */
import type { Knex } from 'knex';
import type { Instant } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { named, run, type Value } from './statement.ts';

export type Limit = {
  readonly name: string;
  /** Tries allowed within `seconds`. */
  readonly tries: number;
  readonly seconds: number;
};

/** One try, by what it is limited and for whom. No two of a call have the same limit. */
export type Tried = readonly [Limit, string];

export type Throttle = {
  /**
   * Counts one try against each (limit, key), and against each of `next` unless one of the first is exceeded.
   * @returns seconds to wait when one is exceeded, else 0.
   */
  readonly count: (tries: readonly Tried[], next?: readonly Tried[]) => Promise<number>;
  /** Forgets what was counted for a key, after the secret proved right. */
  readonly forget: (limit: Limit, key: string) => Promise<void>;
};

const NOW = 'extract(epoch from statement_timestamp())::float8 * 1000';

/** In the order of their keys: of two calls about the same ones, neither waits for the other in a circle. */
const counted = (asked: string, where = '') => `
  insert into throttle as t (key, points, expire)
  select key, 1, ${NOW} + milliseconds from ${asked} ${where} order by key
  on conflict (key) do update set
    points = case when t.expire <= ${NOW} then 1 else t.points + 1 end,
    expire = case when t.expire <= ${NOW} then excluded.expire else t.expire end
  returning key, points, expire`;

const asked = (which: string) => `
  select * from unnest(:${which}_keys::text[], :${which}_tries::int[], :${which}_milliseconds::float8[])
    asked (key, tries, milliseconds)`;

const COUNT = named(
  'count_tries',
  ['first_keys', 'first_tries', 'first_milliseconds', 'next_keys', 'next_tries', 'next_milliseconds'],
  `with asked_first as materialized (${asked('first')}), asked_next as materialized (${asked('next')}),
   first as (${counted('asked_first')}),
   exceeded as materialized (select expire from first join asked_first using (key) where points > tries),
   next as (${counted('asked_next', 'where not exists (select from exceeded)')})
   select max(expire) - ${NOW} as wait from (
     select expire from exceeded
     union all
     select expire from next join asked_next using (key) where points > tries
   ) waits`,
);

const FORGET = named('forget_tries', ['key'], 'delete from throttle where key = :key');

export const keyOf = ([limit, key]: Tried): string => `${limit.name}:${key}`;

const valuesOf = (tries: readonly Tried[]): Value[] => [
  tries.map(keyOf),
  tries.map(([{ tries: most }]) => String(most)),
  tries.map(([{ seconds }]) => String(seconds * 1000)),
];

export function openThrottle(sql: Knex): Throttle {
  return {
    async count(tries, next = []) {
      const { rows } = await run<{ wait: number | null }>(sql, COUNT, [
        ...valuesOf(tries),
        ...valuesOf(next),
      ]);
      const wait = rows[0]?.wait ?? null;
      return wait === null ? 0 : Math.max(1, Math.ceil(wait / 1000));
    },
    async forget(limit, key) {
      await run(sql, FORGET, [keyOf([limit, key])]);
    },
  };
}

/** Longer than clocks differ. */
const OUTLIVES = 3_600_000;

/** In every caisse: those that bound nothing any more. @returns how many went. */
export const sweepTries = (sql: Database, now: Instant): Promise<number> =>
  sql('throttle')
    .delete()
    .where('expire', '<', now - OUTLIVES);
