/** The link of the mail: looking changes nothing (mail scanners open links); what is sent accepts. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { certifiedAt } from '../../domain/enrolment.ts';
import { field, queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { Notice } from '../../http/screens.ts';
import { type InvitationDraft, keepDraft } from '../../store/invitation-drafts.ts';
import type { Limit } from '../../store/throttle.ts';
import { lookOf } from '../../tenant/look.ts';
import { inOrder, readContact, typedContact } from '../contact-form.ts';
import { countedKey, tooManyTries } from '../limits.ts';
import { sendMobileCode } from '../mobile-code.ts';
import { tell } from '../told.ts';
import { scopeFor, type Web } from '../web.ts';
import { accept } from './accept.ts';
import { giveBrowserSecret } from './browser-cookie.ts';
import { ACCOUNT_GONE, conclude } from './conclude.ts';
import { answerOf, draftOf, PATH, readPassword, showForm } from './form.ts';
import { subjectOf } from './mobile-routes.ts';
import { accountInvited, isInvited, type Offered, offeredBy } from './offer.ts';

/** Each sending may hash a password. */
const SENDINGS: Limit = { name: 'invitation_answer', tries: 20, seconds: 3600 };

export const CHANGED: Notice = {
  kind: 'warning',
  title: 'L’invitation vient de changer',
  text: 'Ce qui vous est proposé a été modifié pendant que vous lisiez cette page. Relisez-le avant de répondre.',
};

export function formRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const token = queryField(ctx, 'jeton');
    const offered = await offeredBy(ctx, web, token);
    if (!offered || (await leadElsewhere(ctx, web, offered, token))) return;
    showForm(ctx, web, offered, { token, draft: await draftOf(ctx, offered) });
  });
  router.post(PATH, async (ctx) => {
    const token = field(ctx, 'jeton');
    const offered = await offeredBy(ctx, web, token);
    if (!offered || (await leadElsewhere(ctx, web, offered, token))) return;
    await submit(ctx, web, offered, token);
  });
}

/** Whoever has an account answers with it. */
async function leadElsewhere(ctx: Context, web: Web, offered: Offered, token: string): Promise<boolean> {
  const scope = scopeFor(ctx);
  const { invitation, offer } = offered;
  const account = await accountInvited(scope, invitation);
  if (!account) return false;
  if (account.status !== 'active') {
    tell(ctx, web, { ...ACCOUNT_GONE, status: 409 });
    return true;
  }
  const { basePath } = scope.caisse;
  const answer = `${basePath}/invitation/reponse/${invitation.id}`;
  const session = await web.interactions.session(ctx);
  if (session?.accountId === account.id && isInvited(account, invitation)) {
    seeOther(ctx, answer);
    return true;
  }
  web.send(ctx, 'invitation/known', {
    look: lookOf(scope.caisse),
    service: null,
    errors: [],
    offer,
    notice: session ? OTHER_ACCOUNT : null,
    email: invitation.email,
    signInHref: session ? `${answer}/autre-compte` : answer,
    refuseHref: `${basePath}/invitation/refuser?jeton=${encodeURIComponent(token)}`,
  });
  return true;
}

const OTHER_ACCOUNT: Notice = {
  kind: 'info',
  title: 'Vous êtes connecté avec un autre compte',
  text: 'Cette invitation ne vaut que pour l’adresse à laquelle elle a été envoyée. Pour l’accepter, changez de compte.',
};

async function submit(ctx: Context, web: Web, offered: Offered, token: string): Promise<void> {
  const scope = scopeFor(ctx);
  const { invitation, waiting, offer } = offered;
  const kept = { ...(await draftOf(ctx, offered)), typed: typedContact(ctx) };
  const seconds = await scope.throttle.count([[SENDINGS, countedKey(scope, invitation.id)]]);
  if (seconds > 0) return tooMany(ctx, web, offered, { token, draft: kept, seconds });
  const password = readPassword(ctx, offered, kept);
  const hash = password.acceptable === null ? null : await scope.passwords.hash(password.acceptable);
  const draft = { ...kept, passwordHash: hash ?? kept.passwordHash };
  const sent = { token, draft };
  if (field(ctx, 'step') === 'certifier') return certify(ctx, web, offered, sent);
  const { errors } = readContact(draft.typed);
  const wrong = inOrder([...errors, ...password.errors]);
  if (wrong.length > 0 || draft.passwordHash === null) {
    await keep(ctx, offered, draft);
    return showForm(ctx, web, offered, { ...sent, errors: wrong });
  }
  const outcome = await accept(scope, {
    invitationId: invitation.id,
    seen: waiting.length === 0 ? '' : field(ctx, 'vu'),
    by: { answer: answerOf(draft, draft.passwordHash) },
    signInHref: web.interactions.defaultService(ctx)?.href ?? null,
  });
  await conclude(ctx, web, outcome, {
    isFirm: offer.kind === 'member',
    again: () => showAgain(ctx, web, sent),
  });
}

/** It was answered, or has changed, or the address has an account, since this request began. */
async function showAgain(ctx: Context, web: Web, sent: Sent): Promise<void> {
  const offered = await offeredBy(ctx, web, sent.token);
  if (!offered || (await leadElsewhere(ctx, web, offered, sent.token))) return;
  await keep(ctx, offered, sent.draft);
  showForm(ctx, web, offered, { ...sent, notice: CHANGED, status: 409 });
}

type Sent = { readonly token: string; readonly draft: InvitationDraft };

/** A good password is hashed and kept: an error in another field must not make anybody type it again. */
async function keep(ctx: Context, { invitation }: Offered, { typed, passwordHash }: InvitationDraft) {
  const { store, now } = scopeFor(ctx);
  const key = { invitationId: invitation.id, browser: giveBrowserSecret(ctx) };
  await keepDraft(store, key, { typed, passwordHash, now: now() });
}

async function certify(ctx: Context, web: Web, offered: Offered, sent: Sent): Promise<void> {
  const { draft, token } = sent;
  const { contact, errors } = readContact(draft.typed);
  await keep(ctx, offered, draft);
  if (contact.mobile === null) {
    const missing = { field: 'mobile', message: 'Saisissez le numéro de mobile à certifier.' };
    const wrong = draft.typed.mobile === '' ? [missing] : errors.filter((one) => one.field === 'mobile');
    return showForm(ctx, web, offered, { ...sent, errors: wrong });
  }
  if (certifiedAt(contact.mobile, draft.certified) !== null) return showForm(ctx, web, offered, sent);
  const asked = { subject: subjectOf(offered.invitation), number: contact.mobile };
  const code = await sendMobileCode(scopeFor(ctx), asked);
  if (code.kind === 'throttled') return tooMany(ctx, web, offered, { ...sent, seconds: code.seconds });
  seeOther(ctx, `${scopeFor(ctx).caisse.basePath}${PATH}/mobile?jeton=${encodeURIComponent(token)}`);
}

function tooMany(
  ctx: Context,
  web: Web,
  offered: Offered,
  { seconds, ...sent }: Sent & { readonly seconds: number },
): void {
  ctx.set('Retry-After', String(seconds));
  showForm(ctx, web, offered, { ...sent, status: 429, notice: tooManyTries(seconds) });
}
