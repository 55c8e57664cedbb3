/** Whoever held something below what an act of the caisse has closed hears that it gives him nothing any more. */
import { type Delegation, findBelow, isFirm } from '../../store/delegation-acts.ts';
import type { Handle } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { announceTurn } from '../announce-turn.ts';

/**
 * One mail for each person, giver and adhérent, however many sites that is; in the act's transaction.
 * `closedIds`: those that gave something until then.
 */
export async function tellBelow(scope: Scope, inside: Handle, closedIds: readonly string[]): Promise<void> {
  const now = scope.now();
  const below = closedIds.length === 0 ? [] : await findBelow(inside, closedIds, now);
  for (const [first, ...others] of Map.groupBy(below, togetherOf).values()) {
    if (first) await announceTurn(scope, inside, [first, ...others], 'ended');
  }
}

const togetherOf = ({ giver, beneficiary, site }: Delegation): string =>
  [giver && idOf(giver), idOf(beneficiary), site.adherentId].join();

const idOf = (party: Delegation['beneficiary']): string | null =>
  isFirm(party) ? party.cabinetId : party.accountId;
