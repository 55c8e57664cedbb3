/** Locals of the screens « access-request »; see screens.ts. */
import type { CommonLocals, Notice } from './screens.ts';
import type { SiteShown } from './screens-enrolment.ts';
import type { Carried } from './screens-giving.ts';

/** Names of the fields, as they are posted. */
export type AccessRequestValues = {
  readonly family_name: string;
  readonly given_name: string;
  readonly position: string;
  readonly email: string;
  /** `oui` or ''. */
  readonly unaffiliated: string;
  /** '' until chosen. */
  readonly delegate: 'nobody' | 'cabinet' | 'employee' | '';
  readonly firm: string;
  readonly delegate_family_name: string;
  readonly delegate_given_name: string;
  readonly street: string;
  readonly address_extra: string;
  readonly postcode: string;
  readonly city: string;
  readonly level: 'consultation' | 'mise_a_jour' | '';
};

type StepLocals = CommonLocals & {
  /** POST `ticket`, every value, and `step` = `director` | `delegate` | `correct` | `send`. */
  readonly action: string;
  /** The ticket's reference. */
  readonly ticket: string;
  readonly site: SiteShown;
  readonly notice: Notice | null;
  readonly values: AccessRequestValues;
  /** The values that this step does not ask for. */
  readonly carried: Carried;
};

export type DirectorLocals = StepLocals & { readonly backHref: string };

export type RecapLocals = StepLocals & {
  readonly director: readonly { readonly name: string; readonly value: string }[];
  /** Empty: nobody. */
  readonly delegate: readonly { readonly name: string; readonly value: string }[];
};

export type RequestSentLocals = CommonLocals & {
  readonly number: string;
  readonly email: string;
  /** Back to the form, to correct it. */
  readonly correctHref: string;
};

export type AccessRequestScreens = {
  'access-request/director': DirectorLocals;
  'access-request/delegate': StepLocals;
  'access-request/recap': RecapLocals;
  'access-request/sent': RequestSentLocals;
};
