/** The form of step 2: what was typed, what is wrong with it, and what it means once nothing is. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import {
  type CertifiedMobile,
  type ContactDetails,
  certifiedAt,
  type TypedDetails,
} from '../../domain/enrolment.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { Ticket } from '../../store/tickets.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { contactOf, readContact, typedContact, typedIn } from '../contact-form.ts';
import { readTypedPassword, type TypedPassword } from '../new-password.ts';

export const typedDetails = (ctx: Context): TypedDetails => ({
  ...typedContact(ctx),
  email: typedIn(ctx, 'email'),
  emailConfirmation: typedIn(ctx, 'email_confirmation'),
});

/** What the form begins with: typed last, else saved before, else whom the caisse expects. */
export function initialDetails({ draft, saved, expected }: Ticket): TypedDetails {
  if (draft) return draft;
  const known = saved ?? { ...expected, landline: null, mobile: null };
  return { ...contactOf(known), email: saved?.email ?? '', emailConfirmation: saved?.email ?? '' };
}

/** The number that was proved with this ticket, else with the enrolment saved before. */
export function certifiedMobile({ certified, saved }: Ticket): CertifiedMobile | null {
  if (certified) return certified;
  return saved?.mobile && saved.mobileCertifiedAt !== null
    ? { number: saved.mobile, at: saved.mobileCertifiedAt }
    : null;
}

export type ReadDetails = { readonly errors: readonly FieldError[]; readonly details: ContactDetails };

/** `details` means something only when there is no error. */
export function readDetails(typed: TypedDetails, certified: CertifiedMobile | null): ReadDetails {
  const email = parseEmail(typed.email);
  const { contact, errors } = readContact(typed);
  return {
    errors: [...emailErrors(typed, email), ...errors],
    details: { ...contact, email: email ?? '', mobileCertifiedAt: certifiedAt(contact.mobile, certified) },
  };
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
