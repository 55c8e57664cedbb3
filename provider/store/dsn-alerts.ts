/** DSN alerts as the caisse's information system puts them: a site's messages are replaced or added to, in batches. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type SiteMessages = {
  readonly siteId: string;
  /** In the order in which they are to be read, no two alike. */
  readonly messages: readonly string[];
};

/** Of the SIRETs given, those that this caisse knows, with what is said of each now; their rows wait for the caller. */
export async function lockAlertedSites(
  { caisseId, sql }: Handle,
  sirets: readonly string[],
): Promise<Map<string, SiteMessages>> {
  // In one order, so that two calls about the same sites wait for each other and never cross.
  const { rows } = await sql.raw<{ rows: { siret: string; id: string; messages: string[] }[] }>(
    `with locked as (
       select siret, id from site where caisse_id = :caisse and siret = any (:sirets) order by id for no key update)
     select siret, id, array(
       select d.message from dsn_alert d where d.caisse_id = :caisse and d.site_id = locked.id
       order by d.pushed_at desc, d.id) as messages
     from locked`,
    { caisse: caisseId, sirets: [...sirets] },
  );
  return new Map(rows.map(({ siret, id, messages }) => [siret, { siteId: id, messages }]));
}

/** What is said of those sites from now on: `messages` and nothing else. */
export async function replaceAlerts(
  { caisseId, sql }: Handle,
  sites: readonly SiteMessages[],
  now: Instant,
): Promise<void> {
  if (sites.length === 0) return;
  await sql('dsn_alert')
    .where({ caisse_id: caisseId })
    .whereIn(
      'site_id',
      sites.map(({ siteId }) => siteId),
    )
    .delete();
  const rows = sites.flatMap(({ siteId, messages }) =>
    messages.map((message, place) => ({
      caisse_id: caisseId,
      id: sql.raw('gen_random_uuid()'),
      site_id: siteId,
      message,
      // Newest first is how they are read: the first of a batch is the newest.
      pushed_at: timestamp(now - place),
    })),
  );
  await sql.batchInsert('dsn_alert', rows, BATCH);
}

const BATCH = 1_000;
