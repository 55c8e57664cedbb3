/**
 * The one check that every path which confers rights passes: the giver holds what is given, now. And its weaker
 * sister, for acts that only take away. Both ask the policy with the one chain that the delegation hangs on.
 */

import type { Enforcer } from '../../policies/enforcer.ts';
import { DELEGATION_ACTIONS, type DelegationAction } from '../../policies/requests.ts';
import type { Gift } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import {
  type Chain,
  type ChainRights,
  chainRights,
  covers,
  EVERYTHING,
  type Link,
  NOTHING,
  sameVector,
} from '../domain/rights.ts';
import { Refusal } from '../refusal.ts';
import { holdAttachmentAt } from '../store/cabinet-attached.ts';
import { holdChain, holdChains, type NamedLink, readManagership } from '../store/chains.ts';
import { type Delegation, isFirm } from '../store/delegation-acts.ts';
import type { Handle } from '../store/handle.ts';

export type Asking = {
  readonly enforcer: Enforcer;
  readonly now: Instant;
  /** Who acts. */
  readonly accountId: string;
  /** The delegation that the gift hangs on, or would: its last link is the giver's. */
  readonly parentId: string;
  readonly gift: Gift;
};

/** Acts that confer rights. `create` is the giver's own; the others also of whoever stands above him in the chain. */
export type Conferring = Extract<DelegationAction, 'create' | 'modify' | 'confirm'>;
export type Taking = Extract<DelegationAction, 'view' | 'close' | 'delete'>;

/**
 * Inside the act's transaction: the chain stays as it is until the act has committed.
 * @returns the giver's chain.
 * @throws Refusal `beyond_giver` when who acts may not, or the giver does not hold what is given, now; likewise for a
 * firm that is not attached to the company.
 */
export async function requireGiver(
  inside: Handle,
  asking: Asking,
  action: Conferring,
): Promise<readonly NamedLink[]> {
  const chain = await holdChain(inside, asking.parentId);
  await requireConferring(inside, chain, asking, action);
  return chain;
}

/** Likewise of several gifts of one act, each by the chain that it hangs on: one that may not be refuses all. */
export async function requireGivers(
  inside: Handle,
  askings: readonly Asking[],
  action: Conferring,
): Promise<void> {
  const chains = await holdChains(
    inside,
    askings.map(({ parentId }) => parentId),
  );
  for (const asking of askings)
    await requireConferring(inside, chains.get(asking.parentId) ?? [], asking, action);
}

async function requireConferring(
  inside: Handle,
  chain: Chain,
  asking: Asking,
  action: Conferring,
): Promise<void> {
  if (!(await mayGiveBy(inside, chain, asking, action))) throw new Refusal('beyond_giver');
}

/** As `requireGiver` asks, by a chain that the act holds: for an act that goes on without what may not be given. */
export const mayGiveBy = async (
  inside: Handle,
  chain: Chain,
  asking: Omit<Asking, 'parentId'>,
  action: Conferring,
): Promise<boolean> =>
  mayConfer(chain, await powersIn(inside, chain, asking), asking, action) &&
  mayReceive(inside, chain, asking);

/** Likewise, as `requireAbove` asks. */
export const mayTakeBy = async (
  inside: Handle,
  chain: Chain,
  asking: Omit<Asking, 'parentId'>,
  action: Taking,
): Promise<boolean> => mayTake(await powersIn(inside, chain, asking), asking, action);

/** A firm receives rights of the companies that the caisse attached it to, as long as it is. */
async function mayReceive(
  inside: Handle,
  [head]: Chain,
  { gift, now }: Pick<Asking, 'gift' | 'now'>,
): Promise<boolean> {
  if (gift.kind !== 'cabinet') return true;
  const { cabinetId } = gift;
  return (
    cabinetId !== null &&
    head !== undefined &&
    holdAttachmentAt(inside, { cabinetId, siteId: head.siteId, now })
  );
}

/** That rule itself, of a chain and powers that the act has read and holds: for acts over thousands of sites at once. */
export function mayConfer(
  chain: Chain,
  powers: readonly Power[],
  ruling: Ruling,
  action: Conferring,
): boolean {
  const own = action === 'create' ? powers.filter((power) => power.isGiver) : powers;
  const { now } = ruling;
  return (
    giverHolds(chain, ruling) &&
    own.some((power) => isAllowed(power.chain, chainRights(power.chain, now), ruling, action))
  );
}

/** Likewise of `requireAbove`. */
export const mayTake = (powers: readonly Power[], ruling: Ruling, action: Taking): boolean =>
  powers.some(({ chain }) =>
    isAllowed(chain, chainRights(chain, ruling.now) ?? overStaff(chain), ruling, action),
  );

/**
 * Who manages a firm now has the say on its people, whatever is left of what its client gave: he holds nothing of it
 * then, and may take it from them.
 */
function overStaff(chain: Chain): ChainRights | null {
  const manager = chain.at(-1);
  if (manager?.kind !== 'membership') return null;
  return { vector: NOTHING, administrator: true, cabinetId: manager.grantorId };
}

/** Likewise for what only looks or takes away: the giver's own chain may be dead, whoever stands above him decides. */
export async function requireAbove(
  inside: Handle,
  asking: Asking,
  action: Taking,
): Promise<readonly NamedLink[]> {
  const chain = await holdChain(inside, asking.parentId);
  if (!(await mayTakeBy(inside, chain, asking, action))) throw new Refusal('beyond_giver');
  return chain;
}

const CONFERRING: readonly DelegationAction[] = ['create', 'modify', 'confirm'] satisfies Conferring[];

const isConferring = (action: DelegationAction): action is Conferring => CONFERRING.includes(action);

/**
 * What of those actions would be allowed now, on a delegation that hangs on that chain: for a screen that offers them.
 * The act asks again, with the chain held.
 */
export async function possibleActions(
  handle: Handle,
  chain: readonly NamedLink[],
  asking: Omit<Asking, 'parentId'>,
): Promise<readonly DelegationAction[]> {
  const powers = await powersIn(handle, chain, asking);
  return DELEGATION_ACTIONS.filter((action) =>
    isConferring(action) ? mayConfer(chain, powers, asking, action) : mayTake(powers, asking, action),
  );
}

/** Whether the giver at the end of that chain holds what is given. An administrator gives what he reaches, whatever that is. */
export function giverHolds(chain: Chain, { gift, now }: Pick<Asking, 'gift' | 'now'>): boolean {
  const holds = chainRights(chain, now);
  if (holds === null) return false;
  return gift.admin ? sameVector(gift.vector, EVERYTHING) : covers(holds.vector, gift.vector);
}

/** Where in a chain somebody stands who may act on what hangs on it. */
export type Power = { readonly chain: Chain; readonly isGiver: boolean };

export type Ruling = Pick<Asking, 'enforcer' | 'gift' | 'now'>;

/** Where in the chain who acts stands: at his own link, or as a manager of a firm in it. */
async function powersIn(
  inside: Handle,
  chain: readonly Link[],
  { accountId, now }: Pick<Asking, 'accountId' | 'now'>,
): Promise<Power[]> {
  const powers: Power[] = [];
  for (const [i, link] of chain.entries()) {
    const above = chain.slice(0, i + 1);
    const isGiver = i === chain.length - 1;
    if (link.kind === 'cabinet') {
      const manager = await readManagership(inside, { accountId, cabinetLink: link, now });
      if (manager) powers.push({ chain: [...above, manager], isGiver });
    } else if (link.granteeId === accountId) powers.push({ chain: above, isGiver });
  }
  return powers;
}

function isAllowed(
  chain: Chain,
  holds: ChainRights | null,
  { enforcer, gift }: Ruling,
  action: DelegationAction,
): boolean {
  const last = chain.at(-1);
  if (!last) return false;
  const { caisseId, siteId } = last;
  return enforcer.mayDelegate({ caisseId, siteId, holds }, { caisseId, siteId, ...gift }, action);
}

/** What a delegation gives, as the policy asks for it. @throws for an enrolment, which nobody gives. */
export function giftOf({ kind, giver, beneficiary, admin, rights }: Delegation): Gift {
  if (kind === 'enrolment') throw new Error('an enrolment is nobody’s gift');
  const firm = kind === 'staff' ? giver : beneficiary;
  const cabinetId = firm && isFirm(firm) ? firm.cabinetId : null;
  return { kind, cabinetId, admin, vector: rights };
}

/** A firm's delegation is deleted, a person's closed; the policy tells them apart. */
export const endingOf = ({ kind }: Pick<Gift, 'kind'>): Taking => (kind === 'cabinet' ? 'delete' : 'close');
