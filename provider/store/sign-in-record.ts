/** What the right password leads to, in one statement: its line of the audit, and that the tries before it are forgotten. */
import { APPENDING, type AuditEvent, linesOf } from './audit.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';
import { keyOf, type Tried } from './throttle.ts';

const RECORD = named(
  'record_sign_in',
  ['caisse', 'lines', 'tries'],
  `with forgotten as (delete from throttle where key = :tries) ${APPENDING}`,
);

export async function recordSignIn(
  { caisseId, sql }: Handle,
  event: AuditEvent,
  tries: Tried,
): Promise<void> {
  await run(sql, RECORD, [caisseId, linesOf([event]), keyOf(tries)]);
}
