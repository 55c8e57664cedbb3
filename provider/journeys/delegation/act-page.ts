/** What the pages of an act on one delegation begin with: the site, the delegation, and whether the act is theirs to do. */
import type { Context } from 'koa';
import type { DelegationAction } from '../../../policies/requests.ts';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { type Act, actsOn, standingOf } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { field } from '../../http/forms.ts';
import type { DelegationFacts } from '../../http/screens-closing.ts';
import { Refusal } from '../../refusal.ts';
import { type NamedLink, readChain } from '../../store/chains.ts';
import { type Delegation, findDelegation, isFirm } from '../../store/delegation-acts.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { enterSite, goTo, type SitePlace } from '../delegation-place.ts';
import { endingOf, giftOf, possibleActions } from '../giving.ts';
import { shownRights } from '../rights-shown.ts';
import { nameOf } from '../tell-delegation.ts';
import type { Turning } from '../turn-delegation.ts';
import { scopeFor, type Web } from '../web.ts';

export type ActPlace = SitePlace & {
  readonly delegation: Delegation;
  /** That it hangs on: the giver's, root first. */
  readonly chain: readonly NamedLink[];
  /** `/droits-d-acces/<siret>/delegations/<id>` */
  readonly page: string;
};

/**
 * Under `/droits-d-acces/:siret/delegations/:id`. `needs`: what he must be allowed; unless told, to end the delegation.
 * @throws Refusal `not_found` for what is not his to act on.
 */
export async function enterAct(ctx: Context, web: Web, needs?: DelegationAction): Promise<ActPlace | null> {
  const place = await enterSite(ctx, web);
  if (!place) return null;
  const { store, now } = scopeFor(ctx);
  const delegation = await findDelegation(store, String(ctx.params.id ?? ''));
  if (!delegation?.parentId || delegation.site.id !== place.site.id) throw new Refusal('not_found');
  const gift = giftOf(delegation);
  const chain = await readChain(store, delegation.parentId);
  const asking = { enforcer: web.enforcer, now: now(), accountId: place.account.id, gift };
  const his = await possibleActions(store, chain, asking);
  if (!his.includes(needs ?? endingOf(gift))) throw new Refusal('not_found');
  return { ...place, delegation, chain, page: `${place.base}/delegations/${delegation.id}` };
}

/** Where that act can no longer happen, its page leads to the delegation's, which tells why; false then. */
export function stillPossible(ctx: Context, place: ActPlace, act: Act): boolean {
  const { now } = scopeFor(ctx);
  if (actsOn(standingOf(place.delegation, now())).includes(act)) return true;
  goTo(ctx, place, place.page);
  return false;
}

export const turningOf = (ctx: Context, web: Web, { account, delegation }: ActPlace): Turning => ({
  enforcer: web.enforcer,
  actorId: account.id,
  delegationId: delegation.id,
  seen: seenIn(ctx),
});

const seenIn = (ctx: Context): Instant =>
  /^\d{1,15}$/.test(field(ctx, 'vu')) ? Number(field(ctx, 'vu')) : -1;

export function factsOf(
  { delegation }: Pick<ActPlace, 'delegation'>,
  { timeZone, settings }: Caisse,
): DelegationFacts {
  const { site, beneficiary, giver, admin, rights } = delegation;
  const name = nameOf(beneficiary);
  const email = isFirm(beneficiary) ? null : beneficiary.email;
  return {
    site,
    beneficiary: name,
    beneficiaryEmail: email === name ? null : email,
    giver: giver ? nameOf(giver) : '',
    isFirm: isFirm(beneficiary),
    from: tellDate(delegation.from, timeZone),
    to: tellLastDay(delegation.to, timeZone),
    rights: shownRights(rights, { admin, hidden: settings.hiddenFeatures }),
  };
}
