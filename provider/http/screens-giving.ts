/** Locals of the screens on which rights are given to a colleague, and modified; see screens.ts. */
import type { ImpactShown } from './screens-closing.ts';
import type { DelegationLocals, MatrixLocals, RightsShown, SiteShown } from './screens-delegation.ts';

export type Carried = readonly { readonly name: string; readonly value: string }[];

/** What every step of a gift shows. */
type StepLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly action: string;
  /** To the list, giving nothing. */
  readonly cancelHref: string;
  /** What the other steps hold, as hidden fields. */
  readonly carried: Carried;
};

export type AddLocals = StepLocals & {
  readonly email: string;
  readonly period: { readonly from: string; readonly to: string };
  /** Delegations to that address that stand already. */
  readonly standing: readonly { readonly siteName: string; readonly href: string }[];
  /** null: this site is the only one. POST `chercher` with `recherche` to the same action brings the form back. */
  readonly sites: {
    readonly all: boolean;
    readonly administered: number;
    readonly search: { readonly typed: string; readonly more: number } | null;
    readonly offered: readonly {
      readonly field: string;
      readonly name: string;
      /** 14 digits. */
      readonly siret: string;
      readonly checked: boolean;
    }[];
  } | null;
};

export type AddRightsLocals = StepLocals & {
  /** The page that the way back names; the list of beneficiaries unless told. */
  readonly trail?: string;
  readonly backAction: string;
  readonly email: string;
  readonly siteNames: readonly string[];
  readonly matrix: MatrixLocals;
};

export type AddRecapLocals = StepLocals & {
  readonly personAction: string;
  readonly rightsAction: string;
  readonly email: string;
  readonly sites: readonly { readonly name: string; readonly siret: string }[];
  readonly from: string;
  /** The last day; null: no end. */
  readonly to: string | null;
  readonly rights: RightsShown;
  /** Until when the invitation waits, in words. */
  readonly waitsUntil: string;
  readonly needsConfirmation: boolean;
  /** The giver's own rights end before the delegation's: its last day in truth. */
  readonly giverEnds: string | null;
};

/** What a delegation said, and what it will say. */
export type ChangeShown = { readonly name: string; readonly before: string; readonly after: string };

type ModifyStepLocals = StepLocals & {
  readonly beneficiary: string;
  /** null: the address is the name. */
  readonly beneficiaryEmail: string | null;
  readonly giver: string;
  readonly listHref: string;
};

export type ModifyLocals = ModifyStepLocals & {
  readonly period: { readonly from: string; readonly to: string };
  /** The date d’effet in words, once the rights have begun. */
  readonly fixedFrom: string | null;
  readonly matrix: MatrixLocals;
  /** Sites of the same invitation, which may be modified likewise (`autres_sites`); null: there are none. */
  readonly others: { readonly checked: boolean; readonly names: readonly string[] } | null;
};

export type ModifyRecapLocals = ModifyStepLocals & {
  readonly editAction: string;
  readonly sites: readonly { readonly name: string; readonly siret: string }[];
  /** By site, in the order of `sites`; a site may have none. */
  readonly changes: readonly {
    readonly siteName: string;
    /** Dates, role, collèges. */
    readonly lines: readonly ChangeShown[];
    /** Features whose level falls, and those whose level rises. */
    readonly lost: readonly ChangeShown[];
    readonly gained: readonly ChangeShown[];
  }[];
  /** All that the delegation gives afterwards. */
  readonly rights: RightsShown;
  readonly impacts: readonly ImpactShown[];
  /** Nobody holds the rights yet, or now: no mail leaves. */
  readonly tellsNobody: boolean;
};

export type GivingScreens = {
  'delegation/modify': ModifyLocals;
  'delegation/modify-recap': ModifyRecapLocals;
  'delegation/add': AddLocals;
  'delegation/add-rights': AddRightsLocals;
  'delegation/add-recap': AddRecapLocals;
};
