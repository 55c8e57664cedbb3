/** What a delegation says, compact enough for an audit line that tells before and after. */
import type { Delegation } from '../store/delegation-acts.ts';

type State = Pick<Delegation, 'status' | 'admin' | 'rights' | 'from' | 'to'>;

/** « active admin 7:-1 2026-03-03T10:00:00.000Z/ »: status, collèges and levels, dates. */
export function stateOf({ status, admin, rights, from, to }: State): string {
  const end = to === null ? '' : new Date(to).toISOString();
  const power = admin ? ' admin' : '';
  return `${status}${power} ${rights.colleges}:${rights.levels} ${new Date(from).toISOString()}/${end}`;
}
