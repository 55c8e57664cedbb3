/** Locals of the screens of the back office « search »; see screens.ts. */

import type { Paging } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';

export type FoundShown = {
  readonly name: string;
  readonly href: string;
  readonly details: readonly string[];
  /** « Compte fermé », « Gestionnaire »… */
  readonly badge: string | null;
};

export type FoundGroup = {
  readonly key: 'adherents' | 'personnes' | 'cabinets';
  /** « 12 adhérents » */
  readonly title: string;
  readonly rows: readonly FoundShown[];
  /** All of them; null: they are all here. */
  readonly allHref: string | null;
};

export type OfficeSearchLocals = OfficeLocals & {
  /** GET `q`. */
  readonly action: string;
  /** As typed; '' before anything was searched. */
  readonly search: string;
  /** Whether there was an answer to show. */
  readonly searched: boolean;
  readonly groups: readonly FoundGroup[];
  /** The words say too little: only the first ones by name are here. */
  readonly more: boolean;
  /** Of the one group that is shown whole. */
  readonly paging: Paging | null;
  /** Back to all groups. */
  readonly backHref: string | null;
};

export type OfficeSearchScreens = { 'office/search': OfficeSearchLocals };
