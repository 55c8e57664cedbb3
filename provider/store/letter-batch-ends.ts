/**
 * How a batch of letters ends: on paper by the word of an agent, called off, or over without. Whichever it is, nothing of
 * what its letters say is left here.
 */
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import type { Batch, BatchStatus } from './letter-batches.ts';

export type Printing = { readonly id: string; readonly by: string; readonly now: Instant };

/**
 * They are on paper: nothing of what they say is left here. In a transaction of the caller's.
 * @returns how many letters; null: it was said before, or there is nothing to print (any more).
 */
export async function confirmPrinted(handle: Handle, { id, by, now }: Printing): Promise<number | null> {
  const { caisseId, sql } = handle;
  const at = timestamp(now);
  const marked = await sql('letter_batch')
    .update({ status: 'printed', printed_at: at, printed_by: by })
    .where({ caisse_id: caisseId, id, status: 'ready' });
  if (marked !== 1) return null;
  await erase(handle, id);
  return sql('letter').update({ printed_at: at }).where({ caisse_id: caisseId, batch_id: id });
}

export type Cancelling = Printing & { readonly because: string };

/**
 * It was made by mistake, and is on no paper: what its letters bring is worth nothing, and their sites may get others as
 * if none had been written. In a transaction of the caller's.
 * @returns how many letters; null: it was printed, called off or over before, or holds what others asked for.
 */
export async function cancelBatch(
  handle: Handle,
  { id, by, because, now }: Cancelling,
): Promise<number | null> {
  const { caisseId, sql } = handle;
  const at = timestamp(now);
  const marked = await sql('letter_batch')
    .update({ status: 'cancelled', cancelled_at: at, cancelled_by: by, cancelled_because: because })
    .where({ caisse_id: caisseId, id })
    .whereIn('status', MAY_BE_CANCELLED)
    .whereNot({ origin: 'waiting' });
  if (marked !== 1) return null;
  await sql('confidential_code')
    .update({ withdrawn_at: at, superseded_at: sql.raw('coalesce(superseded_at, ?)', [at]) })
    .where({ caisse_id: caisseId })
    .whereNull('used_at')
    .whereIn('id', sql('letter').select('code_id').where({ caisse_id: caisseId, batch_id: id }));
  await erase(handle, id);
  const [row] = await sql('letter').where({ caisse_id: caisseId, batch_id: id }).count({ n: '*' });
  return Number(row?.n ?? 0);
}

const MAY_BE_CANCELLED: readonly BatchStatus[] = ['writing', 'composing', 'ready'];

export const mayBeCancelled = ({ status, origin }: Batch): boolean =>
  origin !== 'waiting' && MAY_BE_CANCELLED.includes(status);

async function erase({ caisseId, sql }: Handle, id: string): Promise<void> {
  await sql('letter_file_piece').delete().where({ caisse_id: caisseId, batch_id: id });
  await sql('letter').update({ pdf: null, content: null }).where({ caisse_id: caisseId, batch_id: id });
}

/** Batches of every caisse that were never said to be printed, once what they bring is over. @returns how many. */
export const eraseExpiredBatches = (sql: Database, now: Instant): Promise<number> =>
  // One that is said to be over and still holds its files would hold them for ever.
  sql.transaction(async (trx) => {
    const rows: { caisseId: string; id: string }[] = await trx('letter_batch')
      .update({ status: 'erased' })
      .whereIn('status', ['writing', 'composing', 'ready'])
      .where('expires_at', '<=', timestamp(now))
      .returning(['caisse_id as caisseId', 'id']);
    for (const { caisseId, id } of rows) await erase({ caisseId, sql: trx }, id);
    return rows.length;
  });
