/**
 * What logout means here: the session ends, and with it every grant made in it, also those of sites left since; the
 * library ends only the latest grant of each service, because grants outlive a change of site.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import { revokeGrantsOfSession } from '../store/artifacts.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { scopeOf } from '../tenant/scope.ts';

/** Registered as a middleware of the provider: done before the answer leaves, so that nothing outlives it. */
export async function endGrantsWithSession(
  ctx: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): Promise<void> {
  await next();
  const session = ctx.oidc?.route === 'end_session_confirm' ? ctx.oidc.session : undefined;
  if (!session || !(session as { destroyed?: boolean }).destroyed) return;
  const { store, now, address, requestId } = scopeOf(ctx.req);
  const { uid, accountId } = session;
  await transaction(store, async (inside) => {
    await revokeGrantsOfSession(inside, uid);
    if (!accountId) return;
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
