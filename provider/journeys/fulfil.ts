/**
 * An invitation comes true: whoever accepted it holds what it brings, with the account that he has by then or the one
 * that his answer makes. Owns what is written at that moment, once; who may say so, and that the givers still hold what
 * they give, is checked by who calls (journeys/invitation, journeys/delegation/confirm), in the same transaction.
 */
import { randomUUID } from 'node:crypto';
import { type Account, findCredentials, holdAccount, insertAccount } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import { findCabinet } from '../store/cabinets.ts';
import type { NamedLink } from '../store/chains.ts';
import { type Delegation, isFirm } from '../store/delegation-acts.ts';
import { insertDelegations } from '../store/delegations.ts';
import type { Handle } from '../store/handle.ts';
import { dropDrafts } from '../store/invitation-drafts.ts';
import { endInvitation, type Invitation, settleInvitation } from '../store/invitations.ts';
import { nameManager } from '../store/manager-naming.ts';
import { type Joined, joinFirm } from '../store/memberships.ts';
import { violates } from '../store/violations.ts';
import type { Scope } from '../tenant/scope.ts';
import { handOver } from './hand-over.ts';
import { changeInvited } from './invited.ts';
import type { Taken } from './taken.ts';
import { toldOf } from './tell-delegation.ts';
import { tellManagers } from './tell-managers.ts';

/** A delegation of the invitation, locked, whose giver holds what it gives; and the chain that it hangs on, held. */
export type Ready = { readonly delegation: Delegation; readonly chain: readonly NamedLink[] };

export type Fulfilling = {
  /** As accepted. */
  readonly invitation: Invitation;
  /** Empty for the invitation to a firm. */
  readonly ready: readonly Ready[];
  /** Others of the invitation still wait. */
  readonly more: boolean;
  /** Who confirms; null: the acceptance was all that was asked for. */
  readonly actorId: string | null;
  /** Where the mail leads: to the sign-in. */
  readonly signInHref: string | null;
};

export type Fulfilled =
  | {
      readonly kind: 'fulfilled';
      readonly accountId: string;
      /** Of whom services must hear once it has committed: an administrator who has handed his sites over. */
      readonly taken: Taken;
    }
  /** Closed or deactivated since, or before: nothing was written. */
  | { readonly kind: 'account_gone' }
  /** The address has become that of somebody who stands above what he would receive. */
  | { readonly kind: 'own_gift' };

/** Inside the act's transaction. */
export async function fulfil(scope: Scope, inside: Handle, fulfilling: Fulfilling): Promise<Fulfilled> {
  const { invitation, ready, more } = fulfilling;
  const now = scope.now();
  const known = await accountOf(inside, invitation);
  if (known && known.status !== 'active') return { kind: 'account_gone' };
  if (known && ready.some(({ chain }) => standsIn(chain, known.id))) return { kind: 'own_gift' };
  const account = known ?? (await openAccount(scope, inside, invitation));
  const taken = await bring(scope, inside, fulfilling, account);
  if (invitation.kind === 'member') await join(scope, inside, invitation, account);
  if (more) await settleInvitation(inside, invitation.id, account.id);
  else await endInvitation(inside, invitation.id, 'confirmed', { now, accountId: account.id });
  await dropDrafts(inside, invitation.id);
  return { kind: 'fulfilled', accountId: account.id, taken };
}

/** What the invitation offered, each thing by its own act, and the mails that tell of it. */
async function bring(scope: Scope, inside: Handle, fulfilling: Fulfilling, account: Account): Promise<Taken> {
  const { invitation, ready } = fulfilling;
  if (invitation.kind === 'succession') {
    const offered = ready.map(({ delegation }) => delegation);
    return handOver(scope, inside, { invitation, offered, successor: account });
  }
  const joined: Joined[] = [];
  for (const one of ready) {
    const membership = await activate(scope, inside, fulfilling, { ...one, account });
    if (membership) joined.push(membership);
  }
  await tellOpened(scope, inside, fulfilling, account);
  await tellNamed(scope, inside, ready, { account, belongs: joined.some(({ wholeFirm }) => wholeFirm) });
  return [];
}

/** Whether that person gives in the chain, or stands above who does. */
export const standsIn = (chain: readonly NamedLink[], accountId: string): boolean =>
  chain.some(({ granteeId }) => granteeId === accountId);

/** Meanwhile the address may have got an account by another way (an enrolment): seen the second time, it is bound. */
export const retryOnNewAccount = <T>(act: () => Promise<T>): Promise<T> =>
  act().catch((error: unknown) => {
    if (violates(error, 'one_account_per_email')) return act();
    throw error;
  });

async function accountOf(inside: Handle, { accountId, emailKey }: Invitation): Promise<Account | undefined> {
  const id = accountId ?? (await findCredentials(inside, emailKey))?.id;
  return id === undefined ? undefined : holdAccount(inside, id);
}

async function openAccount(scope: Scope, inside: Handle, invitation: Invitation): Promise<Account> {
  const { answer, email, emailKey, acceptedAt, id: invitationId } = invitation;
  if (!answer || acceptedAt === null) throw new Error('nobody has accepted this invitation');
  const { passwordHash, ...person } = answer;
  const account: Account = {
    ...person,
    id: randomUUID(),
    email,
    // The link of the mail proved it, on the day of the answer.
    emailCertifiedAt: acceptedAt,
    status: 'active',
    staffRole: null,
  };
  const { address, requestId } = scope;
  const at = scope.now();
  await insertAccount(inside, { ...account, emailKey, passwordHash }, at);
  await appendAudit(inside, {
    kind: 'account_activated',
    at,
    actorId: account.id,
    address,
    requestId,
    facts: { invitation: invitationId },
  });
  return account;
}

async function activate(
  scope: Scope,
  inside: Handle,
  { invitation, actorId }: Fulfilling,
  { delegation, account }: Ready & { readonly account: Account },
): Promise<Joined | null> {
  const { address, requestId } = scope;
  const now = scope.now();
  const firm = isFirm(delegation.beneficiary) ? delegation.beneficiary.cabinetId : null;
  const change = { status: 'active' as const, ...(firm === null && { granteeAccountId: account.id }) };
  await changeInvited(inside, delegation, change, now);
  const joined =
    firm === null ? null : await nameStaff(inside, { delegation, cabinetId: firm, account, now });
  await appendAudit(inside, {
    kind: actorId === null ? 'delegation_accepted' : 'delegation_confirmed',
    at: now,
    actorId: actorId ?? account.id,
    subjectId: account.id,
    siteId: delegation.site.id,
    address,
    requestId,
    facts: {
      delegation: delegation.id,
      invitation: invitation.id,
      giver: invitation.inviterAccountId,
      before: delegation.status,
      after: 'active',
    },
  });
  return joined;
}

/** He whom the client named serves that client, out of what the firm received from it; a manager holds it anyway. */
async function nameStaff(
  inside: Handle,
  {
    delegation,
    cabinetId,
    account,
    now,
  }: {
    readonly delegation: Delegation;
    readonly cabinetId: string;
    readonly account: Account;
    readonly now: number;
  },
): Promise<Joined> {
  const { site, rights, from, to } = delegation;
  const { adherentId } = site;
  const joined = await joinFirm(inside, { accountId: account.id, cabinetId, adherentId, now });
  if (joined.role === 'manager') return joined;
  const staff = {
    kind: 'staff' as const,
    id: randomUUID(),
    parentId: delegation.id,
    grantorCabinetId: cabinetId,
    granteeAccountId: account.id,
    membershipId: joined.id,
    adherentId,
    siteId: site.id,
    admin: false,
    rights,
    status: 'active' as const,
    from,
    to,
  };
  await insertDelegations(inside, [staff], now);
  return joined;
}

async function join(scope: Scope, inside: Handle, invitation: Invitation, account: Account): Promise<void> {
  const { now, address, requestId } = scope;
  const cabinetId = invitation.cabinetId ?? '';
  const at = now();
  const asManager = invitation.memberRole === 'manager';
  if (asManager) await nameManager(inside, { accountId: account.id, cabinetId, now: at });
  else await joinFirm(inside, { accountId: account.id, cabinetId, adherentId: null, now: at });
  await appendAudit(inside, {
    kind: 'member_joined',
    at,
    actorId: account.id,
    subjectId: account.id,
    address,
    requestId,
    facts: {
      cabinet: cabinetId,
      invitation: invitation.id,
      inviter: invitation.inviterAccountId,
      after: asManager ? 'manager' : 'staff',
    },
  });
  const cabinet = await findCabinet(inside, cabinetId);
  const joined = { as: asManager ? 'manager' : 'staff' } as const;
  if (cabinet) await tellManagers(scope, inside, { cabinet, who: account, joined });
}

/** The firm's managers hear what its client gave it, and to whom. */
async function tellNamed(
  scope: Scope,
  inside: Handle,
  ready: readonly Ready[],
  { account, belongs }: { readonly account: Account; readonly belongs: boolean },
): Promise<void> {
  const [first, ...others] = ready.map(({ delegation }) => delegation);
  if (!first || !isFirm(first.beneficiary)) return;
  const { cabinetId: id, name } = first.beneficiary;
  const client = toldOf([first, ...others], scope.caisse);
  const joined = { as: 'named', belongs, client } as const;
  await tellManagers(scope, inside, { cabinet: { id, name }, who: account, joined });
}

async function tellOpened(
  { caisse, outbox }: Scope,
  inside: Handle,
  { ready, signInHref }: Fulfilling,
  { email, givenName, familyName }: Account,
): Promise<void> {
  const [first, ...others] = ready.map(({ delegation }) => delegation);
  if (!first) return;
  await outbox.announce(inside, {
    ...toldOf([first, ...others], caisse),
    channel: 'mail',
    template: 'delegation_opened',
    to: email,
    expiresAt: null,
    givenName,
    familyName,
    link: signInHref,
  });
}
