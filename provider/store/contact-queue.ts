/** Messages of the contact form as the caisse's people go through them, and whether their mail has left. */
import type { MessageStatus } from '../domain/contact.ts';
import type { Instant } from '../domain/instant.ts';
import { type CountedPage, countAndPage, matchingAll } from './counted-page.ts';
import type { Handle } from './handle.ts';
import { DEAD_QUEUE, QUEUE } from './outbox.ts';

export type MessageQuery = {
  readonly statuses: readonly MessageStatus[];
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
};

export type QueuedContact = {
  readonly id: string;
  readonly number: string;
  readonly status: MessageStatus;
  readonly about: string;
  readonly writer: string;
  readonly raisonSociale: string;
  readonly siret: string;
  readonly files: number;
  readonly createdAt: Instant;
};

/** The few that the caisse's mailbox would not take. */
const DEAD = `
  dead as materialized (
    select (data->>'about')::uuid as id from pgboss.job
    where name = '${DEAD_QUEUE}' and state = 'created' and data->>'caisseId' = :caisse and data->>'about' is not null
  )`;

const STATUS = `
  case when m.handled_at is not null then 'handled'
    when m.transmitted_at is not null then 'transmitted'
    when m.id in (select id from dead) then 'failed'
    else 'received' end`;

const SHOWN = `id, number, status, subject as about, given_name || ' ' || family_name as writer,
  raison_sociale as "raisonSociale", siret,
  (select count(*)::int from contact_file f where f.caisse_id = :caisse and f.form_hash = hit.form_hash) as files,
  floor(extract(epoch from created_at) * 1000)::float8 as "createdAt"`;

/** Newest first. One query. */
export function listMessages(
  { caisseId, sql }: Handle,
  { statuses, terms, limit, offset }: MessageQuery,
): Promise<CountedPage<QueuedContact>> {
  const { condition, bindings } = matchingAll(terms, 'm.search_text');
  const toHandle = statuses.includes('handled') ? '' : ' and m.handled_at is null';
  return countAndPage(sql, {
    hits: `${DEAD}, known as (
      select m.*, ${STATUS} as status from contact_message m where m.caisse_id = :caisse${toHandle}${condition}
    ), hit as materialized (
      select id, number, form_hash, status, subject, given_name, family_name, raison_sociale, siret, created_at
      from known where status = any(:statuses)
    )`,
    shown: SHOWN,
    order: 'created_at desc, id',
    bindings: { caisse: caisseId, statuses: [...statuses], ...bindings },
    limit,
    offset,
  });
}

export async function statusOf({ caisseId, sql }: Handle, id: string): Promise<MessageStatus> {
  const { rows } = await sql.raw(
    `with ${DEAD} select ${STATUS} as status from contact_message m where m.caisse_id = :caisse and m.id = :id`,
    { caisse: caisseId, id },
  );
  return rows[0]?.status ?? 'received';
}

/** Whether its mail still waits for its turn, or for the mailbox to answer. */
export async function isOnItsWay({ caisseId, sql }: Handle, id: string): Promise<boolean> {
  const { rows } = await sql.raw(
    `select from pgboss.job
     where name = ? and state < 'completed' and data->>'about' = ? and data->>'caisseId' = ? limit 1`,
    [QUEUE, id, caisseId],
  );
  return rows.length > 0;
}

/** Whether it still waits or has failed, it does not leave any more. */
export async function dropMail({ caisseId, sql }: Handle, id: string): Promise<void> {
  await sql.raw(
    `delete from pgboss.job where name in (?, ?) and data->>'about' = ? and data->>'caisseId' = ?`,
    [QUEUE, DEAD_QUEUE, id, caisseId],
  );
}
