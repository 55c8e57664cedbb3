/** Composition of what keeps the audit: its sealing, and its retention by the settings of each caisse. */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { type AuditSealer, makeAuditSealer } from './domain/audit-seal.ts';
import { dropOldAudit } from './jobs/drop-audit.ts';
import { sealAudit } from './jobs/seal-audit.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { listCaisses } from './store/caisses.ts';
import type { Database } from './store/database.ts';
import { handleOf } from './store/handle.ts';
import { toCaisse } from './tenant/directory.ts';

const MINUTE = 60_000;

export type AuditKeeping = {
  readonly config: Pick<Config, 'auditKey' | 'previousAuditKeys'>;
  readonly sql: Database;
  readonly now: () => number;
  readonly log: Logger;
};

/** Starts keeping the audit in this process; of several, one does the work. */
export function startAuditKeeping({ config, sql, now, log }: AuditKeeping): Worker {
  const sealer = makeAuditSealer(config.auditKey, config.previousAuditKeys);
  const workers = [
    { name: 'seal the audit', every: 5 * MINUTE, run: () => sealAudit({ sql, sealer, now }) },
    { name: 'drop old audit', every: 60 * MINUTE, run: () => dropEverywhere({ sql, sealer, now, log }) },
  ].map((work) => startWorker(work, log));
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

type Dropping = Omit<AuditKeeping, 'config'> & { readonly sealer: AuditSealer };

async function dropEverywhere({ sql, sealer, now, log }: Dropping): Promise<void> {
  for (const row of await listCaisses(sql)) {
    try {
      const { auditDays: days } = toCaisse(row).settings;
      await dropOldAudit({ store: handleOf(sql, row.id), sealer, days, now: now() });
    } catch (err) {
      // The others are not to wait for one that cannot be read.
      log.error({ err, caisseId: row.id }, 'old audit not dropped');
    }
  }
}
