/** The only way back for who has lost both application and recovery codes: an agent of the caisse has made sure who he is. */
import { findAccount } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { deleteSecondFactor } from '../store/second-factors.ts';
import type { Scope } from '../tenant/scope.ts';

/** @returns false when there was nothing to reset. */
export const resetByAgent = (
  scope: Scope,
  {
    accountId,
    agentId,
    reason,
  }: { readonly accountId: string; readonly agentId: string; readonly reason: string },
): Promise<boolean> =>
  transaction(scope.store, async (inside) => {
    if (!(await deleteSecondFactor(inside, accountId))) return false;
    const { address, requestId, outbox } = scope;
    await appendAudit(inside, {
      kind: 'second_factor_reset',
      at: scope.now(),
      actorId: agentId,
      subjectId: accountId,
      address,
      requestId,
      facts: { reason, before: 'second_factor', after: null },
    });
    const person = await findAccount(inside, accountId);
    if (!person?.email) return true;
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'second_factor_changed',
      change: 'reset_by_agent',
      to: person.email,
      givenName: person.givenName,
      familyName: person.familyName,
      expiresAt: null,
    });
    return true;
  });
