/** Asks for a reset link: the same answer whatever was typed, and a mail only to the owner of an active account. */
import { emailKey } from '../../domain/email.ts';
import { networkOf } from '../../domain/network.ts';
import { findAccount, findCredentials } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { createLink } from '../../store/links.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';

/** On one address: nobody's mailbox is flooded. */
const MAILBOX: Limit = { name: 'reset_mailbox', tries: 5, seconds: 3600 };
/** From one network to any address. */
const NETWORK: Limit = { name: 'reset_network', tries: 60, seconds: 3600 };

const LINK_LASTS = 3_600_000;

/** @returns seconds to wait when there were too many requests, else 0. */
export async function askReset(scope: Scope, email: string): Promise<number> {
  const { store, throttle } = scope;
  const key = emailKey(email);
  const network = networkOf(scope.address);
  const seconds = await throttle.count([
    [MAILBOX, countedKey(scope, key)],
    [NETWORK, countedKey(scope, network)],
  ]);
  if (seconds > 0) return seconds;
  const credentials = await findCredentials(store, key);
  await writeLink(scope, credentials?.status === 'active' ? credentials.id : null);
  return 0;
}

async function writeLink(scope: Scope, accountId: string | null): Promise<void> {
  const { caisse, store, outbox, random, address, requestId } = scope;
  const now = scope.now();
  await transaction(store, async (inside) => {
    await appendAudit(inside, {
      kind: 'password_reset_asked',
      at: now,
      subjectId: accountId ?? undefined,
      address,
      requestId,
    });
    const account = accountId === null ? undefined : await findAccount(inside, accountId);
    if (!account) return;
    const expiresAt = now + LINK_LASTS;
    const { id, email, givenName, familyName } = account;
    const token = await createLink(inside, {
      purpose: 'password_reset',
      accountId: id,
      email,
      now,
      expiresAt,
      random,
    });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'password_reset',
      to: email,
      expiresAt,
      givenName,
      familyName,
      link: `${caisse.issuer}/nouveau-mot-de-passe?jeton=${token}`,
    });
  });
}
