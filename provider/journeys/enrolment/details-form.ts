/** The form of step 2: what was typed, what is wrong with it, and what it means once nothing is. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import {
  type CertifiedMobile,
  type ContactDetails,
  certifiedAt,
  type TypedDetails,
} from '../../domain/enrolment.ts';
import { countryOfPhone, formatPhone, isPhoneCountry, type Phone, parsePhone } from '../../domain/phone.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { Ticket } from '../../store/tickets.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { readTypedPassword, type TypedPassword } from '../new-password.ts';

const MOST_NAME = 80;
const MOST_TYPED = 320;

export function typedDetails(ctx: Context): TypedDetails {
  const read = (name: string): string => field(ctx, name).trim().slice(0, MOST_TYPED);
  return {
    email: read('email'),
    emailConfirmation: read('email_confirmation'),
    familyName: read('family_name'),
    givenName: read('given_name'),
    landline: read('landline'),
    landlineCountry: read('landline_country'),
    mobile: read('mobile'),
    mobileCountry: read('mobile_country'),
  };
}

/** What the form begins with: typed last, else saved before, else whom the caisse expects. */
export function initialDetails({ draft, saved, expected }: Ticket): TypedDetails {
  if (draft) return draft;
  return {
    email: saved?.email ?? '',
    emailConfirmation: saved?.email ?? '',
    familyName: saved?.familyName ?? expected.familyName,
    givenName: saved?.givenName ?? expected.givenName,
    landline: saved?.landline ? formatPhone(saved.landline) : '',
    landlineCountry: saved?.landline ? countryOfPhone(saved.landline) : 'FR',
    mobile: saved?.mobile ? formatPhone(saved.mobile) : '',
    mobileCountry: saved?.mobile ? countryOfPhone(saved.mobile) : 'FR',
  };
}

/** The number that was proved with this ticket, else with the enrolment saved before. */
export function certifiedMobile({ certified, saved }: Ticket): CertifiedMobile | null {
  if (certified) return certified;
  return saved?.mobile && saved.mobileCertifiedAt !== null
    ? { number: saved.mobile, at: saved.mobileCertifiedAt }
    : null;
}

export const mobileOf = ({ mobile, mobileCountry }: TypedDetails): Phone | null =>
  parsePhone(mobile, countryFrom(mobileCountry));

const countryFrom = (code: string) => (isPhoneCountry(code) ? code : 'FR');

export type ReadDetails = { readonly errors: readonly FieldError[]; readonly details: ContactDetails };

/** `details` means something only when there is no error. */
export function readDetails(typed: TypedDetails, certified: CertifiedMobile | null): ReadDetails {
  const email = parseEmail(typed.email);
  const landline = parsePhone(typed.landline, countryFrom(typed.landlineCountry));
  const mobile = mobileOf(typed)?.e164 ?? null;
  const errors = [
    ...emailErrors(typed, email),
    ...nameErrors(typed),
    ...landlineErrors(typed.landline, landline),
    ...mobileErrors(typed),
  ];
  const details: ContactDetails = {
    email: email ?? '',
    givenName: typed.givenName,
    familyName: typed.familyName,
    landline: landline?.e164 ?? null,
    mobile,
    mobileCertifiedAt: certifiedAt(mobile, certified),
  };
  return { errors, details };
}

function emailErrors({ email: typed, emailConfirmation }: TypedDetails, email: string | null): FieldError[] {
  if (typed === '') return [{ field: 'email', message: 'Saisissez votre adresse électronique.' }];
  if (email === null) {
    const message = 'Saisissez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.';
    return [{ field: 'email', message }];
  }
  if (emailConfirmation === '') {
    return [
      { field: 'email_confirmation', message: 'Saisissez une seconde fois votre adresse électronique.' },
    ];
  }
  if (emailKey(emailConfirmation) === emailKey(typed)) return [];
  const message = 'Les deux adresses électroniques sont différentes\u00a0: vérifiez l’une et l’autre.';
  return [{ field: 'email_confirmation', message }];
}

function nameErrors({ familyName, givenName }: TypedDetails): FieldError[] {
  const errors: FieldError[] = [];
  if (familyName === '') errors.push({ field: 'family_name', message: 'Saisissez votre nom.' });
  if (givenName === '') errors.push({ field: 'given_name', message: 'Saisissez votre prénom.' });
  const tooLong = `${MOST_NAME}\u00a0caractères au plus.`;
  if (familyName.length > MOST_NAME)
    errors.push({ field: 'family_name', message: `Raccourcissez votre nom\u00a0: ${tooLong}` });
  if (givenName.length > MOST_NAME)
    errors.push({ field: 'given_name', message: `Raccourcissez votre prénom\u00a0: ${tooLong}` });
  return errors;
}

function landlineErrors(typed: string, landline: Phone | null): FieldError[] {
  if (typed === '') return [];
  if (landline?.kind === 'fixed') return [];
  const message = landline
    ? 'Ce numéro est celui d’un mobile\u00a0: saisissez-le dans «\u00a0Téléphone mobile\u00a0».'
    : 'Vérifiez ce numéro de téléphone fixe et son pays, par exemple 03\u00a053\u00a001\u00a000\u00a000 en France.';
  return [{ field: 'landline', message }];
}

export function mobileErrors(typed: TypedDetails): FieldError[] {
  if (typed.mobile === '') return [];
  const phone = mobileOf(typed);
  if (phone?.kind === 'mobile') return [];
  const message = phone
    ? 'Ce numéro est celui d’une ligne fixe\u00a0: saisissez-le dans «\u00a0Téléphone fixe\u00a0».'
    : 'Vérifiez ce numéro de téléphone mobile et son pays, par exemple 06\u00a039\u00a098\u00a000\u00a000 en France.';
  return [{ field: 'mobile', message }];
}

/** Nothing typed is right when one is kept already. */
export function readPassword(
  ctx: Context,
  {
    caisse,
    ticket,
    typed,
  }: { readonly caisse: Caisse; readonly ticket: Ticket; readonly typed: TypedDetails },
): TypedPassword {
  const { email, givenName, familyName } = typed;
  const { raisonSociale, siret, identifiant } = ticket.site;
  const known = [email, givenName, familyName, raisonSociale, siret, identifiant];
  const password = { password: field(ctx, 'password'), confirmation: field(ctx, 'password_confirmation') };
  return readTypedPassword(password, { caisse, known, kept: ticket.passwordHash !== null });
}
