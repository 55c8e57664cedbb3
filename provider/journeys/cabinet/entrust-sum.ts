/** A plan as a whole: how many lines do what, and whether two plans are one. */
import { createHash } from 'node:crypto';
import type { Entrusted } from '../../store/firm-staff.ts';
import type { Future, Line } from './entrust-plan.ts';

export type Counts = Readonly<Record<Line['kind'] | 'narrowed', number>>;

export function countsOf(plan: readonly Line[]): Counts {
  const counts = { given: 0, modified: 0, unchanged: 0, taken: 0, left_out: 0, narrowed: 0 };
  for (const line of plan) {
    counts[line.kind] += 1;
    if ('narrowed' in line && line.narrowed) counts.narrowed += 1;
  }
  return counts;
}

export const changesNothing = (plan: readonly Line[]): boolean =>
  plan.every(({ kind }) => kind === 'unchanged' || kind === 'left_out');

/** The same for two plans that would change the same rows in the same way, whatever moment each was made at. */
export function fingerprintOf(plan: readonly Line[]): string {
  const hash = createHash('sha256');
  for (const line of plan) hash.update(`${JSON.stringify(tokenOf(line))}\n`);
  return hash.digest('base64url');
}

function tokenOf(line: Line): unknown[] {
  const { wish, kind } = line;
  const head = [kind, wish.siteId, wish.accountId, wish.membershipId];
  const rows = (some: readonly Entrusted[]) => some.map(({ id, changedAt }) => [id, changedAt]);
  switch (kind) {
    case 'given':
      return [...head, told(line.future), rows(line.ended)];
    case 'modified':
      return [...head, rows([line.standing]), told(line.future), rows(line.ended)];
    case 'taken':
      return [...head, rows(line.ended)];
    case 'left_out':
      return [...head, line.reason];
    case 'unchanged':
      return head;
  }
}

const told = ({ parentId, rights, status, from, to }: Future) => [
  parentId,
  rights.levels.toString(),
  rights.colleges,
  status,
  from,
  to,
];
