/** Locals of the screens of the journey « second-factor »; see screens.ts. */
import type { CommonLocals, Link, Notice } from './screens.ts';
import type { AccountLocals } from './screens-account.ts';

export type SecondStepLocals = CommonLocals & {
  /** POST `code`. */
  readonly action: string;
  /** What is asked: a code of the application, or one of the recovery codes. */
  readonly by: 'application' | 'recovery';
  /** The same screen, asking the other. */
  readonly other: Link;
  /** Back to the password, for somebody else. */
  readonly restart: Link;
  readonly notice: Notice | null;
};

/** Black squares of a QR code, as the path of an SVG of `size` units with its quiet zone. */
export type QrCode = { readonly size: number; readonly path: string };

export type SetUpFactor = {
  /** POST `code`. */
  readonly action: string;
  /** What the application calls the key: the caisse and the person. */
  readonly label: string;
  readonly qr: QrCode;
  /** Base32, in fours. */
  readonly key: string;
  readonly uri: string;
  readonly cancel: Link;
};

export type SetUpLocals = CommonLocals & {
  readonly setUp: SetUpFactor;
  /** Who asks for it; null when the person chose to. */
  readonly requiredBy: 'caisse' | 'service' | null;
  readonly notice: Notice | null;
};

export type RecoveryCodesLocals = CommonLocals & {
  /** As they are shown: « 3K7P2-M4XQ9 ». */
  readonly codes: readonly string[];
  /** A page to go on to, or a form to post. */
  readonly next: Link | null;
  readonly action: string | null;
};

export type FactorOverviewLocals = AccountLocals & {
  /** null: there is none. */
  readonly factor: { readonly since: string; readonly codesLeft: number } | null;
  readonly hrefs: { readonly add: string; readonly remove: string; readonly codes: string };
};

export type FactorConfirmLocals = AccountLocals & {
  /** POST `password` and `code`. */
  readonly action: string;
  readonly act: 'remove' | 'renew';
  readonly cancelHref: string;
};

export type SecondFactorScreens = {
  'second-factor/code': SecondStepLocals;
  'second-factor/set-up': SetUpLocals;
  'second-factor/codes': RecoveryCodesLocals;
  'second-factor/overview': FactorOverviewLocals;
  'second-factor/confirm': FactorConfirmLocals;
};
