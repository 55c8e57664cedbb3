/** Whose second factor a page of My account is about, and where its links lead. */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import { sayingDone, seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AccountLocals } from '../../http/screens-account.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { lookOf } from '../../tenant/look.ts';
import { signedIn } from '../interaction.ts';
import { scopeFor, type Web } from '../web.ts';

export const HOME = '/mon-compte/double-authentification';

const INTERACTION = /^[\w-]{16,64}$/;

/** The service's request in which My account was opened (`prompt=manage_account`), kept from page to page. */
function suffixOf(ctx: Context): string {
  const from = queryField(ctx, 'depuis');
  return INTERACTION.test(from) ? `?depuis=${from}` : '';
}

/** Address of a page of My account. */
export const hrefOf = (ctx: Context, path: string): string =>
  scopeFor(ctx).caisse.basePath + path + suffixOf(ctx);

const accountHref = (ctx: Context): string => {
  const from = suffixOf(ctx).slice('?depuis='.length);
  return `${scopeFor(ctx).caisse.basePath}/mon-compte${from === '' ? '' : `/depuis/${from}`}`;
};

export async function personAt(
  ctx: Context,
  web: Web,
  page: string,
  maxAge?: number,
): Promise<Account | null> {
  const { store, now } = scopeFor(ctx);
  const path = page + suffixOf(ctx);
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
    homeHref: accountHref(ctx),
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
