/**
 * The living issuers, one per caisse, built at first use and built anew when their keys, services or settings change.
 * Requests under way keep the one that they began with.
 */

import type { Database } from '../store/database.ts';
import { handleOf } from '../store/handle.ts';
import type { Caisse } from '../tenant/directory.ts';
import { type Issuer, makeIssuer, type ProviderOptions } from './provider.ts';

export type Issuers = {
  readonly of: (caisse: Caisse) => Promise<Issuer>;
  readonly forget: (caisseId: string) => void;
  readonly forgetAll: () => void;
};

export function openIssuers(sql: Database, options: Omit<ProviderOptions, 'caisse' | 'store'>): Issuers {
  const issuers = new Map<string, Promise<Issuer>>();
  return {
    of(caisse) {
      const known = issuers.get(caisse.id);
      if (known) return known;
      const made = makeIssuer({ ...options, caisse, store: handleOf(sql, caisse.id) });
      issuers.set(caisse.id, made);
      made.catch(() => issuers.delete(caisse.id));
      return made;
    },
    forget: (caisseId) => {
      issuers.delete(caisseId);
    },
    forgetAll: () => issuers.clear(),
  };
}
