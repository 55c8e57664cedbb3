/** Locals of the screens of the back office « request »; see screens.ts. */
import type { Paging, StatusShown } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';

export type QueuedShown = {
  readonly href: string;
  readonly name: string;
  readonly number: string;
  readonly details: readonly string[];
  readonly standing: StatusShown;
};

export type OfficeRequestsLocals = OfficeLocals & {
  /** GET `q` and `statut`. */
  readonly action: string;
  readonly search: string;
  readonly filters: readonly { readonly value: string; readonly label: string; readonly chosen: boolean }[];
  /** « 12 demandes » */
  readonly total: string;
  readonly rows: readonly QueuedShown[];
  /** Whether anything narrows the list: an empty one then says so. */
  readonly narrowed: boolean;
  readonly allHref: string;
  readonly paging: Paging | null;
};

export type OfficeRequestScreens = { 'office/requests': OfficeRequestsLocals };
