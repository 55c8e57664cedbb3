/**
 * Whether an address and a password open an account: throttled before any hashing, alike for unknown accounts and
 * wrong passwords. Owns the limits on guessing, which every form that takes a password shares; audits nothing.
 */
import { emailKey } from '../domain/email.ts';
import { networkOf } from '../domain/network.ts';
import { findCredentials } from '../store/accounts.ts';
import type { Limit } from '../store/throttle.ts';
import type { Scope } from '../tenant/scope.ts';
import { countedKey } from './limits.ts';

/** From one address on one account: a person who has forgotten. */
const PAIR: Limit = { name: 'sign_in_pair', tries: 5, seconds: 300 };
/** On one account from anywhere: a distributed guess; more than one address can try, so that it alone locks nobody out. */
const ACCOUNT: Limit = { name: 'sign_in_account', tries: 100, seconds: 3600 };
/** From one address on any account: spraying; high enough for a firm behind one address. */
const ADDRESS: Limit = { name: 'sign_in_address', tries: 300, seconds: 3600 };

export type Verified =
  | { readonly kind: 'verified'; readonly accountId: string }
  /** `accountId`: whose password it was not, when there is such an account; for the audit alone. */
  | { readonly kind: 'refused'; readonly accountId: string | undefined }
  | { readonly kind: 'throttled'; readonly seconds: number };

/** Whoever has proved in another way whose account it is (a reset) is not kept out by the tries of before. */
export const forgetTries = ({ throttle, ...scope }: Scope, email: string): Promise<void> =>
  throttle.forget(PAIR, countedKey(scope, emailKey(email), networkOf(scope.address)));

/** Likewise somebody whom an agent knows: from wherever the tries came. */
export async function unlockAddress(
  scope: Pick<Scope, 'caisse' | 'throttle'>,
  email: string,
  networks: readonly string[],
): Promise<void> {
  const key = emailKey(email);
  await scope.throttle.forget(ACCOUNT, countedKey(scope, key));
  for (const network of networks)
    await scope.throttle.forget(PAIR, countedKey(scope, key, networkOf(network)));
}

export async function verifyCredentials(
  scope: Scope,
  typed: { readonly email: string; readonly password: string },
): Promise<Verified> {
  const { store, throttle, passwords, address } = scope;
  const key = emailKey(typed.email);
  const network = networkOf(address);
  const pair = countedKey(scope, key, network);
  // In this order: a try that its pair refuses is no guess, and must not use up what others on the account may try.
  const seconds =
    (await throttle.count([[PAIR, pair]])) ||
    (await throttle.count([
      [ACCOUNT, countedKey(scope, key)],
      [ADDRESS, countedKey(scope, network)],
    ]));
  if (seconds > 0) return { kind: 'throttled', seconds };
  const credentials = await findCredentials(store, key);
  const matches = await passwords.verify(credentials?.passwordHash ?? null, typed.password);
  if (!credentials || !matches || credentials.status !== 'active') {
    return { kind: 'refused', accountId: credentials?.id };
  }
  await throttle.forget(PAIR, pair);
  return { kind: 'verified', accountId: credentials.id };
}
