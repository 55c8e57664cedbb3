/**
 * The screens of sign-out (RP-Initiated Logout 1.0). The protocol library routes and decides; these are drawn on
 * its behalf.
 */
import type { Context } from 'koa';
import { cspSource, type SendPage } from '../../http/page.ts';
import type { RequestingService, SignedInPerson } from '../../http/screens.ts';
import { findAccount } from '../../store/accounts.ts';
import { lookOf } from '../../tenant/look.ts';
import { nextStepTo } from '../next-step.ts';
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
  const { caisse } = scopeFor(ctx);
  const person = await personOf(ctx, signOut.accountId);
  send(
    ctx,
    'sign-out/confirm',
    {
      look: lookOf(caisse),
      service: signOut.service,
      errors: [],
      action: signOut.action,
      xsrf: signOut.xsrf,
      person,
    },
    { formTargets: signOut.returnUri === null ? [] : [cspSource(signOut.returnUri)] },
  );
}

export type SignOutEnd = {
  /** Whoever is still signed in: he declined, or opened this page by its address. */
  readonly accountId: string | null;
  readonly service: { readonly name: string; readonly href: string } | null;
};

export async function showSignOutEnd(ctx: Context, send: SendPage, end: SignOutEnd): Promise<void> {
  const { caisse } = scopeFor(ctx);
  const locals = {
    look: lookOf(caisse),
    service: null,
    errors: [],
    defaultService: nextStepTo(end.service),
  };
  const person = await personOf(ctx, end.accountId);
  if (!person) return send(ctx, 'sign-out/done', locals);
  const signOutHref = `${caisse.basePath}/session/end`;
  send(ctx, 'sign-out/stayed', { ...locals, person: { ...person, signOutHref } });
}

async function personOf(ctx: Context, accountId: string | null): Promise<SignedInPerson | null> {
  const account = accountId === null ? undefined : await findAccount(scopeFor(ctx).store, accountId);
  if (!account) return null;
  return { name: `${account.givenName} ${account.familyName}`, email: account.email, signOutHref: null };
}
