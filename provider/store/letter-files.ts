/** The files of a batch: its PDFs, in sealed pieces, from when they are composed until they are said to be printed. */
import type { Instant } from '../domain/instant.ts';
import type { Letter } from '../domain/message.ts';
import type { Sealer } from '../domain/seal.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

type Template = Letter['template'];

export type Piece = {
  readonly batchId: string;
  /** Which attempt at composing it belongs to. */
  readonly making: string;
  readonly template: Template;
  /** From 0. */
  readonly number: number;
};

const contextOf = ({ caisseId }: Handle, { batchId, making, template, number }: Piece) =>
  `letter file ${caisseId} ${batchId} ${making} ${template} ${number}`;

export async function keepPiece(handle: Handle, piece: Piece, bytes: Buffer, sealer: Sealer): Promise<void> {
  await handle.sql('letter_file_piece').insert({
    caisse_id: handle.caisseId,
    batch_id: piece.batchId,
    making: piece.making,
    template: piece.template,
    number: piece.number,
    sealed: sealer.seal(bytes.toString('base64'), contextOf(handle, piece)),
  });
}

/** What a worker that died had composed. */
export async function dropPieces({ caisseId, sql }: Handle, batchId: string): Promise<void> {
  await sql('letter_file_piece').delete().where({ caisse_id: caisseId, batch_id: batchId });
}

export type Composed = { readonly template: Template; readonly letters: number; readonly bytes: number };

export type Finished = {
  readonly batchId: string;
  readonly making: string;
  readonly worker: string;
  readonly now: Instant;
};

/**
 * Ready to be printed: from now on what the letters say is in the files alone. In a transaction of the caller's.
 * @returns false when another worker has taken the batch over, or it is over.
 */
export async function finishFiles(
  { caisseId, sql }: Handle,
  files: readonly Composed[],
  { batchId, making, worker, now }: Finished,
): Promise<boolean> {
  const ready = await sql('letter_batch')
    .update({
      // With nothing to print it is over.
      status: files.length > 0 ? 'ready' : 'erased',
      ready_at: timestamp(now),
      worker: null,
      worked_until: null,
    })
    .where({ caisse_id: caisseId, id: batchId, worker, status: 'composing' });
  if (ready !== 1) return false;
  if (files.length > 0) {
    await sql('letter_file').insert(
      files.map(({ template, letters, bytes }) => ({
        caisse_id: caisseId,
        batch_id: batchId,
        template,
        making,
        letters,
        bytes,
      })),
    );
  }
  await sql('letter').update({ content: null, pdf: null }).where({ caisse_id: caisseId, batch_id: batchId });
  await sql('letter_file_piece')
    .delete()
    .where({ caisse_id: caisseId, batch_id: batchId })
    .whereNot({ making });
  return true;
}

export type BatchFile = Composed & { readonly making: string; readonly downloadedAt: Instant | null };

export async function listFiles({ caisseId, sql }: Handle, batchId: string): Promise<readonly BatchFile[]> {
  const rows = await sql('letter_file')
    .select('template', 'making', 'letters', 'bytes', { downloadedAt: 'downloaded_at' })
    .where({ caisse_id: caisseId, batch_id: batchId })
    .orderBy('template', 'desc');
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** The first time counts. */
export async function markDownloaded(
  { caisseId, sql }: Handle,
  file: { readonly batchId: string; readonly template: Template },
  now: Instant,
): Promise<void> {
  await sql('letter_file')
    .update({ downloaded_at: timestamp(now) })
    .where({ caisse_id: caisseId, batch_id: file.batchId, template: file.template })
    .whereNull('downloaded_at');
}

/** A piece at a time, as they are asked for. @throws when the file was said to be printed meanwhile. */
export async function* readPieces(
  handle: Handle,
  file: Omit<Piece, 'number'> & { readonly bytes: number },
  sealer: Sealer,
): AsyncGenerator<Buffer> {
  const { bytes, ...of } = file;
  for (let number = 0, read = 0; read < bytes; number++) {
    const piece = { ...of, number };
    const row = await handle.sql('letter_file_piece').first('sealed').where({
      caisse_id: handle.caisseId,
      batch_id: of.batchId,
      making: of.making,
      template: of.template,
      number,
    });
    if (!row) throw new Error('the file of the batch is gone');
    const plain = Buffer.from(sealer.open(row.sealed, contextOf(handle, piece)), 'base64');
    read += plain.length;
    yield plain;
  }
}
