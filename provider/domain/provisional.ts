/** The identifiant and the initial password that stand in for address and password at a first sign-in by letter. */
import type { Instant } from './instant.ts';
import type { Random } from './seal.ts';

/** Crockford's base 32: no I, L, O or U, so that nobody hesitates over a printed character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 60 bits of chance, in fours: « K7P2-M4XQ-9BTR ». */
export function makeInitialPassword(random: Random): string {
  const characters = Array.from(random(12), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return characters.replace(/.{4}(?=.)/g, '$&-');
}

export const provisionalEnds = (now: Instant, days: number): Instant => now + days * 86_400_000;

const SEPARATORS = /[\s.\u2010-\u2015\u00a0\u202f-]/g;

/** The form in which two identifiants are compared; null for what is an address, or too long to be one. */
export function provisionalLogin(typed: string): string | null {
  if (typed.includes('@')) return null;
  const login = typed.normalize('NFC').replace(SEPARATORS, '').toUpperCase();
  return login === '' || login.length > 60 ? null : login;
}
