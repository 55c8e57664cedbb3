/** A firm's file as it comes: bytes → text → rows, within bounds, or what is wrong with the file as a whole. */
import { CsvError, parse } from 'csv-parse/sync';

export const MOST_BYTES = 2 * 1024 * 1024;
export const MOST_LINES = 10_000;
const MOST_OF_A_LINE = 8_192;

/** `line`: as a spreadsheet counts, from 1; null: the whole file. */
export type Fault = { readonly line: number | null; readonly reason: string };

export type Row = { readonly line: number; readonly cells: readonly string[] };

export type ReadFile =
  | { readonly header: readonly string[]; readonly rows: readonly Row[] }
  | { readonly fault: Fault };

const wrong = (reason: string, line: number | null = null) => ({ fault: { line, reason } });

const NOT_TEXT =
  'Ce fichier n’est pas un fichier CSV. Dans votre tableur, enregistrez-le au format « CSV UTF-8 (séparateur : point-virgule) ».';

/** UTF-8, with or without its mark, or Windows-1252, which spreadsheets still write; null: no text. */
export function decode(bytes: Uint8Array): string | null {
  // NUL: a workbook, or UTF-16. Refused also because no text of ours may hold it.
  if (bytes.includes(0)) return null;
  const text = decodeAs('utf-8', bytes) ?? decodeAs('windows-1252', bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text === null || /[\x01-\x08\x0b\x0c\x0e-\x1f]/.test(text) ? null : text;
}

function decodeAs(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const notText = (): { readonly fault: Fault } => wrong(NOT_TEXT);

type Parsed = { readonly record: string[]; readonly info: { readonly lines: number } };

export function readRows(text: string): ReadFile {
  let parsed: Parsed[];
  try {
    parsed = parse(text, {
      delimiter: ';',
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MOST_OF_A_LINE,
      to: MOST_LINES + 2,
    }) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return wrong(reasonOf(error.code), typeof error.lines === 'number' ? error.lines : null);
  }
  const [first, ...others] = parsed.filter(({ record }) => record.some((cell) => cell !== ''));
  if (!first) return wrong('Ce fichier est vide.');
  if (first.record.length < 2)
    return wrong('Les colonnes doivent être séparées par des points-virgules.', first.info.lines);
  if (others.length > MOST_LINES)
    return wrong(
      `Ce fichier compte plus de ${MOST_LINES.toLocaleString('fr-FR')} lignes : partagez-le en plusieurs.`,
    );
  const rows = others.map(({ record, info }) => ({ line: info.lines, cells: record.map(unprotected) }));
  return { header: first.record, rows };
}

function reasonOf(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return 'Cette ligne est beaucoup trop longue, ou un guillemet y manque.';
  return 'Les guillemets de cette ligne sont mal placés ou ne se ferment pas.';
}

/** As the downloaded file protects what a spreadsheet would take for a formula. */
const unprotected = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '');
