/** Wires the pages that the protocol library asks for to the journeys that draw them. */
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import type { SendPage } from './http/page.ts';
import { seeOther } from './http/redirect.ts';
import { pathOf } from './journeys/dispatch.ts';
import { showError } from './journeys/error-page.ts';
import { nextStepTo } from './journeys/next-step.ts';
import { showSignOut, showSignOutEnd } from './journeys/sign-out/screens.ts';
import type { OidcScreens } from './oidc/screens.ts';
import { Refusal } from './refusal.ts';
import { isDatabaseAway } from './store/database.ts';
import { findScope } from './tenant/scope.ts';

export type Wiring = {
  readonly send: SendPage;
  readonly log: Logger;
  readonly defaultService: (ctx: Context) => { readonly name: string; readonly href: string } | null;
};

export function makeOidcScreens({ send, log, defaultService }: Wiring): OidcScreens {
  const requestIdOf = (ctx: Context): string => findScope(ctx.req)?.requestId ?? '';
  const show = (ctx: Context, refusal: Refusal | null, status?: number): void => {
    const nextStep = nextStepTo(defaultService(ctx));
    showError(ctx, send, { refusal, status, requestId: requestIdOf(ctx), nextStep });
  };

  return {
    pathOf,
    isAway: isDatabaseAway,
    notFound: (ctx) => show(ctx, new Refusal('not_found')),
    fault: (ctx, err) => log.error({ requestId: requestIdOf(ctx), err }, 'fault'),
    error(ctx, error, status) {
      if (isDatabaseAway(error)) return show(ctx, new Refusal('database_away'));
      if (error instanceof Refusal) return show(ctx, error);
      if (status >= 500) return show(ctx, null, status);
      const { error: code, error_description: facts } = error as {
        error?: string;
        error_description?: string;
      };
      log.info({ requestId: requestIdOf(ctx), code, facts }, 'protocol error');
      const expired = error.name === 'SessionNotFound';
      show(ctx, new Refusal(expired ? 'interaction_expired' : 'bad_request'), status);
    },
    async leadOn(ctx) {
      const service = defaultService(ctx);
      if (!service) return false;
      seeOther(ctx, service.href);
      return true;
    },
    signOut: (ctx: KoaContextWithOIDC) => {
      const { session, client } = ctx.oidc;
      const state = (session as { state?: { secret: string; postLogoutRedirectUri?: string } } | undefined)
        ?.state;
      return showSignOut(ctx as unknown as Context, send, {
        accountId: session?.accountId ?? null,
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: state?.secret ?? '',
        service: client
          ? { name: client.clientName ?? client.clientId, uri: client.clientUri ?? null }
          : null,
        returnUri: state?.postLogoutRedirectUri ?? null,
      });
    },
    async signedOut(ctx: KoaContextWithOIDC) {
      const koa = ctx as unknown as Context;
      const { accountId = null } = await ctx.oidc.provider.Session.get(koa);
      return showSignOutEnd(koa, send, { accountId, service: defaultService(koa) });
    },
  };
}
