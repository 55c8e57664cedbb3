/**
 * Deletes what has outlived its time: sessions, interactions, codes and tokens. Everything that reads them looks at
 * their dates, so that nothing depends on it but the size of the table: anybody may begin a sign-in.
 */
import type { Logger } from 'pino';
import type { Instant } from '../domain/instant.ts';
import { sweepArtifacts } from '../store/artifacts.ts';
import type { Database } from '../store/database.ts';
import { startWorker, type Worker } from './worker.ts';

const MINUTE = 60_000;
const BITE = 5_000;

/** Any number of processes may sweep at once. @returns how many rows went. */
export async function sweep(sql: Database, now: Instant, bite = BITE): Promise<number> {
  let swept = 0;
  for (;;) {
    const gone = await sweepArtifacts(sql, now, bite);
    swept += gone;
    if (gone < bite) return swept;
  }
}

export type Sweeping = { readonly sql: Database; readonly now: () => Instant; readonly log: Logger };

export const startSweeping = ({ sql, now, log }: Sweeping): Worker =>
  startWorker({ name: 'sweep', every: 10 * MINUTE, run: () => sweep(sql, now()) }, log);
