/** Locals of the screens « portfolio »; see screens.ts. */
import type { DelegationLocals, MatrixLocals, RightsShown, SiteShown } from './screens-delegation.ts';

export type FirmTab = 'clients' | 'staff' | 'import';

export type Carried = readonly { readonly name: string; readonly value: string }[];

/** Every page of a firm's portfolio. */
export type FirmLocals = DelegationLocals & {
  /** The firm's name. */
  readonly cabinet: string;
  readonly tab: FirmTab;
  readonly tabs: { readonly clients: string; readonly staff: string; readonly import: string };
};

export type ShownClient = {
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly href: string;
  /** What the firm holds now, briefly; null: nothing. */
  readonly holds: string | null;
  /** Last day, in words; null: no end. */
  readonly until: string | null;
  readonly asleep: 'suspended' | 'to_renew' | null;
  /** Who of the staff serves it, by name. */
  readonly staff: readonly string[];
};

type Choice = { readonly value: string; readonly label: string };

/** The search and the filters of a list of clients. */
export type ClientSearch = {
  /** GET `q`, `suivi`, `etat`, `par_page`, and `carried` besides. */
  readonly action: string;
  readonly carried: Carried;
  readonly search: string;
  readonly servedBy: string;
  readonly people: readonly Choice[];
  readonly state: string;
  readonly states: readonly Choice[];
  readonly filtered: boolean;
  /** The list without search nor filter. */
  readonly clearHref: string;
};

export type ListPages = {
  readonly page: number;
  readonly last: number;
  readonly perPage: number;
  readonly items: readonly { readonly label: string; readonly href: string | null; readonly here: boolean }[];
  readonly previousHref: string | null;
  readonly nextHref: string | null;
  readonly sizes: readonly { readonly size: number; readonly href: string; readonly here: boolean }[];
};

export type ClientsLocals = FirmLocals & {
  readonly list: ClientSearch;
  readonly pages: ListPages;
  readonly clients: readonly ShownClient[];
  readonly total: number;
  readonly matching: number;
  /** Leads to the entrusting of clients. */
  readonly entrustHref: string;
};

export type ClientLocals = FirmLocals & {
  readonly site: SiteShown;
  readonly asleep: 'suspended' | 'to_renew' | null;
  /** What the firm holds now, by each way that it holds it. */
  readonly holds: readonly { readonly rights: RightsShown; readonly until: string | null }[];
  /** For each way, from the company's administrator down to the firm. */
  readonly why: readonly (readonly {
    readonly to: string;
    /** null: by the letters that opened the site. */
    readonly by: string | null;
    readonly from: string;
    readonly until: string | null;
    readonly alive: boolean;
  }[])[];
  readonly staff: readonly {
    readonly name: string;
    readonly email: string;
    readonly given: string;
    readonly rights: RightsShown;
    /** What of it is worth something now; null: nothing. */
    readonly left: string | null;
    readonly from: string;
    readonly until: string | null;
    readonly asleep: boolean;
    readonly modifyHref: string;
    readonly suspendHref: string | null;
    readonly resumeHref: string | null;
    readonly closeHref: string;
  }[];
  readonly entrustHref: string;
};

export type EntrustPersonLocals = FirmLocals & {
  /** POST `membre`, `date_effet`, `date_fin`, `client`. */
  readonly action: string;
  /** SIRET of the one client that is to be entrusted; '' where clients are chosen next. */
  readonly client: string;
  readonly members: readonly Choice[];
  readonly member: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly inviteHref: string;
  readonly cancelHref: string;
};

export type EntrustClientsLocals = FirmLocals & {
  /** POST `q`, `suivi`, `etat`, `liste`, `montres`, `client_<siret>`, `aller`. */
  readonly action: string;
  readonly member: string;
  readonly list: ClientSearch;
  readonly pages: ListPages;
  /** The list as shown, as its address says it. */
  readonly listQuery: string;
  readonly clients: readonly (ShownClient & { readonly ticked: boolean })[];
  readonly total: number;
  readonly matching: number;
  readonly chosen: number;
  readonly backHref: string;
};

export type EntrustRightsLocals = FirmLocals & {
  /** POST the matrix, and `manque` = `reduire` | `ecarter`. */
  readonly action: string;
  readonly member: string;
  readonly clients: number;
  /** The only client, if there is but one. */
  readonly site: SiteShown | null;
  /** null: the firm holds nothing there now. */
  readonly matrix: MatrixLocals | null;
  readonly shortfall: string;
  readonly backHref: string;
};

export type ShownLine = {
  readonly company: string;
  readonly site: string;
  readonly siret: string;
  /** null: the page says who. */
  readonly person: string | null;
  readonly kind: 'given' | 'modified' | 'unchanged' | 'taken' | 'left_out';
  /** Less than what was asked, because the firm holds less. */
  readonly narrowed: boolean;
  readonly details: readonly string[];
};

export type PlanShown = {
  readonly counts: Readonly<Record<ShownLine['kind'] | 'narrowed', number>>;
  readonly page: number;
  readonly last: number;
  readonly lines: readonly ShownLine[];
};

export type EntrustRecapLocals = FirmLocals & {
  /** POST `vu`. */
  readonly action: string;
  readonly member: string;
  readonly email: string;
  readonly from: string;
  readonly to: string | null;
  readonly rights: RightsShown | null;
  readonly plan: PlanShown;
  /** With `page`. */
  readonly planHref: string;
  /** What the plan is known by; null: it changes nothing. */
  readonly seen: string | null;
  readonly rightsHref: string;
  readonly clientsHref: string | null;
  readonly personHref: string;
  readonly cancelHref: string;
};

export type ImportLocals = FirmLocals & {
  /** POST multipart `fichier`. */
  readonly action: string;
  readonly templateHref: string;
  /** Labels of the columns of rights. */
  readonly features: readonly string[];
  readonly mostLines: number;
  readonly mostMegabytes: number;
};

export type ImportReviewLocals = FirmLocals & {
  /** POST `vu`. */
  readonly action: string;
  /** The first of them; `line` null: the whole file. */
  readonly faults: readonly { readonly line: number | null; readonly reason: string }[];
  readonly faultCount: number;
  readonly plan: PlanShown;
  readonly planHref: string;
  /** null: there are faults, or nothing changes. */
  readonly seen: string | null;
  readonly againHref: string;
  readonly cancelHref: string;
};

export type PortfolioScreens = {
  'cabinet/clients': ClientsLocals;
  'cabinet/client': ClientLocals;
  'cabinet/entrust-person': EntrustPersonLocals;
  'cabinet/entrust-clients': EntrustClientsLocals;
  'cabinet/entrust-rights': EntrustRightsLocals;
  'cabinet/entrust-recap': EntrustRecapLocals;
  'cabinet/import': ImportLocals;
  'cabinet/import-review': ImportReviewLocals;
};
