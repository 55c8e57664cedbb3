/** « Certifier »: the code that an SMS brought, typed back. Leads to the form again, where all stands as it was typed. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { formatPhone } from '../../domain/phone.ts';
import { field } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { SMS_CODE_MINUTES, useSmsCode } from '../../store/sms-codes.ts';
import { keepCertified, type Ticket } from '../../store/tickets.ts';
import { lookOf } from '../../tenant/look.ts';
import { readContact } from '../contact-form.ts';
import { identifyAgain } from '../identification.ts';
import { tooManyTries } from '../limits.ts';
import { checkMobileCode, sendMobileCode } from '../mobile-code.ts';
import { isLive, presentedTicket } from '../ticket-cookie.ts';
import { scopeFor, type Web } from '../web.ts';
import { initialDetails } from './details-form.ts';

const PATH = '/premiere-connexion/mobile';
const FORM = '/premiere-connexion/coordonnees';

/** For whom a code was sent: one browser's enrolment, and no other. */
export const subjectOf = ({ reference }: Ticket): string => `enrolment ${reference}`;

export function mobileRoutes(router: Router, web: Web): void {
  router.get(PATH, (ctx) => withNumber(ctx, (ticket, number) => show(ctx, web, { ticket, number })));
  router.post(PATH, (ctx) =>
    withNumber(ctx, (ticket, number) =>
      field(ctx, 'step') === 'renvoyer'
        ? sendAgain(ctx, web, { ticket, number })
        : verify(ctx, web, { ticket, number }),
    ),
  );
}

type Asked = { readonly ticket: Ticket; readonly number: string };

async function withNumber(
  ctx: Context,
  act: (ticket: Ticket, number: string) => void | Promise<void>,
): Promise<void> {
  const ticket = await presentedTicket(ctx);
  if (!ticket || !isLive(ticket, scopeFor(ctx).now())) return identifyAgain(ctx, 'enrolment');
  const { mobile } = readContact(initialDetails(ticket)).contact;
  return mobile === null ? backToForm(ctx) : act(ticket, mobile);
}

async function verify(ctx: Context, web: Web, asked: Asked): Promise<void> {
  const scope = scopeFor(ctx);
  const typed = field(ctx, 'code').trim().slice(0, 40);
  if (typed === '') {
    return show(ctx, web, {
      ...asked,
      errors: [{ field: 'code', message: 'Saisissez le code reçu par SMS.' }],
    });
  }
  const right = await checkMobileCode(scope, { subject: subjectOf(asked.ticket), typed });
  if (right?.number !== asked.number) return show(ctx, web, { ...asked, errors: [WRONG] });
  const at = scope.now();
  await transaction(scope.store, async (inside) => {
    if (!(await useSmsCode(inside, right.codeId, at))) return;
    await keepCertified(inside, asked.ticket.reference, { number: right.number, at });
    const { address, requestId } = scope;
    const siteId = asked.ticket.site.id;
    await appendAudit(inside, { kind: 'mobile_certified', at, siteId, address, requestId });
  });
  backToForm(ctx);
}

const WRONG: FieldError = {
  field: 'code',
  message: 'Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez-le, ou demandez-en un nouveau.',
};

async function sendAgain(ctx: Context, web: Web, asked: Asked): Promise<void> {
  const subject = subjectOf(asked.ticket);
  const sent = await sendMobileCode(scopeFor(ctx), { subject, number: asked.number });
  if (sent.kind === 'sent') {
    const text = 'Le code précédent ne sert plus\u00a0: saisissez celui du dernier SMS.';
    return show(ctx, web, {
      ...asked,
      notice: { kind: 'success', title: 'Un nouveau code est parti', text },
    });
  }
  ctx.set('Retry-After', String(sent.seconds));
  show(ctx, web, { ...asked, status: 429, notice: tooManyTries(sent.seconds) });
}

function backToForm(ctx: Context): void {
  seeOther(ctx, `${scopeFor(ctx).caisse.basePath}${FORM}`);
}

type Shown = Asked & {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, shown: Shown): void {
  const { ticket, number, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'enrolment/mobile-code',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      action: caisse.basePath + PATH,
      ticket: ticket.reference,
      number: formatPhone(number),
      minutes: SMS_CODE_MINUTES,
      backHref: caisse.basePath + FORM,
    },
    { status },
  );
}
