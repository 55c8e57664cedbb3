/** The form of contact details: what was typed, what is wrong with it, and what it means once nothing is. */
import type { Context } from 'koa';
import type { TypedPerson } from '../domain/enrolment.ts';
import { countryOfPhone, formatPhone, isPhoneCountry, PHONE_COUNTRIES, parsePhone } from '../domain/phone.ts';
import { field } from '../http/forms.ts';
import type { FieldError } from '../http/screens.ts';
import type { Contact } from '../store/account-changes.ts';

const MOST_NAME = 80;
const MOST_TYPED = 320;

export const COUNTRIES = PHONE_COUNTRIES.map(({ code, name, callingCode }) => ({
  value: code,
  label: `${name} (${callingCode})`,
}));

export const typedIn = (ctx: Context, name: string): string => field(ctx, name).trim().slice(0, MOST_TYPED);

export const typedContact = (ctx: Context): TypedPerson => ({
  familyName: typedIn(ctx, 'family_name'),
  givenName: typedIn(ctx, 'given_name'),
  landline: typedIn(ctx, 'landline'),
  landlineCountry: typedIn(ctx, 'landline_country'),
  mobile: typedIn(ctx, 'mobile'),
  mobileCountry: typedIn(ctx, 'mobile_country'),
});

/** As the form shows what is known. */
export const contactOf = ({ familyName, givenName, landline, mobile }: Contact): TypedPerson => ({
  familyName,
  givenName,
  landline: landline === null ? '' : formatPhone(landline),
  landlineCountry: landline === null ? 'FR' : countryOfPhone(landline),
  mobile: mobile === null ? '' : formatPhone(mobile),
  mobileCountry: mobile === null ? 'FR' : countryOfPhone(mobile),
});

/** `contact` means something only when there is no error. */
export function readContact(typed: TypedPerson): {
  readonly errors: readonly FieldError[];
  readonly contact: Contact;
} {
  const landline = phoneIn('landline', typed.landline, typed.landlineCountry);
  const mobile = phoneIn('mobile', typed.mobile, typed.mobileCountry);
  const contact = {
    familyName: typed.familyName,
    givenName: typed.givenName,
    landline: landline.number,
    mobile: mobile.number,
  };
  const errors = [
    ...nameErrors('family_name', 'nom', typed.familyName),
    ...nameErrors('given_name', 'prénom', typed.givenName),
    ...landline.errors,
    ...mobile.errors,
  ];
  return { contact, errors };
}

const FIELDS = [
  'email',
  'email_confirmation',
  'password',
  'password_confirmation',
  'family_name',
  'given_name',
  'landline',
  'mobile',
];

/** As the forms ask. */
export const inOrder = (errors: readonly FieldError[]): FieldError[] =>
  [...errors].sort((one, other) => FIELDS.indexOf(one.field) - FIELDS.indexOf(other.field));

function nameErrors(name: string, word: string, typed: string): FieldError[] {
  if (typed === '') return [{ field: name, message: `Saisissez votre ${word}.` }];
  if (typed.length <= MOST_NAME) return [];
  return [
    { field: name, message: `Raccourcissez votre ${word}\u00a0: ${MOST_NAME}\u00a0caractères au plus.` },
  ];
}

const WORDS = {
  landline: {
    kind: 'fixed',
    other: 'Ce numéro est celui d’un mobile\u00a0: saisissez-le dans «\u00a0Téléphone mobile\u00a0».',
    none: 'Vérifiez ce numéro de téléphone fixe et son pays, par exemple 03\u00a053\u00a001\u00a000\u00a000 en France.',
  },
  mobile: {
    kind: 'mobile',
    other: 'Ce numéro est celui d’une ligne fixe\u00a0: saisissez-le dans «\u00a0Téléphone fixe\u00a0».',
    none: 'Vérifiez ce numéro de téléphone mobile et son pays, par exemple 06\u00a039\u00a098\u00a000\u00a000 en France.',
  },
} as const;

function phoneIn(
  name: 'landline' | 'mobile',
  typed: string,
  country: string,
): { readonly number: string | null; readonly errors: FieldError[] } {
  if (typed === '') return { number: null, errors: [] };
  const phone = parsePhone(typed, isPhoneCountry(country) ? country : 'FR');
  const words = WORDS[name];
  if (phone?.kind === words.kind) return { number: phone.e164, errors: [] };
  return { number: null, errors: [{ field: name, message: phone ? words.other : words.none }] };
}
