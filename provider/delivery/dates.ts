/** Moments in the words of a mail: with their weekday and the zone, since who reads them may be in another. */
import { tellDate, tellTime } from '../domain/dates.ts';
import type { Instant } from '../domain/instant.ts';

/** « mardi 24 novembre 2026 à 14 h 30 (heure de Paris) », with no-break spaces where French wants them. */
export function tellMoment(instant: Instant, timeZone: string): string {
  const format = new Intl.DateTimeFormat('fr-FR', {
    timeZone,
    weekday: 'long',
    timeZoneName: 'shortGeneric',
  });
  const told = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const [weekday, zone] = [told.get('weekday') ?? '', tellZone(timeZone, told.get('timeZoneName') ?? '')];
  return `${weekday} ${tellDate(instant, timeZone)} à ${tellTime(instant, timeZone)} (${zone})`;
}

/** The formatter says « heure : Martinique ». */
const tellZone = (timeZone: string, generic: string): string =>
  timeZone === 'Europe/Paris' ? 'heure de Paris' : generic.replace(/\s*:\s*/, '\u00a0: ');
