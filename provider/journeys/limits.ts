/** What journeys share about tries that are counted: keys that tell nothing, and the words when there were too many. */
import { createHash } from 'node:crypto';
import type { Notice } from '../http/screens.ts';
import type { Scope } from '../tenant/scope.ts';

/** What is counted stays out of the counters' table: addresses and identifiers are personal data. */
export const countedKey = ({ caisse }: Pick<Scope, 'caisse'>, ...parts: readonly string[]): string =>
  createHash('sha256')
    .update([caisse.id, ...parts].join('\n'))
    .digest('base64url');

export function tooManyTries(seconds: number): Notice {
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.ceil(minutes / 60);
  const wait =
    minutes === 1 ? 'une minute' : minutes <= 90 ? `${minutes}\u00a0minutes` : `${hours}\u00a0heures`;
  return {
    kind: 'warning',
    title: 'Trop d’essais',
    text: `Par sécurité, les essais sont suspendus. Réessayez dans ${wait}.`,
  };
}
