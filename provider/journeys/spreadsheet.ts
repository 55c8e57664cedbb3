/**
 * Files that people open in a spreadsheet: « ; », UTF-8 with its mark, so that accents are read. What a cell would begin
 * as a formula is led by an apostrophe (OWASP, CSV injection): people and companies choose their own names.
 */
import { stringify } from 'csv-stringify/sync';

/** What a file begins with. */
export const MARK = '\ufeff';

export const writtenRows = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => row.map(harmless)),
    { delimiter: ';', record_delimiter: 'windows' },
  );

/** Spreadsheets also read a formula behind white space, and its full-width signs. */
const harmless = (cell: string): string => (/^\s*[=+\-@\t\r\n＝＋－＠|%]/.test(cell) ? `'${cell}` : cell);
