/** A firm's managers hear by mail whom somebody else has brought to it: a client, another manager, the caisse. */
import type { FirmJoined } from '../domain/message.ts';
import type { Account } from '../store/accounts.ts';
import { listManagers } from '../store/delegation-recipients.ts';
import type { Handle } from '../store/handle.ts';
import type { Scope } from '../tenant/scope.ts';

export type Joining = {
  readonly cabinet: { readonly id: string; readonly name: string };
  readonly who: Account;
  readonly joined: FirmJoined;
};

/** All but himself, in the transaction of the act that he joins by. */
export async function tellManagers(
  { caisse, outbox, now }: Scope,
  inside: Handle,
  { cabinet, who, joined }: Joining,
): Promise<void> {
  for (const manager of await listManagers(inside, cabinet.id, now())) {
    if (manager.accountId === who.id) continue;
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'member_joined',
      to: manager.email,
      expiresAt: null,
      givenName: manager.givenName,
      familyName: manager.familyName,
      cabinetName: cabinet.name,
      member: `${who.givenName} ${who.familyName}`,
      memberEmail: who.email,
      joined,
      link: `${caisse.issuer}/mon-cabinet/collaborateurs`,
    });
  }
}
