/**
 * Batches of letters: which sites one is for, and how far it is. Owns the choice of sites and the state of a batch;
 * writing and composing are letter-batch-work, its files letter-files, how it ends letter-batch-ends.
 */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { type DueTerms, dueBindings, OBSTACLE, type Obstacle } from './letter-due.ts';

/** What one batch may hold: what a person puts in envelopes, or a printer takes, in a day. */
export const MOST_LETTERS = 5_000;

export type BatchOrigin = 'adherent' | 'missing' | 'list' | 'import' | 'again' | 'waiting';
export type BatchStatus = 'writing' | 'composing' | 'ready' | 'printed' | 'erased' | 'cancelled';

/** Which sites: of one adhérent, of a list, brought by an import, of another batch or letter, or all without a code. */
export type SiteChoice =
  | { readonly origin: 'adherent'; readonly identifiant: string }
  | { readonly origin: 'list'; readonly sirets: readonly string[] }
  /** Its new sites; of an import of adhérents, the sites of those that it brought. */
  | { readonly origin: 'import'; readonly importId: string }
  | { readonly origin: 'again'; readonly batchId: string; readonly letterId: string | null }
  | {
      readonly origin: 'missing';
      /** Two digits of the postal code, three overseas; '' everywhere. */
      readonly department: string;
      /** Sites that this caisse knows since then. */
      readonly since: Instant | null;
    };

const OF_ADHERENT = `upper(regexp_replace(a.identifiant, '[ .-]', '', 'g')) = :identifiant`;

function chosenBy(choice: SiteChoice): {
  readonly where: string;
  readonly bindings: Record<string, unknown>;
} {
  switch (choice.origin) {
    case 'adherent':
      return { where: OF_ADHERENT, bindings: { identifiant: choice.identifiant } };
    case 'list':
      return { where: 's.siret = any(:sirets)', bindings: { sirets: [...choice.sirets] } };
    case 'import':
      return {
        where: `(s.created_at = (select applied_at from import
            where caisse_id = :caisse and id = :import and state = 'applied' and kind = 'sites')
          or a.created_at = (select applied_at from import
            where caisse_id = :caisse and id = :import and state = 'applied' and kind = 'adherents'))`,
        bindings: { import: choice.importId },
      };
    case 'again':
      return {
        where: `s.id in (select l.site_id from letter l where l.caisse_id = :caisse and l.batch_id = :of
          and l.template = 'confidential_code' and (:letter::uuid is null or l.id = :letter))`,
        bindings: { of: choice.batchId, letter: choice.letterId },
      };
    case 'missing':
      return {
        where: `(:since::timestamptz is null or s.created_at >= :since)
          and (:department = '' or substring(a.postal_address[cardinality(a.postal_address)] from '^[0-9]{5}')
            like :department || '%')`,
        bindings: {
          department: choice.department,
          since: choice.since === null ? null : timestamp(choice.since),
        },
      };
  }
}

export type ChoiceCount = { readonly due: number; readonly obstacles: Readonly<Record<Obstacle, number>> };

/** How many letters the choice would make, up to one more than a batch holds, and why the others get none. */
export async function countChoice(handle: Handle, choice: SiteChoice, terms: DueTerms): Promise<ChoiceCount> {
  const { where, bindings } = chosenBy(choice);
  const { rows } = await handle.sql.raw(
    `select coalesce(obstacle, 'due') as outcome, count(*)::int as number from (
       select ${OBSTACLE} as obstacle from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
       where s.caisse_id = :caisse and ${where}) looked group by 1`,
    { ...dueBindings(handle, terms), ...bindings },
  );
  const counts = new Map(
    (rows as { outcome: string; number: number }[]).map((row) => [row.outcome, row.number]),
  );
  const of = (outcome: string) => counts.get(outcome) ?? 0;
  return {
    due: of('due'),
    obstacles: {
      space_open: of('space_open'),
      no_address: of('no_address'),
      returned: of('returned'),
      live_code: of('live_code'),
      limit: of('limit'),
    },
  };
}

export type NewBatch = {
  readonly id: string;
  readonly madeBy: string;
  readonly now: Instant;
  /** Of the codes that it will bring. */
  readonly expiresAt: Instant;
  /** '' unless codes that are still good are replaced. */
  readonly reason: string;
  readonly withWelcome: boolean;
};

/** In a transaction of the caller's. @returns for how many sites; null: it was made before, by the same form. */
export async function insertBatch(
  handle: Handle,
  batch: NewBatch,
  { choice, terms }: { readonly choice: SiteChoice; readonly terms: DueTerms },
): Promise<number | null> {
  const { caisseId, sql } = handle;
  if (!(await insertRow(handle, batch, choice.origin, 'writing'))) return null;
  const { where, bindings } = chosenBy(choice);
  const { rowCount } = await sql.raw(
    `insert into letter_batch_site (caisse_id, batch_id, site_id)
     select :caisse, :batch, s.id from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where s.caisse_id = :caisse and ${where} and ${OBSTACLE} is null
     order by s.siret limit ${MOST_LETTERS}`,
    { ...dueBindings(handle, terms), ...bindings, caisse: caisseId, batch: batch.id },
  );
  return rowCount as number;
}

async function insertRow(
  { caisseId, sql }: Handle,
  batch: NewBatch,
  origin: BatchOrigin,
  status: BatchStatus,
): Promise<boolean> {
  const made = await sql('letter_batch')
    .insert({
      caisse_id: caisseId,
      id: batch.id,
      origin,
      made_by: batch.madeBy,
      made_at: timestamp(batch.now),
      reason: batch.reason,
      with_welcome: batch.withWelcome,
      status,
      expires_at: timestamp(batch.expiresAt),
    })
    .onConflict(['caisse_id', 'id'])
    .ignore()
    .returning('id');
  return made.length === 1;
}

const UNPRINTED =
  'caisse_id = ? and batch_id is null and content is not null and (expires_at is null or expires_at > ?)';

/** Letters that companies asked for themselves, or that an act of the caisse sends, and that no batch holds yet. */
export async function countWaiting({ caisseId, sql }: Handle, now: Instant): Promise<number> {
  const { rows } = await sql.raw(`select count(*)::int as number from letter where ${UNPRINTED}`, [
    caisseId,
    timestamp(now),
  ]);
  return rows[0].number;
}

/** Gathers the oldest of them in a batch, in a transaction of the caller's. @returns how many; null as above. */
export async function gatherWaiting(handle: Handle, batch: NewBatch): Promise<number | null> {
  const { caisseId, sql } = handle;
  if (!(await insertRow(handle, batch, 'waiting', 'composing'))) return null;
  const { rows } = await sql.raw(
    `with gathered as (
       update letter l set batch_id = ?, pdf = null where l.caisse_id = ? and l.id in (
         select id from letter where ${UNPRINTED} order by made_at, id limit ${MOST_LETTERS} for update)
       returning l.expires_at)
     select count(*)::int as number, min(expires_at) as until from gathered`,
    [batch.id, caisseId, caisseId, timestamp(batch.now)],
  );
  const { number, until } = rows[0] as { number: number; until: Instant | null };
  if (until !== null) {
    await sql('letter_batch')
      .update({ expires_at: timestamp(until) })
      .where({ caisse_id: caisseId, id: batch.id });
  }
  return number;
}

export type Batch = {
  readonly id: string;
  readonly origin: BatchOrigin;
  readonly status: BatchStatus;
  readonly madeAt: Instant;
  readonly madeBy: string;
  readonly reason: string;
  readonly readyAt: Instant | null;
  readonly printedAt: Instant | null;
  readonly printedBy: string | null;
  /** null unless it was called off. */
  readonly cancelled: { readonly at: Instant; readonly by: string; readonly because: string } | null;
  readonly expiresAt: Instant;
  /** Sites that it is for, and those that were looked at. */
  readonly sites: number;
  readonly done: number;
  readonly letters: number;
};

const BATCH = `
  select b.id, b.origin, b.status, b.made_at as "madeAt", m.given_name || ' ' || m.family_name as "madeBy", b.reason,
    b.ready_at as "readyAt", b.printed_at as "printedAt", p.given_name || ' ' || p.family_name as "printedBy",
    case when b.cancelled_at is not null then json_build_object(
      'at', floor(extract(epoch from b.cancelled_at) * 1000)::float8,
      'by', c.given_name || ' ' || c.family_name, 'because', b.cancelled_because) end as cancelled,
    b.expires_at as "expiresAt", n.sites, n.done,
    (select count(*)::int from letter l where l.caisse_id = b.caisse_id and l.batch_id = b.id) as letters
  from letter_batch b
  join account m on m.caisse_id = b.caisse_id and m.id = b.made_by
  left join account p on p.caisse_id = b.caisse_id and p.id = b.printed_by
  left join account c on c.caisse_id = b.caisse_id and c.id = b.cancelled_by
  cross join lateral (select count(*)::int as sites, count(s.outcome)::int as done from letter_batch_site s
    where s.caisse_id = b.caisse_id and s.batch_id = b.id) n
  where b.caisse_id = :caisse`;

/** Newest first. */
export async function listBatches(
  { caisseId, sql }: Handle,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Batch[]> {
  const { rows } = await sql.raw(`${BATCH} order by b.made_at desc, b.id limit :limit offset :offset`, {
    ...page,
    caisse: caisseId,
  });
  return rows;
}

export async function countBatches({ caisseId, sql }: Handle): Promise<number> {
  const row = await sql('letter_batch').where({ caisse_id: caisseId }).count('id as number').first();
  return Number(row?.number ?? 0);
}

/** undefined for what this caisse does not know. */
export async function findBatch({ caisseId, sql }: Handle, id: string): Promise<Batch | undefined> {
  if (!isId(id)) return undefined;
  const { rows } = await sql.raw(`${BATCH} and b.id = :id`, { caisse: caisseId, id });
  return rows[0];
}

/** Made ready before then, and nobody has said yet that they are on paper. */
export async function countUnconfirmed({ caisseId, sql }: Handle, before: Instant): Promise<number> {
  const row = await sql('letter_batch')
    .where({ caisse_id: caisseId, status: 'ready' })
    .where('ready_at', '<=', timestamp(before))
    .count('id as number')
    .first();
  return Number(row?.number ?? 0);
}
