/** The address that the issuer calls when a session ends elsewhere (OpenID Connect Back-Channel Logout 1.0). */
import type Router from '@koa/router';
import { type Portal, single } from './context.ts';
import { readLogoutToken, type SeenTokens } from './logout-token.ts';

export function addBackchannelRoute(router: Router, { issuers, sessions, settings }: Portal): void {
  const seen: SeenTokens = new Map();

  router.post('/:slug/deconnexion-distante', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const issuer = issuers.get(String(ctx.params.slug));
    const token = single((ctx.request.body as Record<string, unknown> | undefined)?.logout_token);
    try {
      if (issuer === undefined) throw new Error('unknown caisse');
      if (token === undefined) throw new Error('logout_token is missing');
      sessions.end(await readLogoutToken(token, { issuer, seen, now: settings.now() }));
      // §2.8: 200 as well when no session was left to end.
      ctx.status = 200;
      ctx.body = '';
    } catch (error) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: String((error as Error).message) };
    }
  });
}
