/** The form of a request for access: what was typed, what is wrong with it, and what it asks once nothing is. */
import type { Context } from 'koa';
import type { Asked, Delegate } from '../../domain/access-request.ts';
import { parseEmail } from '../../domain/email.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { AccessRequestValues } from '../../http/screens-access-request.ts';
import type { Carried } from '../../http/screens-giving.ts';

const MOST_TYPED = 320;
const MOST_NAME = 80;
/** Of a line on an envelope (NF Z 10-011). */
const MOST_LINE = 38;

export const DIRECTOR_FIELDS = [
  'family_name',
  'given_name',
  'position',
  'email',
  'unaffiliated',
  'delegate',
] as const;

export const DELEGATE_FIELDS = [
  'firm',
  'delegate_family_name',
  'delegate_given_name',
  'street',
  'address_extra',
  'postcode',
  'city',
  'level',
] as const;

const FIELDS = [...DIRECTOR_FIELDS, ...DELEGATE_FIELDS];

export function typedValues(ctx: Context): AccessRequestValues {
  const read = (name: string): string =>
    field(ctx, name)
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .slice(0, MOST_TYPED);
  const typed = Object.fromEntries(FIELDS.map((name) => [name, read(name)])) as Record<string, string>;
  return {
    ...(typed as AccessRequestValues),
    unaffiliated: typed.unaffiliated === 'oui' ? 'oui' : '',
    delegate: oneOf(['nobody', 'cabinet', 'employee'], typed.delegate),
    level: oneOf(['consultation', 'mise_a_jour'], typed.level),
  };
}

const oneOf = <T extends string>(offered: readonly T[], typed: string | undefined): T | '' =>
  offered.find((one) => one === typed) ?? '';

export const EMPTY: AccessRequestValues = {
  family_name: '',
  given_name: '',
  position: '',
  email: '',
  unaffiliated: '',
  delegate: 'nobody',
  firm: '',
  delegate_family_name: '',
  delegate_given_name: '',
  street: '',
  address_extra: '',
  postcode: '',
  city: '',
  level: '',
};

/** What was asked before, for whoever corrects it. */
export function valuesOf({ director, delegate }: Asked): AccessRequestValues {
  const [street = '', ...others] = delegate?.address ?? [];
  const town = others.at(-1) ?? '';
  return {
    family_name: director.familyName,
    given_name: director.givenName,
    position: director.position,
    email: director.email,
    unaffiliated: director.unaffiliated ? 'oui' : '',
    delegate: delegate?.kind ?? 'nobody',
    firm: delegate?.firm ?? '',
    delegate_family_name: delegate?.familyName ?? '',
    delegate_given_name: delegate?.givenName ?? '',
    street,
    address_extra: others.length > 1 ? (others[0] ?? '') : '',
    postcode: town.slice(0, 5),
    city: town.slice(6),
    level: delegate?.level ?? '',
  };
}

export const carriedOf = (
  values: AccessRequestValues,
  names: readonly (keyof AccessRequestValues)[],
): Carried => names.map((name) => ({ name, value: values[name] })).filter(({ value }) => value !== '');

export function directorErrors(values: AccessRequestValues): FieldError[] {
  const errors = [
    ...lineErrors(values, 'family_name', { what: 'le nom du dirigeant', most: MOST_NAME }),
    ...lineErrors(values, 'given_name', { what: 'le prénom du dirigeant', most: MOST_NAME }),
    ...lineErrors(values, 'position', { what: 'son rôle dans l’entreprise', most: MOST_NAME }),
  ];
  if (values.email === '') errors.push({ field: 'email', message: 'Saisissez son adresse électronique.' });
  else if (parseEmail(values.email) === null) {
    const message = 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr.';
    errors.push({ field: 'email', message });
  }
  if (values.delegate === '') {
    errors.push({ field: 'delegate', message: 'Dites si une autre personne doit recevoir des accès.' });
  }
  return errors;
}

export function delegateErrors(values: AccessRequestValues): FieldError[] {
  if (values.delegate === 'nobody') return [];
  const isFirm = values.delegate === 'cabinet';
  const errors = [
    ...(isFirm ? lineErrors(values, 'firm', { what: 'le nom du cabinet', most: MOST_NAME }) : []),
    ...lineErrors(values, 'delegate_family_name', { what: 'le nom de cette personne', most: MOST_NAME }),
    ...lineErrors(values, 'delegate_given_name', { what: 'le prénom de cette personne', most: MOST_NAME }),
    ...lineErrors(values, 'street', { what: 'le numéro et la rue', most: MOST_LINE }),
  ];
  if (values.address_extra.length > MOST_LINE) {
    errors.push(tooLong('address_extra', 'le complément d’adresse', MOST_LINE));
  }
  if (!/^\d{5}$/.test(values.postcode)) {
    errors.push({ field: 'postcode', message: 'Saisissez un code postal de 5\u00a0chiffres.' });
  }
  errors.push(...lineErrors(values, 'city', { what: 'la commune', most: MOST_LINE - 6 }));
  if (values.level === '') errors.push({ field: 'level', message: 'Choisissez les droits à ouvrir.' });
  return errors;
}

function lineErrors(
  values: AccessRequestValues,
  name: keyof AccessRequestValues,
  { what, most }: { readonly what: string; readonly most: number },
): FieldError[] {
  if (values[name] === '') return [{ field: name, message: `Saisissez ${what}.` }];
  return values[name].length > most ? [tooLong(name, what, most)] : [];
}

const tooLong = (name: string, what: string, most: number): FieldError => ({
  field: name,
  message: `Raccourcissez ${what}\u00a0: ${most}\u00a0caractères au plus.`,
});

/** Of values without an error. */
export function askedOf(values: AccessRequestValues): Asked {
  return {
    director: {
      givenName: values.given_name,
      familyName: values.family_name,
      position: values.position,
      email: parseEmail(values.email) as string,
      unaffiliated: values.unaffiliated === 'oui',
    },
    delegate: delegateOf(values),
  };
}

function delegateOf(values: AccessRequestValues): Delegate | null {
  const { delegate: kind, level } = values;
  if ((kind !== 'cabinet' && kind !== 'employee') || level === '') return null;
  return {
    kind,
    firm: kind === 'cabinet' ? values.firm : '',
    givenName: values.delegate_given_name,
    familyName: values.delegate_family_name,
    address: [values.street, values.address_extra, `${values.postcode} ${values.city}`].filter(
      (line) => line !== '',
    ),
    level,
  };
}
