/** What opening the link does: certifies an address again, or opens an account whose person came by letter. */
import { emailKey } from '../../domain/email.ts';
import { appendAudit } from '../../store/audit.ts';
import { certifyEmail } from '../../store/certifications.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { consumeLink, findLink } from '../../store/links.ts';
import { openProvisional } from '../../store/provisional.ts';
import { violates } from '../../store/violations.ts';
import type { Scope } from '../../tenant/scope.ts';

export type Certified =
  | { readonly kind: 'certified' }
  | { readonly kind: 'opened' }
  /** Another account has taken the address since the link left. */
  | { readonly kind: 'address_taken' }
  | { readonly kind: 'gone'; readonly state: 'used' | 'expired' | 'superseded' | 'unknown' };

/** Rolls back: the link is not spent on an act that did not happen. */
class NotDone extends Error {
  readonly outcome: Certified;
  constructor(outcome: Certified) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

export async function certify(scope: Scope, token: string): Promise<Certified> {
  const now = scope.now();
  try {
    return await transaction(scope.store, async (inside): Promise<Certified> => {
      const link = await consumeLink(inside, 'certification', token, now);
      if (!link) {
        const found = await findLink(inside, 'certification', token, now);
        const state = found?.state ?? 'unknown';
        return { kind: 'gone', state: state === 'live' ? 'used' : state };
      }
      const { passwordHash } = link.facts;
      return typeof passwordHash === 'string'
        ? open(scope, inside, { ...link, passwordHash })
        : certifyAgain(scope, inside, link);
    });
  } catch (error) {
    if (error instanceof NotDone) return error.outcome;
    // Two at the same instant: neither saw the other's address.
    if (violates(error, 'one_account_per_email')) return { kind: 'address_taken' };
    throw error;
  }
}

type Link = { readonly accountId: string; readonly email: string };

async function certifyAgain(scope: Scope, inside: Handle, { accountId, email }: Link): Promise<Certified> {
  const now = scope.now();
  if (!(await certifyEmail(inside, { accountId, email, now }))) {
    throw new NotDone({ kind: 'gone', state: 'superseded' });
  }
  await record(scope, inside, 'email_certified', accountId);
  return { kind: 'certified' };
}

async function open(
  scope: Scope,
  inside: Handle,
  { accountId, email, passwordHash }: Link & { readonly passwordHash: string },
): Promise<Certified> {
  const opening = { accountId, email, emailKey: emailKey(email), passwordHash, now: scope.now() };
  if (!(await openProvisional(inside, opening))) throw new NotDone({ kind: 'address_taken' });
  await record(scope, inside, 'provisional_opened', accountId);
  return { kind: 'opened' };
}

const record = (
  { address, requestId, now }: Scope,
  inside: Handle,
  kind: 'email_certified' | 'provisional_opened',
  accountId: string,
): Promise<void> => appendAudit(inside, { kind, at: now(), actorId: accountId, address, requestId });
