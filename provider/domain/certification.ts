/** The periodic certification of e-mail addresses: when one is due, and which reminder precedes it. Owns no sending. */
import type { Instant } from './instant.ts';

const DAY = 86_400_000;

/** Days before the date; each is sent once. */
const REMINDERS = [30, 7] as const;
export type Reminder = (typeof REMINDERS)[number];

/** `months` later, on the same day of the month or its last one (31 January → 28 February); UTC. */
export function dueAt(certifiedAt: Instant, months: number): Instant {
  const from = new Date(certifiedAt);
  const target = new Date(certifiedAt);
  target.setUTCDate(1);
  target.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return target.getTime();
}

/** An address that never was certified is due at once. */
export const isDue = (certifiedAt: Instant | null, months: number, now: Instant): boolean =>
  certifiedAt === null || dueAt(certifiedAt, months) <= now;

/**
 * The reminder that this moment is for, if any. One that was missed is not sent late when a later one is for now:
 * two mails at once help nobody.
 */
export function reminderFor(certifiedAt: Instant, months: number, now: Instant): Reminder | null {
  const left = dueAt(certifiedAt, months) - now;
  if (left <= 0) return null;
  return REMINDERS.findLast((days) => left <= days * DAY) ?? null;
}

/** Whole days left, the begun one included: what the reminder says. */
export const daysLeft = (certifiedAt: Instant, months: number, now: Instant): number =>
  Math.ceil((dueAt(certifiedAt, months) - now) / DAY);

/** Certified before this moment: near enough to its date for a reminder, or past it. */
export const remindedIfCertifiedBefore = (months: number, now: Instant): Instant =>
  dueAt(now, -months) + (REMINDERS[0] + 4) * DAY;
