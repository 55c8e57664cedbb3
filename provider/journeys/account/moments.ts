/** Moments as a person reads them, in the time zone of the caisse. */
import type { Instant } from '../../domain/instant.ts';

/** « 21 novembre 2026 » */
export const tellDay = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone }).format(at);

/** « 21 novembre 2026 à 14:05 » */
export const tellMoment = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at);
