/** DSN alerts as a caisse's information system words them, about the last months before a moment. */
import type { Instant } from '../domain/instant.ts';
import type { DsnAlert } from '../store/adherents.ts';
import type { Chance } from './chance.ts';

const ALERTS = [
  (month: string) => `DSN ${month} : une déclaration à rectifier. Une action de votre part est attendue.`,
  (month: string) => `DSN ${month} : déclaration non reçue à ce jour. Une action de votre part est attendue.`,
  (month: string) => `DSN ${month} : deux salariés à identifier. Une action de votre part est attendue.`,
  (month: string) => `DSN ${month} : une période d’emploi à vérifier.`,
];

const DAY = 86_400_000;

type Making = {
  readonly caisse: { readonly timeZone: string };
  readonly chance: Chance;
  readonly now: Instant;
};

/** One to three, newest first, one a month. */
export function alertsOf(siteId: string, { caisse, chance, now }: Making): DsnAlert[] {
  const month = new Intl.DateTimeFormat('fr-FR', {
    month: 'long',
    year: 'numeric',
    timeZone: caisse.timeZone,
  });
  return Array.from({ length: 1 + chance.below(3) }, (_, ago) => ({
    id: chance.uuid(),
    siteId,
    message: chance.pick(ALERTS)(month.format(now - (ago + 1) * 31 * DAY)),
    pushedAt: now - (ago * 31 + 2 + chance.below(5)) * DAY,
  }));
}
