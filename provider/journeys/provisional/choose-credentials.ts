/** The address and the password that replace what the letter brought: kept with a link until that link certifies. */
import { emailKey } from '../../domain/email.ts';
import { findAccount, findCredentials } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { createLink } from '../../store/links.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';

const LINK_LASTS = 2 * 86_400_000;
/** Whoever holds a letter must not fill a stranger's mailbox with it. */
const ACCOUNT: Limit = { name: 'provisional_mail', tries: 10, seconds: 86_400 };
const MAILBOX: Limit = { name: 'provisional_mailbox', tries: 10, seconds: 86_400 };

export type Chosen = { readonly accountId: string; readonly email: string; readonly passwordHash: string };

/** The same statements whoever has the address: only its owner learns that it is in use. */
export async function keepChoice(scope: Scope, { accountId, email, passwordHash }: Chosen): Promise<void> {
  const { store, caisse, outbox, random, address, requestId } = scope;
  const now = scope.now();
  const expiresAt = now + LINK_LASTS;
  await transaction(store, async (inside) => {
    const [account, owner] = [
      await findAccount(inside, accountId),
      await findCredentials(inside, emailKey(email)),
    ];
    if (account?.status !== 'provisional') return;
    const token = await createLink(inside, {
      purpose: 'certification',
      accountId,
      email,
      facts: { passwordHash },
      now,
      expiresAt,
      random,
    });
    const { givenName, familyName } = account;
    await outbox.announce(
      inside,
      owner
        ? { channel: 'mail', template: 'address_in_use', to: email, expiresAt: null }
        : {
            channel: 'mail',
            template: 'provisional_opening',
            to: email,
            givenName,
            familyName,
            link: `${caisse.issuer}/certification?jeton=${token}`,
            expiresAt,
          },
    );
    await appendAudit(inside, {
      kind: 'provisional_address_given',
      at: now,
      actorId: accountId,
      address,
      requestId,
    });
  });
}

/** Counted before the new password is hashed. @returns seconds to wait, else 0. */
export const countMail = (scope: Scope, accountId: string, email: string): Promise<number> =>
  scope.throttle.count([
    [ACCOUNT, countedKey(scope, accountId)],
    [MAILBOX, countedKey(scope, emailKey(email))],
  ]);
