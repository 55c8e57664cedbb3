/** Days of a caisse, which has its own time zone: overseas a day begins at another moment than the server's. */
import type { Instant } from './instant.ts';

/** « 2026-03-03 »: a day as forms and addresses write it (ISO 8601). */
export type Day = string;

const HOUR = 3_600_000;

/** null for what is no day of the calendar, such as « 2026-02-30 ». */
export function parseDay(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const at = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  const known = !Number.isNaN(at) && utcDay(at) === match[0];
  return known && Number(match[1]) >= 1900 ? match[0] : null;
}

/** The day that it is then at the caisse. */
export const dayOf = (instant: Instant, timeZone: string): Day => clockOf(instant, timeZone).slice(0, 10);

/** « 14:05 », what clocks show there, to the minute. */
export const timeOf = (instant: Instant, timeZone: string): string =>
  clockOf(instant, timeZone).slice(11, 16);

/** The instant at which that day begins there. */
export const startOf = (day: Day, timeZone: string): Instant => instantOf(day, '00:00', timeZone);

/** When clocks there show that time (« 14:05 ») on that day; where they are put forward past it, as if they were not. */
export function instantOf(day: Day, time: string, timeZone: string): Instant {
  const shown = Date.parse(`${day}T${time}:00Z`);
  // Twice: the clocks may change between that time here and in Greenwich.
  const near = shown - aheadOfUtc(shown, timeZone);
  return shown - aheadOfUtc(near, timeZone);
}

/** A date de fin is the last day of the rights: they stop at the midnight after it. */
export const endOf = (day: Day, timeZone: string): Instant => startOf(nextDay(day), timeZone);

/** The last day of rights that stop at that instant. */
export const lastDayOf = (end: Instant, timeZone: string): Day => dayOf(end - 1, timeZone);

export const nextDay = (day: Day): Day => utcDay(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR);

const utcDay = (at: Instant): Day => new Date(at).toISOString().slice(0, 10);

const aheadOfUtc = (instant: Instant, timeZone: string): number =>
  Date.parse(`${clockOf(instant, timeZone)}Z`) - Math.floor(instant / 1000) * 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** « 2026-03-03T14:05:09 », what clocks show there. */
function clockOf(instant: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(instant).replace(' ', 'T');
}
