/**
 * What we decide of the library's sessions: whether one still stands, and telling services that it is over. Ending them is store/sessions, in the transaction of the act that ends them.
 */
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import { type EndedSession, findSessionAccount, nextSecond } from '../store/sessions.ts';
import { scopeOf } from '../tenant/scope.ts';
import { isShutFor, sessionsCountFrom } from './closure.ts';
import { ACR_MFA } from './contract.ts';

/** `signedInAt`: seconds, as the library keeps it. A session that does not know it is taken for an old one. */
export const isOver = (signedInAt: number | undefined, validFrom: Instant | null | undefined): boolean =>
  typeof validFrom === 'number' && (signedInAt ?? 0) * 1000 < validFrom;

export type StandingSession = {
  readonly accountId: string;
  readonly uid: string;
  readonly signedInAt: Instant;
  /** Signed in with one, and not by the password alone. */
  readonly secondFactor: boolean;
};

/** The one session, read outside the library's own routes; null when nobody is signed in, or no longer validly. */
export async function standingSession(ctx: Context, provider: Provider): Promise<StandingSession | null> {
  const session = await provider.Session.get(ctx);
  if (!session.accountId) return null;
  const account = await findSessionAccount(scopeOf(ctx.req).store, session.accountId);
  if (account?.status !== 'active' || isOver(session.loginTs, sessionsCountFrom(ctx.req, account)))
    return null;
  if (isShutFor(ctx.req, account)) return null;
  return {
    accountId: session.accountId,
    uid: session.uid,
    signedInAt: (session.authTime() ?? 0) * 1000,
    secondFactor: session.acr === ACR_MFA,
  };
}

/** The password was typed again on a page of ours: the session of this browser outlives the change that ends the others. */
export async function renewSession(ctx: Context, provider: Provider): Promise<void> {
  const session = await provider.Session.get(ctx);
  if (!session.accountId) return;
  session.loginTs = nextSecond(scopeOf(ctx.req).now()) / 1000;
  await session.persist();
}

type Notified = { backchannelLogout(accountId: string, sid: string): Promise<void> };

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.5, after the fact has committed. A service that does not answer keeps
 * nobody waiting for more than the library's time-out.
 */
export async function tellServices(
  provider: Provider,
  accountId: string,
  ended: readonly EndedSession[],
): Promise<void> {
  const told = ended.flatMap(({ sids }) => Object.entries(sids));
  await Promise.allSettled(
    told.map(async ([clientId, sid]) => {
      const client = await provider.Client.find(clientId);
      if (!client?.backchannelLogoutUri) return;
      await (client as unknown as Notified).backchannelLogout(accountId, sid);
    }),
  );
}
