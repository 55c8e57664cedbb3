/** Ends what a person has open elsewhere. Ending what is not his, or is over, changes nothing and says nothing else. */
import type { Account } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { type Handle, isId, transaction } from '../../store/handle.ts';
import { type EndedSession, endServiceAccess, endSessions, type Which } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';

export const endOneSession = (
  scope: Scope,
  account: Account,
  uid: string,
): Promise<readonly EndedSession[]> =>
  uid === '' ? Promise.resolve([]) : end(scope, account, { only: uid });

export const endOtherSessions = (
  scope: Scope,
  account: Account,
  current: string,
): Promise<readonly EndedSession[]> => end(scope, account, { except: current });

const end = (scope: Scope, account: Account, which: Which): Promise<readonly EndedSession[]> =>
  transaction(scope.store, async (inside) => {
    const ended = await endSessions(inside, account.id, which, scope.now());
    if (ended.length === 0) return ended;
    const { now, address, requestId } = scope;
    const facts = { sessions: ended.length };
    await appendAudit(inside, {
      kind: 'session_ended',
      at: now(),
      actorId: account.id,
      address,
      requestId,
      facts,
    });
    await announceTo(scope, inside, account, 'session_ended');
    return ended;
  });

export async function endService(
  scope: Scope,
  account: Account,
  asked: { readonly clientId: string; readonly siteId: string },
): Promise<void> {
  const { clientId } = asked;
  const siteId = isId(asked.siteId) ? asked.siteId : null;
  await transaction(scope.store, async (inside) => {
    if (!(await endServiceAccess(inside, { accountId: account.id, clientId, siteId }))) return;
    const { now, address, requestId } = scope;
    await appendAudit(inside, {
      kind: 'service_access_ended',
      at: now(),
      actorId: account.id,
      clientId,
      siteId: siteId ?? undefined,
      address,
      requestId,
    });
    await announceTo(scope, inside, account, 'access_ended');
  });
}

const announceTo = (
  { outbox }: Scope,
  inside: Handle,
  { email, givenName, familyName }: Account,
  template: 'session_ended' | 'access_ended',
): Promise<void> =>
  outbox.announce(inside, { channel: 'mail', template, to: email, expiresAt: null, givenName, familyName });
