/** Locals of the screens of the journeys « première connexion » and « associer un site »; see screens.ts. */
import type { CommonLocals, Link, Notice } from './screens.ts';

export type Option = { readonly value: string; readonly label: string };

export type IntroLocals = CommonLocals & {
  readonly startHref: string;
  readonly newCodeHref: string;
  readonly associateHref: string;
};

export type IdentificationLocals = CommonLocals & {
  /** Which journey asks: its words differ. */
  readonly journey: 'enrolment' | 'association' | 'access_request';
  /** POST `identifiant`, `siret`, `code`. */
  readonly action: string;
  readonly identifiant: string;
  readonly siret: string;
  readonly notice: Notice | null;
  readonly newCodeHref: string;
  readonly backHref: string;
};

/** The site that was identified. */
export type SiteShown = {
  readonly raisonSociale: string;
  readonly name: string;
  /** 14 digits. */
  readonly siret: string;
};

/** Who somebody is and where he is rung up, as typed. */
export type TypedPerson = {
  readonly familyName: string;
  readonly givenName: string;
  readonly landline: string;
  readonly landlineCountry: string;
  readonly mobile: string;
  readonly mobileCountry: string;
};

export type DetailsLocals = CommonLocals & {
  /**
   * POST `ticket`, `email`, `email_confirmation`, `password`, `password_confirmation`, `family_name`, `given_name`,
   * `landline_country`, `landline`, `mobile_country`, `mobile`, and `step` = `valider` | `certifier`.
   */
  readonly action: string;
  /** The ticket's reference. */
  readonly ticket: string;
  readonly site: SiteShown;
  readonly notice: Notice | null;
  readonly values: TypedPerson & { readonly email: string; readonly emailConfirmation: string };
  readonly passwordHint: string;
  /** A password typed before is kept: the fields may stay empty. */
  readonly passwordKept: boolean;
  readonly countries: readonly Option[];
  /** The number in the field is certified. */
  readonly mobileCertified: boolean;
  readonly backHref: string;
};

export type MobileCodeLocals = CommonLocals & {
  /** POST `ticket`, `code`, and `step` = `verifier` | `renvoyer`. */
  readonly action: string;
  readonly ticket: string;
  readonly number: string;
  readonly notice: Notice | null;
  readonly minutes: number;
  readonly backHref: string;
};

export type MailSentLocals = CommonLocals & {
  readonly email: string;
  readonly hours: number;
  /** Back to the form, to correct the address. */
  readonly correctHref: string;
};

export type ActivationLocals = CommonLocals & {
  /** POST `jeton`. */
  readonly action: string;
  readonly token: string;
  readonly email: string;
  readonly person: string;
  readonly site: Pick<SiteShown, 'raisonSociale' | 'siret'>;
};

/** A link, or an act, that leads no further: why, and what to do. */
export type DeadEndLocals = CommonLocals & {
  readonly heading: string;
  readonly text: string;
  readonly steps: readonly Link[];
};

export type ActivatedLocals = CommonLocals & { readonly nextStep: Link | null };

export type AssociationLocals = CommonLocals & {
  /** POST `ticket`; `email` and `password`, or `confirm` = the id of the account that is signed in. */
  readonly action: string;
  readonly ticket: string;
  readonly site: SiteShown;
  readonly notice: Notice | null;
  readonly email: string;
  /** Who is signed in and may confirm without a password; null: address and password are asked. */
  readonly account: { readonly id: string; readonly name: string; readonly email: string } | null;
  /** To use another account than the one signed in; null when none is. */
  readonly otherAccountHref: string | null;
  readonly forgottenHref: string;
};

export type AssociatedLocals = CommonLocals & {
  readonly already: boolean;
  readonly anotherHref: string;
  readonly nextStep: Link | null;
};

export type EnrolmentScreens = {
  'enrolment/intro': IntroLocals;
  'enrolment/identification': IdentificationLocals;
  'enrolment/details': DetailsLocals;
  'enrolment/mobile-code': MobileCodeLocals;
  'enrolment/mail-sent': MailSentLocals;
  'enrolment/activation': ActivationLocals;
  'enrolment/dead-end': DeadEndLocals;
  'enrolment/activated': ActivatedLocals;
  'enrolment/association': AssociationLocals;
  'enrolment/associated': AssociatedLocals;
};
