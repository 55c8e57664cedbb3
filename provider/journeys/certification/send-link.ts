/** The link that certifies an address again: sent when the gate is reached, and again when asked, within limits. */
import type { Instant } from '../../domain/instant.ts';
import { findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { liveLinkSince } from '../../store/certifications.ts';
import { transaction } from '../../store/handle.ts';
import { createLink } from '../../store/links.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';

const LINK_LASTS = 86_400_000;
const MAILS: Limit = { name: 'certification_mail', tries: 5, seconds: 86_400 };

export type Sent =
  | { readonly kind: 'sent'; readonly at: Instant }
  | { readonly kind: 'throttled'; readonly seconds: number };

/** Sends nothing while a link is on its way: coming back to the page is not asking for another one. */
export async function sendIfNone(scope: Scope, accountId: string): Promise<Sent> {
  const live = await liveLinkSince(scope.store, accountId, scope.now());
  return live ? { kind: 'sent', at: live.createdAt } : sendLink(scope, accountId);
}

export async function sendLink(scope: Scope, accountId: string): Promise<Sent> {
  const { store, caisse, outbox, throttle, random, address, requestId } = scope;
  const seconds = await throttle.count([[MAILS, countedKey(scope, accountId)]]);
  if (seconds > 0) return { kind: 'throttled', seconds };
  const now = scope.now();
  const expiresAt = now + LINK_LASTS;
  await transaction(store, async (inside) => {
    const account = await findAccount(inside, accountId);
    if (account?.status !== 'active') return;
    const { email, givenName, familyName } = account;
    const token = await createLink(inside, {
      purpose: 'certification',
      accountId,
      email,
      now,
      expiresAt,
      random,
    });
    const link = `${caisse.issuer}/certification?jeton=${token}`;
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'certification',
      to: email,
      givenName,
      familyName,
      link,
      expiresAt,
    });
    await appendAudit(inside, {
      kind: 'certification_sent',
      at: now,
      actorId: accountId,
      address,
      requestId,
    });
  });
  return { kind: 'sent', at: now };
}
