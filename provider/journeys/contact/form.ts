/** The contact form: what was typed, what is wrong with it, and who says so. */
import type { Context } from 'koa';
import { MOST_MESSAGE, MOST_SUBJECT, type Writer } from '../../domain/contact.ts';
import { parseEmail } from '../../domain/email.ts';
import { parseSiret } from '../../domain/siret.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { TypedMessage, TypedWriter } from '../../http/screens-contact.ts';

const MOST_TYPED = 320;
const MOST_NAME = 80;
const PHONE = /^\+?[\d\s().\-/\u00a0]{6,30}$/;

const WRITER_FIELDS = [
  'family_name',
  'given_name',
  'email',
  'phone',
  'raison_sociale',
  'identifiant',
  'siret',
] as const;

export const EMPTY: TypedMessage = {
  ...(Object.fromEntries(WRITER_FIELDS.map((name) => [name, ''])) as TypedWriter),
  objet: '',
  message: '',
  consentement: false,
};

export function typedMessage(ctx: Context): TypedMessage {
  const line = (name: string): string =>
    field(ctx, name)
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .slice(0, MOST_TYPED);
  return {
    ...(Object.fromEntries(WRITER_FIELDS.map((name) => [name, line(name)])) as TypedWriter),
    objet: line('objet'),
    message: textOf(field(ctx, 'message')),
    consentement: field(ctx, 'consentement') === 'oui',
  };
}

/** Lines as they were typed, without what no keyboard writes. */
const textOf = (typed: string): string =>
  typed
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t\u200d])\p{C}/gu, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

export function messageErrors({ objet, message }: TypedMessage): FieldError[] {
  return [
    ...lineErrors('objet', objet, { what: 'l’objet de votre message', most: MOST_SUBJECT }),
    ...(message === ''
      ? [{ field: 'message', message: 'Écrivez votre message.' }]
      : message.length > MOST_MESSAGE
        ? [{ field: 'message', message: LONG_MESSAGE }]
        : []),
  ];
}

/** Of what somebody leaves for a moment. */
export const longErrors = (typed: TypedMessage): FieldError[] =>
  typed.message.length > MOST_MESSAGE ? [{ field: 'message', message: LONG_MESSAGE }] : [];

export const LONG_MESSAGE = `Raccourcissez votre message\u00a0: ${MOST_MESSAGE.toLocaleString('fr-FR').replace(/\s/g, '\u00a0')}\u00a0caractères au plus.`;

export const consentErrors = ({ consentement }: TypedMessage): FieldError[] =>
  consentement
    ? []
    : [
        {
          field: 'consentement',
          message: 'Cochez cette case pour que la caisse puisse traiter votre message.',
        },
      ];

export function writerErrors(typed: TypedMessage): FieldError[] {
  const errors = [
    ...lineErrors('family_name', typed.family_name, { what: 'votre nom', most: MOST_NAME }),
    ...lineErrors('given_name', typed.given_name, { what: 'votre prénom', most: MOST_NAME }),
  ];
  if (typed.email === '') errors.push({ field: 'email', message: 'Saisissez votre adresse électronique.' });
  else if (parseEmail(typed.email) === null) {
    const message = 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr.';
    errors.push({ field: 'email', message });
  }
  if (typed.phone !== '' && !PHONE.test(typed.phone)) {
    const message = 'Vérifiez ce numéro de téléphone, par exemple 06\u00a039\u00a098\u00a000\u00a000.';
    errors.push({ field: 'phone', message });
  }
  if (typed.raison_sociale.length > MOST_NAME) {
    errors.push(tooLong('raison_sociale', 'la raison sociale', MOST_NAME));
  }
  if (typed.identifiant.length > 40) errors.push(tooLong('identifiant', 'l’identifiant', 40));
  if (typed.siret !== '' && parseSiret(typed.siret) === null) {
    errors.push({ field: 'siret', message: 'Vérifiez ce SIRET\u00a0: il compte 14\u00a0chiffres.' });
  }
  return errors;
}

function lineErrors(
  name: string,
  typed: string,
  { what, most }: { readonly what: string; readonly most: number },
): FieldError[] {
  if (typed === '') return [{ field: name, message: `Saisissez ${what}.` }];
  return typed.length > most ? [tooLong(name, what, most)] : [];
}

const tooLong = (name: string, what: string, most: number): FieldError => ({
  field: name,
  message: `Raccourcissez ${what}\u00a0: ${most}\u00a0caractères au plus.`,
});

/** Of values without an error. */
export const writerOf = (typed: TypedMessage): Writer => ({
  givenName: typed.given_name,
  familyName: typed.family_name,
  email: parseEmail(typed.email) as string,
  phones: typed.phone === '' ? [] : [typed.phone],
  raisonSociale: typed.raison_sociale,
  identifiant: typed.identifiant,
  siret: typed.siret === '' ? '' : (parseSiret(typed.siret) as string),
});
