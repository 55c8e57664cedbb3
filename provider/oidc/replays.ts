/**
 * A code or refresh token used twice tells of a theft (RFC 9700 §4.14.2). Whoever notices ends its family: the library
 * when the second use comes later, the adapter when it loses a race; here it gets its audit line.
 */
import type { IncomingMessage } from 'node:http';
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import { appendAudit } from '../store/audit.ts';
import { scopeOf } from '../tenant/scope.ts';
import { requestNow } from './presented.ts';

type Spent = { readonly what: string; readonly accountId: string | undefined };

const spent = new WeakMap<IncomingMessage, Spent>();
const familiesEnded = new WeakSet<IncomingMessage>();

/** The adapter has met one that was consumed before; whether that is a replay, the end of its family will tell. */
export function noteSpent(what: string, { accountId }: AdapterPayload): void {
  const request = requestNow();
  if (request) spent.set(request, { what, accountId });
}

export function noteFamilyEnded(request = requestNow()): void {
  if (request) familiesEnded.add(request);
}

/** Once a token was asked for; the provider's `grant.revoked` event calls noteFamilyEnded. */
export async function auditReplay(ctx: KoaContextWithOIDC): Promise<void> {
  const replay = spent.get(ctx.req);
  if (!replay || !familiesEnded.has(ctx.req)) return;
  const { store, now, address, requestId } = scopeOf(ctx.req);
  await appendAudit(store, {
    kind: 'token_replayed',
    at: now(),
    subjectId: replay.accountId,
    clientId: ctx.oidc.client?.clientId,
    address,
    requestId,
    facts: { what: replay.what },
  });
}
