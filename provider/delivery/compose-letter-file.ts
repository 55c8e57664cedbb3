/**
 * Many letters as one PDF to print, a sheet each. Owns how they follow one another without ever being all in memory:
 * what is composed leaves in pieces, and letters wait while pieces are written.
 */
import type { Letter } from '../domain/message.ts';
import { drawLetter, openSheet, type Posted } from './compose-letter.ts';

export type LetterFile = {
  readonly title: string;
  readonly letters: AsyncIterable<Letter>;
  /** In order, one at a time. */
  readonly write: (piece: Buffer) => Promise<void>;
};

/** Bytes of a piece, at least, but for the last one. */
const PIECE = 256 * 1024;

/** @returns how many letters, and bytes, were written. */
export async function composeLetterFile(
  { title, letters, write }: LetterFile,
  posted: Posted,
): Promise<{ readonly letters: number; readonly bytes: number }> {
  const sheet = openSheet(title, posted.sender, posted.now);
  const chunks: Buffer[] = [];
  let held = 0;
  let bytes = 0;
  let count = 0;
  const ended = new Promise<void>((resolve, reject) => {
    sheet.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      held += chunk.length;
    });
    sheet.on('end', resolve);
    sheet.on('error', reject);
  });
  const flush = async () => {
    const piece = Buffer.concat(chunks.splice(0));
    held = 0;
    bytes += piece.length;
    if (piece.length > 0) await write(piece);
  };
  for await (const letter of letters) {
    drawLetter(sheet, letter, posted);
    count += 1;
    // A sheet takes milliseconds: whoever else waits for this process goes in between.
    await new Promise((resume) => setImmediate(resume));
    if (held >= PIECE) await flush();
  }
  sheet.end();
  await ended;
  await flush();
  return { letters: count, bytes };
}
