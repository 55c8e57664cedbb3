/** What is printed on every letter so that one that comes back is found: no secret, and it opens nothing. */
import type { Random } from './seal.ts';

/** Crockford's base 32: no I, L, O or U, so that nobody hesitates over a printed character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;

export const makeLetterReference = (random: Random): string =>
  Array.from(random(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** « K7P2-M4XQ », as it is printed. */
export const formatLetterReference = (reference: string): string =>
  `${reference.slice(0, 4)}-${reference.slice(4)}`;

/** As people copy it → as it was made; null when it cannot be one. */
export function parseLetterReference(typed: string): string | null {
  const reference = typed
    .replace(/[\s.\u2010-\u2015-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const isOne =
    reference.length === LENGTH && [...reference].every((character) => ALPHABET.includes(character));
  return isOne ? reference : null;
}
