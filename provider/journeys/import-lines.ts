/** A line of a file → what it says, or everything that is wrong with it by itself. What is there is not looked at. */
import { FEATURES } from '../../policies/catalogue.ts';
import { endOf, startOf } from '../domain/calendar.ts';
import { readImportedHash } from '../domain/confidential-code.ts';
import { emailKey, parseEmail } from '../domain/email.ts';
import type { FaultCode, ImportFault, ImportKind, ImportLine } from '../domain/import.ts';
import { isEmpty, vectorOf } from '../domain/rights.ts';
import { ungroup } from '../domain/search.ts';
import { parseSiren, parseSiret } from '../domain/siret.ts';
import {
  ADDRESS,
  CABINET,
  COLLEGE,
  EMAIL,
  FAMILY_NAME,
  FROM,
  GIVEN_NAME,
  HASH,
  IDENTIFIANT,
  type Places,
  RAISON_SOCIALE,
  REFERENCE,
  RIGHTS,
  SIREN,
  SIRET,
  SITE,
  TO,
} from './import-columns.ts';
import { dayTyped } from './period-form.ts';
import { collegesIn, levelIn } from './typed-rights.ts';

/** One line being read: its cells, and the faults met on the way. */
type Reading = {
  readonly has: (column: string) => boolean;
  readonly cell: (column: string) => string;
  readonly fail: (code: FaultCode, about: string) => void;
  readonly timeZone: string;
};

type Said = Omit<ImportLine, 'line'>;

const READERS: Readonly<Record<ImportKind, (reading: Reading) => Said>> = {
  adherents(reading) {
    const identifiant = required(reading, IDENTIFIANT, MOST_NUMBER);
    const name = nameIn(reading, RAISON_SOCIALE);
    const address = ADDRESS.map((column) => optional(reading, column, MOST_ADDRESS)).filter(Boolean);
    const told = ADDRESS.some((column) => reading.has(column)) ? { address } : {};
    const siren = reading.has(SIREN) ? { siren: sirenIn(reading) } : {};
    return { key: bare(identifiant), identifiant, name, ...siren, ...told };
  },
  sites(reading) {
    const siret = siretIn(reading);
    return { key: siret, siret, identifiant: identifiantIn(reading), name: nameIn(reading, SITE) };
  },
  cabinets(reading) {
    const reference = required(reading, REFERENCE, MOST_NUMBER);
    return { key: reference, reference, name: nameIn(reading, CABINET) };
  },
  rattachements(reading) {
    const reference = required(reading, REFERENCE, MOST_NUMBER);
    const identifiant = identifiantIn(reading);
    const [from, to] = [dayIn(reading, FROM), dayIn(reading, TO)];
    if (from && to && to < from) reading.fail('days_in_order', '');
    const starts = from === null ? {} : { starts_at: startOf(from, reading.timeZone) };
    return { key: `${reference};${identifiant}`, reference, identifiant, ...starts, ...endIn(to, reading) };
  },
  delegations(reading) {
    const siret = siretIn(reading);
    const reference = optional(reading, REFERENCE, MOST_NUMBER);
    const email = emailIn(reading);
    if ((reference === '') === (email === '')) reading.fail('firm_or_person', '');
    const whom = reference === '' ? { email } : { reference };
    const end = endIn(dayIn(reading, TO), reading);
    return { key: `${siret};${reference};${email}`, siret, ...whom, ...rightsIn(reading), ...end };
  },
  codes(reading) {
    const siret = siretIn(reading);
    const hash = required(reading, HASH, 1_000);
    // Never repeated in a fault: it is a secret.
    if (hash !== '' && readImportedHash(hash) === null) reading.fail('hash_unknown', '');
    const family_name = optional(reading, FAMILY_NAME, MOST_NAME);
    return { key: siret, siret, hash, family_name, given_name: optional(reading, GIVEN_NAME, MOST_NAME) };
  },
};

const MOST_NUMBER = 40;
const MOST_NAME = 200;
/** Of a line of a postal address (La Poste, NF Z10-011). */
const MOST_ADDRESS = 38;

const bare = (identifiant: string): string => ungroup(identifiant).toUpperCase();

export type ReadLine = { readonly said: ImportLine } | { readonly faults: readonly ImportFault[] };

export type LineReader = (line: number, cells: readonly string[]) => ReadLine;

export function lineReader(
  kind: ImportKind,
  { places, width, timeZone }: { readonly places: Places; readonly width: number; readonly timeZone: string },
): LineReader {
  const read = READERS[kind];
  return (line, cells) => {
    const faults: ImportFault[] = [];
    const fail = (code: FaultCode, about: string) =>
      void faults.push({ line, code, about: about.slice(0, 60) });
    const isExtra = cells.slice(width).some((cell) => cell !== '');
    if (isExtra || cells.length < width)
      return { faults: [{ line, code: 'cells', about: String(cells.length) }] };
    const cell = (column: string): string => unprotected(cells[places.get(column) ?? -1] ?? '');
    const said = read({ has: (column) => places.has(column), cell, fail, timeZone });
    return faults.length > 0 ? { faults } : { said: { ...said, line } };
  };
}

/** As our own files protect what a spreadsheet would take for a formula. */
const unprotected = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '');

function required(reading: Reading, column: string, most: number): string {
  const text = optional(reading, column, most);
  if (text === '') reading.fail('missing', column);
  return text;
}

function optional(reading: Reading, column: string, most: number): string {
  const text = reading.cell(column).normalize('NFC');
  if (text.length > most) reading.fail('too_long', `${column} : ${most}`);
  // Whoever opened a list with it in a spreadsheet would run it.
  if (/^[=@]/.test(text)) reading.fail('formula', column);
  return text;
}

const nameIn = (reading: Reading, column: string): string =>
  required(reading, column, MOST_NAME).replace(/\s+/g, ' ');

function identifiantIn(reading: Reading): string {
  return bare(required(reading, IDENTIFIANT, MOST_NUMBER));
}

function siretIn(reading: Reading): string {
  const typed = reading.cell(SIRET);
  const siret = parseSiret(typed);
  if (!siret) reading.fail(typed === '' ? 'missing' : 'siret_invalid', typed === '' ? SIRET : typed);
  return siret ?? '';
}

function sirenIn(reading: Reading): string {
  const typed = reading.cell(SIREN);
  const siren = parseSiren(typed);
  if (!siren && typed !== '') reading.fail('siren_invalid', typed);
  return siren ?? '';
}

function emailIn(reading: Reading): string {
  const typed = reading.cell(EMAIL);
  if (typed === '') return '';
  const email = parseEmail(typed);
  if (!email) reading.fail('email_invalid', typed);
  return email ? emailKey(email) : typed;
}

function dayIn(reading: Reading, column: string): string | null {
  const typed = reading.cell(column);
  if (typed === '') return null;
  const day = dayTyped(typed);
  if (!day) reading.fail('day_invalid', typed);
  return day;
}

const endIn = (day: string | null, { timeZone }: Reading) =>
  day === null ? {} : { ends_at: endOf(day, timeZone) };

function rightsIn(reading: Reading): { readonly colleges: number; readonly levels: string } {
  const all = reading.cell(RIGHTS);
  const typed = [all, ...FEATURES.map(({ label }) => reading.cell(label))];
  for (const one of typed) if (levelIn(one) === undefined) reading.fail('level_unknown', one);
  const levels = FEATURES.map(({ label }) => levelIn(reading.cell(label) || all) ?? 'none');
  const colleges = collegesIn(reading.cell(COLLEGE));
  if (colleges === undefined) reading.fail('colleges_unknown', reading.cell(COLLEGE));
  else if (colleges.length === 0) reading.fail('missing', COLLEGE);
  const vector = vectorOf(levels, colleges ?? []);
  if (colleges && colleges.length > 0 && isEmpty(vector)) reading.fail('nothing_given', '');
  return { colleges: vector.colleges, levels: vector.levels.toString() };
}
