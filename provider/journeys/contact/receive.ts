/**
 * The form as it arrives: its fields, and its files as far as they fit. A file that is too large or one too many is read
 * past and told of, so that whatever else was filled in stays.
 */
import multer from '@koa/multer';
import type { Context } from 'koa';
import type { StorageEngine } from 'multer';
import { bytesOf, type FileLimits } from '../../domain/contact.ts';
import { FormTooLong, MOST_FORM_BYTES, readBounded } from '../bounded-form.ts';

export type SentFile = { readonly name: string; readonly content: Buffer };

export type Received = {
  /** In the order in which they came. */
  readonly files: readonly SentFile[];
  readonly tooMany: boolean;
  readonly tooLarge: boolean;
  /** `field`: one that is far longer than any form of ours; `cut`: not all of it arrived; `flood`: nothing of it was kept. */
  readonly broken: 'field' | 'cut' | 'flood' | null;
};

export const FILE_FIELD = 'pieces';

const MOST_PARTS = 80;

const NOTHING: Received = { files: [], tooMany: false, tooLarge: false, broken: null };

export async function receive(ctx: Context, limits: FileLimits): Promise<Received> {
  if (!ctx.is('multipart/form-data')) return NOTHING;
  const taking = take({ count: limits.most, bytes: bytesOf(limits) });
  const any = multer({
    storage: taking.storage as unknown as multer.StorageEngine,
    limits: { files: MOST_PARTS, fields: 30, parts: MOST_PARTS, fieldSize: 64 * 1024, headerPairs: 20 },
    defParamCharset: 'utf8',
  } as Parameters<typeof multer>[0]).array(FILE_FIELD);
  try {
    await readBounded(ctx, MOST_FORM_BYTES, () => any(ctx as Parameters<typeof any>[0], async () => {}));
    return { ...taking.sum(), broken: null };
  } catch (error) {
    // What came before the fault is there.
    const { body } = ctx.req as { readonly body?: unknown };
    (ctx.request as { body?: unknown }).body = body ?? {};
    if (error instanceof FormTooLong) return { ...NOTHING, broken: 'flood' };
    const { code } = error as { readonly code?: unknown };
    return { ...taking.sum(), broken: code === 'LIMIT_FIELD_VALUE' ? 'field' : 'cut' };
  }
}

/** Keeps in memory what fits, and lets the rest pass. */
function take(room: { readonly count: number; readonly bytes: number }) {
  const files: SentFile[] = [];
  let [tooMany, tooLarge] = [false, false];
  let bytes = 0;
  const storage: StorageEngine = {
    _handleFile(_request, { stream, originalname }, done) {
      const pieces: Buffer[] = [];
      let size = 0;
      stream.on('data', (piece: Buffer) => {
        size += piece.length;
        if (bytes + size <= room.bytes) pieces.push(piece);
        else pieces.length = 0;
      });
      stream.once('error', done);
      stream.once('end', () => {
        if (files.length >= room.count) tooMany = true;
        else if (bytes + size > room.bytes) tooLarge = true;
        else {
          bytes += size;
          files.push({ name: originalname, content: Buffer.concat(pieces) });
        }
        done(null, {});
      });
    },
    _removeFile: (_request, _file, done) => done(null),
  };
  return { storage, sum: () => ({ files, tooMany, tooLarge }) };
}
