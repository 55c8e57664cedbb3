/** Locals of the screens on which delegations are closed, suspended, resumed, renewed and sites handed over; see screens.ts. */
import type { DelegationLocals, RightsShown, SiteShown } from './screens-delegation.ts';

/** What views/partials/impact draws. */
export type ImpactShown = {
  /** « 1er mars 2027 »: the losses come on that day; null: at once. */
  readonly on: string | null;
  /** Whether anybody loses anything. */
  readonly takes: boolean;
  /** « 14 collaborateurs perdent 3 droits sur 62 sites. » */
  readonly sentences: readonly string[];
};

/** One delegation, as the pages of its acts tell it. */
export type DelegationFacts = {
  readonly site: SiteShown;
  readonly beneficiary: string;
  /** null: a firm, or the address is the name. */
  readonly beneficiaryEmail: string | null;
  /** Whom its rights come from. */
  readonly giver: string;
  readonly isFirm: boolean;
  /** « 21 novembre 2026 »; null: its dates are being chosen. */
  readonly from: string | null;
  /** The last day; null: no end. */
  readonly to: string | null;
  readonly rights: RightsShown;
};

type ActLocals = DelegationLocals & {
  readonly facts: DelegationFacts;
  /** POST `vu`. */
  readonly action: string;
  readonly seen: number;
  readonly listHref: string;
  /** What that page is called; the list of beneficiaries unless told. */
  readonly trail?: string;
  readonly cancelHref: string;
};

export type TurnLocals = ActLocals & {
  readonly act: 'close' | 'suspend' | 'resume';
  /** null where nothing is taken. */
  readonly impact: ImpactShown | null;
};

/** What an imported delegation becomes; its rights are then those that the giver still holds. */
export type RenewLocals = ActLocals & {
  /** `narrowed`: less than it gave; `gone`: nothing of it is left to give. */
  readonly left: 'whole' | 'narrowed' | 'gone';
  readonly closeHref: string;
  /** POST `date_effet` (as it was: it will be now) and `date_fin`. */
  readonly period: { readonly from: string; readonly to: string };
};

export type HandOverLocals = DelegationLocals & {
  readonly site: SiteShown;
  /** POST `email` and, of each chosen site, its field = « oui ». */
  readonly action: string;
  /** POST `invitation`. */
  readonly withdrawAction: string;
  readonly listHref: string;
  readonly email: string;
  /** Whether a site is left to offer. */
  readonly free: boolean;
  readonly sites: readonly {
    readonly field: string;
    readonly siret: string;
    readonly name: string;
    readonly checked: boolean;
  }[];
  /** What waits for an answer already. */
  readonly offers: readonly {
    readonly invitationId: string;
    readonly email: string;
    readonly until: string;
    readonly sites: readonly string[];
  }[];
};

export type HandOverRecapLocals = DelegationLocals & {
  readonly raisonSociale: string;
  readonly email: string;
  readonly sites: readonly { readonly name: string; readonly siret: string }[];
  /** Delegations that go on under the successor. */
  readonly below: number;
  /** « Vous perdez 17 droits sur 2 sites… » */
  readonly loses: string;
  readonly until: string;
  /** POST `carried`. */
  readonly action: string;
  readonly backAction: string;
  readonly listHref: string;
  readonly carried: readonly { readonly name: string; readonly value: string }[];
};

export type ClosingScreens = {
  'delegation/hand-over': HandOverLocals;
  'delegation/hand-over-recap': HandOverRecapLocals;
  'delegation/turn': TurnLocals;
  'delegation/renew': RenewLocals;
};
