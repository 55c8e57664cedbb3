/** The second factor in My account: what there is, and adding one. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { Account } from '../../store/accounts.ts';
import { countRecoveryCodes, findSecondFactor } from '../../store/second-factors.ts';
import { lookOf } from '../../tenant/look.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { commonOf, HOME, hrefOf, leadHome, personAt, type Shown, statusOf } from './account-place.ts';
import { confirmSetUp, proposedSecret } from './change.ts';
import { CODE_MISSING, CODE_REFUSED, shownSetUp } from './show-set-up.ts';

/** Seconds since the sign-in: a new factor locks others out of the account. Fetching one's phone takes time. */
const FRESH = 300;
const FRESH_ENOUGH = 900;

export async function overview(ctx: Context, web: Web): Promise<void> {
  const account = await personAt(ctx, web, HOME);
  if (!account) return;
  const { caisse, store } = scopeFor(ctx);
  const factor = await findSecondFactor(store, account.id);
  const since = factor?.confirmedAt ?? null;
  const notice = queryField(ctx, 'fait') === 'retrait' ? REMOVED : null;
  web.send(ctx, 'second-factor/overview', {
    ...commonOf(ctx, account, { notice }),
    factor:
      since === null
        ? null
        : { since: tellDate(since, caisse.timeZone), codesLeft: await countRecoveryCodes(store, account.id) },
    hrefs: {
      add: hrefOf(ctx, `${HOME}/ajouter`),
      remove: hrefOf(ctx, `${HOME}/retirer`),
      codes: hrefOf(ctx, `${HOME}/codes`),
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
  if (secret === null) return leadHome(ctx);
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
        action: hrefOf(ctx, `${HOME}/ajouter`),
        cancel: { label: 'Ne rien changer', href: hrefOf(ctx, HOME) },
      },
    },
    { status: statusOf(shown) },
  );
}

export function showCodes(ctx: Context, web: Web, codes: readonly string[]): void {
  const { caisse } = scopeFor(ctx);
  web.send(ctx, 'second-factor/codes', {
    look: lookOf(caisse),
    service: null,
    errors: [],
    codes,
    next: { label: 'J’ai noté mes codes', href: hrefOf(ctx, HOME) },
    action: null,
  });
}
