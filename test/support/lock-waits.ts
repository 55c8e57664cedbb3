import type { Knex } from 'knex';
import { expect } from 'vitest';

/** Comes back once so many statements on this database, and no more, wait for what somebody else holds. */
export const untilWaiting = (knex: Knex, count = 1): Promise<void> =>
  expect
    .poll(() =>
      knex('pg_stat_activity').whereRaw(`datname = current_database() and wait_event_type = 'Lock'`),
    )
    .toHaveLength(count);
