/** Whose account a page is about, and where it leads back to: the overview, which a service may have sent him to. */
import type { Context } from 'koa';
import { sayingDone, seeOther } from '../../http/redirect.ts';
import type { Notice } from '../../http/screens.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { lookOf } from '../../tenant/look.ts';
import { type SignedIn, signedIn } from '../interaction.ts';
import { keeping, overviewPath, sentFrom } from '../sent-from.ts';
import { scopeFor, type Web } from '../web.ts';

export type Place = {
  readonly account: Account;
  readonly session: SignedIn;
  /** The interaction that brought the person here; '' for none. */
  readonly from: string;
  /** Address of the overview. */
  readonly home: string;
  /** Address of a page of My account, which then leads back to the same overview. */
  readonly href: (path: string) => string;
};

/** The signed-in person's; else leads to the sign-in and back here, and returns null. `path`: of this page. */
export async function enter(ctx: Context, web: Web, path: string): Promise<Place | null> {
  const { now } = scopeFor(ctx);
  const from = sentFrom(ctx);
  const session = await signedIn(ctx, web.interactions, { path: keeping(from, path), now: now() });
  return session && placeOf(ctx, session, from);
}

/** `from`: the interaction that brought the person here; '' for none. */
export async function placeOf(ctx: Context, session: SignedIn, from: string): Promise<Place | null> {
  const { caisse, store } = scopeFor(ctx);
  const account = await findAccount(store, session.accountId);
  if (!account) return null;
  const { basePath } = caisse;
  return {
    account,
    session,
    from,
    home: basePath + overviewPath(from),
    href: (path) => keeping(from, basePath + path),
  };
}

/** What every page of My account is drawn with. */
export function localsOf(ctx: Context, { account, home }: Place, notice: Notice | null = null) {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    person: {
      name: `${account.givenName} ${account.familyName}`,
      email: account.email,
      signOutHref: `${caisse.basePath}/session/end`,
    },
    homeHref: home,
    notice,
  };
}

/** Back to the overview, which says what was done. */
export function goHome(ctx: Context, { home }: Pick<Place, 'home'>, done: string): void {
  seeOther(ctx, sayingDone(home, done));
}
