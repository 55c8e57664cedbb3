/**
 * What logout means here: the session ends, and with it every grant made in it, also those of sites left since; the
 * library ends only the latest grant of each service, because grants outlive a change of site.
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { endSessions } from '../store/sessions.ts';
import { scopeOf } from '../tenant/scope.ts';
import type { OidcScreens } from './screens.ts';
import { tellServices } from './sessions.ts';

/** Once a sign-out was confirmed, before the answer leaves, so that nothing outlives it. */
export async function endGrantsWithSession(ctx: KoaContextWithOIDC): Promise<void> {
  const { session } = ctx.oidc;
  if (!session || !(session as { destroyed?: boolean }).destroyed) return;
  const { store, now, address, requestId } = scopeOf(ctx.req);
  const { uid, accountId } = session;
  if (!accountId) return;
  await transaction(store, async (inside) => {
    await endSessions(inside, accountId, { only: uid }, now());
    const clientId = ctx.oidc.entities.Client?.clientId;
    await appendAudit(inside, {
      kind: 'signed_out',
      at: now(),
      actorId: accountId,
      clientId,
      address,
      requestId,
    });
  });
}

type Asked = { readonly postLogoutRedirectUri?: string; readonly state?: string };

/**
 * Nobody is signed in, so there is nothing to confirm: straight to where the sign-out leads. The library would have a
 * script post its form, on a page that is not ours and stays there without JavaScript.
 */
export const leadNobodyOut =
  (screens: OidcScreens) =>
  async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { session } = ctx.oidc;
    if (ctx.status !== 200 || session?.accountId) return;
    const { postLogoutRedirectUri, state } = (session as { state?: Asked } | undefined)?.state ?? {};
    if (postLogoutRedirectUri === undefined) return screens.signedOut(ctx);
    const back = new URL(postLogoutRedirectUri);
    if (state !== undefined) back.searchParams.set('state', state);
    ctx.status = 303;
    ctx.redirect(back.href);
  };

/**
 * Ends the session of this browser because somebody else has just signed in there (a shared machine): its grants, and
 * by back channel the sessions that services opened from it. The library would ask the newcomer to confirm a sign-out
 * that is not his.
 */
export async function endSessionOfAnother(ctx: Context, provider: Provider, session: Session): Promise<void> {
  const { accountId, uid } = session;
  if (!accountId) return;
  const { store, now, address, requestId } = scopeOf(ctx.req);
  const ended = await transaction(store, async (inside) => {
    await appendAudit(inside, { kind: 'signed_out', at: now(), actorId: accountId, address, requestId });
    return endSessions(inside, accountId, { only: uid }, now());
  });
  await tellServices(provider, accountId, ended);
}
