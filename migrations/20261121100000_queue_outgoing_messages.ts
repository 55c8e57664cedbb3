import type { Knex } from 'knex';
import { fromKnex, getConstructionPlans } from 'pg-boss';

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * The outbox: pg-boss's tables, and its two queues. Made here and not by pg-boss as it starts, so that processes may
 * start together. A later pg-boss brings a migration of its own, which asks `pgboss.version` whether it has work to
 * do: on an empty database this one already builds what that pg-boss wants.
 */
export async function up(knex: Knex): Promise<void> {
  // Its own BEGIN and COMMIT would end the transaction that all migrations share.
  const plans = getConstructionPlans('pgboss').replace(/^\s*(BEGIN|COMMIT|SET LOCAL [^;]*);$/gm, '');
  await fromKnex(knex).executeSql(plans);
  await createQueue(knex, 'dead_messages', { retentionSeconds: 30 * DAY });
  // Tried again after half a minute to a minute, then twice as late each time, up to every quarter of an hour, for
  // about two days. A sender that does not come back within five minutes has died.
  await createQueue(knex, 'messages', {
    retryLimit: 200,
    retryDelay: 30,
    retryBackoff: true,
    retryDelayMax: HOUR / 4,
    expireInSeconds: 300,
    retentionSeconds: 14 * DAY,
    deleteAfterSeconds: DAY,
    deadLetter: 'dead_messages',
  });
}

async function createQueue(knex: Knex, name: string, options: object): Promise<void> {
  const settings = JSON.stringify({ policy: 'standard', ...options });
  await knex.raw('select pgboss.create_queue(?, ?::jsonb)', [name, settings]);
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
