/** What every screen of a caisse says above itself around a planned closure; null: nothing. */
import { dayOf, startOf } from '../domain/calendar.ts';
import { type Closure, standingOf } from '../domain/closure.ts';
import { tellDate, tellMoment } from '../domain/dates.ts';
import type { Instant } from '../domain/instant.ts';

type Told = { readonly kind: 'warning'; readonly title: string; readonly text: string };

type Closing = { readonly timeZone: string; readonly settings: { readonly closure: Closure | null } };

/** « 17 décembre 2026 à 18 h 30 », at the caisse; a midnight is told by its day. */
function momentOf(at: Instant, timeZone: string): string {
  if (startOf(dayOf(at, timeZone), timeZone) === at) return tellDate(at, timeZone);
  return tellMoment(at, timeZone).replace(/\u00a000$/, '');
}

/** When the closure that is planned ends. */
export const opensAt = ({ timeZone, settings }: Closing): string | null =>
  settings.closure && momentOf(settings.closure.to, timeZone);

export function closureWords({ timeZone, settings }: Closing, now: Instant): Told | null {
  const { closure } = settings;
  const standing = standingOf(closure, now);
  if (closure === null || standing === 'none') return null;
  const opens = momentOf(closure.to, timeZone);
  const when =
    standing === 'closed'
      ? `L’espace est fermé jusqu’à sa réouverture, le ${opens}.`
      : `L’espace sera fermé à partir du ${momentOf(closure.from, timeZone)}, et rouvrira le ${opens}.`;
  const title = standing === 'closed' ? 'Espace fermé' : 'Fermeture prévue';
  return { kind: 'warning', title, text: closure.words === '' ? when : `${when} ${closure.words}` };
}
