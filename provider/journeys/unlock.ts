/** Too many tries have locked somebody out: of his password, his second step or his mobile's codes. Lets him in again. */
import type { Instant } from '../domain/instant.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { type AccountSeen, listFailingNetworks } from '../store/office-accounts.ts';
import type { Scope } from '../tenant/scope.ts';
import { unlockAddress } from './credentials.ts';
import { unlockMobile } from './mobile-code.ts';
import { forgetTries } from './second-step-tries.ts';

/** The longest of the waits that a password brings. */
const WAIT = 3_600_000;

export type Unlocking = {
  readonly account: Pick<AccountSeen, 'id' | 'email' | 'mobile' | 'givenName' | 'familyName'>;
  /** null: from a shell. */
  readonly agentId: string | null;
  readonly reason: string;
  /** Who sits at the shell. */
  readonly operator?: string;
};

/** Tells him, and the audit, first: what is forgotten afterwards may be forgotten twice. */
export async function unlock(scope: Scope, { account, agentId, reason, operator }: Unlocking): Promise<void> {
  const now: Instant = scope.now();
  await transaction(scope.store, async (inside) => {
    const { address, requestId } = scope;
    await appendAudit(inside, {
      kind: 'account_unlocked',
      at: now,
      actorId: agentId ?? undefined,
      subjectId: account.id,
      ...(agentId === null ? {} : { address, requestId }),
      facts: { reason, before: 'locked', after: 'unlocked', ...(operator === undefined ? {} : { operator }) },
    });
    if (account.email === null) return;
    await scope.outbox.announce(inside, {
      channel: 'mail',
      template: 'office_act',
      act: 'unlocked',
      about: '',
      link: null,
      to: account.email,
      givenName: account.givenName,
      familyName: account.familyName,
      expiresAt: null,
    });
  });
  if (account.email !== null) {
    await unlockAddress(scope, account.email, await listFailingNetworks(scope.store, account.id, now - WAIT));
  }
  await forgetTries(scope, account.id);
  await unlockMobile(scope, { subject: `account ${account.id}`, number: account.mobile });
}
