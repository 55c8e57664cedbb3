/** Whoever holds a delegation hears that somebody above him, or the caisse, has turned it. */
import type { DelegationTurn } from '../domain/message.ts';
import { listRecipients } from '../store/delegation-recipients.ts';
import type { Handle } from '../store/handle.ts';
import type { Scope } from '../tenant/scope.ts';
import { type Several, toldOf } from './tell-delegation.ts';

/** One mail for each recipient, a person or a firm's managers, however many sites that is; in the act's transaction. */
export async function announceTurn(
  { caisse, outbox, now }: Scope,
  inside: Handle,
  given: Several,
  turn: DelegationTurn,
): Promise<void> {
  const told = toldOf(given, caisse);
  for (const { email, givenName, familyName } of await listRecipients(inside, given[0].id, now())) {
    await outbox.announce(inside, {
      ...told,
      channel: 'mail',
      template: 'delegation_turned',
      to: email,
      expiresAt: null,
      givenName,
      familyName,
      turn,
    });
  }
}
