/**
 * The life of a delegation: where it stands now, as dates pass without any job having to run, and what may still
 * happen to it. Owns states and their names; what a delegation is worth is domain/rights, who may act on it is policies.
 */
import type { Instant } from './instant.ts';
import type { LinkKind, LinkStatus, Vector } from './rights.ts';

export type DelegationKind = Exclude<LinkKind, 'membership'>;

/** The stored status, and what time makes of it: a delay that ran out (`lapsed`), a last day that passed (`expired`). */
export type Standing = LinkStatus | 'expired';

export type Dated = {
  readonly status: LinkStatus;
  readonly to: Instant | null;
  /** Until when the invitation waits; null when it waits for nothing. */
  readonly waitsUntil: Instant | null;
};

export function standingOf({ status, to, waitsUntil }: Dated, now: Instant): Standing {
  switch (status) {
    case 'awaiting_beneficiary':
    case 'awaiting_confirmation':
      if (waitsUntil !== null && waitsUntil <= now) return 'lapsed';
      return isPast(to, now) ? 'expired' : status;
    case 'active':
    case 'suspended':
    case 'to_renew':
      return isPast(to, now) ? 'expired' : status;
    default:
      return status;
  }
}

const isPast = (to: Instant | null, now: Instant): boolean => to !== null && to <= now;

/** What the screens call it (DOMAIN, Access rights): « En attente », « Actif », « Inactif ». */
export type ShownStatus = 'waiting' | 'active' | 'inactive';

export function shownStatus(standing: Standing): ShownStatus {
  switch (standing) {
    case 'awaiting_beneficiary':
    case 'awaiting_confirmation':
    case 'to_renew':
      return 'waiting';
    case 'active':
    case 'suspended':
      return 'active';
    default:
      return 'inactive';
  }
}

/** What may be done to a delegation where it stands; by whom is the policy's to say. */
export type Act = 'modify' | 'suspend' | 'resume' | 'close' | 'confirm' | 'send_again' | 'withdraw' | 'renew';

const ACTS: Readonly<Record<Standing, readonly Act[]>> = {
  awaiting_beneficiary: ['modify', 'send_again', 'withdraw'],
  awaiting_confirmation: ['modify', 'confirm', 'withdraw'],
  to_renew: ['renew', 'close'],
  active: ['modify', 'suspend', 'close'],
  suspended: ['modify', 'resume', 'close'],
  lapsed: ['send_again'],
  expired: [],
  refused: [],
  closed: [],
};

export const actsOn = (standing: Standing): readonly Act[] => ACTS[standing];

/** A gift of rights: what a giver must hold, at the moment of the gift. */
export type Gift = {
  readonly kind: Exclude<DelegationKind, 'enrolment'>;
  /** The firm: for staff, theirs; for a firm, the one that receives; null for a user. */
  readonly cabinetId: string | null;
  readonly admin: boolean;
  readonly vector: Vector;
};
