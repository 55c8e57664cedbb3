/** An agent's batch of letters: what it is for is fixed here, a job does the rest. */
import { CODE_DAYS } from '../../domain/confidential-code.ts';
import { transaction } from '../../store/handle.ts';
import { gatherWaiting, insertBatch, type NewBatch, type SiteChoice } from '../../store/letter-batches.ts';
import type { DueTerms } from '../../store/letter-due.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';
import { noteAct } from './note.ts';

const DAY = 86_400_000;
/** An agent who makes more is a mistake, or no agent. */
const BATCHES: Limit = { name: 'letter_batches', tries: 30, seconds: 3_600 };

export type AskedBatch = {
  /** Made with the form, so that a form that is sent twice makes one batch. */
  readonly id: string;
  readonly agentId: string;
  readonly choice: SiteChoice | { readonly origin: 'waiting' };
  /** '' unless codes that are still good are replaced. */
  readonly reason: string;
  readonly withWelcome: boolean;
};

export const termsOf = ({ caisse, now }: Scope, replace: boolean): DueTerms => ({
  replace,
  limits: caisse.settings.codeLetters,
  now: now(),
});

/** @returns seconds to wait, else 0. */
export const countBatch = (scope: Scope, agentId: string): Promise<number> =>
  scope.throttle.count([[BATCHES, countedKey(scope, agentId)]]);

/** @returns whether there is anything in it; then it was made, by this call or by the same form before. */
export async function makeBatch(scope: Scope, asked: AskedBatch): Promise<boolean> {
  const { choice, agentId } = asked;
  const now = scope.now();
  const batch: NewBatch = {
    id: asked.id,
    madeBy: agentId,
    now,
    expiresAt: now + CODE_DAYS * DAY,
    reason: asked.reason,
    withWelcome: asked.withWelcome,
  };
  try {
    await transaction(scope.store, async (inside) => {
      const number =
        choice.origin === 'waiting'
          ? await gatherWaiting(inside, batch)
          : await insertBatch(inside, batch, { choice, terms: termsOf(scope, asked.reason !== '') });
      if (number === null) return;
      if (number === 0) throw new NothingToSend();
      await noteAct(scope, inside, {
        kind: 'letter_batch_made',
        actorId: agentId,
        facts: {
          batch: batch.id,
          origin: choice.origin,
          number,
          before: null,
          after: 'writing',
          ...(asked.reason && { reason: asked.reason }),
        },
      });
    });
  } catch (error) {
    if (error instanceof NothingToSend) return false;
    throw error;
  }
  return true;
}

/** Ends the transaction without a batch. */
class NothingToSend extends Error {}
