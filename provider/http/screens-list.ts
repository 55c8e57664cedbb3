/** Locals of the screens where rights are looked at: the chooser, the list, one delegation, why, who could then; see screens.ts. */
import type { BackToService, DelegationLocals, RightsShown, SiteShown } from './screens-delegation.ts';
import type { Carried } from './screens-giving.ts';

/** What views/delegation/paging draws. */
export type Paging = {
  readonly page: number;
  readonly last: number;
  /** « Pages de la liste des bénéficiaires » */
  readonly label: string;
  /** « bénéficiaires par page » */
  readonly unit: string;
  readonly previous: string | null;
  readonly next: string | null;
  readonly pages: readonly ({ readonly page: number; readonly href: string } | 'gap')[];
  readonly perPage: number;
  /** Empty when there is nothing to choose. */
  readonly sizes: readonly { readonly size: number; readonly href: string }[];
};

export type SiteLink = SiteShown & { readonly href: string };

export type ChooserLocals = DelegationLocals & {
  /** GET `q`, `page`, `par_page`. */
  readonly action: string;
  readonly carried: Carried;
  readonly search: string;
  readonly recent: readonly SiteLink[];
  readonly sites: readonly SiteLink[];
  readonly matching: number;
  readonly administered: number;
  /** Whether there are so many that a search helps. */
  readonly long: boolean;
  readonly allHref: string;
  readonly paging: Paging;
};

export type StatusShown = {
  readonly status: 'active' | 'waiting' | 'inactive';
  readonly label: string;
  readonly beside: string | null;
};

export type ActLink = {
  readonly label: string;
  readonly href: string;
  /** For a screen reader, after the label. */
  readonly about: string;
};

export type BeneficiaryShown = {
  readonly role: string;
  /** null: not known by name yet. */
  readonly name: string | null;
  readonly isSelf: boolean;
  readonly siteName: string;
  readonly standing: StatusShown;
  readonly from: string;
  readonly to: string | null;
  readonly email: string;
  readonly acts: readonly ActLink[];
};

export type ListColumn = {
  readonly id: 'role' | 'name' | 'site' | 'status' | 'from' | 'to' | 'email';
  readonly label: string;
  readonly href: string;
  readonly sorted: 'ascending' | 'descending' | null;
};

export type Choice = { readonly value: string; readonly label: string; readonly chosen: boolean };

export type FirmShown = {
  readonly name: string;
  /** « Aucune délégation », « Délégation active »… */
  readonly standing: StatusShown | null;
  readonly from: string | null;
  readonly href: string | null;
  /** null: nothing to renew, or not by him. */
  readonly renewHref: string | null;
};

export type ListLocals = DelegationLocals & {
  readonly back: BackToService | null;
  readonly site: SiteShown;
  /** GET. */
  readonly action: string;
  readonly carried: Carried;
  readonly filters: {
    readonly search: string;
    /** Empty when only one site is administered. */
    readonly sites: readonly Choice[];
    readonly roles: readonly Choice[];
    readonly statuses: readonly Choice[];
    readonly from: string;
    readonly to: string;
    readonly withoutInactive: boolean;
  };
  /** Filters other than the sites are set. */
  readonly filtered: boolean;
  readonly allSites: boolean;
  readonly columns: readonly ListColumn[];
  readonly rows: readonly BeneficiaryShown[];
  readonly listed: number;
  readonly matching: number;
  readonly paging: Paging;
  readonly hrefs: {
    readonly unfiltered: string;
    readonly add: string;
    readonly firm: string;
    readonly why: string;
    readonly atDate: string;
    /** null: he is no head of this site. */
    readonly handOver: string | null;
    readonly chooser: string;
  };
  readonly firms: readonly FirmShown[];
};

export type PastState = {
  /** « du 3 mars 2026 à 10:12 au 4 mars 2026 à 09:00 » */
  readonly period: string;
  readonly standing: string;
  readonly dates: string;
  readonly rights: RightsShown;
};

export type OtherDelegation = {
  /** Its beneficiary's. */
  readonly name: string;
  /** When the one gave way to the other: « 21 novembre 2026 ». */
  readonly on: string;
  readonly href: string;
};

export type ViewLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly listHref: string;
  readonly beneficiary: {
    readonly name: string | null;
    readonly email: string | null;
    readonly firm: boolean;
  };
  readonly role: string;
  readonly giver: string | null;
  readonly standing: StatusShown;
  readonly waits: string | null;
  readonly from: string;
  readonly to: string | null;
  readonly rights: RightsShown;
  /** What they are worth now, where that is less than what they say. */
  readonly worth: RightsShown | null;
  /** Why they are worth nothing now; null: they are worth something, or nothing yet by themselves. */
  readonly stop: string | null;
  readonly acts: readonly (ActLink & { readonly look: 'primary' | 'secondary' })[];
  readonly past: readonly PastState[];
  readonly since: string;
  /** In which it goes on since its site changed administrators; null: it was not succeeded. */
  readonly followedBy: OtherDelegation | null;
  /** Those whose place it took then. */
  readonly follows: readonly OtherDelegation[];
  readonly whyHref: string | null;
};

export type ExplainedLink = {
  readonly giver: string | null;
  readonly grantee: string;
  readonly nature: string;
  readonly since: string;
  readonly until: string | null;
  /** null: this link does not stop the right. */
  readonly obstacle: string | null;
  readonly isStop: boolean;
};

export type ExplainedChain = {
  readonly held: boolean;
  readonly links: readonly ExplainedLink[];
};

export type PersonChoice = { readonly name: string; readonly email: string; readonly href: string };

export type RightChoices = {
  readonly features: readonly { readonly group: string; readonly features: readonly Choice[] }[];
  readonly levels: readonly Choice[];
  readonly colleges: readonly Choice[];
};

export type WhyLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly listHref: string;
  readonly action: string;
  readonly carried: Carried;
  readonly typed: string;
  readonly found: { readonly matching: number; readonly people: readonly PersonChoice[] } | null;
  readonly asked:
    | (RightChoices & {
        readonly name: string;
        readonly email: string;
        readonly action: string;
        readonly carried: Carried;
        readonly changeHref: string;
      })
    | null;
  readonly answer: {
    readonly held: boolean;
    readonly sentence: string;
    readonly chains: readonly ExplainedChain[];
  } | null;
};

export type AtDateLocals = DelegationLocals & {
  readonly site: SiteShown;
  readonly listHref: string;
  readonly action: string;
  readonly carried: Carried;
  readonly choices: RightChoices;
  readonly day: string;
  readonly time: string;
  readonly answer: {
    /** « Qui pouvait mettre à jour… le 3 mars 2026 à 12:00 » */
    readonly heading: string;
    readonly people: readonly {
      readonly name: string;
      readonly email: string;
      /** null: the head of the site, whom nobody there gave anything. */
      readonly by: string | null;
      readonly since: string;
      readonly through: string | null;
    }[];
    readonly total: number;
    readonly paging: Paging;
  } | null;
};

export type ListScreens = {
  'delegation/chooser': ChooserLocals;
  'delegation/list': ListLocals;
  'delegation/view': ViewLocals;
  'delegation/why': WhyLocals;
  'delegation/at-date': AtDateLocals;
};
