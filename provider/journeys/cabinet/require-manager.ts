/** Whoever changes a firm manages it at that moment, and until his act has committed. */
import type { Instant } from '../../domain/instant.ts';
import { Refusal } from '../../refusal.ts';
import { holdManagership } from '../../store/cabinet-managers.ts';
import type { Handle } from '../../store/handle.ts';

/** Inside the act's transaction. @throws Refusal `not_manager`. */
export async function requireManager(
  inside: Handle,
  who: { readonly accountId: string; readonly cabinetId: string; readonly now: Instant },
): Promise<void> {
  if (!(await holdManagership(inside, who))) throw new Refusal('not_manager');
}
