/** Sign-in by e-mail and password, told to the audit. */
import { appendAudit } from '../../store/audit.ts';
import type { Scope } from '../../tenant/scope.ts';
import { verifyCredentials } from '../credentials.ts';

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly accountId: string; readonly at: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export async function signIn(
  scope: Scope,
  typed: { readonly email: string; readonly password: string; readonly clientId: string },
): Promise<SignInOutcome> {
  const { store, address, requestId } = scope;
  const event = { at: scope.now(), clientId: typed.clientId, address, requestId };
  const verified = await verifyCredentials(scope, typed);
  switch (verified.kind) {
    case 'throttled':
      await appendAudit(store, { ...event, kind: 'sign_in_throttled' });
      return verified;
    case 'refused':
      await appendAudit(store, { ...event, kind: 'sign_in_failed', subjectId: verified.accountId });
      return { kind: 'refused' };
    case 'verified':
      await appendAudit(store, { ...event, kind: 'signed_in', actorId: verified.accountId });
      return { kind: 'signed_in', accountId: verified.accountId, at: event.at };
  }
}
