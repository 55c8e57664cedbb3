import type { Knex } from 'knex';

/** Who sat at the shell that sent a file: the log names him for what becomes of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table import add column operator text');
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only');
}
