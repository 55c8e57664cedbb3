/** Locals of the screens of the journey « recovery »; see screens.ts. */
import type { CommonLocals, Link, Notice } from './screens.ts';

export type RecoveryChoiceLocals = CommonLocals & {
  /** The space exists and its password is forgotten. */
  readonly byEmailHref: string;
  /** The space was never opened and its code is lost. */
  readonly byPostHref: string;
  /** Back to the sign-in. */
  readonly back: Link | null;
};

export type RecoveryByEmailLocals = CommonLocals & {
  /** POST `email`. */
  readonly action: string;
  readonly email: string;
  readonly notice: Notice | null;
  readonly otherHref: string;
};

export type RecoveryByPostLocals = CommonLocals & {
  /** POST `identifiant`. */
  readonly action: string;
  readonly identifiant: string;
  readonly notice: Notice | null;
  readonly otherHref: string;
  readonly enrolmentHref: string;
};

export type NewPasswordLocals = CommonLocals & {
  /** POST `jeton`, `password`, `password_confirmation`. */
  readonly action: string;
  readonly token: string;
  /** Whose password it is: for the password manager, and for the person who has several spaces. */
  readonly email: string;
  /** None was ever chosen. */
  readonly isFirst: boolean;
  readonly hint: string;
  readonly notice: Notice | null;
};

export type RecoveryScreens = {
  'recovery/choice': RecoveryChoiceLocals;
  'recovery/by-email': RecoveryByEmailLocals;
  'recovery/by-post': RecoveryByPostLocals;
  'recovery/new-password': NewPasswordLocals;
};
