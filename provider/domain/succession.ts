/**
 * What goes on, and where it hangs, when an enrolment gives way to a successor's. Nobody below holds more or less than
 * before; what the successor held below himself and the former administrator below others is left out where nobody
 * stands on it.
 */
import type { Instant } from './instant.ts';
import type { LinkStatus } from './rights.ts';

/** A delegation that stands below the former enrolment. */
export type Below = {
  readonly id: string;
  readonly parentId: string;
  /** null: a firm, or nobody yet. */
  readonly granteeAccountId: string | null;
  readonly admin: boolean;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
};

/** `parentId` null: hangs on the successor's enrolment, given by him. */
export type Carried = { readonly id: string; readonly parentId: string | null };

export type Handover = {
  readonly formerId: string;
  readonly formerAccountId: string;
  readonly successorId: string;
  readonly now: Instant;
};

/** In an order where parents come first. */
export function planSuccession(below: readonly Below[], handover: Handover): Carried[] {
  const children = childrenOf(below);
  const carried: Carried[] = [];
  const queue = (children.get(handover.formerId) ?? []).map((row) => ({
    row,
    parentId: null as string | null,
  }));
  const bears = bearingOf(children, handover);
  for (let i = 0; i < queue.length; i++) {
    const { row, parentId } = queue[i] as (typeof queue)[number];
    const absorbed = isAbsorbed(row, handover);
    if (!absorbed && !bears.has(row.id)) continue;
    if (!absorbed) carried.push({ id: row.id, parentId });
    for (const child of children.get(row.id) ?? [])
      queue.push({ row: child, parentId: absorbed ? null : row.id });
  }
  return carried;
}

/**
 * An administrator without limits, right below the enrolment: as such the successor holds what the enrolment gives him,
 * so that what he gave may hang on that. With an end, or suspended, it goes on: what hangs on it must not be widened.
 */
const isAbsorbed = (row: Below, { formerId, successorId, now }: Handover): boolean =>
  row.granteeAccountId === successorId &&
  row.parentId === formerId &&
  row.admin &&
  row.status === 'active' &&
  row.from <= now &&
  row.to === null;

/** Those that somebody else than the two holds, and all on which such a one stands. */
function bearingOf(
  children: ReadonlyMap<string, readonly Below[]>,
  { formerId, formerAccountId, successorId }: Handover,
): ReadonlySet<string> {
  const bearing = new Set<string>();
  const topDown: Below[] = [...(children.get(formerId) ?? [])];
  for (let i = 0; i < topDown.length; i++) topDown.push(...(children.get((topDown[i] as Below).id) ?? []));
  for (const row of topDown.toReversed()) {
    const isTheirs = row.granteeAccountId === formerAccountId || row.granteeAccountId === successorId;
    if (!isTheirs || (children.get(row.id) ?? []).some(({ id }) => bearing.has(id))) bearing.add(row.id);
  }
  return bearing;
}

function childrenOf(below: readonly Below[]): ReadonlyMap<string, Below[]> {
  const children = new Map<string, Below[]>();
  for (const row of below) {
    const siblings = children.get(row.parentId);
    if (siblings) siblings.push(row);
    else children.set(row.parentId, [row]);
  }
  return children;
}
