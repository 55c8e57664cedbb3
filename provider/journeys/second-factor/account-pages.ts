/** The second factor in My account: what there is, adding one, removing it, new recovery codes. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AccountLocals } from '../../http/screens-account.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { countRecoveryCodes, findSecondFactor } from '../../store/second-factors.ts';
import { lookOf } from '../../tenant/look.ts';
import { verifyCredentials } from '../credentials.ts';
import { signedIn } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { confirmSetUp, proposedSecret, removeFactor, renewCodes, type SetUp } from './change.ts';
import { CODE_MISSING, CODE_REFUSED, shownSetUp } from './show-set-up.ts';

export const HOME = '/mon-compte/double-authentification';

/** Seconds since the sign-in: a new factor locks others out of the account. Fetching one's phone takes time. */
const FRESH = 300;
const FRESH_ENOUGH = 900;

async function personAt(ctx: Context, web: Web, path: string, maxAge?: number): Promise<Account | null> {
  const { store, now } = scopeFor(ctx);
  const asked = { path, now: now(), ...(maxAge === undefined ? {} : { maxAge }) };
  const session = await signedIn(ctx, web.interactions, asked);
  return session && ((await findAccount(store, session.accountId)) ?? null);
}

type Shown = {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function commonOf(ctx: Context, account: Account, { errors = [], notice = null }: Shown): AccountLocals {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    errors,
    notice,
    homeHref: `${caisse.basePath}/mon-compte`,
    person: {
      name: `${account.givenName} ${account.familyName}`,
      email: account.email,
      signOutHref: `${caisse.basePath}/session/end`,
    },
  };
}

const statusOf = ({ errors = [], status = errors.length > 0 ? 422 : 200 }: Shown): number => status;

function leadTo(ctx: Context, path: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(scopeFor(ctx).caisse.basePath + path);
}

export async function overview(ctx: Context, web: Web): Promise<void> {
  const account = await personAt(ctx, web, HOME);
  if (!account) return;
  const { caisse, store } = scopeFor(ctx);
  const factor = await findSecondFactor(store, account.id);
  const since = factor?.confirmedAt ?? null;
  const day = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: caisse.timeZone });
  const notice = ctx.query.fait === 'retrait' ? REMOVED : null;
  web.send(ctx, 'second-factor/overview', {
    ...commonOf(ctx, account, { notice }),
    factor:
      since === null
        ? null
        : { since: day.format(since), codesLeft: await countRecoveryCodes(store, account.id) },
    hrefs: {
      add: `${caisse.basePath}${HOME}/ajouter`,
      remove: `${caisse.basePath}${HOME}/retirer`,
      codes: `${caisse.basePath}${HOME}/codes`,
    },
  });
}

const REMOVED: Notice = {
  kind: 'success',
  title: null,
  text: 'La connexion en deux étapes est désactivée. Un message de confirmation vous est envoyé.',
};

export async function askAddition(ctx: Context, web: Web): Promise<void> {
  const account = await personAt(ctx, web, `${HOME}/ajouter`, FRESH);
  if (account) await showAddition(ctx, web, account);
}

export async function takeAddition(ctx: Context, web: Web): Promise<void> {
  const account = await personAt(ctx, web, `${HOME}/ajouter`, FRESH_ENOUGH);
  if (!account) return;
  const typed = field(ctx, 'code').slice(0, 64);
  if (typed.trim() === '') return showAddition(ctx, web, account, { errors: [CODE_MISSING] });
  const done = await confirmSetUp(scopeFor(ctx), account.id, typed);
  if (done.kind === 'set_up') return showCodes(ctx, web, done.codes);
  if (done.kind === 'refused') return showAddition(ctx, web, account, { errors: [CODE_REFUSED] });
  ctx.set('Retry-After', String(done.seconds));
  return showAddition(ctx, web, account, { status: 429, notice: tooManyTries(done.seconds) });
}

async function showAddition(ctx: Context, web: Web, account: Account, shown: Shown = {}): Promise<void> {
  const scope = scopeFor(ctx);
  const { caisse } = scope;
  const secret = await proposedSecret(scope, account.id);
  if (secret === null) return leadTo(ctx, HOME);
  const { look, service, errors, notice } = commonOf(ctx, account, shown);
  web.send(
    ctx,
    'second-factor/set-up',
    {
      look,
      service,
      errors,
      notice,
      requiredBy: null,
      setUp: {
        ...shownSetUp(caisse, account.email, secret),
        action: `${caisse.basePath}${HOME}/ajouter`,
        cancel: { label: 'Ne rien changer', href: caisse.basePath + HOME },
      },
    },
    { status: statusOf(shown) },
  );
}

function showCodes(ctx: Context, web: Web, codes: readonly string[]): void {
  const { caisse } = scopeFor(ctx);
  web.send(ctx, 'second-factor/codes', {
    look: lookOf(caisse),
    service: null,
    errors: [],
    codes,
    next: { label: 'J’ai noté mes codes', href: caisse.basePath + HOME },
    action: null,
  });
}

type Act = 'remove' | 'renew';

const PATHS: Readonly<Record<Act, string>> = { remove: `${HOME}/retirer`, renew: `${HOME}/codes` };

export const askConfirmation =
  (act: Act) =>
  async (ctx: Context, web: Web): Promise<void> => {
    const account = await personAt(ctx, web, PATHS[act]);
    if (!account) return;
    const factor = await findSecondFactor(scopeFor(ctx).store, account.id);
    if (!factor || factor.confirmedAt === null) return leadTo(ctx, HOME);
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
    leadTo(ctx, `${HOME}?fait=retrait`);
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
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'second-factor/confirm',
    {
      ...commonOf(ctx, account, shown),
      act,
      action: caisse.basePath + PATHS[act],
      cancelHref: caisse.basePath + HOME,
    },
    { status: statusOf(shown) },
  );
}
