/** Whether an identifiant and an initial password, which a letter brought, open an account made by the caisse. */
import { networkOf } from '../../domain/network.ts';
import { findProvisional } from '../../store/provisional.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import type { Verified } from '../credentials.ts';
import { countedKey } from '../limits.ts';

/** As for passwords, and tighter on one identifiant: it is printed on every letter, and its password is a short one. */
const PAIR: Limit = { name: 'provisional_pair', tries: 5, seconds: 300 };
const LOGIN: Limit = { name: 'provisional_login', tries: 30, seconds: 86_400 };
const ADDRESS: Limit = { name: 'provisional_address', tries: 100, seconds: 3600 };

/** Unknown, used, expired and wrong cost and say the same. */
export async function verifyProvisional(
  scope: Scope,
  typed: { readonly login: string; readonly password: string },
): Promise<Verified> {
  const { store, throttle, passwords, address } = scope;
  const network = networkOf(address);
  const pair = countedKey(scope, typed.login, network);
  const seconds =
    (await throttle.count([[PAIR, pair]])) ||
    (await throttle.count([
      [LOGIN, countedKey(scope, typed.login)],
      [ADDRESS, countedKey(scope, network)],
    ]));
  if (seconds > 0) return { kind: 'throttled', seconds };
  const credentials = await findProvisional(store, typed.login);
  const matches = await passwords.verify(credentials?.passwordHash ?? null, typed.password);
  if (!credentials || !matches || credentials.expiresAt <= scope.now()) {
    return { kind: 'refused', accountId: credentials?.id };
  }
  await throttle.forget(PAIR, pair);
  return { kind: 'verified', accountId: credentials.id };
}
