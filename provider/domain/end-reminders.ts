/** When people are reminded that a delegation is about to end. Owns the delays; neither who is told nor the sending. */
import type { Instant } from './instant.ts';

const DAY = 86_400_000;

/** Days before the end; each is told once. */
const REMINDERS = [30, 7] as const;

/** The delegations whose end lies in (after, until] are told about it as ending within so many days. */
export type EndWindow = {
  readonly days: number;
  readonly after: Instant;
  readonly until: Instant;
  /**
   * Milliseconds before its end by which a delegation must have begun, and said what it says: whoever has chosen, or
   * got, an end nearer than that knows it.
   */
  readonly lead: number;
};

/** They do not overlap: one that was missed is not told late beside the next, two mails at once help nobody. */
export const endWindows = (now: Instant): readonly EndWindow[] =>
  REMINDERS.map((days, i) => ({
    days,
    after: now + (REMINDERS[i + 1] ?? 0) * DAY,
    until: now + days * DAY,
    lead: days * DAY,
  }));
