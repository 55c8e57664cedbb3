/**
 * French telephone numbers, overseas included. Owns what counts as one, told mobile from fixed; does not own who has
 * proved that a number is his.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type PhoneCountry = 'FR' | 'GF' | 'GP' | 'MF' | 'MQ' | 'NC' | 'PF' | 'PM' | 'RE' | 'WF' | 'YT';

/** In the order of a list to choose from: metropolitan France, then the others by their names. */
export const PHONE_COUNTRIES: readonly {
  readonly code: PhoneCountry;
  readonly name: string;
  readonly callingCode: string;
}[] = [
  { code: 'FR', name: 'France', callingCode: '+33' },
  { code: 'GP', name: 'Guadeloupe et Saint-Barthélemy', callingCode: '+590' },
  { code: 'GF', name: 'Guyane', callingCode: '+594' },
  { code: 'RE', name: 'La Réunion', callingCode: '+262' },
  { code: 'MQ', name: 'Martinique', callingCode: '+596' },
  { code: 'YT', name: 'Mayotte', callingCode: '+262' },
  { code: 'NC', name: 'Nouvelle-Calédonie', callingCode: '+687' },
  { code: 'PF', name: 'Polynésie française', callingCode: '+689' },
  { code: 'MF', name: 'Saint-Martin', callingCode: '+590' },
  { code: 'PM', name: 'Saint-Pierre-et-Miquelon', callingCode: '+508' },
  { code: 'WF', name: 'Wallis-et-Futuna', callingCode: '+681' },
];

export type Phone = {
  /** `+` and 8 to 15 digits (ITU-T E.164). */
  readonly e164: string;
  readonly kind: 'mobile' | 'fixed';
};

// ARCEP keeps these for works of fiction: the demo and trainings show numbers of nobody.
const FICTIONAL_MOBILE = /^\+3363998\d{4}$/;
const CODES: ReadonlySet<string> = new Set(PHONE_COUNTRIES.map(({ code }) => code));
// Saint-Barthélemy shares the numbering of Guadeloupe.
const SERVED: ReadonlySet<string> = new Set([...CODES, 'BL']);
const MOST_TYPED = 40;

export const isPhoneCountry = (code: string): code is PhoneCountry => CODES.has(code);

/**
 * A number as people type it (spaces, dots, dashes, `0` or `+33` or `0033`), read in the chosen country. null when no
 * subscriber there can have it, or when it costs more than a call (premium rates).
 */
export function parsePhone(typed: string, country: PhoneCountry): Phone | null {
  const text = typed.trim().replace(/^00/, '+');
  if (text.length > MOST_TYPED) return null;
  const number = parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode, extract: false });
  if (!number || number.ext) return null;
  if (FICTIONAL_MOBILE.test(number.number)) return { e164: number.number, kind: 'mobile' };
  if (!number.isValid()) return null;
  if (!SERVED.has(number.country ?? '')) return null;
  const type = number.getType();
  if (type === 'PREMIUM_RATE' || type === 'SHARED_COST' || type === 'PAGER') return null;
  return { e164: number.number, kind: type === 'MOBILE' ? 'mobile' : 'fixed' };
}

/** The number as it is written in its country: « 06 12 34 56 78 ». */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatNational().replaceAll(/[ .]/g, '\u00a0') ?? e164;
}

/** Where a number is from, to choose it again in a list. */
export function countryOfPhone(e164: string): PhoneCountry {
  const country = parsePhoneNumberFromString(e164)?.country ?? 'FR';
  return isPhoneCountry(country) ? country : country === 'BL' ? 'GP' : 'FR';
}
