/** The choice of a site to act for, written with its line of the audit in one statement: both, or nothing. */
import type { Instant } from '../domain/instant.ts';
import { APPENDING, type AuditEvent, linesOf } from './audit.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

const CHOOSE = named(
  'choose_site',
  ['caisse', 'account', 'site', 'at', 'lines'],
  `with visit as (
     insert into site_visit (caisse_id, account_id, site_id, visited_at) values (:caisse, :account, :site, :at)
     on conflict (caisse_id, account_id, site_id) do update set visited_at = excluded.visited_at)
   ${APPENDING}`,
);

/** It comes first on the next selection screen. */
export async function recordChoice(
  { caisseId, sql }: Handle,
  choice: { readonly accountId: string; readonly siteId: string; readonly at: Instant },
  event: AuditEvent,
): Promise<void> {
  const { accountId, siteId, at } = choice;
  await run(sql, CHOOSE, [caisseId, accountId, siteId, timestamp(at), linesOf([event])]);
}
