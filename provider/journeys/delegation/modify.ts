/**
 * A delegation to a colleague says something else from now on: rights, the power to delegate, dates. Owns that act, on
 * one delegation or on all that one invitation brought; what is left to whom is taken.ts. In one transaction.
 */
import type { Enforcer } from '../../../policies/enforcer.ts';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { actsOn, standingOf } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { sameVector } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { appendAudits } from '../../store/audit.ts';
import {
  changeDelegation,
  type Delegation,
  findDelegation,
  isFirm,
  lockDelegations,
} from '../../store/delegation-acts.ts';
import { listRecipients } from '../../store/delegation-recipients.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import type { Caisse } from '../../tenant/directory.ts';
import type { Scope } from '../../tenant/scope.ts';
import { stateOf } from '../delegation-state.ts';
import { giftOf, requireGivers } from '../giving.ts';
import { endTaken, type Taken } from '../taken.ts';
import { toldOf } from '../tell-delegation.ts';
import { auditedChanges, changesRole } from './changed-rights.ts';

/** A delegation as it was seen (`changedAt` among what it said), and what it says afterwards. */
export type Target = {
  readonly seen: Delegation;
  readonly after: Pick<Delegation, 'admin' | 'rights' | 'from' | 'to'>;
};

export type Modifying = {
  readonly enforcer: Enforcer;
  readonly actorId: string;
  /** To one beneficiary, of one invitation when there are several; never none. */
  readonly targets: readonly Target[];
};

type Modified = { readonly before: Delegation; readonly after: Delegation };

/**
 * @returns of whom services must hear once it has committed (taken.ts).
 * @throws Refusal `beyond_giver` when the giver of one does not hold what it would give, or who acts does not stand
 * above it; `changed_meanwhile` when one is not what was seen any more.
 */
export const modifyDelegations = (scope: Scope, modifying: Modifying): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const { enforcer, actorId } = modifying;
    const { targets } = modifying;
    const now = scope.now();
    const askings = targets.map(({ seen, after }) => {
      if (seen.parentId === null) throw new Refusal('not_found');
      return {
        enforcer,
        now,
        accountId: actorId,
        parentId: seen.parentId,
        gift: giftOf({ ...seen, ...after }),
      };
    });
    await requireGivers(inside, askings, 'modify');
    const ids = targets.map(({ seen }) => seen.id);
    await lockDelegations(inside, ids);
    const modified: Modified[] = [];
    for (const target of targets) modified.push(...(await change(inside, target, now)));
    await appendAudits(
      inside,
      modified.map((one) => auditOf(scope, actorId, one)),
    );
    await announce(scope, inside, modified);
    return endTaken(inside, { delegationIds: ids }, { now, forGood: true });
  });

/** Nothing where it says that already, as when the button was pressed twice. */
async function change(inside: Handle, { seen, after }: Target, now: Instant): Promise<Modified[]> {
  const before = await findDelegation(inside, seen.id);
  if (before && saysAlready(before, after)) return [];
  const stands = before?.changedAt === seen.changedAt && actsOn(standingOf(before, now)).includes('modify');
  if (!stands || !(await changeDelegation(inside, before, after, now)))
    throw new Refusal('changed_meanwhile');
  return [{ before, after: { ...before, ...after } }];
}

export const saysAlready = (before: Target['after'], after: Target['after']): boolean =>
  before.admin === after.admin &&
  sameVector(before.rights, after.rights) &&
  before.from === after.from &&
  before.to === after.to;

const auditOf = ({ now, address, requestId }: Scope, actorId: string, { before, after }: Modified) => ({
  kind: 'delegation_modified' as const,
  at: now(),
  actorId,
  subjectId: isFirm(before.beneficiary) ? undefined : (before.beneficiary.accountId ?? undefined),
  siteId: before.site.id,
  address,
  requestId,
  facts: {
    delegation: before.id,
    kind: before.kind,
    giver: before.giver && (isFirm(before.giver) ? before.giver.cabinetId : before.giver.accountId),
    before: stateOf(before),
    after: stateOf(after),
    ...auditedChanges({ before, after }),
  },
});

type Several<T> = readonly [T, ...T[]];

/** To whoever has the rights already; of what he was only invited to, he will be told when he accepts. */
async function announce({ caisse, outbox, now }: Scope, inside: Handle, modified: readonly Modified[]) {
  const [first, ...others] = modified.filter(({ before }) => before.status === 'active');
  if (!first) return;
  const told = [first, ...others] as const;
  const before = linesOf(told, 'before', caisse);
  const after = linesOf(told, 'after', caisse);
  for (const { email, givenName, familyName } of await listRecipients(inside, first.before.id, now())) {
    await outbox.announce(inside, {
      ...toldOf([first.after, ...others.map((one) => one.after)], caisse),
      channel: 'mail',
      template: 'delegation_modified',
      to: email,
      expiresAt: null,
      givenName,
      familyName,
      before,
      after,
    });
  }
}

/** Rights and dates, a line each; where the role changes, that too, and an Administrateur's rights one by one. */
function linesOf(modified: Several<Modified>, which: 'before' | 'after', caisse: Caisse): readonly string[] {
  const turns = modified.some(changesRole);
  const spelled = (one: Modified): Delegation => (turns ? { ...one[which], admin: false } : one[which]);
  const [first, ...others] = modified;
  const { rights, startsAt, endsAt } = toldOf([spelled(first), ...others.map(spelled)], caisse);
  return [
    ...(turns ? rolesOf(modified, which, caisse) : []),
    ...rights,
    `Date d’effet\u00a0: ${tellDate(startsAt, caisse.timeZone)}`,
    `Date de fin\u00a0: ${tellLastDay(endsAt, caisse.timeZone) ?? 'aucune'}`,
  ];
}

function rolesOf(modified: Several<Modified>, which: 'before' | 'after', { settings }: Caisse): string[] {
  const { administrator, user } = settings.delegations.roles;
  const roleOf = ({ admin }: Delegation) =>
    `Rôle\u00a0: ${admin ? `${administrator}, avec le pouvoir de déléguer` : `${user}, sans le pouvoir de déléguer`}`;
  const alike = modified.every((one) => one[which].admin === modified[0][which].admin);
  return alike
    ? [roleOf(modified[0][which])]
    : modified.map((one) => `${one[which].site.name} – ${roleOf(one[which])}`);
}
