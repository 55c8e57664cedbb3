/**
 * Somebody accepts: with the account of that very address, or with what his account will be made of. The givers are
 * asked again whether they hold what they give; then it waits for the confirmation, or comes true at once.
 */
import { emailKey } from '../../domain/email.ts';
import type { Instant } from '../../domain/instant.ts';
import { type Chain, chainRights } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount, findCredentials } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { holdManagership, holdStaffRole } from '../../store/cabinet-managers.ts';
import { holdChains, readChains } from '../../store/chains.ts';
import type { Delegation } from '../../store/delegation-acts.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { dropDrafts } from '../../store/invitation-drafts.ts';
import {
  type Answer,
  acceptInvitation,
  findInvitation,
  type Invitation,
  lockInvitation,
} from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { type Fulfilled, fulfil, type Ready, retryOnNewAccount, standsIn } from '../fulfil.ts';
import { giftOf, giverHolds } from '../giving.ts';
import { waitsUntil } from '../invite.ts';
import { changeInvited, giverOf, lockInvited, seenOf, standing } from '../invited.ts';
import type { Taken } from '../taken.ts';
import { toldOf } from '../tell-delegation.ts';

export type Acceptance = {
  readonly invitationId: string;
  /** `seenOf` what the page showed. */
  readonly seen: string;
  readonly by: { readonly accountId: string } | { readonly answer: Answer };
  readonly signInHref: string | null;
};

export type Accepted =
  /** `left`: sites whose giver no longer holds what he gave; they are refused, the others go on. */
  | { readonly kind: 'waits'; readonly left: number }
  /** `taken`: of whom services must hear (journeys/taken). */
  | { readonly kind: 'open'; readonly left: number; readonly taken: Taken }
  /** Nothing was written: answered, withdrawn or lapsed meanwhile; what it brings has changed since the page. */
  | { readonly kind: 'gone' | 'changed' }
  /** No giver holds any more what he gave. */
  | { readonly kind: 'not_held' }
  /** He gave it himself, or stands above who did. */
  | { readonly kind: 'own_gift' }
  /** The address got an account meanwhile, or the account is not his, or not active. */
  | { readonly kind: 'account_exists' | 'account_gone' };

export const accept = (scope: Scope, acceptance: Acceptance): Promise<Accepted> =>
  retryOnNewAccount(() =>
    transaction(scope.store, async (inside) => {
      const now = scope.now();
      const invitation = await lockInvitation(inside, acceptance.invitationId, now);
      if (invitation?.state !== 'awaiting_beneficiary') return { kind: 'gone' };
      const problem = await problemWith(inside, invitation, acceptance);
      if (problem) return { kind: problem };
      if (invitation.kind === 'member') return acceptFirm(scope, inside, invitation, acceptance);
      return acceptRights(scope, inside, invitation, acceptance);
    }),
  );

async function problemWith(
  inside: Handle,
  { emailKey: invited }: Invitation,
  { by }: Acceptance,
): Promise<'account_exists' | 'account_gone' | null> {
  if ('answer' in by) return (await findCredentials(inside, invited)) ? 'account_exists' : null;
  const account = await findAccount(inside, by.accountId);
  return account?.status === 'active' && emailKey(account.email) === invited ? null : 'account_gone';
}

async function acceptFirm(
  scope: Scope,
  inside: Handle,
  invitation: Invitation,
  { by, signInHref }: Acceptance,
): Promise<Accepted> {
  const now = scope.now();
  const managing = { accountId: invitation.inviterAccountId, cabinetId: invitation.cabinetId ?? '', now };
  // The caisse names managers, and its people manage no firm.
  const holds = invitation.memberRole === 'manager' ? holdStaffRole : holdManagership;
  if (!(await holds(inside, managing))) return { kind: 'not_held' };
  await acceptInvitation(inside, invitation.id, by, { now, expiresAt: waitsUntil(scope, now) });
  const accepted = (await findInvitation(inside, invitation.id, now)) ?? invitation;
  const done = await fulfil(scope, inside, {
    invitation: accepted,
    ready: [],
    more: false,
    actorId: null,
    signInHref,
  });
  return opened(done, 0);
}

/** What was checked at the beginning of the act has changed under its hands: none of it is written. */
function opened(done: Fulfilled, left: number): Accepted {
  if (done.kind !== 'fulfilled') throw new Refusal('changed_meanwhile');
  return { kind: 'open', left, taken: done.taken };
}

async function acceptRights(
  scope: Scope,
  inside: Handle,
  invitation: Invitation,
  acceptance: Acceptance,
): Promise<Accepted> {
  const now = scope.now();
  const waiting = standing(await lockInvited(inside, invitation.id), ['awaiting_beneficiary'], now);
  if (waiting.length === 0) return { kind: 'gone' };
  if (seenOf(waiting) !== acceptance.seen) return { kind: 'changed' };
  const { ready, own, lost } = await sortOut(inside, invitation, acceptance, { waiting, now });
  if (ready.length === 0) return { kind: own > 0 ? 'own_gift' : 'not_held' };
  await acceptInvitation(inside, invitation.id, acceptance.by, { now, expiresAt: waitsUntil(scope, now) });
  const accepted = (await findInvitation(inside, invitation.id, now)) ?? invitation;
  for (const delegation of lost) await turn(scope, inside, accepted, { delegation, to: 'refused' });
  // Through a firm its people are strangers to the client, whatever was written.
  if (!invitation.needsConfirmation && invitation.kind !== 'cabinet') {
    const { signInHref } = acceptance;
    const fulfilling = { invitation: accepted, ready, more: false, actorId: null, signInHref };
    const done = await fulfil(scope, inside, fulfilling);
    return opened(done, lost.length);
  }
  for (const { delegation } of ready) {
    await turn(scope, inside, accepted, { delegation, to: 'awaiting_confirmation' });
  }
  await dropDrafts(inside, invitation.id);
  await askForConfirmation(scope, inside, accepted, ready);
  return { kind: 'waits', left: lost.length };
}

type Sorted = { readonly ready: Ready[]; readonly own: number; readonly lost: Delegation[] };

/** Which may go on; `own` of the others because he would receive what he gives. */
async function sortOut(
  inside: Handle,
  { inviterAccountId }: Invitation,
  { by }: Acceptance,
  { waiting, now }: { readonly waiting: readonly Delegation[]; readonly now: Instant },
): Promise<Sorted> {
  const ready: Ready[] = [];
  const lost: Delegation[] = [];
  let own = 0;
  const chains = await holdChains(
    inside,
    waiting.flatMap(({ parentId }) => parentId ?? []),
  );
  // The head of a site that changes hands is held by the act of changing them, which asks again.
  const heads = await readChains(
    inside,
    waiting.flatMap(({ succeedsId }) => succeedsId ?? []),
  );
  for (const delegation of waiting) {
    const chain = chains.get(delegation.parentId ?? '') ?? heads.get(delegation.succeedsId ?? '') ?? [];
    const isOwn = 'accountId' in by && standsIn(chain, by.accountId);
    // Who hands a site over gives what he holds of it as its administrator, whatever that is.
    const isHeld =
      delegation.kind === 'enrolment'
        ? chainRights(chain, now) !== null && chain.at(-1)?.granteeId === inviterAccountId
        : mayGive(chain, now) && giverHolds(chain, { gift: giftOf(delegation), now });
    if (isHeld && !isOwn) ready.push({ delegation, chain });
    else lost.push(delegation);
    if (isOwn) own += 1;
  }
  return { ready, own, lost };
}

/** Where nobody confirms, the acceptance is all that stands between a former administrator and what he offered. */
const mayGive = (chain: Chain, now: Instant): boolean => chainRights(chain, now)?.administrator === true;

async function turn(
  { now, address, requestId }: Scope,
  inside: Handle,
  { id, accountId, inviterAccountId }: Invitation,
  { delegation, to }: { readonly delegation: Delegation; readonly to: 'refused' | 'awaiting_confirmation' },
): Promise<void> {
  const at = now();
  await changeInvited(inside, delegation, { status: to }, at);
  await appendAudit(inside, {
    kind: to === 'refused' ? 'delegation_refused' : 'delegation_accepted',
    at,
    actorId: accountId ?? undefined,
    subjectId: accountId ?? undefined,
    siteId: delegation.site.id,
    address,
    requestId,
    facts: {
      delegation: delegation.id,
      invitation: id,
      giver: inviterAccountId,
      before: delegation.status,
      after: to,
    },
  });
}

async function askForConfirmation(
  { caisse, outbox }: Scope,
  inside: Handle,
  invitation: Invitation,
  ready: readonly Ready[],
): Promise<void> {
  const [first, ...others] = ready.map(({ delegation }) => delegation);
  if (!first) return;
  const giver = await giverOf(inside, invitation, first);
  const who = invitation.answer ?? (await accountOf(inside, invitation));
  await outbox.announce(inside, {
    ...toldOf([first, ...others], caisse),
    channel: 'mail',
    template: 'delegation_to_confirm',
    to: giver.email,
    expiresAt: invitation.expiresAt,
    givenName: giver.givenName,
    familyName: giver.familyName,
    beneficiary: who ? `${who.givenName} ${who.familyName}` : invitation.email,
    beneficiaryEmail: invitation.email,
    link: `${caisse.issuer}/droits-d-acces/${first.site.siret}/demandes/${invitation.id}`,
  });
}

const accountOf = async (inside: Handle, { accountId }: Invitation): Promise<Account | undefined> =>
  accountId === null ? undefined : findAccount(inside, accountId);
