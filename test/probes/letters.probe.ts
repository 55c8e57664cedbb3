/** How long 5,000 letters take to compose as one file, and how much memory: printed, never asserted. */
import { randomBytes } from 'node:crypto';
import { test } from 'vitest';
import { composeLetterFile } from '../../provider/delivery/compose-letter-file.ts';
import { makeConfidentialCode } from '../../provider/domain/confidential-code.ts';
import { makeLetterReference } from '../../provider/domain/letter-reference.ts';
import type { Letter } from '../../provider/domain/message.ts';
import { CODE, NOW, SENDER } from '../delivery/samples.ts';

const MEGABYTE = 1_000_000;

async function* letters(number: number): AsyncGenerator<Letter> {
  for (let i = 0; i < number; i++) {
    const code = makeConfidentialCode(randomBytes);
    yield { ...CODE, code, reference: makeLetterReference(randomBytes) } as Letter;
  }
}

test.each([500, 5_000])('%i letters as one file', async (number) => {
  const began = performance.now();
  const before = process.memoryUsage().rss;
  let peak = before;
  const write = async () => {
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const file = { title: 'Codes confidentiels', letters: letters(number), write };
  const made = await composeLetterFile(file, { sender: SENDER, now: NOW });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${made.letters} letters: ${seconds.toFixed(1)} s, ${(made.bytes / MEGABYTE).toFixed(1)} MB of PDF, ` +
      `${Math.round((peak - before) / MEGABYTE)} MB more of memory at most (${Math.round(peak / MEGABYTE)} MB)`,
  );
});
