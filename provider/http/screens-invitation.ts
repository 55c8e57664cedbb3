/** Locals of the screens « invitation », of who is invited and of who confirms; see screens.ts. */
import type { CommonLocals, Notice } from './screens.ts';
import type { DelegationLocals, RightsShown } from './screens-delegation.ts';
import type { Option, TypedPerson } from './screens-enrolment.ts';

/** Sites on which the same is given. */
export type PartShown = {
  readonly sites: readonly { readonly name: string /** 14 digits. */; readonly siret: string }[];
  /** « 3 mars 2026 » */
  readonly from: string;
  /** The last day; null: no end. */
  readonly to: string | null;
  readonly rights: RightsShown;
};

export type CompanyShown = { readonly raisonSociale: string; readonly identifiant: string };

/** What somebody is invited to. */
export type OfferShown = {
  readonly kind: 'user' | 'cabinet' | 'member' | 'succession';
  /** Name of who invites; of who gives the site up, where the caisse offers it. */
  readonly inviter: string;
  readonly byCaisse: boolean;
  /** null: the invitation to a firm. */
  readonly company: CompanyShown | null;
  /** Name of the firm that it goes through, or to. */
  readonly cabinetName: string | null;
  readonly parts: readonly PartShown[];
  /** Until when it waits for an answer: « 3 mars 2026 ». */
  readonly until: string;
  readonly needsConfirmation: boolean;
};

export type InvitationFormLocals = CommonLocals & {
  /**
   * POST `jeton`, `vu`, `password`, `password_confirmation`, `family_name`, `given_name`, `landline_country`,
   * `landline`, `mobile_country`, `mobile`, and `step` = `valider` | `certifier`.
   */
  readonly action: string;
  readonly token: string;
  readonly seen: string;
  readonly offer: OfferShown;
  readonly notice: Notice | null;
  readonly email: string;
  readonly values: TypedPerson;
  readonly passwordHint: string;
  /** A password typed before is kept: the fields may stay empty. */
  readonly passwordKept: boolean;
  readonly countries: readonly Option[];
  readonly mobileCertified: boolean;
  readonly refuseHref: string;
};

export type InvitationMobileLocals = CommonLocals & {
  /** POST `jeton`, `code`, and `step` = `verifier` | `renvoyer`. */
  readonly action: string;
  readonly token: string;
  readonly number: string;
  readonly notice: Notice | null;
  readonly minutes: number;
  readonly backHref: string;
};

/** The address has an account: whoever follows the link accepts with it. */
export type InvitationKnownLocals = CommonLocals & {
  readonly offer: OfferShown;
  readonly notice: Notice | null;
  readonly email: string;
  readonly signInHref: string;
  readonly refuseHref: string;
};

/** Likewise, signed in with it. */
export type InvitationAnswerLocals = CommonLocals & {
  /** POST `vu`. */
  readonly action: string;
  readonly seen: string;
  readonly offer: OfferShown;
  readonly notice: Notice | null;
  readonly person: { readonly name: string; readonly email: string; readonly signOutHref: string };
  readonly refuseHref: string;
};

export type InvitationRefuseLocals = CommonLocals & {
  /** POST, with `jeton` when there is a token. */
  readonly action: string;
  readonly token: string | null;
  readonly offer: OfferShown;
  readonly backHref: string;
};

/** Somebody else's account is signed in. */
export type InvitationOtherLocals = CommonLocals & {
  /** Signs in anew, with the account that was invited. */
  readonly switchHref: string;
  readonly person: { readonly name: string; readonly email: string; readonly signOutHref: string };
};

type Pending = DelegationLocals & {
  readonly company: CompanyShown;
  readonly beneficiary: { readonly name: string | null; readonly email: string };
  /** The firm that he would act for. */
  readonly cabinetName: string | null;
  /** On which whoever looks may act. */
  readonly parts: readonly PartShown[];
  /** Sites of the same invitation on which he may not. */
  readonly others: readonly string[];
  readonly seen: string;
  readonly backHref: string;
};

export type ConfirmLocals = Pending & {
  /** POST `vu`, and `decision` = `accepter` | `refuser`. */
  readonly action: string;
  readonly giver: string;
  readonly acceptedOn: string;
  readonly until: string;
};

export type PendingActLocals = Pending & {
  /** `reopen`: it was accepted, and waits for the confirmation once more. */
  readonly act: 'send_again' | 'reopen' | 'withdraw';
  /** POST `vu`. */
  readonly action: string;
  readonly sentOn: string;
  /** How long the new link, or the demand, would wait. */
  readonly days: number;
};

export type InvitationScreens = {
  'invitation/form': InvitationFormLocals;
  'invitation/mobile-code': InvitationMobileLocals;
  'invitation/known': InvitationKnownLocals;
  'invitation/answer': InvitationAnswerLocals;
  'invitation/refuse': InvitationRefuseLocals;
  'invitation/other-account': InvitationOtherLocals;
  'delegation/confirm': ConfirmLocals;
  'delegation/pending-act': PendingActLocals;
};
