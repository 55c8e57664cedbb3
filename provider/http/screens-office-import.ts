/** Locals of the screens of the back office « import »; see screens.ts. */
import type { Paging } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';

export type ImportTone = 'waiting' | 'good' | 'bad' | 'quiet';

export type ImportShown = {
  readonly href: string;
  readonly kind: string;
  /** « 21 novembre 2026 à 14 h 05 ». */
  readonly sentAt: string;
  /** An agent's name, a service's, or the shell. */
  readonly by: string;
  readonly lines: string;
  readonly state: string;
  readonly tone: ImportTone;
};

export type ImportsLocals = OfficeLocals & {
  readonly kinds: readonly { readonly label: string; readonly text: string; readonly href: string }[];
  readonly imports: readonly ImportShown[];
};

export type ImportSendLocals = OfficeLocals & {
  readonly kind: string;
  readonly text: string;
  readonly columns: readonly { readonly name: string; readonly required: boolean; readonly help: string }[];
  /** Columns that are called like a feature each; none for most kinds. */
  readonly features: readonly string[];
  readonly templateHref: string;
  /** POST `fichier`, multipart/form-data. */
  readonly action: string;
  readonly mostMegabytes: number;
  readonly listHref: string;
};

export type ChangeShown = {
  readonly line: number;
  readonly added: boolean;
  /** Codes and names of what the line speaks of. */
  readonly about: string;
  /** By the columns of the file; '' where there is nothing. */
  readonly cells: readonly { readonly column: string; readonly before: string; readonly after: string }[];
};

export type ChangesShown = {
  readonly choices: readonly { readonly label: string; readonly href: string; readonly chosen: boolean }[];
  readonly rows: readonly ChangeShown[];
  readonly paging: Paging;
  readonly fileHref: string;
};

export type ImportLocals = OfficeLocals & {
  readonly shown: ImportShown;
  /** Who had it applied or abandoned; null as long as nobody has, or where nobody is asked. */
  readonly decidedBy: string | null;
  readonly sha256: string | null;
  /**
   * Something is still to come by itself: `done` of `of` lines, null when that cannot be told. The page asks again
   * `every` so many seconds.
   */
  readonly progress: {
    readonly text: string;
    readonly done: number | null;
    readonly of: number;
    readonly every: number;
  } | null;
  /** null until it was checked without fault. */
  readonly difference: {
    readonly added: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly before: number;
    readonly after: number;
  } | null;
  /** Line by line; null once they are erased, or where he may not see them. */
  readonly changes: ChangesShown | null;
  readonly faultCount: number;
  /** The first ones; null: the file as a whole. */
  readonly faults: readonly { readonly line: number | null; readonly reason: string }[];
  readonly faultsHref: string;
  /** POST; null: there is nothing to decide. */
  readonly applyAction: string | null;
  readonly abandonAction: string | null;
  /** To letters for what it brought; null: it brought no company. */
  readonly lettersHref: string | null;
  readonly againHref: string;
  readonly listHref: string;
};

export type OfficeImportScreens = {
  'office/imports': ImportsLocals;
  'office/import-send': ImportSendLocals;
  'office/import': ImportLocals;
};
