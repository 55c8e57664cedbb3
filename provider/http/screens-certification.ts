/** Locals of the screens of the journeys « certification » and « provisional »; see screens.ts. */
import type { CommonLocals, Notice, SignedInPerson } from './screens.ts';

export type CertificationGateLocals = CommonLocals & {
  readonly person: SignedInPerson;
  readonly notice: Notice | null;
  readonly email: string;
  /** « le 3 mars 2026 à 10 h 42 »: when the link that is on its way left. */
  readonly sentAt: string;
  /** POST without fields: the link was opened, go on. */
  readonly continueAction: string;
  /** POST without fields: another link. */
  readonly resendAction: string;
  /** Where an address that is no longer one's own is changed. */
  readonly changeHref: string;
};

export type ProvisionalFormLocals = CommonLocals & {
  readonly name: string;
  /** POST `email`, `email_confirmation`, `password`, `password_confirmation`. */
  readonly action: string;
  readonly values: { readonly email: string; readonly emailConfirmation: string };
  readonly passwordHint: string;
  readonly notice: Notice | null;
};

export type CertificationScreens = {
  'certification/gate': CertificationGateLocals;
  'provisional/form': ProvisionalFormLocals;
};
