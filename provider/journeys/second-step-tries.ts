/** How often a second step may be tried: by its person, and forgotten again by whoever knows better. */
import type { Limit } from '../store/throttle.ts';
import type { Scope } from '../tenant/scope.ts';
import { countedKey } from './limits.ts';

/** Of a million codes three are right at any moment. */
const SHORT: Limit = { name: 'second_step', tries: 5, seconds: 300 };
/** Whoever gets here knows the password: a long wait harms nobody else. Six in a hundred thousand a day. */
const LONG: Limit = { name: 'second_step_day', tries: 20, seconds: 86_400 };

/** Also of a code that is to confirm a new factor: guessing one would be as good. */
export async function countTry(scope: Scope, accountId: string): Promise<number> {
  const key = countedKey(scope, accountId);
  return (await scope.throttle.count([[SHORT, key]])) || (await scope.throttle.count([[LONG, key]]));
}

export async function forgetTries(scope: Scope, accountId: string): Promise<void> {
  const key = countedKey(scope, accountId);
  await Promise.all([scope.throttle.forget(SHORT, key), scope.throttle.forget(LONG, key)]);
}
