/** « Ouverture de délégation » for whoever has no account: what was typed, what is kept of it, and the page itself. */
import type { Context } from 'koa';
import { certifiedAt, type TypedPerson } from '../../domain/enrolment.ts';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { findDraft, type InvitationDraft } from '../../store/invitation-drafts.ts';
import type { Answer } from '../../store/invitations.ts';
import { lookOf } from '../../tenant/look.ts';
import { COUNTRIES, readContact } from '../contact-form.ts';
import { seenOf } from '../invited.ts';
import { passwordHint, readTypedPassword, type TypedPassword } from '../new-password.ts';
import { scopeFor, type Web } from '../web.ts';
import { browserSecret } from './browser-cookie.ts';
import type { Offered } from './offer.ts';

export const PATH = '/invitation';

const NOBODY: TypedPerson = {
  familyName: '',
  givenName: '',
  landline: '',
  landlineCountry: 'FR',
  mobile: '',
  mobileCountry: 'FR',
};

const NOTHING_TYPED: InvitationDraft = { typed: NOBODY, passwordHash: null, certified: null };

/** What this browser has typed so far for that invitation. */
export async function draftOf(ctx: Context, { invitation }: Offered): Promise<InvitationDraft> {
  const browser = browserSecret(ctx);
  if (browser === '') return NOTHING_TYPED;
  const key = { invitationId: invitation.id, browser };
  return (await findDraft(scopeFor(ctx).store, key)) ?? NOTHING_TYPED;
}

export function readPassword(
  ctx: Context,
  { invitation, known }: Offered,
  { typed, passwordHash }: InvitationDraft,
): TypedPassword {
  const { caisse } = scopeFor(ctx);
  const words = [invitation.email, typed.givenName, typed.familyName, ...known];
  const password = { password: field(ctx, 'password'), confirmation: field(ctx, 'password_confirmation') };
  return readTypedPassword(password, { caisse, known: words, kept: passwordHash !== null });
}

/** What the account will be made of; means something only when nothing typed is wrong. */
export function answerOf({ typed, certified }: InvitationDraft, passwordHash: string): Answer {
  const { contact } = readContact(typed);
  return { ...contact, mobileCertifiedAt: certifiedAt(contact.mobile, certified), passwordHash };
}

export type FormShown = {
  readonly token: string;
  readonly draft: InvitationDraft;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

export function showForm(ctx: Context, web: Web, offered: Offered, shown: FormShown): void {
  const { token, draft, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const { contact } = readContact(draft.typed);
  web.send(
    ctx,
    'invitation/form',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      token,
      action: caisse.basePath + PATH,
      seen: seenOf(offered.waiting),
      offer: offered.offer,
      email: offered.invitation.email,
      values: draft.typed,
      passwordHint: passwordHint(caisse.settings.passwordRule),
      passwordKept: draft.passwordHash !== null,
      countries: COUNTRIES,
      mobileCertified: certifiedAt(contact.mobile, draft.certified) !== null,
      refuseHref: `${caisse.basePath}${PATH}/refuser?jeton=${encodeURIComponent(token)}`,
    },
    { status },
  );
}
