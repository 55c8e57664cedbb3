/** What an invitation brings, as those see it who answer it or confirm it: what still waits, and what it said then. */
import { tellDate, tellLastDay } from '../domain/dates.ts';
import { type Standing, standingOf } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import { sameVector } from '../domain/rights.ts';
import type { PartShown } from '../http/screens-invitation.ts';
import { Refusal } from '../refusal.ts';
import { type Account, findAccount } from '../store/accounts.ts';
import {
  type Change,
  changeDelegation,
  type Delegation,
  findInvited,
  isFirm,
  lockDelegations,
} from '../store/delegation-acts.ts';
import type { Handle } from '../store/handle.ts';
import type { Invitation } from '../store/invitations.ts';
import type { Caisse } from '../tenant/directory.ts';
import { shownRights } from './rights-shown.ts';

/** Those of the invitation that stand there now. */
export const standing = (
  invited: readonly Delegation[],
  where: readonly Standing[],
  now: Instant,
): Delegation[] => invited.filter((one) => where.includes(standingOf(one, now)));

/** In an act that has locked the invitation: nobody else changes them until it has committed. */
export async function lockInvited(inside: Handle, invitationId: string): Promise<readonly Delegation[]> {
  const seen = await findInvited(inside, invitationId);
  await lockDelegations(
    inside,
    seen.map(({ id }) => id),
  );
  return findInvited(inside, invitationId);
}

/** Of a delegation that `lockInvited` holds. @throws Refusal `changed_meanwhile` when it was not held after all. */
export async function changeInvited(
  inside: Handle,
  held: Delegation,
  change: Change,
  now: Instant,
): Promise<void> {
  if (!(await changeDelegation(inside, held, change, now))) throw new Refusal('changed_meanwhile');
}

/** What a page showed, for its form to bring back: what has changed since is not accepted unseen. */
export const seenOf = (invited: readonly Delegation[]): string =>
  invited.map(({ id, changedAt }) => `${id.slice(0, 8)}${changedAt.toString(36)}`).join('.');

/** Whether the invitation goes on once the act has dealt with these. */
export const leavesSome = (
  invited: readonly Delegation[],
  dealtWith: readonly Delegation[],
  now: Instant,
): boolean =>
  standing(invited, ['awaiting_beneficiary', 'awaiting_confirmation'], now).some(
    (one) => !dealtWith.some(({ id }) => id === one.id),
  );

/** Site by site, those that say the same together. */
export function partsOf(invited: readonly Delegation[], { settings, timeZone }: Caisse): PartShown[] {
  const groups: Delegation[][] = [];
  for (const one of invited) {
    const group = groups.find(([first]) => first && isAlike(first, one));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            sites: [first, ...others].map(({ site: { name, siret } }) => ({ name, siret })),
            from: tellDate(first.from, timeZone),
            to: tellLastDay(first.to, timeZone),
            rights: shownRights(first.rights, { admin: first.admin, hidden: settings.hiddenFeatures }),
          },
        ],
  );
}

const isAlike = (a: Delegation, b: Delegation): boolean =>
  a.admin === b.admin && a.from === b.from && a.to === b.to && sameVector(a.rights, b.rights);

/** Who gives it today: after a succession somebody else than who invited. */
export async function giverOf(
  handle: Handle,
  { inviterAccountId }: Invitation,
  { giver }: Delegation,
): Promise<Account> {
  const id = giver && !isFirm(giver) ? giver.accountId : null;
  const account = await findAccount(handle, id ?? inviterAccountId);
  if (!account) throw new Error('nobody gives this');
  return account;
}
