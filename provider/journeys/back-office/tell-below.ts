/** Whoever held something below what an act of the caisse has closed hears that it gives him nothing any more. */
import { type Delegation, findBelow, isFirm } from '../../store/delegation-acts.ts';
import { listRecipients } from '../../store/delegation-recipients.ts';
import type { Handle } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { toldOf } from '../tell-delegation.ts';

/**
 * One mail for each person, giver and adhérent, however many sites that is; in the act's transaction.
 * `closedIds`: those that gave something until then.
 */
export async function tellBelow(scope: Scope, inside: Handle, closedIds: readonly string[]): Promise<void> {
  const now = scope.now();
  const below = closedIds.length === 0 ? [] : await findBelow(inside, closedIds, now);
  for (const [first, ...others] of Map.groupBy(below, togetherOf).values()) {
    if (!first) continue;
    const told = toldOf([first, ...others], scope.caisse);
    for (const { email, givenName, familyName } of await listRecipients(inside, first.id, now)) {
      await scope.outbox.announce(inside, {
        ...told,
        channel: 'mail',
        template: 'delegation_turned',
        to: email,
        expiresAt: null,
        givenName,
        familyName,
        turn: 'ended',
      });
    }
  }
}

const togetherOf = ({ giver, beneficiary, site }: Delegation): string =>
  [giver && idOf(giver), idOf(beneficiary), site.adherentId].join();

const idOf = (party: Delegation['beneficiary']): string | null =>
  isFirm(party) ? party.cabinetId : party.accountId;
