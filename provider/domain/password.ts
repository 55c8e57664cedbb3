/**
 * What may become a password (NIST SP 800-63B §3.1.1.2, OWASP ASVS 5 §6.2, and the network's own rule: 8 characters,
 * 3 of 4 classes). Owns the judgement; the words are the journeys', hashing is tenant/passwords.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonDictionary } from '@zxcvbn-ts/language-common';
import { dictionary as frenchDictionary } from '@zxcvbn-ts/language-fr';
import { COMMON_PASSWORDS, isKeyboardWalk } from './common-passwords.ts';
import { fold } from './search.ts';

export type PasswordRule = {
  /** Characters, as code points after NFKC: what a person counts. */
  readonly minLength: number;
  /** Of upper case, lower case, digits, others: how many must occur. */
  readonly classes: number;
  /** From so many characters on, classes are not asked. */
  readonly passphraseLength: number;
};

export type PasswordProblem =
  | { readonly code: 'too_short'; readonly missing: number }
  | { readonly code: 'too_long'; readonly most: number }
  | { readonly code: 'few_classes'; readonly absent: readonly CharacterClass[]; readonly asked: number }
  /** Among those that everybody tries first, or a walk over the keyboard. */
  | { readonly code: 'common' }
  /** Made of what anybody knows of this person, firm or caisse. */
  | { readonly code: 'personal' }
  | { readonly code: 'guessable' };

export type CharacterClass = 'upper' | 'lower' | 'digit' | 'other';

const MOST_CHARACTERS = 1024;
/** UTF-16 units as typed, above which nothing is even normalised: what the sign-in takes. */
const MOST_TYPED = 4 * MOST_CHARACTERS;

/** One form of a character, whatever the keyboard typed; what is hashed is this form as well (tenant/passwords). */
const normalisePassword = (password: string): string => password.normalize('NFKC');

/**
 * What stands between a password and its use, most useful first; empty when it may be used.
 * `forbidden`: what others know or guess, as it stands (e-mail, raison sociale, SIRET, name of the caisse…).
 */
export function checkPassword(
  password: string,
  { rule, forbidden }: { readonly rule: PasswordRule; readonly forbidden: readonly string[] },
): readonly PasswordProblem[] {
  if (password.length > MOST_TYPED) return [{ code: 'too_long', most: MOST_CHARACTERS }];
  const text = normalisePassword(password);
  const characters = [...text];
  if (characters.length > MOST_CHARACTERS) return [{ code: 'too_long', most: MOST_CHARACTERS }];
  const problems = shapeProblems(characters, rule);
  if (isPersonal(text, forbidden)) return [...problems, { code: 'personal' }];
  if (isCommon(text)) return [...problems, { code: 'common' }];
  // A password that is too short is easy to guess; saying so twice does not help.
  if (problems.length > 0) return problems;
  return isGuessable(characters) ? [{ code: 'guessable' }] : [];
}

function shapeProblems(characters: readonly string[], rule: PasswordRule): PasswordProblem[] {
  const problems: PasswordProblem[] = [];
  const missing = rule.minLength - characters.length;
  if (missing > 0) problems.push({ code: 'too_short', missing });
  if (characters.length >= rule.passphraseLength) return problems;
  const present = new Set(characters.map(classOf));
  const asked = rule.classes - present.size;
  if (asked > 0) {
    const absent = CLASSES.filter((one) => !present.has(one));
    problems.push({ code: 'few_classes', absent, asked });
  }
  return problems;
}

const CLASSES: readonly CharacterClass[] = ['upper', 'lower', 'digit', 'other'];

function classOf(character: string): CharacterClass {
  if (/\p{Lu}/u.test(character)) return 'upper';
  if (/\p{Ll}/u.test(character)) return 'lower';
  return /\p{Nd}/u.test(character) ? 'digit' : 'other';
}

const squeeze = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, '');

const DISGUISES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '€': 'e',
  '1': 'i',
  '!': 'i',
  '|': 'l',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
};

/** The text as it is compared, with its signs taken for signs, and for the letters that they look like. */
function readings(text: string): readonly string[] {
  const folded = fold(text);
  const unmasked = folded.replace(/[@43€1!|0$57+]/g, (sign) => DISGUISES[sign] ?? sign);
  return [squeeze(folded), squeeze(unmasked), squeeze(unmasked.replace(/i/g, 'l'))];
}

const withoutEnds = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

function isCommon(text: string): boolean {
  const cores = [...readings(text), ...readings(withoutEnds(text))];
  return cores.some((core) => {
    const word = core.replace(/^\d+|\d+$/g, '');
    return COMMON_PASSWORDS.has(word) || isKeyboardWalk(core) || isKeyboardWalk(word) || isOneCharacter(core);
  });
}

const isOneCharacter = (text: string): boolean => text.length > 1 && new Set(text).size === 1;

/** Shorter ones occur by chance. */
const SHORTEST_FORBIDDEN = 4;
/** Characters that must be left once all that is known has been taken away. */
const LEAST_OWN = 6;

/** Whole names may not occur at all; their words may, when enough else is there. */
function isPersonal(text: string, forbidden: readonly string[]): boolean {
  const wholes = forbidden.flatMap(wholeForms).filter(isLongEnough);
  const words = forbidden.flatMap(wordsOf).filter(isLongEnough);
  return readings(text).some(
    (read) => wholes.some((whole) => read.includes(whole)) || leftOf(read, words) < LEAST_OWN,
  );
}

const isLongEnough = (text: string): boolean => text.length >= SHORTEST_FORBIDDEN;

/** An address also as what stands before its @; a SIRET also as its SIREN (the first 9 of 14 digits). */
function wholeForms(known: string): string[] {
  const whole = squeeze(known);
  const [local, host] = known.split('@');
  if (host !== undefined) return [whole, squeeze(local ?? '')];
  return /^\d{14}$/.test(whole) ? [whole, whole.slice(0, 9)] : [whole];
}

const wordsOf = (known: string): string[] => fold(known).split(/[^\p{L}\p{N}]+/u);

function leftOf(read: string, words: readonly string[]): number {
  const longestFirst = words.filter((word) => read.includes(word)).sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return Number.POSITIVE_INFINITY;
  return longestFirst.reduce((left, word) => left.replaceAll(word, ''), read).length;
}

/** Beyond, the estimate costs more than it tells: its time grows with the square of the length and worse. */
const ESTIMATED_CHARACTERS = 32;
/** Of zxcvbn's 0 to 4: fewer than a million guesses. */
const GUESSABLE_BELOW = 2;

let estimator: ZxcvbnFactory | null = null;

/** Made at its first use: its indexed dictionaries are some 10 MB that many processes never need. */
function estimatorOf(): ZxcvbnFactory {
  estimator ??= new ZxcvbnFactory({
    dictionary: { 'passwords-common': commonDictionary['passwords-common'], ...frenchDictionary },
    graphs: adjacencyGraphs,
    maxLength: ESTIMATED_CHARACTERS,
    // Its default of 100 lets 128 hostile characters cost two seconds.
    l33tMaxSubstitutions: 4,
  });
  return estimator;
}

const isGuessable = (characters: readonly string[]): boolean =>
  estimatorOf().check(characters.slice(0, ESTIMATED_CHARACTERS).join('')).score < GUESSABLE_BELOW;
