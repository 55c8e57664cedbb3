/** Removing the second factor, or its recovery codes for new ones: password and code together. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { Account } from '../../store/accounts.ts';
import { findSecondFactor } from '../../store/second-factors.ts';
import { verifyCredentials } from '../credentials.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { showCodes } from './account-pages.ts';
import { commonOf, HOME, hrefOf, leadHome, personAt, type Shown, statusOf } from './account-place.ts';
import { removeFactor, renewCodes, type SetUp } from './change.ts';

type Act = 'remove' | 'renew';

const PATHS: Readonly<Record<Act, string>> = { remove: `${HOME}/retirer`, renew: `${HOME}/codes` };

export const askConfirmation =
  (act: Act) =>
  async (ctx: Context, web: Web): Promise<void> => {
    const account = await personAt(ctx, web, PATHS[act]);
    if (!account) return;
    const factor = await findSecondFactor(scopeFor(ctx).store, account.id);
    if (!factor || factor.confirmedAt === null) return leadHome(ctx);
    showConfirmation(ctx, web, { act, account });
  };

export const takeConfirmation =
  (act: Act) =>
  async (ctx: Context, web: Web): Promise<void> => {
    const account = await personAt(ctx, web, PATHS[act]);
    if (!account) return;
    const typed = { password: field(ctx, 'password'), code: field(ctx, 'code').slice(0, 64) };
    const errors = missing(typed);
    if (errors.length > 0) return showConfirmation(ctx, web, { act, account, errors });
    const done = await confirmed(ctx, { act, account, ...typed });
    if (done.kind === 'refused') return showConfirmation(ctx, web, { act, account, errors: [REFUSED] });
    if (done.kind === 'throttled') {
      ctx.set('Retry-After', String(done.seconds));
      return showConfirmation(ctx, web, { act, account, status: 429, notice: tooManyTries(done.seconds) });
    }
    if (done.kind === 'set_up') return showCodes(ctx, web, done.codes);
    leadHome(ctx, 'retrait');
  };

/** Which of the two was wrong is never said; the code is spent only under the right password. */
const REFUSED: FieldError = {
  field: 'password',
  message: 'Le mot de passe ou le code est incorrect. Saisissez les deux à nouveau.',
};

function missing({ password, code }: { readonly password: string; readonly code: string }): FieldError[] {
  const errors: FieldError[] = [];
  if (password === '') errors.push({ field: 'password', message: 'Saisissez votre mot de passe.' });
  if (code.trim() === '') {
    errors.push({ field: 'code', message: 'Saisissez un code de votre application ou un code de secours.' });
  }
  return errors;
}

type Confirmation = {
  readonly act: Act;
  readonly account: Account;
  readonly password: string;
  readonly code: string;
};

async function confirmed(
  ctx: Context,
  { act, account, password, code }: Confirmation,
): Promise<SetUp | { readonly kind: 'proven' }> {
  const scope = scopeFor(ctx);
  const verified = await verifyCredentials(scope, { email: account.email, password });
  if (verified.kind === 'throttled') return verified;
  if (verified.kind === 'refused' || verified.accountId !== account.id) return { kind: 'refused' };
  return act === 'remove' ? removeFactor(scope, account.id, code) : renewCodes(scope, account.id, code);
}

function showConfirmation(
  ctx: Context,
  web: Web,
  { act, account, ...shown }: Shown & { readonly act: Act; readonly account: Account },
): void {
  web.send(
    ctx,
    'second-factor/confirm',
    {
      ...commonOf(ctx, account, shown),
      act,
      action: hrefOf(ctx, PATHS[act]),
      cancelHref: hrefOf(ctx, HOME),
    },
    { status: statusOf(shown) },
  );
}
