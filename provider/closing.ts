/** Composition of what a planned closure ends, at every caisse. */
import type { Logger } from 'pino';
import { endClosedAccess } from './oidc/closing.ts';
import type { Issuers } from './oidc/issuers.ts';
import type { Database } from './store/database.ts';
import { handleOf } from './store/handle.ts';
import type { Directory } from './tenant/directory.ts';

export type ClosingParts = {
  readonly directory: Directory;
  readonly issuers: Issuers;
  readonly sql: Database;
  readonly now: () => number;
  readonly log: Logger;
};

/** @returns what ends it, when its time has come: sessions that went. */
export const makeClosing =
  ({ directory, issuers, sql, now, log }: ClosingParts) =>
  async (): Promise<number> => {
    let gone = 0;
    for (const caisse of directory.all()) {
      try {
        const { provider } = await issuers.of(caisse);
        gone += await endClosedAccess({ caisse, store: handleOf(sql, caisse.id), provider, now: now() });
      } catch (err) {
        // The others are not to wait for one that cannot be read.
        log.error({ err, caisseId: caisse.id }, 'sessions of before a closure not ended');
      }
    }
    return gone;
  };
