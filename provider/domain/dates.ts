/** Moments as people read them in French, in the time zone of their caisse; with no-break spaces where French wants them. */
import { dayOf, timeOf } from './calendar.ts';
import type { Instant } from './instant.ts';

const NO_BREAK_SPACE = '\u00a0';

const MONTHS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
] as const;

/** « 21 novembre 2026 », « 1er mars 2027 ». */
export function tellDate(at: Instant, timeZone: string): string {
  const [year, month, day] = dayOf(at, timeZone).split('-').map(Number);
  return [day === 1 ? '1er' : day, MONTHS[Number(month) - 1], year].join(NO_BREAK_SPACE);
}

/** The last day of rights that stop at that instant; null when they do not. */
export const tellLastDay = (to: Instant | null, timeZone: string): string | null =>
  to === null ? null : tellDate(to - 1, timeZone);

/** « 14 h 05 », « 8 h 00 ». */
export function tellTime(at: Instant, timeZone: string): string {
  const [hour, minute] = timeOf(at, timeZone).split(':');
  return [Number(hour), 'h', minute].join(NO_BREAK_SPACE);
}

/** « 1er mars 2027 à 14 h 05 ». */
export const tellMoment = (at: Instant, timeZone: string): string =>
  `${tellDate(at, timeZone)} à ${tellTime(at, timeZone)}`;

/** « 21/11/2026 », for the cells of a table. */
export const tellShortDate = (at: Instant, timeZone: string): string =>
  dayOf(at, timeZone).split('-').reverse().join('/');
