/** Locals of the screens « cabinet »; see screens.ts. */

import type { ImpactShown } from './screens-closing.ts';
import type { DelegationLocals } from './screens-delegation.ts';
import type { FirmScreens } from './screens-firm.ts';
import type { Carried } from './screens-giving.ts';
import type { Paging } from './screens-list.ts';
import type { FirmLocals } from './screens-portfolio.ts';

/** Of whoever manages several firms. */
export type ChooseCabinetLocals = DelegationLocals & {
  readonly cabinets: readonly { readonly name: string; readonly href: string }[];
};

/** A page of one of a firm's people, or of one to come. */
type StaffLocals = DelegationLocals & {
  /** Its name. */
  readonly cabinet: string;
  /** The list of its people. */
  readonly staffHref: string;
};

export type PersonOfCabinet = {
  readonly name: string;
  readonly email: string | null;
  /** null: whom clients named is nobody of the firm. */
  readonly role: string | null;
  /** Clients who named him, each for itself alone. */
  readonly namedBy: readonly string[];
  /** He belongs to the firm besides, or no client named him. */
  readonly wholeFirm: boolean;
  readonly clients: number;
  /** « 21 novembre 2026 » */
  readonly since: string;
  readonly isYou: boolean;
  /** Clients are entrusted to him; null: he has them all. */
  readonly entrustHref: string | null;
  /** null: only the caisse removes him. */
  readonly removeHref: string | null;
};

export type CabinetStaffLocals = FirmLocals & {
  readonly inviteHref: string;
  /** GET with `q`, and what is carried besides. */
  readonly action: string;
  readonly carried: Carried;
  readonly search: string;
  /** People of the firm, searched or not. */
  readonly all: number;
  readonly matching: number;
  readonly people: readonly PersonOfCabinet[];
  readonly paging: Paging;
  readonly invitations: readonly {
    readonly email: string;
    readonly inviter: string;
    readonly sentOn: string;
    /** Last day on which it may be accepted; null: that day has passed. */
    readonly until: string | null;
    /** POST `vu`. */
    readonly againAction: string;
    /** Goes back as `vu`: which sending the page showed. */
    readonly seen: string;
    /** POST */
    readonly withdrawAction: string;
  }[];
};

/** POST `email`. */
export type InviteMemberLocals = StaffLocals & { readonly action: string; readonly email: string };

/** POST `motif`, one of the reasons or none. */
export type RemovePersonLocals = StaffLocals & {
  readonly action: string;
  readonly name: string;
  readonly namedBy: readonly string[];
  readonly impact: ImpactShown;
  readonly reasons: readonly { readonly value: string; readonly label: string }[];
};

export type CabinetScreens = FirmScreens & {
  'cabinet/choose': ChooseCabinetLocals;
  'cabinet/staff': CabinetStaffLocals;
  'cabinet/invite': InviteMemberLocals;
  'cabinet/remove': RemovePersonLocals;
};
