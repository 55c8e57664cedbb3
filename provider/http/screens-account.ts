/** Locals of the screens of the journey « account »; see screens.ts. */
import type { CommonLocals, Link, Notice, SignedInPerson } from './screens.ts';
import type { Option, TypedPerson } from './screens-enrolment.ts';

/** A page that says what has happened, or why a link no longer works, and what to do next. */
export type Told = {
  readonly title: string;
  readonly kind: 'success' | 'sent' | 'warning';
  readonly paragraphs: readonly string[];
  /** A link in a mail does nothing until this button is pressed: mail scanners open links. POST `jeton`. */
  readonly confirm: { readonly action: string; readonly token: string; readonly label: string } | null;
  readonly next: Link | null;
};

export type ToldLocals = CommonLocals & { readonly told: Told };

/** Every page of My account: whose it is, and the way back. */
export type AccountLocals = CommonLocals & {
  readonly person: SignedInPerson;
  /** Back to the overview. */
  readonly homeHref: string;
  readonly notice: Notice | null;
};

export type AccountOverviewLocals = AccountLocals & {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  /** « 3 mars 2026 »; null when the address was never certified. */
  readonly emailCertifiedOn: string | null;
  readonly landline: string | null;
  readonly mobile: string | null;
  readonly mobileCertified: boolean;
  readonly hrefs: {
    readonly email: string;
    readonly password: string;
    readonly contact: string;
    /** POST, without fields: sends a code to the mobile. */
    readonly certify: string;
    readonly access: string;
  };
  /** What other journeys offer here. `about`: what the label leaves out, for screen readers. */
  readonly more: readonly {
    readonly name: string;
    readonly value: string;
    readonly href: string;
    readonly label: string;
    readonly about: string;
  }[];
  /** The service that sent its person here: POST to go back, and a link that goes back without an answer. */
  readonly back: {
    readonly action: string;
    readonly cancelHref: string;
    readonly serviceName: string;
  } | null;
};

export type EmailChangeLocals = AccountLocals & {
  /** POST `email`, `password`. */
  readonly action: string;
  readonly currentEmail: string;
  readonly email: string;
};

export type PasswordChangeLocals = AccountLocals & {
  /** POST `current`, `password`, `password_confirmation`. */
  readonly action: string;
  readonly email: string;
  readonly hint: string;
};

export type ContactLocals = AccountLocals & {
  /** POST `family_name`, `given_name`, `landline_country`, `landline`, `mobile_country`, `mobile`, `password`. */
  readonly action: string;
  readonly typed: TypedPerson;
  readonly countries: readonly Option[];
};

export type MobileCodeLocals = AccountLocals & {
  /** POST `code`. */
  readonly action: string;
  /** POST, without fields: another code. */
  readonly resendAction: string;
  readonly number: string;
  /** For how long a code is good. */
  readonly minutes: number;
};

export type ShownSession = {
  readonly uid: string;
  /** « Firefox sur Windows » */
  readonly device: string;
  readonly since: string;
  readonly address: string | null;
  readonly current: boolean;
};

export type ShownService = {
  readonly clientId: string;
  readonly siteId: string;
  readonly name: string;
  /** « Maçonnerie Lorraine – Agence de Metz »; null when it acts for no site. */
  readonly site: string | null;
  readonly since: string;
};

export type AccessLocals = AccountLocals & {
  /** POST `session`, or `others`. */
  readonly sessionAction: string;
  /** POST `service` and `site`. */
  readonly serviceAction: string;
  readonly sessions: readonly ShownSession[];
  readonly services: readonly ShownService[];
};

export type AccountScreens = {
  'account/told': ToldLocals;
  'account/overview': AccountOverviewLocals;
  'account/email': EmailChangeLocals;
  'account/password': PasswordChangeLocals;
  'account/contact': ContactLocals;
  'account/mobile-code': MobileCodeLocals;
  'account/access': AccessLocals;
};
