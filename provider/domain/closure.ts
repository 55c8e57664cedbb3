/** A period during which a caisse's space is closed, all but for its own people: it begins and ends by the clock alone. */
import type { Instant } from './instant.ts';

/** Half-open: `to` is when the space opens again. `words`: what the caisse says of it. */
export type Closure = { readonly from: Instant; readonly to: Instant; readonly words: string };

export const isClosed = (closure: Closure | null, now: Instant): boolean =>
  closure !== null && closure.from <= now && now < closure.to;

const DAY = 86_400_000;
const TOLD_BEFORE = 30 * DAY;

/** What screens tell: nothing long before and after. */
export function standingOf(closure: Closure | null, now: Instant): 'none' | 'coming' | 'closed' {
  if (closure === null || now >= closure.to || now < closure.from - TOLD_BEFORE) return 'none';
  return now < closure.from ? 'coming' : 'closed';
}

/** What a caisse keeps: the closure that it plans, and when the last one began that it has changed or taken away since. */
export type Closing = { readonly closure: Closure | null; readonly accessEndedAt: Instant | null };

/** Whatever people held before that moment (sessions, grants, tokens) is over, for good; null: no closure ever began. */
export function endedBefore({ closure, accessEndedAt }: Closing, now: Instant): Instant | null {
  if (closure === null || now < closure.from) return accessEndedAt;
  return Math.max(accessEndedAt ?? 0, closure.from);
}
