/** A file of the caisse's information system, sent and dealt with as the product does it. */
import { Readable } from 'node:stream';
import type { ImportKind } from '../../provider/domain/import.ts';
import { runImport } from '../../provider/jobs/run-imports.ts';
import { receiveImport } from '../../provider/journeys/import-receive.ts';
import { tellFault } from '../../provider/journeys/import-words.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { listFaults } from '../../provider/store/import-lines.ts';
import { findImport, type Import, turnImport } from '../../provider/store/imports.ts';

export type Around = { readonly store: Handle; readonly now: () => number };

/** In pieces of that size, to cut lines and characters wherever they fall. */
function inPieces(content: string | Uint8Array, size = 64 * 1024): AsyncIterable<Buffer> {
  const bytes = Buffer.from(content as Uint8Array);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return Readable.from(pieces, { objectMode: true });
}

export const csv = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

/** Received, and no more. @returns the id of the import. */
export const receive = (
  { store, now }: Around,
  kind: ImportKind,
  content: string | Uint8Array,
  given: { readonly size?: number; readonly mostBytes?: number; readonly appliesItself?: boolean } = {},
): Promise<string> => {
  const { size, appliesItself = false, ...sent } = given;
  return receiveImport(store, inPieces(content, size), {
    kind,
    timeZone: 'Europe/Paris',
    appliesItself,
    now,
    ...sent,
  });
};

export async function step({ store, now }: Around, id: string): Promise<Import> {
  await runImport({ sql: store.sql, now }, { caisseId: store.caisseId, id });
  return (await findImport(store, id)) as Import;
}

/** Received and checked: what it would do, or « line: sentence » of each fault. */
export async function check(around: Around, kind: ImportKind, content: string | Uint8Array, given = {}) {
  const id = await receive(around, kind, content, given);
  const row = await step(around, id);
  return { id, row, faults: await faultsOf(around, id) };
}

async function faultsOf({ store }: Around, id: string): Promise<string[]> {
  const faults = await listFaults(store, id, { after: null, limit: 10_000 });
  return faults.map(({ line, ...fault }) => `${line}: ${tellFault(fault).replaceAll('\u00a0', ' ')}`);
}

export const approve = ({ store, now }: Around, id: string): Promise<boolean> =>
  turnImport(store, { id, from: 'checked', to: 'approved', now: now() });

/** The whole way. */
export async function importFile(around: Around, kind: ImportKind, content: string | Uint8Array) {
  const checked = await check(around, kind, content);
  if (!(await approve(around, checked.id)))
    throw new Error(`not to be applied: ${checked.row.state} ${checked.faults.join(' ')}`);
  return step(around, checked.id);
}

/** Everything that an import may write, to be compared. */
export async function everythingOf({ store: { caisseId, sql } }: Around): Promise<string> {
  const tables = [
    'adherent',
    'site',
    'cabinet',
    'cabinet_client',
    'legacy_delegation',
    'confidential_code',
    'delegation',
  ];
  const rows = await Promise.all(
    tables.map((table) => sql(table).where({ caisse_id: caisseId }).orderBy('id')),
  );
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}
