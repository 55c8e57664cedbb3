/** Step 2: sign-in and contact details, what is typed kept at every sending; and the page that says what comes by mail. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { ACTIVATION_HOURS, certifiedAt, type TypedDetails, ticketEnds } from '../../domain/enrolment.ts';
import { field } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { keepTyped, type Ticket } from '../../store/tickets.ts';
import { lookOf } from '../../tenant/look.ts';
import { COUNTRIES, inOrder, readContact } from '../contact-form.ts';
import { identifyAgain } from '../identification.ts';
import { tooManyTries } from '../limits.ts';
import { sendMobileCode } from '../mobile-code.ts';
import { passwordHint } from '../new-password.ts';
import { isLive, presentedTicket } from '../ticket-cookie.ts';
import { scopeFor, type Web } from '../web.ts';
import { certifiedMobile, initialDetails, readDetails, readPassword, typedDetails } from './details-form.ts';
import { subjectOf } from './mobile-routes.ts';
import { submitEnrolment } from './save-enrolment.ts';

const PATH = '/premiere-connexion/coordonnees';

export function detailsRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const ticket = await presentedTicket(ctx);
    if (!ticket || !isLive(ticket, scopeFor(ctx).now())) return identifyAgain(ctx, 'enrolment');
    show(ctx, web, ticket, { values: initialDetails(ticket) });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
  router.get('/premiere-connexion/courriel', async (ctx) => {
    const ticket = await presentedTicket(ctx);
    if (!ticket?.saved || !isLive(ticket, scopeFor(ctx).now())) return identifyAgain(ctx, 'enrolment');
    const { caisse } = scopeFor(ctx);
    const common = { look: lookOf(caisse), service: null, errors: [] };
    const correctHref = caisse.basePath + PATH;
    web.send(ctx, 'enrolment/mail-sent', {
      ...common,
      email: ticket.saved.email,
      hours: ACTIVATION_HOURS,
      correctHref,
    });
  });
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const presented = await presentedTicket(ctx);
  if (!presented) return identifyAgain(ctx, 'enrolment');
  const values = typedDetails(ctx);
  if (!isLive(presented, scopeFor(ctx).now())) {
    await keep(ctx, presented, { draft: values, passwordHash: null });
    return identifyAgain(ctx, 'enrolment');
  }
  const password = await readAndKeep(ctx, presented, values);
  const ticket = { ...presented, draft: values, passwordHash: password.hash ?? presented.passwordHash };
  if (field(ctx, 'step') === 'certifier') return certify(ctx, web, ticket, values);
  const { errors, details } = readDetails(values, certifiedMobile(ticket));
  const all = inOrder([...errors, ...password.errors]);
  if (all.length > 0 || ticket.passwordHash === null) return show(ctx, web, ticket, { values, errors: all });
  const saved = await submitEnrolment(scopeFor(ctx), { ticket, details, passwordHash: ticket.passwordHash });
  if (saved.kind === 'code_gone') return identifyAgain(ctx, 'enrolment');
  if (saved.kind === 'saved') return goTo(ctx, '/premiere-connexion/courriel');
  tooMany(ctx, web, ticket, values, saved.seconds);
}

/** A good password is hashed and kept at once: an error in another field must not make anybody type it again. */
async function readAndKeep(ctx: Context, ticket: Ticket, draft: TypedDetails) {
  const { caisse, passwords } = scopeFor(ctx);
  const { acceptable, errors } = readPassword(ctx, { caisse, ticket, typed: draft });
  const hash = acceptable === null ? null : await passwords.hash(acceptable);
  await keep(ctx, ticket, { draft, passwordHash: hash });
  return { errors, hash };
}

/** The form stays open from its last sending on; an expired one stays expired, and is found again once identified. */
async function keep(
  ctx: Context,
  ticket: Ticket,
  typed: { readonly draft: TypedDetails; readonly passwordHash: string | null },
): Promise<void> {
  const { store, now } = scopeFor(ctx);
  const expiresAt = isLive(ticket, now()) ? ticketEnds(now()) : ticket.expiresAt;
  await keepTyped(store, ticket.reference, { ...typed, expiresAt });
}

async function certify(ctx: Context, web: Web, ticket: Ticket, values: TypedDetails): Promise<void> {
  const { contact, errors } = readContact(values);
  if (contact.mobile === null) {
    const missing = { field: 'mobile', message: 'Saisissez le numéro de mobile à certifier.' };
    const wrong = values.mobile === '' ? [missing] : errors.filter((one) => one.field === 'mobile');
    return show(ctx, web, ticket, { values, errors: wrong });
  }
  if (certifiedAt(contact.mobile, certifiedMobile(ticket)) !== null) return goTo(ctx, PATH);
  const sent = await sendMobileCode(scopeFor(ctx), { subject: subjectOf(ticket), number: contact.mobile });
  if (sent.kind === 'sent') return goTo(ctx, '/premiere-connexion/mobile');
  tooMany(ctx, web, ticket, values, sent.seconds);
}

function goTo(ctx: Context, path: string): void {
  seeOther(ctx, scopeFor(ctx).caisse.basePath + path);
}

function tooMany(ctx: Context, web: Web, ticket: Ticket, values: TypedDetails, seconds: number): void {
  ctx.set('Retry-After', String(seconds));
  show(ctx, web, ticket, { values, status: 429, notice: tooManyTries(seconds) });
}

type Shown = {
  readonly values: TypedDetails;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, ticket: Ticket, shown: Shown): void {
  const { values, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const { contact } = readContact(values);
  web.send(
    ctx,
    'enrolment/details',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      values,
      action: caisse.basePath + PATH,
      ticket: ticket.reference,
      site: ticket.site,
      passwordHint: passwordHint(caisse.settings.passwordRule),
      passwordKept: ticket.passwordHash !== null,
      countries: COUNTRIES,
      mobileCertified: certifiedAt(contact.mobile, certifiedMobile(ticket)) !== null,
      backHref: `${caisse.basePath}/premiere-connexion/identification`,
    },
    { status },
  );
}
