/** Locals of the screens of the back office « message »; see screens.ts. */
import type { Link } from './screens.ts';
import type { Choice, Paging, StatusShown } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';
import type { OfficeFact, OfficePageLocals } from './screens-office-adherent.ts';

export type OfficeMessagesLocals = OfficeLocals & {
  /** GET `q`, `statut`. */
  readonly action: string;
  readonly search: string;
  readonly filters: readonly Choice[];
  readonly total: string;
  readonly rows: readonly {
    readonly href: string;
    readonly about: string;
    readonly number: string;
    readonly standing: StatusShown;
    readonly details: readonly string[];
  }[];
  readonly narrowed: boolean;
  readonly allHref: string;
  readonly paging: Paging | null;
  /** The caisse has no mailbox for them. */
  readonly noMailbox: { readonly settingsHref: string | null } | null;
};

export type OfficeMessageLocals = OfficeLocals & {
  readonly trail: readonly Link[];
  readonly title: string;
  readonly badge: string;
  readonly warnings: OfficePageLocals['warnings'];
  readonly facts: readonly OfficeFact[];
  /** As typed, with its lines; null once it is erased. */
  readonly words: string | null;
  readonly files: readonly { readonly name: string; readonly size: string }[];
  readonly acts: readonly Link[];
};

export type OfficeMessageScreens = {
  'office/messages': OfficeMessagesLocals;
  'office/message': OfficeMessageLocals;
};
