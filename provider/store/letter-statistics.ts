/** What became of letters, counted: of one batch, and month by month. Reads only. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type LetterCounts = {
  readonly made: number;
  readonly printed: number;
  readonly returned: number;
  /** Of those, the ones that bring a code or a password: it was used, or is over without. */
  readonly secret: number;
  readonly used: number;
  readonly over: number;
};

const COUNTS = `
  count(*)::int as made, count(l.printed_at)::int as printed, count(l.returned_at)::int as returned,
  (count(*) filter (where l.template <> 'welcome'))::int as secret,
  (count(*) filter (where coalesce(c.used_at, p.used_at) is not null))::int as used,
  (count(*) filter (where l.template <> 'welcome' and coalesce(c.used_at, p.used_at) is null
    and (c.superseded_at is not null or coalesce(c.expires_at, p.expires_at, l.expires_at) <= :now)))::int as over`;

const FROM = `
  from letter l
  left join confidential_code c on c.caisse_id = l.caisse_id and c.id = l.code_id
  left join provisional_credential p on p.caisse_id = l.caisse_id and p.account_id = l.account_id
  where l.caisse_id = :caisse`;

export async function countBatchLetters(
  { caisseId, sql }: Handle,
  batchId: string,
  now: Instant,
): Promise<LetterCounts> {
  const { rows } = await sql.raw(`select ${COUNTS} ${FROM} and l.batch_id = :batch`, {
    caisse: caisseId,
    batch: batchId,
    now: timestamp(now),
  });
  return rows[0];
}

/** `month`: « 2026-11 », as clocks at the caisse show it. */
export type MonthCounts = LetterCounts & { readonly month: string };

/** Of the letters made since then, newest month first. */
export async function countByMonth(
  { caisseId, sql }: Handle,
  { since, now, timeZone }: { readonly since: Instant; readonly now: Instant; readonly timeZone: string },
): Promise<readonly MonthCounts[]> {
  const { rows } = await sql.raw(
    `select to_char(l.made_at at time zone :zone, 'YYYY-MM') as month, ${COUNTS}
     ${FROM} and l.made_at >= :since group by 1 order by 1 desc`,
    { caisse: caisseId, since: timestamp(since), now: timestamp(now), zone: timeZone },
  );
  return rows;
}

/** How the sites of a batch ended, those looked at. */
export async function countOutcomes(
  { caisseId, sql }: Handle,
  batchId: string,
): Promise<readonly { readonly outcome: string; readonly number: number }[]> {
  const { rows } = await sql.raw(
    `select outcome, count(*)::int as number from letter_batch_site
     where caisse_id = ? and batch_id = ? and outcome is not null group by 1 order by 2 desc, 1`,
    [caisseId, batchId],
  );
  return rows;
}
