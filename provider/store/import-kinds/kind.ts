/**
 * What a kind of file means in SQL. Every statement is given :caisse, :import and :now; those that apply, also :from and
 * :to, the lines of a slice, so that the longest file is done in bites of one transaction.
 */
import type { ImportCell } from '../../domain/import.ts';

export type KindInSql = {
  /** Selects line, code, about of the lines that what is there does not allow. */
  readonly faults: readonly string[];
  readonly difference: Difference;
  /** Selects one row: n, how many there are. */
  readonly total: string;
  /** In this order, slice by slice. */
  readonly apply: readonly string[];
  /** Whose statistics the planner needs afterwards. */
  readonly tables: readonly string[];
};

/** In SQL, where `l` is a line. */
export type Difference = {
  /** The lines, each with what is there. */
  readonly from: string;
  readonly added: string;
  /** Of those that add nothing. */
  readonly changed: string;
  /** Codes and names of what the line speaks of; null where it is not there yet. */
  readonly about: readonly string[];
  /** What is there, and what would be. Nobody reads a hash: that there is another one is all that is told. */
  readonly cells: Readonly<Partial<Record<ImportCell, readonly [before: string, after: string]>>>;
};

export const LINES = 'l.caisse_id = :caisse and l.import_id = :import';
export const SLICE = `${LINES} and l.line between :from and :to`;

/** An identifiant as it is compared; as the index of the adhérents has it. */
export const bare = (column: string): string => `upper(regexp_replace(${column}, '[ .-]', '', 'g'))`;

/** As store/adherents writes it. */
export const searchText = (names: {
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly name: string;
  readonly siret: string;
}): string => {
  const number = `regexp_replace(${names.identifiant}, '[ .-]', '', 'g')`;
  return `fold(concat_ws(' ', ${names.raisonSociale}, ${names.name}, ${names.siret}, ${names.identifiant},
    nullif(${number}, ${names.identifiant})))`;
};

/** Instant of a timestamptz, inside JSON. */
export const instant = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint`;
