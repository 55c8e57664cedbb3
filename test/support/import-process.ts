/**
 * A process that imports what comes in by its standard input, and nothing else, so that its memory is the import's.
 * Told by its arguments: database, caisse, kind. Says what it took as one line of JSON.
 */
import { pino } from 'pino';
import type { ImportKind } from '../../provider/domain/import.ts';
import { runImport } from '../../provider/jobs/run-imports.ts';
import { receiveImport } from '../../provider/journeys/import-receive.ts';
import { connect } from '../../provider/store/database.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { findImport, turnImport } from '../../provider/store/imports.ts';

const [url = '', caisseId = '', kind = ''] = process.argv.slice(2);
const now = Date.now;
const sql = connect(url, { poolSize: 3 });
const store = handleOf(sql, caisseId);

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await act(), (performance.now() - began) / 1000];
}

const [id, received] = await timed(() =>
  receiveImport(store, process.stdin, {
    kind: kind as ImportKind,
    timeZone: 'Europe/Paris',
    appliesItself: false,
    now,
  }),
);
const step = () => runImport({ sql, now }, { caisseId, id });
const [, checked] = await timed(step);
await turnImport(store, { id, from: 'checked', to: 'approved', now: now() });
const [, applied] = await timed(step);
const row = await findImport(store, id);
pino({ base: null, timestamp: false }).info({
  id,
  state: row?.state,
  lines: row?.lines,
  faults: row?.faults,
  seconds: { received, checked, applied },
  // Kilobytes, at their highest.
  peak: process.resourceUsage().maxRSS,
});
await sql.destroy();
