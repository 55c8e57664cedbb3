/**
 * Files of the caisse's information system: their kinds, the states that one goes through, what can be wrong with a line
 * and what a line says once it is read. Nothing is ever removed because a file does not name it.
 */
import type { Instant } from './instant.ts';

/** In the order in which one stands on another. */
export const IMPORT_KINDS = [
  'adherents',
  'sites',
  'cabinets',
  'rattachements',
  'delegations',
  'codes',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const isImportKind = (text: string): text is ImportKind =>
  (IMPORT_KINDS as readonly string[]).includes(text);

/**
 * receiving → received → checked (without fault: waits for « Appliquer ») → approved → applied; or faulty, abandoned by
 * somebody, failed: its sender vanished.
 */
export type ImportState =
  | 'receiving'
  | 'received'
  | 'checked'
  | 'faulty'
  | 'approved'
  | 'applied'
  | 'abandoned'
  | 'failed';

/** Checked, and its lines are still there. */
export const isStaged = (state: ImportState): boolean => state === 'checked' || state === 'approved';

const UNDER_WAY: readonly ImportState[] = ['receiving', 'received', 'approved'];
export const isUnderWay = (state: ImportState): boolean => UNDER_WAY.includes(state);

export type FaultCode =
  // the file as a whole
  | 'not_text'
  | 'too_large'
  | 'cut_short'
  | 'empty'
  | 'column_unknown'
  | 'column_twice'
  | 'column_missing'
  | 'separator'
  // a line by itself
  | 'line_too_long'
  | 'quotes'
  | 'mixed_encodings'
  | 'control_character'
  | 'cells'
  | 'missing'
  | 'too_long'
  | 'formula'
  | 'siret_invalid'
  | 'siren_invalid'
  | 'email_invalid'
  | 'day_invalid'
  | 'days_in_order'
  | 'hash_unknown'
  | 'level_unknown'
  | 'colleges_unknown'
  | 'nothing_given'
  | 'firm_or_person'
  // against the other lines and what is there
  | 'repeated'
  | 'adherent_unknown'
  | 'site_unknown'
  | 'site_of_another'
  | 'cabinet_unknown'
  | 'not_attached'
  | 'already_over';

/** `line`: as a spreadsheet counts, from 1; 0: the file as a whole. `about`: the cell or column, 60 characters at most. */
export type ImportFault = { readonly line: number; readonly code: FaultCode; readonly about: string };

/** What a line says, read and in the one form in which it is kept; a member that its kind does not have is absent. */
export type ImportLine = {
  readonly line: number;
  /** What the line speaks of. */
  readonly key: string;
  /** Without separators, in upper case when it names an adhérent; as written in the file of the adhérents itself. */
  readonly identifiant?: string;
  readonly siret?: string;
  /** Of an adhérent; '' when the file says that there is none. Absent: it has no such column. */
  readonly siren?: string;
  readonly reference?: string;
  readonly email?: string;
  readonly name?: string;
  /** Absent: the file has no such column, and what is there stays. */
  readonly address?: readonly string[];
  readonly hash?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly colleges?: number;
  /** Of a rights vector, in decimal. */
  readonly levels?: string;
  readonly starts_at?: Instant;
  readonly ends_at?: Instant;
};

/** What of it is told before and after; as of the members above, a password being never told. */
export type ImportCell =
  | 'identifiant'
  | 'name'
  | 'siren'
  | 'address'
  | 'starts_at'
  | 'ends_at'
  | 'colleges'
  | 'levels'
  | 'password'
  | 'family_name'
  | 'given_name';

/** Bytes of one file; the file of 300,000 sites has some 30 million. */
export const MOST_IMPORT_BYTES = 256 * 1024 * 1024;
/** Bytes of one line. */
export const MOST_LINE_BYTES = 16 * 1024;
