/** A process that dies in the middle of an act. */
import type { TestApp } from './app.ts';
import type { Page } from './visitor.ts';

/** Runs the act; its `fatal`-th statement fails and none after it is sent. @returns how many were, all told. */
export async function dyingAt(
  { database }: Pick<TestApp, 'database'>,
  fatal: number,
  act: () => Promise<Page>,
): Promise<{ readonly page: Page; readonly statements: number }> {
  let statements = 0;
  const die = ({ sql }: { sql: string }) => {
    statements += 1;
    if (statements >= fatal && !/^ROLLBACK/i.test(sql)) throw new Error('the process is gone');
  };
  database.knex.on('query', die);
  try {
    return { page: await act(), statements };
  } finally {
    database.knex.off('query', die);
  }
}
