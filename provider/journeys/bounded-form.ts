/**
 * A form with files, read to a bound. Whoever reads it lets pass what does not fit, so that a browser gets its page; but
 * not for ever: beyond the bound the connection ends with the answer, whether a length was told or not. How long a
 * request may take is the server's (Node: 300 s), and no shorter for forms: a large file on a slow line needs them.
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

/** What fits in no form that brings a few documents. */
export const MOST_FORM_BYTES = 120 * 1024 * 1024;

export class FormTooLong extends Error {}

/** @throws FormTooLong beyond `most` bytes; whatever else `read` throws. */
export async function readBounded(ctx: Context, most: number, read: () => Promise<unknown>): Promise<void> {
  try {
    if (Number(ctx.get('Content-Length')) > most) throw new FormTooLong();
    await Promise.race([overflowOf(ctx.req, most), read()]);
  } catch (error) {
    // What is left of it is not waited for.
    if (error instanceof FormTooLong) ctx.set('Connection', 'close');
    throw error;
  }
}

function overflowOf(request: IncomingMessage, most: number): Promise<never> {
  return new Promise((_, reject) => {
    let passed = 0;
    request.on('data', (piece: Buffer) => {
      passed += piece.length;
      if (passed > most) reject(new FormTooLong());
    });
  });
}
