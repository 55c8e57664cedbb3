/** Moments in the words of a message: in the caisse's own time zone, which overseas is not the server's. */
import type { Instant } from '../domain/instant.ts';

const NO_BREAK_SPACE = '\u00a0';

/** « mardi 24 novembre 2026 à 14 h 30 (heure de Paris) », with no-break spaces where French wants them. */
export function tellMoment(instant: Instant, timeZone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('fr-FR', {
      timeZone,
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'shortGeneric',
    })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const time = [Number(read('hour')), 'h', read('minute')].join(NO_BREAK_SPACE);
  return `${read('weekday')} ${tellDayOf(read)} à ${time} (${tellZone(timeZone, read('timeZoneName'))})`;
}

/** « 24 novembre 2026 ». */
export function tellDay(instant: Instant, timeZone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('fr-FR', { timeZone, day: 'numeric', month: 'long', year: 'numeric' })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  return tellDayOf((type) => parts.get(type) ?? '');
}

/** « 14:30 », for an SMS: no letter beyond its alphabet. */
export const tellTime = (instant: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant);

function tellDayOf(read: (type: Intl.DateTimeFormatPartTypes) => string): string {
  const day = read('day') === '1' ? '1er' : read('day');
  return [day, read('month'), read('year')].join(NO_BREAK_SPACE);
}

/** The formatter says « heure : Martinique ». */
const tellZone = (timeZone: string, generic: string): string =>
  timeZone === 'Europe/Paris' ? 'heure de Paris' : generic.replace(/\s*:\s*/, `${NO_BREAK_SPACE}: `);
