/**
 * The provisional code that the post brings, and the password of a caisse's former space, which stands in for it.
 * Owns how a code is made, read and limited, and which hashes may be imported; verifying is tenant/passwords.
 */
import type { Random } from './seal.ts';

/** Crockford's base 32: no I, L, O or U, so that nobody hesitates over a printed character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

export const CODE_DAYS = 30;
/** Tries on one code; those on its SIRET and from an address are counted beside, and outlive the code. */
export const CODE_TRIES = 5;

/** 50 bits of chance. */
export const makeConfidentialCode = (random: Random): string =>
  Array.from(random(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** A code as people copy it (spaces, dashes, lower case, O for 0, I or L for 1) → as it was made; null when it is none. */
export function parseConfidentialCode(typed: string): string | null {
  const code = typed
    .replace(/[\s.\u2010-\u2015-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return code.length === LENGTH && [...code].every((character) => ALPHABET.includes(character)) ? code : null;
}

/** « K7P2M-4XQ9B », as it is printed. */
export const formatConfidentialCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;

export type ImportedHash =
  | { readonly scheme: 'argon2id' }
  | { readonly scheme: 'bcrypt' }
  | {
      readonly scheme: 'pbkdf2';
      readonly digest: 'sha1' | 'sha256' | 'sha512';
      readonly iterations: number;
      readonly salt: Buffer;
      readonly key: Buffer;
    };

// What one verification may cost: a hash that an import brought must not hold a server up.
const MOST_ARGON2 = { memory: 256 * 1024, time: 10, threads: 8 };
const MOST_BCRYPT_ROUNDS = 14;
const MOST_PBKDF2_ITERATIONS = 2_000_000;

const ARGON2ID = /^\$argon2id\$v=19\$([mtp]=\d+(?:,[mtp]=\d+){2})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const PBKDF2 =
  /^\$pbkdf2-(sha1|sha256|sha512)\$(?:i=)?(\d+)(?:,l=\d+)?\$([A-Za-z0-9+./]+=*)\$([A-Za-z0-9+./]+=*)$/;

/** A hash in PHC form (or the older `$2b$` of bcrypt); null when it is of another kind or too costly to verify. */
export function readImportedHash(hash: string): ImportedHash | null {
  const argon2 = ARGON2ID.exec(hash)?.[1];
  if (argon2 !== undefined) return isBearable(argon2) ? { scheme: 'argon2id' } : null;
  const rounds = BCRYPT.exec(hash)?.[1];
  if (rounds !== undefined) return Number(rounds) <= MOST_BCRYPT_ROUNDS ? { scheme: 'bcrypt' } : null;
  return readPbkdf2(hash);
}

/** `m=…,t=…,p=…` in any order: memory in KiB, passes, threads. */
function isBearable(parameters: string): boolean {
  const { m, t, p } = Object.fromEntries(parameters.split(',').map((one) => one.split('=')));
  return Number(m) <= MOST_ARGON2.memory && Number(t) <= MOST_ARGON2.time && Number(p) <= MOST_ARGON2.threads;
}

function readPbkdf2(hash: string): ImportedHash | null {
  const [, digest, rounds, salt, key] = PBKDF2.exec(hash) ?? [];
  const iterations = Number(rounds);
  if (!salt || !key || iterations < 1 || iterations > MOST_PBKDF2_ITERATIONS) return null;
  const bytes = { salt: fromBase64(salt), key: fromBase64(key) };
  // A short key would be guessed; a long one costs a round of all iterations for each block.
  if (bytes.key.length < 16 || bytes.key.length > 64) return null;
  return { scheme: 'pbkdf2', digest: digest as 'sha1' | 'sha256' | 'sha512', iterations, ...bytes };
}

/** Some write `.` for `+`. */
const fromBase64 = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64');
