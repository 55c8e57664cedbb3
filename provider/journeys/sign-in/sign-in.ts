/** Sign-in by e-mail and password: throttled before any hashing, alike for unknown accounts and wrong passwords. */
import { createHash } from 'node:crypto';
import { emailKey } from '../../domain/email.ts';
import { networkOf } from '../../domain/network.ts';
import { findCredentials } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';

/** From one address on one account: a person who has forgotten. */
const PAIR: Limit = { name: 'sign_in_pair', tries: 5, seconds: 300 };
/** On one account from anywhere: a distributed guess; more than one address can try, so that it alone locks nobody out. */
const ACCOUNT: Limit = { name: 'sign_in_account', tries: 100, seconds: 3600 };
/** From one address on any account: spraying; high enough for a firm behind one address. */
const ADDRESS: Limit = { name: 'sign_in_address', tries: 300, seconds: 3600 };

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly accountId: string; readonly at: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export async function signIn(
  scope: Scope,
  typed: { readonly email: string; readonly password: string; readonly clientId: string },
): Promise<SignInOutcome> {
  const { store, throttle, passwords, address, requestId } = scope;
  const key = emailKey(typed.email);
  const network = networkOf(address);
  const pair = keyOf(scope, key, network);
  const event = { at: scope.now(), clientId: typed.clientId, address, requestId };
  // In this order: a try that its pair refuses is no guess, and must not use up what others on the account may try.
  const seconds =
    (await throttle.count([[PAIR, pair]])) ||
    (await throttle.count([
      [ACCOUNT, keyOf(scope, key)],
      [ADDRESS, network],
    ]));
  if (seconds > 0) {
    await appendAudit(store, { ...event, kind: 'sign_in_throttled' });
    return { kind: 'throttled', seconds };
  }
  const credentials = await findCredentials(store, key);
  const matches = await passwords.verify(credentials?.passwordHash ?? null, typed.password);
  if (!credentials || !matches || credentials.status !== 'active') {
    await appendAudit(store, { ...event, kind: 'sign_in_failed', subjectId: credentials?.id });
    return { kind: 'refused' };
  }
  await appendAudit(store, { ...event, kind: 'signed_in', actorId: credentials.id });
  await throttle.forget(PAIR, pair);
  return { kind: 'signed_in', accountId: credentials.id, at: event.at };
}

/** What is counted stays out of the counters' table: addresses are personal data. */
const keyOf = ({ caisse }: Scope, ...parts: readonly string[]): string =>
  createHash('sha256')
    .update([caisse.id, ...parts].join('\n'))
    .digest('base64url');
