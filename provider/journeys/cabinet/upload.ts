/** One file of a form, in memory and within bounds. */
import multer from '@koa/multer';
import type { Context } from 'koa';
import { FormTooLong, MOST_FORM_BYTES, readBounded } from '../bounded-form.ts';
import { MOST_BYTES } from './csv-read.ts';

const FIELD = 'fichier';

const single = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: MOST_BYTES, files: 1, fields: 4, parts: 5, fieldSize: 1024, headerPairs: 20 },
}).single(FIELD);

export type Upload = { readonly bytes: Uint8Array } | { readonly reason: string };

export async function readUpload(ctx: Context): Promise<Upload> {
  if (!ctx.is('multipart/form-data')) return { reason: 'Choisissez un fichier.' };
  try {
    await readBounded(ctx, MOST_FORM_BYTES, () =>
      single(ctx as Parameters<typeof single>[0], async () => {}),
    );
  } catch (error) {
    return { reason: reasonOf(error) };
  }
  const { file } = ctx as Context & { readonly file?: { readonly buffer: Buffer } };
  if (!file || file.buffer.length === 0) return { reason: 'Choisissez un fichier, qui ne soit pas vide.' };
  return { bytes: file.buffer };
}

const reasonOf = (error: unknown): string =>
  error instanceof FormTooLong || (error as { readonly code?: unknown }).code === 'LIMIT_FILE_SIZE'
    ? `Ce fichier dépasse ${MOST_BYTES / 1024 / 1024} Mo : partagez-le en plusieurs.`
    : 'Ce fichier n’est pas arrivé en entier. Recommencez.';
