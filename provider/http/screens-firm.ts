/** Locals of the screens where a company sees its accounting firm and delegates to it; see screens.ts. */
import type { DelegationLocals, RightsShown, SiteShown } from './screens-delegation.ts';
import type { AddLocals, Carried } from './screens-giving.ts';
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

type FirmStepLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly firm: string;
  readonly action: string;
  readonly cancelHref: string;
  readonly carried: Carried;
};

/** POST `email`, `date_effet`, `date_fin`, `site_<siret>`, `tous_les_sites`. */
export type FirmAddLocals = FirmStepLocals & Pick<AddLocals, 'email' | 'period' | 'sites'>;

export type FirmRecapLocals = FirmStepLocals & {
  readonly personAction: string;
  readonly rightsAction: string;
  readonly email: string;
  readonly sites: readonly { readonly name: string; readonly siret: string }[];
  readonly from: string;
  readonly to: string | null;
  readonly rights: RightsShown;
  readonly waitsUntil: string;
  readonly giverEnds: string | null;
};

export type FirmScreens = {
  'delegation/firm': CompanyFirmLocals;
  'delegation/firm-add': FirmAddLocals;
  'delegation/firm-recap': FirmRecapLocals;
};
