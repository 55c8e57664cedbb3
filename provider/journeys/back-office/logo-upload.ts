/** A logo as it is sent: one file in memory, known by its content alone, kept without anything but what draws it. */
import multer from '@koa/multer';
import type { Context } from 'koa';
import { readPicture } from '../../domain/png.ts';
import { readDrawing } from '../../domain/svg.ts';
import { field } from '../../http/forms.ts';
import { keptPicture } from '../../tenant/logo.ts';
import { FormTooLong, MOST_FORM_BYTES, readBounded } from '../bounded-form.ts';

/** As text among the settings it takes a third more. */
const MOST_BYTES = 40 * 1024;

const single = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: MOST_BYTES, files: 1, fields: 4, parts: 5, fieldSize: 1024, headerPairs: 20 },
}).single('logo');

export type ReadLogo = { readonly logo: string | null } | { readonly reason: string };

const TOO_LARGE = 'Ce fichier dépasse 40 Ko\u00a0: allégez-le.';
const UNKNOWN =
  'Ce fichier ne convient pas\u00a0: donnez un dessin SVG fait de formes seules (ni script, ni style, ni image, ni lien), ou une image PNG de 2\u00a0000 points de côté au plus.';

/** null: the logo is to go. */
export async function readLogo(ctx: Context): Promise<ReadLogo> {
  if (!ctx.is('multipart/form-data')) return { reason: 'Choisissez un fichier.' };
  try {
    await readBounded(ctx, MOST_FORM_BYTES, () =>
      single(ctx as Parameters<typeof single>[0], async () => {}),
    );
  } catch (error) {
    const isLarge =
      error instanceof FormTooLong || (error as { readonly code?: unknown }).code === 'LIMIT_FILE_SIZE';
    return { reason: isLarge ? TOO_LARGE : 'Ce fichier n’est pas arrivé en entier. Recommencez.' };
  }
  if (field(ctx, 'decision') === 'retirer') return { logo: null };
  const { file } = ctx as Context & { readonly file?: { readonly buffer: Buffer } };
  if (!file || file.buffer.length === 0) return { reason: 'Choisissez un fichier.' };
  const picture = readPicture(file.buffer);
  if (picture) return { logo: keptPicture(picture) };
  const drawing = drawingIn(file.buffer);
  return drawing === null ? { reason: UNKNOWN } : { logo: drawing };
}

function drawingIn(bytes: Buffer): string | null {
  try {
    return readDrawing(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
