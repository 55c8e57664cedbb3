/** What the pages about an invitation that waits begin with: the site, the invitation, and on what of it he may act. */
import type { Context } from 'koa';
import type { DelegationAction } from '../../../policies/requests.ts';
import { field } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { readChains } from '../../store/chains.ts';
import { type Delegation, findInvited, isFirm } from '../../store/delegation-acts.ts';
import { findInvitation, type Invitation } from '../../store/invitations.ts';
import { enterSite, localsOf, type SitePlace } from '../delegation-place.ts';
import { giftOf, possibleActions } from '../giving.ts';
import { partsOf, seenOf } from '../invited.ts';
import { nameOf } from '../tell-delegation.ts';
import { scopeFor, type Web } from '../web.ts';
import { isPendingOn, type PendingAct } from './pending.ts';

export type PendingPlace = SitePlace & {
  readonly invitation: Invitation;
  /** All that it brings, whatever became of it. */
  readonly invited: readonly Delegation[];
};

/** The invitation that `idOf` finds on the site of the address. @throws Refusal `not_found` for any other. */
export async function enterPending(
  ctx: Context,
  web: Web,
  idOf: (place: SitePlace) => string | undefined | Promise<string | undefined>,
): Promise<PendingPlace | null> {
  const place = await enterSite(ctx, web);
  if (!place) return null;
  const { store, now } = scopeFor(ctx);
  const id = await idOf(place);
  const invitation = id === undefined ? undefined : await findInvitation(store, id, now());
  if (!invitation) throw new Refusal('not_found');
  const invited = await findInvited(store, invitation.id);
  if (!isPendingOn(invited, place.site.id)) throw new Refusal('not_found');
  return { ...place, invitation, invited };
}

export type Split = { readonly his: readonly Delegation[]; readonly others: readonly Delegation[] };

/** @throws Refusal `not_found` when whoever looks stands above none of these. */
export async function splitOf(
  ctx: Context,
  web: Web,
  { account }: PendingPlace,
  waiting: readonly Delegation[],
): Promise<Split> {
  const { store, now } = scopeFor(ctx);
  const his: Delegation[] = [];
  const others: Delegation[] = [];
  const view: DelegationAction = 'view';
  const chains = await readChains(
    store,
    waiting.flatMap(({ parentId }) => parentId ?? []),
  );
  for (const delegation of waiting) {
    const chain = chains.get(delegation.parentId ?? '') ?? [];
    const gift = giftOf(delegation);
    const asking = { enforcer: web.enforcer, now: now(), accountId: account.id, gift };
    const actions = await possibleActions(store, chain, asking);
    (actions.includes(view) ? his : others).push(delegation);
  }
  if (his.length === 0) throw new Refusal('not_found');
  return { his, others };
}

/** What each of these pages is drawn with. */
export function pendingLocals(ctx: Context, place: PendingPlace, { his, others }: Split) {
  const { caisse } = scopeFor(ctx);
  const first = his[0] ?? others[0];
  if (!first) throw new Refusal('not_found');
  const { beneficiary, site } = first;
  const { invitation } = place;
  return {
    ...localsOf(ctx, place),
    errors: [],
    company: { raisonSociale: site.raisonSociale, identifiant: site.identifiant },
    beneficiary: { name: nameIn(invitation, first), email: invitation.email },
    cabinetName: isFirm(beneficiary) ? beneficiary.name : null,
    parts: partsOf(his, caisse),
    others: others.map((one) => one.site.name),
    seen: seenOf([...his, ...others].sort((a, b) => order(place, a) - order(place, b))),
    backHref: place.href(place.base),
  };
}

const order = ({ invited }: PendingPlace, { id }: Delegation): number =>
  invited.findIndex((one) => one.id === id);

/** The person's, as far as it is known before he holds anything. */
function nameIn({ answer }: Invitation, { beneficiary }: Delegation): string | null {
  if (answer) return `${answer.givenName} ${answer.familyName}`;
  if (isFirm(beneficiary)) return null;
  return beneficiary.givenName === null ? null : nameOf(beneficiary);
}

export const pendingAct = (ctx: Context, web: Web, place: PendingPlace): PendingAct => ({
  enforcer: web.enforcer,
  actorId: place.account.id,
  invitationId: place.invitation.id,
  siteId: place.site.id,
  seen: field(ctx, 'vu'),
});
