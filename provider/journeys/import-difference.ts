/**
 * What a staged import would add and change, told by the columns of its file, as the file itself would write it; the
 * whole of it as a file, read in bites. Of a password nothing is told but that there is another one.
 */
import { Readable } from 'node:stream';
import { FEATURES } from '../../policies/catalogue.ts';
import { dayOf, lastDayOf } from '../domain/calendar.ts';
import { type ImportKind, isStaged } from '../domain/import.ts';
import type { Instant } from '../domain/instant.ts';
import type { Vector } from '../domain/rights.ts';
import type { ChangeShown } from '../http/screens-office-import.ts';
import type { Handle } from '../store/handle.ts';
import { type Change, type ChangeCells, eachChange } from '../store/import-difference.ts';
import { findImport } from '../store/imports.ts';
import {
  ADDRESS,
  CABINET,
  COLLEGE,
  FAMILY_NAME,
  FROM,
  GIVEN_NAME,
  HASH,
  IDENTIFIANT,
  RAISON_SOCIALE,
  SIREN,
  SITE,
  TO,
} from './import-columns.ts';
import { COLLEGE_LABELS, collegesOf, LEVEL_LABELS, levelIn } from './rights-shown.ts';
import { MARK, writtenRows } from './spreadsheet.ts';

type Told = { readonly id: string; readonly kind: ImportKind };

export function tellChange(
  { line, added, about, before, after }: Change,
  { kind, timeZone }: { readonly kind: ImportKind; readonly timeZone: string },
): ChangeShown {
  const was = written(before, kind, timeZone);
  const cells = written(after, kind, timeZone).map(([column, text], at) => ({
    column,
    before: added ? '' : (was[at]?.[1] ?? ''),
    after: text,
  }));
  return { line, added, about, cells: cells.filter((cell) => cell.before !== cell.after) };
}

/** Every column with its text, always in the same order; '' where there is nothing. */
function written(cells: ChangeCells, kind: ImportKind, timeZone: string): (readonly [string, string])[] {
  const text = (cell: keyof ChangeCells): string => String(cells[cell] ?? '');
  const day = (at: ChangeCells[keyof ChangeCells], dayIn: typeof dayOf): string =>
    at == null ? '' : dayIn(Number(at), timeZone).split('-').reverse().join('/');
  const address = (cells.address ?? []) as readonly string[];
  const rights = { colleges: Number(cells.colleges ?? 0), levels: BigInt(text('levels')) };
  return [
    [IDENTIFIANT, text('identifiant')],
    [kind === 'sites' ? SITE : kind === 'cabinets' ? CABINET : RAISON_SOCIALE, text('name')],
    [SIREN, text('siren')],
    ...ADDRESS.map((column, i) => [column, address[i] ?? ''] as const),
    [FROM, day(cells.starts_at, dayOf)],
    [TO, day(cells.ends_at, lastDayOf)],
    [
      COLLEGE,
      collegesOf(rights)
        .map((college) => COLLEGE_LABELS[college])
        .join(' + '),
    ],
    ...FEATURES.map(({ label }, i) => [label, levelWritten(rights, i)] as const),
    [HASH, cells.password === true ? 'nouveau mot de passe importé' : ''],
    [FAMILY_NAME, text('family_name')],
    [GIVEN_NAME, text('given_name')],
  ];
}

function levelWritten(rights: Vector, feature: number): string {
  const level = levelIn(rights, feature);
  return level === 'none' ? '' : LEVEL_LABELS[level];
}

const HEADER = ['ligne', 'changement', 'de quoi il s’agit', 'donnée', 'avant', 'après'];

type FileAsked = {
  readonly store: Handle;
  readonly caisse: { readonly timeZone: string };
  readonly now: () => Instant;
};

/** A row a cell; breaks off when the import is applied or given up meanwhile, so that none looks whole that is not. */
export const differenceFile = (asked: FileAsked, told: Told): Readable => Readable.from(pieces(asked, told));

async function* pieces({ store, caisse, now }: FileAsked, { id, kind }: Told): AsyncGenerator<string> {
  yield MARK + writtenRows([HEADER]);
  for await (const changes of eachChange(store, { id, kind, now: now() }))
    yield writtenRows(
      changes.flatMap((change) => rowsOf(tellChange(change, { kind, timeZone: caisse.timeZone }))),
    );
  const row = await findImport(store, id);
  if (!row || !isStaged(row.state)) throw new Error('the lines of the import were erased meanwhile');
}

const NOTHING_MORE = [{ column: '', before: '', after: '' }];

const rowsOf = ({ line, added, about, cells }: ChangeShown): string[][] =>
  (cells.length === 0 ? NOTHING_MORE : cells).map(({ column, before, after }) => [
    String(line),
    added ? 'ajout' : 'modification',
    about,
    column,
    before,
    after,
  ]);
