/** Where a delegation stands, in the words of the screens: its status, and what is said beside it. */
import { type ShownStatus, type Standing, shownStatus } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';

export const STATUS_LABELS: Readonly<Record<ShownStatus, string>> = {
  active: 'Actif',
  waiting: 'En attente',
  inactive: 'Inactif',
};

const BESIDE: Readonly<Record<Standing, string | null>> = {
  awaiting_beneficiary: 'attend la réponse du bénéficiaire',
  awaiting_confirmation: 'acceptée, attend d’être confirmée',
  to_renew: 'à renouveler',
  active: null,
  suspended: 'en veille',
  refused: 'refusée',
  lapsed: 'sans réponse à temps',
  closed: 'clôturée',
  expired: 'arrivée à son terme',
};

export type StandingShown = {
  readonly status: ShownStatus;
  readonly label: string;
  /** « en veille », « à renouveler »; null when the status says it all. */
  readonly beside: string | null;
};

export function tellStanding(standing: Standing, from: Instant, now: Instant): StandingShown {
  const status = shownStatus(standing);
  const beside = standing === 'active' && from > now ? 'n’a pas encore pris effet' : BESIDE[standing];
  return { status, label: STATUS_LABELS[status], beside };
}
