/** Links of a chain, and what stops them, in the words of the screens. */
import { tellDate } from '../domain/dates.ts';
import type { Obstacle } from '../domain/explain.ts';
import type { LinkStatus, Window } from '../domain/rights.ts';
import type { NamedLink } from '../store/chains.ts';

const STATUSES: Readonly<Record<Exclude<LinkStatus, 'active'>, string>> = {
  awaiting_beneficiary: 'attend la réponse du bénéficiaire',
  awaiting_confirmation: 'attend d’être confirmée',
  to_renew: 'attend d’être renouvelée',
  suspended: 'est en veille',
  refused: 'a été refusée',
  lapsed: 'est restée sans réponse',
  closed: 'est clôturée',
};

/** « est en veille », « a pris fin le 3 mars 2026 »: what to say after the name of the link. */
export function tellObstacle(obstacle: Obstacle, timeZone: string): string {
  switch (obstacle.kind) {
    case 'status':
      return STATUSES[obstacle.status];
    case 'begins':
      return `ne prend effet que le ${tellDate(obstacle.at, timeZone)}`;
    case 'over':
      return `a pris fin, son dernier jour étant le ${tellDate(obstacle.at - 1, timeZone)}`;
    case 'attachment':
      return `ne vaut pas\u00a0: le cabinet n’est ${away(obstacle.window)} rattaché à l’entreprise`;
    case 'membership':
      return `ne vaut pas\u00a0: la personne ne fait ${away(obstacle.window)} partie du cabinet`;
    case 'level':
      return obstacle.held === 'none'
        ? 'ne donne aucun droit sur cette fonctionnalité'
        : 'ne donne que la consultation de cette fonctionnalité';
    case 'college':
      return 'ne couvre pas ce collège';
    case 'nothing_common':
      return 'n’a aucun droit en commun avec ce que détient la personne qui donne';
    case 'broken':
      return 'ne se rattache plus à rien';
  }
}

const away = ({ to }: Window): string => (to === null ? 'pas encore' : 'plus');

/** « La délégation de Camille Exemple à Dominique Témoin ». */
export function tellLink({ kind, grantorName, granteeName }: NamedLink): string {
  const to = granteeName ?? 'une personne invitée';
  switch (kind) {
    case 'enrolment':
      return `La place d’administrateur de ${to}`;
    case 'membership':
      return `La responsabilité de ${to} au cabinet ${grantorName ?? ''}`.trimEnd();
    default:
      return `La délégation de ${grantorName ?? ''} à ${to}`;
  }
}
