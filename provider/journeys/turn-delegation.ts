/**
 * A delegation is closed, suspended, resumed or renewed by whoever stands above it. Owns these acts, for people, firms
 * and their staff alike, each in one transaction; who may is asked of giving.ts, what is left to whom of taken.ts.
 */
import type { Enforcer } from '../../policies/enforcer.ts';
import { type Act, actsOn, standingOf } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import { chainRights, type Vector } from '../domain/rights.ts';
import { Refusal } from '../refusal.ts';
import { type AuditKind, appendAudit } from '../store/audit.ts';
import { holdChain, readChain } from '../store/chains.ts';
import {
  type Change,
  changeDelegation,
  type Delegation,
  findDelegation,
  isFirm,
  lockDelegations,
} from '../store/delegation-acts.ts';
import { type Handle, transaction } from '../store/handle.ts';
import type { Scope } from '../tenant/scope.ts';
import { announceTurn } from './announce-turn.ts';
import { stateOf } from './delegation-state.ts';
import { endingOf, giftOf, requireAbove, requireGiver } from './giving.ts';
import { endTaken, type Taken } from './taken.ts';

export type Turning = {
  readonly enforcer: Enforcer;
  /** Who acts. */
  readonly actorId: string;
  readonly delegationId: string;
  /** `changedAt` of the delegation as he saw it. */
  readonly seen: Instant;
};

/** For good. @returns of whom services must hear once it has committed (taken.ts). */
export const closeDelegation = (scope: Scope, turning: Turning): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const found = await known(inside, turning.delegationId);
    const asking = askingOf(scope, turning, found);
    await requireAbove(inside, asking, endingOf(asking.gift));
    const delegation = await hold(inside, turning, 'close', scope.now());
    await turn(scope, inside, turning, { delegation, change: { status: 'closed' }, by: CLOSED });
    return endTaken(inside, { delegationIds: [delegation.id] }, { now: scope.now(), forGood: true });
  });

/** « En veille »: until it is resumed. A firm's delegation is only given and deleted. */
export const suspendDelegation = (scope: Scope, turning: Turning): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const found = await known(inside, turning.delegationId);
    await requireAbove(inside, askingOf(scope, turning, found), 'close');
    const delegation = await hold(inside, turning, 'suspend', scope.now());
    await turn(scope, inside, turning, { delegation, change: { status: 'suspended' }, by: SUSPENDED });
    return endTaken(inside, { delegationIds: [delegation.id] }, { now: scope.now(), forGood: false });
  });

/** Confers anew: the giver must still hold what it gives. */
export const resumeDelegation = (scope: Scope, turning: Turning): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const found = await known(inside, turning.delegationId);
    await requireGiver(inside, askingOf(scope, turning, found), 'modify');
    const delegation = await hold(inside, turning, 'resume', scope.now());
    await turn(scope, inside, turning, { delegation, change: { status: 'active' }, by: RESUMED });
  });

/** What the former space gave, given anew from now on: as much of it as the giver holds. `to` null: without an end. */
export const renewDelegation = (
  scope: Scope,
  turning: Turning,
  { to }: { readonly to: Instant | null },
): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const found = await known(inside, turning.delegationId);
    const asking = askingOf(scope, turning, found);
    await holdChain(inside, asking.parentId);
    const now = scope.now();
    const rights = await renewable(inside, found, now);
    if (rights === null) throw new Refusal('beyond_giver');
    await requireGiver(inside, { ...asking, gift: { ...asking.gift, vector: rights } }, 'confirm');
    const delegation = await hold(inside, turning, 'renew', now);
    const change = { status: 'active', rights, from: now, to } as const;
    await turn(scope, inside, turning, { delegation, change, by: RENEWED });
  });

/** What an imported delegation would give if it were renewed now; null: nothing of it is left to give. */
export async function renewable(
  store: Handle,
  { id, admin, rights }: Delegation,
  now: Instant,
): Promise<Vector | null> {
  const chain = await readChain(store, id);
  const renewed = chain.map((link) =>
    link.id === id ? { ...link, status: 'active' as const, from: now, to: null } : link,
  );
  const left = chainRights(renewed, now);
  // An administrator reaches whatever his giver does: such a link says everything, and is capped when read.
  return left && (admin ? rights : left.vector);
}

type By = { readonly turn: 'closed' | 'suspended' | 'resumed' | 'renewed'; readonly kind: AuditKind };

const CLOSED: By = { turn: 'closed', kind: 'delegation_closed' };
const SUSPENDED: By = { turn: 'suspended', kind: 'delegation_suspended' };
const RESUMED: By = { turn: 'resumed', kind: 'delegation_resumed' };
const RENEWED: By = { turn: 'renewed', kind: 'delegation_renewed' };

async function known(inside: Handle, id: string): Promise<Delegation> {
  const delegation = await findDelegation(inside, id);
  if (!delegation) throw new Refusal('not_found');
  return delegation;
}

function askingOf({ now }: Scope, { enforcer, actorId }: Turning, delegation: Delegation) {
  // Nobody stands above whoever opened a site by letter.
  if (delegation.kind === 'enrolment' || delegation.parentId === null) throw new Refusal('beyond_giver');
  return {
    enforcer,
    now: now(),
    accountId: actorId,
    parentId: delegation.parentId,
    gift: giftOf(delegation),
  };
}

/** As it was seen, where that act may still happen to it, and nobody else changes it until this one has committed. */
async function hold(inside: Handle, { delegationId, seen }: Turning, act: Act, now: Instant) {
  await lockDelegations(inside, [delegationId]);
  const delegation = await known(inside, delegationId);
  const stands = delegation.changedAt === seen && actsOn(standingOf(delegation, now)).includes(act);
  if (!stands) throw new Refusal('changed_meanwhile');
  return delegation;
}

type Turned = { readonly delegation: Delegation; readonly change: Change; readonly by: By };

async function turn(
  scope: Scope,
  inside: Handle,
  { actorId }: Turning,
  { delegation, change, by }: Turned,
): Promise<void> {
  const now = scope.now();
  if (!(await changeDelegation(inside, delegation, change, now))) throw new Refusal('changed_meanwhile');
  await appendAudit(inside, {
    kind: by.kind,
    at: now,
    actorId,
    subjectId: isFirm(delegation.beneficiary) ? undefined : (delegation.beneficiary.accountId ?? undefined),
    siteId: delegation.site.id,
    address: scope.address,
    requestId: scope.requestId,
    facts: {
      delegation: delegation.id,
      kind: delegation.kind,
      giver:
        delegation.giver &&
        (isFirm(delegation.giver) ? delegation.giver.cabinetId : delegation.giver.accountId),
      firm: isFirm(delegation.beneficiary) ? delegation.beneficiary.cabinetId : null,
      before: stateOf(delegation),
      after: stateOf({ ...delegation, ...change }),
    },
  });
  await announceTurn(scope, inside, [{ ...delegation, ...change }], by.turn);
}
