/** Asks for new codes by post: one row is written whoever is known, and a job does the rest. */
import { randomUUID } from 'node:crypto';
import { networkOf } from '../../domain/network.ts';
import { ungroup } from '../../domain/search.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { insertCodeRequest } from '../../store/recovery.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';

/** On one identifiant: letters are limited by site besides. */
const IDENTIFIANT: Limit = { name: 'letter_identifiant', tries: 5, seconds: 86_400 };
/** From one network to any. */
const NETWORK: Limit = { name: 'letter_network', tries: 20, seconds: 3600 };

/** @returns seconds to wait when there were too many requests, else 0. */
export async function askLetter(scope: Scope, typed: string): Promise<number> {
  const { store, throttle, now, address, requestId } = scope;
  const identifiant = ungroup(typed).toUpperCase();
  const seconds = await throttle.count([
    [IDENTIFIANT, countedKey(scope, identifiant)],
    [NETWORK, countedKey(scope, networkOf(address))],
  ]);
  if (seconds > 0) return seconds;
  await transaction(store, async (inside) => {
    await insertCodeRequest(inside, { id: randomUUID(), identifiant, now: now() });
    await appendAudit(inside, { kind: 'code_letter_asked', at: now(), address, requestId });
  });
  return 0;
}
