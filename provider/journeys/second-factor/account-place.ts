/** Whose second factor a page of My account is about, and where its links lead. */
import type { Context } from 'koa';
import { sayingDone, seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AccountLocals } from '../../http/screens-account.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { lookOf } from '../../tenant/look.ts';
import { signedIn } from '../interaction.ts';
import { keeping, overviewPath, sentFrom } from '../sent-from.ts';
import { scopeFor, type Web } from '../web.ts';

export const HOME = '/mon-compte/double-authentification';

/** Address of a page of My account. */
export const hrefOf = (ctx: Context, path: string): string =>
  keeping(sentFrom(ctx), scopeFor(ctx).caisse.basePath + path);

export async function personAt(
  ctx: Context,
  web: Web,
  page: string,
  maxAge?: number,
): Promise<Account | null> {
  const { store, now } = scopeFor(ctx);
  const path = keeping(sentFrom(ctx), page);
  const asked = { path, now: now(), ...(maxAge === undefined ? {} : { maxAge }) };
  const session = await signedIn(ctx, web.interactions, asked);
  return session && ((await findAccount(store, session.accountId)) ?? null);
}

export type Shown = {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

export function commonOf(
  ctx: Context,
  account: Account,
  { errors = [], notice = null }: Shown,
): AccountLocals {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    errors,
    notice,
    homeHref: caisse.basePath + overviewPath(sentFrom(ctx)),
    person: {
      name: `${account.givenName} ${account.familyName}`,
      email: account.email,
      signOutHref: `${caisse.basePath}/session/end`,
    },
  };
}

export const statusOf = ({ errors = [], status = errors.length > 0 ? 422 : 200 }: Shown): number => status;

export function leadHome(ctx: Context, done = ''): void {
  const href = hrefOf(ctx, HOME);
  seeOther(ctx, done === '' ? href : sayingDone(href, done));
}
