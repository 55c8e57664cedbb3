/** « Certifier »: the code that an SMS brought to the mobile of the account, typed back. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { formatPhone } from '../../domain/phone.ts';
import { field } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { certifyMobile } from '../../store/account-changes.ts';
import type { Account } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { SMS_CODE_MINUTES, useSmsCode } from '../../store/sms-codes.ts';
import { tooManyTries } from '../limits.ts';
import { checkMobileCode, sendMobileCode } from '../mobile-code.ts';
import { scopeFor, type Web } from '../web.ts';
import { enter, goHome, localsOf, type Place } from './place.ts';

const PATH = '/mon-compte/mobile';
export const SEND_PATH = '/mon-compte/mobile/code';

const subjectOf = ({ id }: Account): string => `account ${id}`;

export function mobileRoutes(router: Router, web: Web): void {
  router.get(PATH, (ctx) => withMobile(ctx, web, (place, number) => show(ctx, web, place, { number })));
  router.post(PATH, (ctx) => withMobile(ctx, web, (place, number) => verify(ctx, web, place, number)));
  router.get(SEND_PATH, (ctx) => withMobile(ctx, web, (place, number) => show(ctx, web, place, { number })));
  router.post(SEND_PATH, (ctx) => withMobile(ctx, web, (place, number) => send(ctx, web, place, number)));
}

async function withMobile(
  ctx: Context,
  web: Web,
  act: (place: Place, number: string) => void | Promise<void>,
): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  if (place.account.mobile === null) return goHome(ctx, place, 'sans-mobile');
  return act(place, place.account.mobile);
}

async function send(ctx: Context, web: Web, place: Place, number: string): Promise<void> {
  const sent = await sendMobileCode(scopeFor(ctx), { subject: subjectOf(place.account), number });
  if (sent.kind === 'throttled') {
    ctx.set('Retry-After', String(sent.seconds));
    return show(ctx, web, place, { number, status: 429, notice: tooManyTries(sent.seconds) });
  }
  seeOther(ctx, place.href(PATH));
}

async function verify(ctx: Context, web: Web, place: Place, number: string): Promise<void> {
  const scope = scopeFor(ctx);
  const { account } = place;
  const typed = field(ctx, 'code').trim().slice(0, 40);
  if (typed === '') return show(ctx, web, place, { number, errors: [EMPTY] });
  const right = await checkMobileCode(scope, { subject: subjectOf(account), typed });
  if (right?.number !== number) return show(ctx, web, place, { number, errors: [WRONG] });
  const { store, now, address, requestId } = scope;
  const done = await transaction(store, async (inside) => {
    if (!(await useSmsCode(inside, right.codeId, now()))) return false;
    if (!(await certifyMobile(inside, { accountId: account.id, mobile: number, now: now() }))) return false;
    await appendAudit(inside, {
      kind: 'mobile_certified',
      at: now(),
      actorId: account.id,
      address,
      requestId,
    });
    return true;
  });
  if (!done) return show(ctx, web, place, { number, errors: [WRONG] });
  goHome(ctx, place, 'mobile-certifie');
}

const EMPTY: FieldError = { field: 'code', message: 'Saisissez le code reçu par SMS.' };
const WRONG: FieldError = {
  field: 'code',
  message: 'Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez-le, ou demandez-en un nouveau.',
};

type Shown = {
  readonly number: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, place: Place, shown: Shown): void {
  const { number, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const locals = {
    errors,
    action: place.href(PATH),
    resendAction: place.href(SEND_PATH),
    number: formatPhone(number),
    minutes: SMS_CODE_MINUTES,
  };
  web.send(ctx, 'account/mobile-code', { ...localsOf(ctx, place, notice), ...locals }, { status });
}
