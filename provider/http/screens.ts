/**
 * What every screen needs to be drawn: one type of locals per view, and the map from a view to its type.
 * Owns no sentence (those live in views/) and no rule.
 */

import type { AccessRequestScreens } from './screens-access-request.ts';
import type { AccountScreens } from './screens-account.ts';
import type { CabinetScreens } from './screens-cabinet.ts';
import type { CaissePagesScreens } from './screens-caisse-pages.ts';
import type { CertificationScreens } from './screens-certification.ts';
import type { ClosingScreens } from './screens-closing.ts';
import type { ContactScreens } from './screens-contact.ts';
import type { SentScreens } from './screens-delegation.ts';
import type { EnrolmentScreens } from './screens-enrolment.ts';
import type { GivingScreens } from './screens-giving.ts';
import type { InvitationScreens } from './screens-invitation.ts';
import type { ListScreens } from './screens-list.ts';
import type { OfficeAdherentScreens } from './screens-office-adherent.ts';
import type { OfficeAuditScreens } from './screens-office-audit.ts';
import type { OfficeImportScreens } from './screens-office-import.ts';
import type { OfficeLetterScreens } from './screens-office-letter.ts';
import type { OfficeMessageScreens } from './screens-office-message.ts';
import type { OfficeRequestScreens } from './screens-office-request.ts';
import type { OfficeSearchScreens } from './screens-office-search.ts';
import type { OfficeServiceScreens } from './screens-office-service.ts';
import type { OfficeSettingsScreens } from './screens-office-settings.ts';
import type { PortfolioScreens } from './screens-portfolio.ts';
import type { RecoveryScreens } from './screens-recovery.ts';
import type { SecondFactorScreens } from './screens-second-factor.ts';

/** How a caisse presents itself. `basePath` is '' for a host issuer, '/grand-est' for a path issuer. */
export type CaisseLook = {
  readonly slug: string;
  readonly name: string;
  readonly shortName: string;
  readonly basePath: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly openingHours: string | null;
  /** True when `<basePath>/logo` answers with an image. */
  readonly hasLogo: boolean;
  /** Changes with any setting, so that theme and logo may be cached for ever under an address that bears it. */
  readonly settingsVersion: string;
};

/** The service that the person came from. */
export type RequestingService = { readonly name: string; readonly uri: string | null };

/** `field` is the id (and name) of the input that the summary links to. */
export type FieldError = { readonly field: string; readonly message: string };

export type Link = { readonly label: string; readonly href: string };

/** Something said above a form. A warning tells that the person cannot go on as usual (throttled, closed). */
export type Notice = {
  readonly kind: 'info' | 'success' | 'warning';
  readonly title: string | null;
  readonly text: string;
};

/** Who is signed in, and where a link « Ce n’est pas vous ? » leads (a sign-out), when there is one. */
export type SignedInPerson = {
  readonly name: string;
  readonly email: string;
  readonly signOutHref: string | null;
  /** My account, where leaving the page for it loses nothing. */
  readonly accountHref?: string;
};

export type CommonLocals = {
  /** null: the screen stands outside any caisse and is drawn in neutral colours. */
  readonly look: CaisseLook | null;
  readonly service: RequestingService | null;
  readonly errors: readonly FieldError[];
};

export type SignInLocals = CommonLocals & {
  /** POST `email`, `password`. */
  readonly action: string;
  readonly email: string;
  readonly notice: Notice | null;
  /** « Mot de passe oublié ? », « Première connexion »… in this order, under the form. */
  readonly links: readonly Link[];
};

export type SiteChoice = {
  readonly id: string;
  readonly raisonSociale: string;
  /** 14 digits, without spaces. */
  readonly siret: string;
  readonly name: string;
  readonly identifiantCibtp: string;
  readonly dsnAlerts: readonly string[];
};

export const SITES_PER_PAGE = [10, 25, 50] as const;
export type SitesPerPage = (typeof SITES_PER_PAGE)[number];

export type SiteSelectionLocals = CommonLocals & {
  /** POST `site` (an id). */
  readonly action: string;
  /** GET the same screen with `q`, `page` (from 1) and `par_page`; without a query string. */
  readonly listAction: string;
  readonly person: SignedInPerson;
  /** Why the list shows although the service named a site. */
  readonly notice: Notice | null;
  /** As typed; '' when nothing is searched. */
  readonly search: string;
  /** Up to 5, latest first; shown on the first page only, when nothing is searched and the list is long. */
  readonly recent: readonly SiteChoice[];
  readonly sites: readonly SiteChoice[];
  /** Sites that match the search, over all pages. */
  readonly matching: number;
  /** Sites that this person reaches, searched or not. */
  readonly reachable: number;
  readonly page: number;
  readonly perPage: SitesPerPage;
  /** Back to the service without choosing; null when there is nothing to go back to. */
  readonly cancelHref: string | null;
};

export type ConsentLocals = CommonLocals & {
  readonly service: RequestingService;
  /** POST `decision` = `accept` | `refuse`. */
  readonly action: string;
  readonly person: SignedInPerson;
  /** Names of OAuth scopes; the view has the words. */
  readonly scopes: readonly string[];
  readonly site: SiteChoice | null;
};

export type SignOutConfirmLocals = CommonLocals & {
  /** POST `xsrf`, and `logout` = `yes` when the person signs out (RP-Initiated Logout 1.0, section 2). */
  readonly action: string;
  readonly xsrf: string;
  readonly person: SignedInPerson | null;
};

export type SignOutDoneLocals = CommonLocals & { readonly defaultService: Link | null };

export type SignOutStayedLocals = SignOutDoneLocals & { readonly person: SignedInPerson };

export type ErrorPageLocals = CommonLocals & {
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  readonly correlationId: string | null;
  readonly nextStep: Link | null;
};

export type CaisseUnknownLocals = CommonLocals & { readonly correlationId: string | null };

export type HomeLocals = CommonLocals & { readonly defaultService: Link | null };

/** Every screen, by the path of its view under views/. */
export type Screens = EnrolmentScreens &
  RecoveryScreens &
  AccountScreens &
  CertificationScreens &
  SecondFactorScreens &
  SentScreens &
  AccessRequestScreens &
  CaissePagesScreens &
  ContactScreens &
  OfficeAdherentScreens &
  OfficeAuditScreens &
  OfficeImportScreens &
  OfficeLetterScreens &
  OfficeMessageScreens &
  OfficeRequestScreens &
  OfficeSearchScreens &
  OfficeServiceScreens &
  OfficeSettingsScreens &
  ListScreens &
  GivingScreens &
  InvitationScreens &
  ClosingScreens &
  CabinetScreens &
  PortfolioScreens & {
    'sign-in/form': SignInLocals;
    'site-selection/list': SiteSelectionLocals;
    'consent/form': ConsentLocals;
    'sign-out/confirm': SignOutConfirmLocals;
    'sign-out/done': SignOutDoneLocals;
    'sign-out/stayed': SignOutStayedLocals;
    'error/page': ErrorPageLocals;
    'error/caisse-unknown': CaisseUnknownLocals;
    'home/page': HomeLocals;
  };

export type Screen = keyof Screens;
