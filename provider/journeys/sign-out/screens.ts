/**
 * The two screens of sign-out (RP-Initiated Logout 1.0). The protocol library routes and decides; these are drawn on
 * its behalf.
 */
import type { Context } from 'koa';
import { cspSource, type SendPage } from '../../http/page.ts';
import type { RequestingService } from '../../http/screens.ts';
import { findAccount } from '../../store/accounts.ts';
import { lookOf } from '../../tenant/look.ts';
import { scopeFor } from '../web.ts';

export type SignOut = {
  readonly accountId: string | null;
  /** POST target of the confirmation. */
  readonly action: string;
  readonly xsrf: string;
  readonly service: RequestingService | null;
  /** Where the service wants its person back; null: our own final page. */
  readonly returnUri: string | null;
};

export async function showSignOut(ctx: Context, send: SendPage, signOut: SignOut): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const account = signOut.accountId === null ? undefined : await findAccount(store, signOut.accountId);
  const person = account && {
    name: `${account.givenName} ${account.familyName}`,
    email: account.email,
    signOutHref: null,
  };
  send(
    ctx,
    'sign-out/confirm',
    {
      look: lookOf(caisse),
      service: signOut.service,
      errors: [],
      action: signOut.action,
      xsrf: signOut.xsrf,
      person: person ?? null,
    },
    { formTargets: signOut.returnUri === null ? [] : [cspSource(signOut.returnUri)] },
  );
}

export function showSignedOut(
  ctx: Context,
  send: SendPage,
  service: { readonly name: string; readonly href: string } | null,
): void {
  send(ctx, 'sign-out/done', {
    look: lookOf(scopeFor(ctx).caisse),
    service: null,
    errors: [],
    defaultService: service && { label: service.name, href: service.href },
  });
}
