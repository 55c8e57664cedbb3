/** The log as a file for a spreadsheet, one page of lines in memory at a time. */
import { Readable } from 'node:stream';
import type { Instant } from '../../domain/instant.ts';
import {
  type AuditFilter,
  type AuditLine,
  listAudit,
  type Named,
  type Place,
} from '../../store/audit-log.ts';
import type { Handle } from '../../store/handle.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { MARK, writtenRows } from '../spreadsheet.ts';
import { kindWords, REGISTER_WORDS } from './audit-words.ts';

export type CsvAsked = {
  readonly store: Handle;
  readonly caisse: Caisse;
  readonly filter: AuditFilter;
  /** Lines after the asking are not of it. */
  readonly until: Instant;
};

const LINES_AT_ONCE = 1_000;

const COLUMNS = [
  'Ligne',
  'Date et heure',
  'Registre',
  'Acte',
  'Auteur',
  'Courriel de l’auteur',
  'Personne concernée',
  'Courriel de la personne concernée',
  'Raison sociale',
  'Site déclarant',
  'SIRET',
  'Service',
  'Adresse IP',
  'Référence',
  'Détails',
];

export const csvOf = (asked: CsvAsked): Readable => Readable.from(pagesOf(asked), { objectMode: false });

async function* pagesOf({ store, caisse, filter, until }: CsvAsked): AsyncGenerator<Buffer> {
  yield Buffer.from(MARK + writtenRows([COLUMNS]));
  const to = Math.min(filter.to ?? Number.POSITIVE_INFINITY, until);
  let place: Place | null = null;
  for (;;) {
    const lines: AuditLine[] = await listAudit(store, {
      filter: { ...filter, to },
      place,
      toward: 'older',
      limit: LINES_AT_ONCE,
    });
    if (lines.length > 0) yield Buffer.from(writtenRows(lines.map((line) => cellsOf(line, caisse))));
    const last = lines.at(-1);
    if (!last || lines.length < LINES_AT_ONCE) return;
    place = last;
  }
}

const cellsOf = (line: AuditLine, { timeZone }: Caisse): string[] => [
  String(line.id),
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(line.at),
  REGISTER_WORDS[line.register],
  kindWords(line.kind),
  ...personCells(line.actor),
  ...personCells(line.subject),
  line.site?.raisonSociale ?? '',
  line.site?.name ?? '',
  line.site?.siret ?? '',
  line.clientId ?? '',
  line.address ?? '',
  line.requestId ?? '',
  Object.keys(line.facts).length === 0 ? '' : JSON.stringify(line.facts),
];

const personCells = (person: Named | null): [string, string] => [
  person === null ? '' : (person.name ?? person.id),
  person?.email ?? '',
];
