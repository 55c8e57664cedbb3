/**
 * The second factor: one-time codes of an authenticator application (RFC 6238; SHA-1, 6 digits, 30 seconds, which all
 * applications know) and recovery codes on paper. Owns how they are made and read, and when they are asked.
 */
import { generateURI, ScureBase32Plugin, verifySync } from 'otplib';
import type { Instant } from './instant.ts';
import type { Random } from './seal.ts';

/** 160 bits, base32: RFC 4226 §4 R6. */
export const newTotpSecret = (random: Random): string =>
  new ScureBase32Plugin().encode(random(20), { padding: false });

/** What an application reads from the QR code. `issuer`: name of the caisse; `label`: the person's e-mail. */
export const totpUri = (given: {
  readonly issuer: string;
  readonly label: string;
  readonly secret: string;
}): string => generateURI(given);

const STEP_SECONDS = 30;

/** A code as people type it (« 123 456 »), or null when it cannot be one. */
export function parseTotpCode(typed: string): string | null {
  const digits = typed.replace(/[\s.\u2010-\u2015-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}

/**
 * The time step that the code is of: the present one, the one before or the one after (clocks differ), else null.
 * A step is used once: comparing it with the last one used is the caller's (RFC 6238 §5.2).
 */
export function totpStep(secret: string, code: string, now: Instant): number | null {
  const checked = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now / 1000),
    epochTolerance: STEP_SECONDS,
  });
  return checked.valid && 'timeStep' in checked ? checked.timeStep : null;
}

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_CODES = 10;
const RECOVERY_LENGTH = 10;

/** `place` says which of the ten it is, so that one hash is checked and not ten; 45 bits of chance follow. */
export type RecoveryCode = { readonly place: number; readonly code: string };

/** The place is the first character of the code. */
export const makeRecoveryCodes = (random: Random): readonly RecoveryCode[] =>
  Array.from({ length: RECOVERY_CODES }, (_, place) => {
    const rest = Array.from(random(RECOVERY_LENGTH - 1), (byte) => ALPHABET[byte % ALPHABET.length]);
    return { place, code: String(place) + rest.join('') };
  });

/** A recovery code as people copy it (lower case, spaces, O for 0, I or L for 1); null when it is none. */
export function parseRecoveryCode(typed: string): RecoveryCode | null {
  const code = typed
    .replace(/[\s.\u2010-\u2015-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const isCode = code.length === RECOVERY_LENGTH && [...code].every((one) => ALPHABET.includes(one));
  const place = Number(code[0]);
  return isCode && Number.isInteger(place) ? { place, code } : null;
}

/** « 3K7P2-M4XQ9 », as it is shown. */
export const formatRecoveryCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;

/** The secret in fours, for whoever types it. */
export const groupSecret = (secret: string): string => secret.replace(/.{4}(?=.)/g, '$& ');

/**
 * What a service asks by `acr_values`: `required` when it takes nothing else, `preferred` when it would rather have it
 * and takes a password from those who have no second factor.
 */
export type AskedFactor = 'required' | 'preferred' | 'no';

/** After the password: nothing more, a code, or first a second factor to be set up. */
export type SecondStep = 'none' | 'code' | 'set_up';

export function secondStep(facts: {
  readonly hasFactor: boolean;
  readonly required: boolean;
  readonly asked: AskedFactor;
}): SecondStep {
  if (facts.hasFactor) return 'code';
  return facts.required || facts.asked === 'required' ? 'set_up' : 'none';
}
