/** All that is wrong with a file, as a file: read in bites, so that a hundred thousand lines are no more than ten. */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Handle } from '../store/handle.ts';
import { eachFault } from '../store/import-lines.ts';
import { tellFault } from './import-words.ts';

const OPTIONS = { delimiter: ';', escape_formulas: true, record_delimiter: 'windows' } as const;

/** UTF-8 with its mark, so that spreadsheets read the accents; no cell that one would run as a formula. */
export const faultsFile = (store: Handle, importId: string): Readable =>
  Readable.from(pieces(store, importId));

async function* pieces(store: Handle, importId: string): AsyncGenerator<string> {
  yield `\ufeff${stringify([['ligne', 'motif']], OPTIONS)}`;
  for await (const faults of eachFault(store, importId)) {
    const rows = faults.map(({ line, code, about }) => [
      line === 0 ? '' : String(line),
      tellFault({ code, about }),
    ]);
    yield stringify(rows, OPTIONS);
  }
}
