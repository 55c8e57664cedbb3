/** Plans of acts on one delegation: modified, put on standby, resumed, closed, renewed. */
import { modifyDelegations } from '../../provider/journeys/delegation/modify.ts';
import {
  closeDelegation,
  renewDelegation,
  resumeDelegation,
  suspendDelegation,
} from '../../provider/journeys/turn-delegation.ts';
import { findDelegation } from '../../provider/store/delegation-acts.ts';
import { giftOf } from './rights-answers.ts';
import { done, EVERYTHING_SAID, nameOf, type Said, setOf, vector } from './rights-gifts.ts';
import {
  ALL,
  type Facts,
  type Gift,
  isOpen,
  mayConfer,
  mayTake,
  type Row,
  standingOf,
  worthOf,
} from './rights-oracle.ts';
import type { Plan } from './rights-plans.ts';
import type { Person, Scene } from './rights-scene.ts';

export type Verb = 'suspend' | 'resume' | 'close' | 'renew';
export type Turning = {
  readonly by: Person;
  readonly row: Row;
  readonly verb: Verb;
  readonly to: number | null;
};

const parentOf = ({ rows }: Facts, row: Row): Row | undefined => rows.get(row.parentId ?? '');

/** What of an imported delegation is left to give, by a firm that is attached still. */
function renewable(facts: Facts, row: Row): Gift {
  const parent = parentOf(facts, row);
  const worth = parent ? worthOf(facts, parent) : new Set<string>();
  const attached = facts.attachments.find(({ id }) => id === row.attachmentId);
  const left =
    attached && !isOpen(attached, facts.now) ? [] : [...row.rights].filter((one) => worth.has(one));
  return { ...giftOf(row), rights: row.admin && left.length > 0 ? row.rights : new Set(left) };
}

function allowed(facts: Facts, { by, row, verb }: Turning): boolean {
  const [parent, gift] = [parentOf(facts, row), giftOf(row)];
  const above = mayTake(facts, parent, by.id, gift.kind);
  const stands = standingOf(row, facts.now);
  switch (verb) {
    case 'suspend':
      return above && row.kind !== 'cabinet' && stands === 'active';
    case 'resume':
      return mayConfer(facts, parent, by.id, gift) && row.kind !== 'cabinet' && stands === 'suspended';
    case 'close':
      return above && ['active', 'suspended', 'to_renew'].includes(stands);
    case 'renew': {
      const left = renewable(facts, row);
      return left.rights.size > 0 && mayConfer(facts, parent, by.id, left) && stands === 'to_renew';
    }
  }
}

const AFTER = { suspend: 'suspended', resume: 'active', close: 'closed', renew: 'active' } as const;

const ACTS = { suspend: suspendDelegation, resume: resumeDelegation, close: closeDelegation } as const;

export function planTurn(scene: Scene, facts: Facts, turning: Turning): Plan {
  const { by, row, verb, to } = turning;
  const { scope, enforcer } = scene;
  const changed = new Map([[row.id, { status: AFTER[verb] }]]);
  return {
    label: `${nameOf(scene, by)} would ${verb} a ${row.status} ${row.kind}`,
    writes: !allowed(facts, turning) ? null : verb === 'renew' ? { own: checkRenewed(turning) } : { changed },
    act: async () => {
      const seen = (await findDelegation(scope.store, row.id))?.changedAt ?? -1;
      const act = { enforcer, actorId: by.id, delegationId: row.id, seen };
      return done(verb === 'renew' ? renewDelegation(scope, act, { to }) : ACTS[verb](scope, act));
    },
  };
}

const checkRenewed =
  ({ row, to }: Turning) =>
  (before: Facts, { rows, now }: Facts): readonly string[] => {
    const is = rows.get(row.id);
    const { rights } = renewable(before, row);
    const told = is?.status === 'active' && is.to === to && is.from >= before.now && is.from <= now;
    if (!told || is.rights.size !== rights.size || ![...rights].every((one) => is.rights.has(one)))
      throw new Error('renewed otherwise than as much as the giver holds, from now on');
    return [row.id];
  };

export type Modifying = {
  readonly by: Person;
  readonly row: Row;
  readonly admin: boolean;
  readonly said: Said;
  readonly to: number | null;
};

const MODIFIABLE = ['awaiting_beneficiary', 'awaiting_confirmation', 'active', 'suspended'];

export function planModification(scene: Scene, facts: Facts, { by, row, admin, said, to }: Modifying): Plan {
  const { scope, enforcer } = scene;
  const rights = admin ? ALL : setOf(said);
  const gift: Gift = { kind: 'user', admin, rights };
  const stands = MODIFIABLE.includes(standingOf(row, facts.now));
  const allowed = stands && mayConfer(facts, parentOf(facts, row), by.id, gift);
  return {
    label: `${nameOf(scene, by)} turns a ${row.status} of ${row.admin ? 'all' : row.rights.size} into ${admin ? 'all' : rights.size}`,
    writes: allowed ? { changed: new Map([[row.id, { admin, rights, to }]]) } : null,
    act: async () => {
      const seen = await findDelegation(scope.store, row.id);
      if (!seen) throw new Error('no such delegation');
      const after = { admin, rights: admin ? EVERYTHING_SAID : vector(said), from: seen.from, to };
      return done(modifyDelegations(scope, { enforcer, actorId: by.id, targets: [{ seen, after }] }));
    },
  };
}
