/** « Certifier »: the code that an SMS brought, typed back. Leads to the form again, where all stands as it was typed. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { formatPhone } from '../../domain/phone.ts';
import { field, queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { certifyDraft } from '../../store/invitation-drafts.ts';
import type { Invitation } from '../../store/invitations.ts';
import { SMS_CODE_MINUTES, useSmsCode } from '../../store/sms-codes.ts';
import { lookOf } from '../../tenant/look.ts';
import { readContact } from '../contact-form.ts';
import { tooManyTries } from '../limits.ts';
import { checkMobileCode, sendMobileCode } from '../mobile-code.ts';
import { scopeFor, type Web } from '../web.ts';
import { browserSecret } from './browser-cookie.ts';
import { draftOf } from './form.ts';
import { type Offered, offeredBy } from './offer.ts';

const PATH = '/invitation/mobile';

export const subjectOf = ({ id }: Invitation): string => `invitation ${id}`;

type Asked = { readonly offered: Offered; readonly token: string; readonly number: string };

export function mobileRoutes(router: Router, web: Web): void {
  router.get(PATH, (ctx) => withNumber(ctx, web, queryField(ctx, 'jeton'), (asked) => show(ctx, web, asked)));
  router.post(PATH, (ctx) =>
    withNumber(ctx, web, field(ctx, 'jeton'), (asked) =>
      field(ctx, 'step') === 'renvoyer' ? sendAgain(ctx, web, asked) : verify(ctx, web, asked),
    ),
  );
}

async function withNumber(
  ctx: Context,
  web: Web,
  token: string,
  act: (asked: Asked) => void | Promise<void>,
): Promise<void> {
  const offered = await offeredBy(ctx, web, token);
  if (!offered) return;
  const { contact } = readContact((await draftOf(ctx, offered)).typed);
  if (contact.mobile === null) return backToForm(ctx, token);
  return act({ offered, token, number: contact.mobile });
}

const EMPTY: FieldError = { field: 'code', message: 'Saisissez le code reçu par SMS.' };
const WRONG: FieldError = {
  field: 'code',
  message: 'Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez-le, ou demandez-en un nouveau.',
};

async function verify(ctx: Context, web: Web, asked: Asked): Promise<void> {
  const scope = scopeFor(ctx);
  const { invitation } = asked.offered;
  const typed = field(ctx, 'code').trim().slice(0, 40);
  if (typed === '') return show(ctx, web, { ...asked, errors: [EMPTY] });
  const right = await checkMobileCode(scope, { subject: subjectOf(invitation), typed });
  if (right?.number !== asked.number) return show(ctx, web, { ...asked, errors: [WRONG] });
  const at = scope.now();
  await transaction(scope.store, async (inside) => {
    if (!(await useSmsCode(inside, right.codeId, at))) return;
    const key = { invitationId: invitation.id, browser: browserSecret(ctx) };
    await certifyDraft(inside, key, { number: right.number, at });
    const { address, requestId } = scope;
    const facts = { invitation: invitation.id };
    await appendAudit(inside, { kind: 'mobile_certified', at, address, requestId, facts });
  });
  backToForm(ctx, asked.token);
}

async function sendAgain(ctx: Context, web: Web, asked: Asked): Promise<void> {
  const { offered, number } = asked;
  const sent = await sendMobileCode(scopeFor(ctx), { subject: subjectOf(offered.invitation), number });
  if (sent.kind === 'sent') {
    const text = 'Le code précédent ne sert plus\u00a0: saisissez celui du dernier SMS.';
    const notice: Notice = { kind: 'success', title: 'Un nouveau code est parti', text };
    return show(ctx, web, { ...asked, notice });
  }
  ctx.set('Retry-After', String(sent.seconds));
  show(ctx, web, { ...asked, status: 429, notice: tooManyTries(sent.seconds) });
}

const formHref = (ctx: Context, token: string): string =>
  `${scopeFor(ctx).caisse.basePath}/invitation?jeton=${encodeURIComponent(token)}`;

function backToForm(ctx: Context, token: string): void {
  seeOther(ctx, formHref(ctx, token));
}

type Shown = Asked & {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, shown: Shown): void {
  const { token, number, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const locals = {
    look: lookOf(caisse),
    service: null,
    errors,
    notice,
    token,
    action: caisse.basePath + PATH,
    number: formatPhone(number),
    minutes: SMS_CODE_MINUTES,
    backHref: formHref(ctx, token),
  };
  web.send(ctx, 'invitation/mobile-code', locals, { status });
}
