/** A password about to be set: the judgement of the domain, in the words that every form which sets one shares. */
import {
  type CharacterClass,
  checkPassword,
  type PasswordProblem,
  type PasswordRule,
} from '../domain/password.ts';
import type { FieldError } from '../http/screens.ts';
import type { Caisse } from '../tenant/directory.ts';

export type NewPassword = {
  readonly caisse: Caisse;
  readonly password: string;
  /** What others know of the person and the firm, as it stands: e-mail, names, raison sociale, SIRET, identifiant. */
  readonly known: readonly string[];
  /** Of the form: what the summary of errors links to. */
  readonly field: string;
};

/** Empty when the password may be used; an empty password is asked for in the form's own words before. */
export function newPasswordErrors({ caisse, password, known, field }: NewPassword): FieldError[] {
  const { passwordRule: rule, shortName } = caisse.settings;
  const forbidden = ['cibtp', caisse.name, shortName, ...known];
  return checkPassword(password, { rule, forbidden }).map((problem) => ({
    field,
    message: sentenceOf(problem),
  }));
}

export type TypedPassword = {
  readonly errors: readonly FieldError[];
  /** To be hashed and kept; null when none was typed, or not a good one. */
  readonly acceptable: string | null;
};

/** Typed twice, in `password` and `password_confirmation`. `kept`: nothing typed is right when one is kept already. */
export function readTypedPassword(
  typed: { readonly password: string; readonly confirmation: string },
  { caisse, known, kept }: Pick<NewPassword, 'caisse' | 'known'> & { readonly kept: boolean },
): TypedPassword {
  const { password, confirmation } = typed;
  if (password === '' && confirmation === '' && kept) return { errors: [], acceptable: null };
  if (password === '') {
    return { errors: [{ field: 'password', message: 'Choisissez un mot de passe.' }], acceptable: null };
  }
  const errors = newPasswordErrors({ caisse, password, known, field: 'password' });
  if (errors.length > 0) return { errors, acceptable: null };
  if (password === confirmation) return { errors: [], acceptable: password };
  const message =
    confirmation === ''
      ? 'Saisissez une seconde fois votre mot de passe.'
      : 'Les deux mots de passe sont différents\u00a0: saisissez-les à nouveau.';
  return { errors: [{ field: 'password_confirmation', message }], acceptable: null };
}

/** The rule, told before it is broken. */
export const passwordHint = ({ minLength, classes, passphraseLength }: PasswordRule): string =>
  classes === 1
    ? `Au moins ${minLength}\u00a0caractères.`
    : `Au moins ${minLength}\u00a0caractères, avec ${KINDS_ASKED[classes]}. Ou une phrase d’au moins ${passphraseLength}\u00a0caractères, sans autre condition.`;

const KINDS = 'majuscules, minuscules, chiffres, caractères spéciaux';

const KINDS_ASKED: Readonly<Record<number, string>> = {
  2: `deux sortes parmi\u00a0: ${KINDS}`,
  3: `trois sortes parmi\u00a0: ${KINDS}`,
  4: 'des majuscules, des minuscules, des chiffres et des caractères spéciaux',
};

const ONE_OF: Readonly<Record<CharacterClass, string>> = {
  upper: 'une majuscule',
  lower: 'une minuscule',
  digit: 'un chiffre',
  other: 'un caractère spécial',
};

function sentenceOf(problem: PasswordProblem): string {
  switch (problem.code) {
    case 'too_short':
      return `Ajoutez au moins ${problem.missing === 1 ? 'un\u00a0caractère' : `${problem.missing}\u00a0caractères`} à ce mot de passe.`;
    case 'too_long':
      return `Raccourcissez ce mot de passe\u00a0: il peut compter ${problem.most}\u00a0caractères au plus.`;
    case 'few_classes':
      return `Ajoutez au moins ${kindsToAdd(problem.absent, problem.asked)}, ou choisissez une phrase plus longue.`;
    case 'common':
      return 'Choisissez un autre mot de passe\u00a0: celui-ci fait partie des premiers que l’on essaie. Plusieurs mots sans lien entre eux conviennent.';
    case 'personal':
      return 'Choisissez un mot de passe sans lien avec votre nom, votre adresse électronique, votre entreprise ou votre caisse.';
    case 'guessable':
      return 'Choisissez un mot de passe plus difficile à deviner\u00a0: ajoutez un ou deux mots sans lien entre eux.';
  }
}

function kindsToAdd(absent: readonly CharacterClass[], asked: number): string {
  const names = absent.map((one) => ONE_OF[one]);
  const last = names.pop() ?? '';
  if (names.length === 0) return last;
  if (asked > names.length) return `${names.join(', ')} et ${last}`;
  const choice = `${names.join(', ')} ou ${last}`;
  return asked === 1 ? choice : `deux de ces sortes de caractères\u00a0: ${choice}`;
}
