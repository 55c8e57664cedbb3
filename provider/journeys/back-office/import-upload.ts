/** One file of a form, handed on while it arrives: it is kept neither in memory nor on this node. */
import multer from '@koa/multer';
import type { Context } from 'koa';
import type { StorageEngine } from 'multer';
import { MOST_IMPORT_BYTES } from '../../domain/import.ts';
import { FormTooLong, readBounded } from '../bounded-form.ts';

const FIELD = 'fichier';
/** Of the form around the file. */
const WRAPPING = 64 * 1024;

/** @returns what `take` made of it, or null when no file was chosen. */
export async function handOver<T>(
  ctx: Context,
  take: (source: AsyncIterable<Buffer>) => Promise<T>,
): Promise<{ readonly taken: T } | 'no_file' | 'too_large' | 'cut_short'> {
  if (!ctx.is('multipart/form-data')) return 'no_file';
  let taken: { readonly taken: T } | null = null;
  const storage: StorageEngine = {
    _handleFile(_request, { stream }, done) {
      take(stream.iterator({ destroyOnReturn: false }))
        .then((result) => {
          taken = { taken: result };
          done(null, {});
        }, done)
        // What nobody wanted to read must still pass, or the form never ends.
        .finally(() => stream.resume());
    },
    _removeFile: (_request, _file, done) => done(null),
  };
  const limits = {
    fileSize: MOST_IMPORT_BYTES + 1,
    files: 1,
    fields: 4,
    parts: 5,
    fieldSize: 1024,
    headerPairs: 20,
  };
  const single = multer({ storage: storage as unknown as multer.StorageEngine, limits }).single(FIELD);
  try {
    const most = MOST_IMPORT_BYTES + WRAPPING;
    await readBounded(ctx, most, () => single(ctx as Parameters<typeof single>[0], async () => {}));
  } catch (error) {
    if (taken === null && error instanceof FormTooLong) return 'too_large';
    if (taken === null && isOfTheForm(error)) return 'cut_short';
    if (taken === null) throw error;
  }
  return taken ?? 'no_file';
}

/** Thrown by whoever reads the form, not by `take`. */
const isOfTheForm = (error: unknown): boolean => {
  const { name, message } = error as Error;
  return (
    name === 'MulterError' || /^(Unexpected end of|Malformed part|Request aborted|Multipart:)/.test(message)
  );
};
