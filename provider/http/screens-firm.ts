/** Locals of the screens where a company sees its accounting firm and delegates to it; see screens.ts. */
import type { DelegationLocals, RightsShown, SiteShown } from './screens-delegation.ts';
import type { AddLocals, AddRecapLocals } from './screens-giving.ts';
import type { StatusShown } from './screens-list.ts';

export type FirmDelegationShown = {
  readonly standing: StatusShown;
  readonly from: string;
  /** The last day; null: no end. */
  readonly to: string | null;
  readonly giver: string;
  /** Whom the client named. */
  readonly email: string | null;
  readonly rights: RightsShown;
  readonly viewHref: string;
  /** null: nothing to delete, or not his to delete. */
  readonly deleteHref: string | null;
  readonly renewHref: string | null;
};

export type FirmOfCompany = {
  readonly name: string;
  /** The caisse has attached it, and has not detached it since. */
  readonly attached: boolean;
  /** What it holds on this site; mostly one, or none. */
  readonly here: readonly FirmDelegationShown[];
  readonly elsewhere: readonly {
    readonly siteName: string;
    readonly siret: string;
    readonly standing: StatusShown;
    /** null: a site that he does not administer. */
    readonly href: string | null;
  }[];
  /** null: nothing is left to give it. */
  readonly giveHref: string | null;
};

export type CompanyFirmLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly listHref: string;
  readonly firms: readonly FirmOfCompany[];
};

type OfFirm = {
  /** Its name. */
  readonly firm: string;
};

/** POST `email`, `date_effet`, `date_fin`, `site_<siret>`, `tous_les_sites`. */
export type FirmAddLocals = OfFirm & Omit<AddLocals, 'standing'>;

export type FirmRecapLocals = OfFirm & Omit<AddRecapLocals, 'needsConfirmation'>;

export type FirmScreens = {
  'delegation/firm': CompanyFirmLocals;
  'delegation/firm-add': FirmAddLocals;
  'delegation/firm-recap': FirmRecapLocals;
};
