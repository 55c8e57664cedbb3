/** All that is wrong with a file, as a file: read in bites, so that a hundred thousand lines are no more than ten. */
import { Readable } from 'node:stream';
import type { Handle } from '../store/handle.ts';
import { eachFault } from '../store/import-lines.ts';
import { tellFault } from './import-words.ts';
import { MARK, writtenRows } from './spreadsheet.ts';

export const faultsFile = (store: Handle, importId: string): Readable =>
  Readable.from(pieces(store, importId));

async function* pieces(store: Handle, importId: string): AsyncGenerator<string> {
  yield MARK + writtenRows([['ligne', 'motif']]);
  for await (const faults of eachFault(store, importId)) {
    const rows = faults.map(({ line, code, about }) => [
      line === 0 ? '' : String(line),
      tellFault({ code, about }),
    ]);
    yield writtenRows(rows);
  }
}
