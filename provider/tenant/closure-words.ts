/** What every screen of a caisse says above itself around a planned closure; null: nothing. */
import { type Closure, standingOf } from '../domain/closure.ts';
import type { Instant } from '../domain/instant.ts';

type Told = { readonly kind: 'warning'; readonly title: string; readonly text: string };

const dayOf = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { day: 'numeric', month: 'long', year: 'numeric', timeZone }).format(at);

export function closureWords(
  {
    timeZone,
    settings,
  }: { readonly timeZone: string; readonly settings: { readonly closure: Closure | null } },
  now: Instant,
): Told | null {
  const { closure } = settings;
  const standing = standingOf(closure, now);
  if (closure === null || standing === 'none') return null;
  const opens = dayOf(closure.to, timeZone);
  const when =
    standing === 'closed'
      ? `L’espace est fermé jusqu’à sa réouverture, le ${opens}.`
      : `L’espace sera fermé à partir du ${dayOf(closure.from, timeZone)}, et rouvrira le ${opens}.`;
  const title = standing === 'closed' ? 'Espace fermé' : 'Fermeture prévue';
  return { kind: 'warning', title, text: closure.words === '' ? when : `${when} ${closure.words}` };
}
