/** The administrator's last word on an invitation that was accepted: it comes true, or it does not. */

import { transaction } from '../../store/handle.ts';
import { dropDrafts } from '../../store/invitation-drafts.ts';
import { endInvitation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { fulfil, retryOnNewAccount } from '../fulfil.ts';
import { leavesSome, seenOf, standing } from '../invited.ts';
import { toldOf } from '../tell-delegation.ts';
import { allowed, lockPending, type PendingAct, turn } from './pending.ts';

export type Confirmed =
  /** `left`: sites of the same invitation that still wait. */
  | { readonly kind: 'done'; readonly left: boolean }
  /** Nothing was written: somebody has answered, or it has lapsed; or what it gives has changed since the page. */
  | { readonly kind: 'answered' | 'changed' }
  /** The beneficiary's account is closed or deactivated; or he stands above what he would receive. */
  | { readonly kind: 'account_gone' | 'own_gift' };

/** @throws Refusal `beyond_giver` when who acts may confirm none of it, or no giver holds what he gives, now. */
export const confirm = (
  scope: Scope,
  act: PendingAct & { readonly signInHref: string | null },
): Promise<Confirmed> =>
  retryOnNewAccount(() =>
    transaction(scope.store, async (inside) => {
      const now = scope.now();
      const { invitation, invited } = await lockPending(scope, inside, act);
      if (invitation.state !== 'awaiting_confirmation') return { kind: 'answered' };
      const waiting = standing(invited, ['awaiting_confirmation'], now);
      if (waiting.length === 0) return { kind: 'answered' };
      if (seenOf(waiting) !== act.seen) return { kind: 'changed' };
      const ready = await allowed(scope, inside, act, { waiting, to: 'confer' });
      const confirmed = ready.map(({ delegation }) => delegation);
      const more = leavesSome(invited, confirmed, now);
      const { actorId, signInHref } = act;
      const done = await fulfil(scope, inside, { invitation, ready, more, actorId, signInHref });
      return done.kind === 'fulfilled' ? { kind: 'done', left: more } : done;
    }),
  );

/** @throws Refusal `beyond_giver` when who acts stands above none of it. */
export function deny(scope: Scope, act: PendingAct): Promise<Confirmed> {
  return transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { invitation, invited } = await lockPending(scope, inside, act);
    if (invitation.state !== 'awaiting_confirmation') return { kind: 'answered' };
    const waiting = standing(invited, ['awaiting_confirmation'], now);
    if (waiting.length === 0) return { kind: 'answered' };
    if (seenOf(waiting) !== act.seen) return { kind: 'changed' };
    const ready = await allowed(scope, inside, act, { waiting, to: 'take' });
    for (const { delegation } of ready) {
      await turn(scope, inside, act, { invitation, delegation, kind: 'delegation_denied', to: 'refused' });
    }
    const [first, ...others] = ready.map(({ delegation }) => delegation);
    const more = leavesSome(invited, first ? [first, ...others] : [], now);
    if (!more) {
      await endInvitation(inside, invitation.id, 'refused', { now });
      await dropDrafts(inside, invitation.id);
    }
    if (first) {
      await scope.outbox.announce(inside, {
        ...toldOf([first, ...others], scope.caisse),
        channel: 'mail',
        template: 'delegation_denied',
        to: invitation.email,
        expiresAt: null,
      });
    }
    return { kind: 'done', left: more };
  });
}
