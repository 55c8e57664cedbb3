/**
 * The activation: of an enrolment whose address has proved itself, one account, its root on the site, the code used
 * up, in one transaction.
 */
import { randomUUID } from 'node:crypto';
import { emailKey } from '../../domain/email.ts';
import { rootOf } from '../../domain/enrolment.ts';
import type { Instant } from '../../domain/instant.ts';
import { findCredentials, insertAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { lockCode, useCode } from '../../store/confidential-codes.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { type Activation, consumeActivationLink, findActivation } from '../../store/enrolments.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { violates } from '../../store/violations.ts';
import type { Scope } from '../../tenant/scope.ts';

export type ActivationOutcome =
  | { readonly kind: 'activated' }
  /** Meanwhile the address got an account, by another enrolment: nothing was used up. */
  | { readonly kind: 'email_taken' }
  | { readonly kind: 'refused'; readonly state: Exclude<Activation['state'], 'live'> | 'unknown' };

export function activate(scope: Scope, token: string): Promise<ActivationOutcome> {
  const { store, address, requestId } = scope;
  const now = scope.now();
  const act = transaction<ActivationOutcome>(store, async (inside) => {
    const asked = await findActivation(inside, token, now);
    if (!asked) return { kind: 'refused', state: 'unknown' };
    // Of several at once the first goes on; the others then see what it left.
    await lockCode(inside, asked.codeId);
    const found = (await findActivation(inside, token, now)) ?? asked;
    if (found.state !== 'live') return { kind: 'refused', state: found.state };
    if (await findCredentials(inside, emailKey(found.details.email))) return { kind: 'email_taken' };
    await consumeActivationLink(inside, token, now);
    const accountId = await openAccount(inside, found, now);
    await useCode(inside, found.codeId, now);
    const event = { at: now, actorId: accountId, siteId: found.site.id, address, requestId };
    await appendAudit(inside, { ...event, kind: 'account_activated' });
    return { kind: 'activated' };
  });
  return act.catch((error: unknown) => {
    if (violates(error, 'one_account_per_email')) return { kind: 'email_taken' };
    throw error;
  });
}

async function openAccount(
  inside: Handle,
  { details, passwordHash, site }: Activation,
  now: Instant,
): Promise<string> {
  const id = randomUUID();
  await insertAccount(
    inside,
    {
      ...details,
      id,
      emailKey: emailKey(details.email),
      passwordHash,
      emailCertifiedAt: now,
      status: 'active',
      staffRole: null,
    },
    now,
  );
  const place = { id: randomUUID(), adherentId: site.adherentId, siteId: site.id };
  const root = { ...place, ...rootOf(now), kind: 'enrolment' as const, granteeAccountId: id };
  await insertDelegations(inside, [root], now);
  return id;
}
