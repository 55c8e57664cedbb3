/** One delegation: what it says, what that is worth now, what may be done about it, what it said before. */
import type { Context } from 'koa';
import { tellDate, tellLastDay, tellMoment } from '../../domain/dates.ts';
import { type Act, actsOn, standingOf } from '../../domain/delegation.ts';
import { explain } from '../../domain/explain.ts';
import type { Instant } from '../../domain/instant.ts';
import { chainRights, sameVector } from '../../domain/rights.ts';
import type { PastState, ViewLocals } from '../../http/screens-list.ts';
import { Refusal } from '../../refusal.ts';
import { type NamedLink, readChain } from '../../store/chains.ts';
import { type Delegation, findDelegation, isFirm } from '../../store/delegation-acts.ts';
import { readPast } from '../../store/delegation-past.ts';
import { readSuccession, type Successive } from '../../store/delegation-succession.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { enterSite, localsOf, type SitePlace } from '../delegation-place.ts';
import { giftOf } from '../giving.ts';
import { tellLink, tellObstacle } from '../obstacle-words.ts';
import { shownRights } from '../rights-shown.ts';
import { tellStanding } from '../standing-words.ts';
import { nameOf } from '../tell-delegation.ts';
import { scopeFor, type Web } from '../web.ts';
import { actsFor, linkTo } from './acts.ts';
import { noticeOf } from './notices.ts';

/** Former states that the page shows; who wants more asks the caisse. */
const MOST_STATES = 50;

const ORDER: readonly Act[] = [
  'confirm',
  'renew',
  'modify',
  'resume',
  'suspend',
  'send_again',
  'withdraw',
  'close',
];

type Seen = SitePlace & {
  readonly delegation: Delegation;
  readonly chain: readonly NamedLink[];
  readonly now: Instant;
};

export async function showDelegation(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const { store, now, caisse } = scopeFor(ctx);
  const delegation = await findDelegation(store, String(ctx.params.id ?? ''));
  if (!delegation || delegation.site.id !== place.site.id) throw new Refusal('not_found');
  const seen: Seen = { ...place, delegation, chain: await readChain(store, delegation.id), now: now() };
  if (!mayView(web, seen)) throw new Refusal('not_found');
  const past = await readPast(store, delegation.id, MOST_STATES);
  const { followedBy, follows } = await readSuccession(store, delegation.id);
  const { timeZone, settings } = caisse;
  const { beneficiary, giver, admin, rights, status, from, to, waitsUntil } = delegation;
  const standing = standingOf(delegation, seen.now);
  const { roles } = settings.delegations;
  web.send(ctx, 'delegation/view', {
    ...localsOf(ctx, place, noticeOf(ctx)),
    errors: [],
    site: place.site,
    listHref: place.href(place.base),
    beneficiary: {
      name: isFirm(beneficiary) || beneficiary.givenName !== null ? nameOf(beneficiary) : null,
      email: isFirm(beneficiary) ? (delegation.invitation?.email ?? null) : beneficiary.email,
      firm: isFirm(beneficiary),
    },
    role: admin ? roles.administrator : roles.user,
    giver: giver ? nameOf(giver) : delegation.succeedsId ? 'La personne qui cède sa place' : null,
    standing: tellStanding(standing, from, seen.now),
    waits: waitsUntil === null || standing !== status ? null : tellDate(waitsUntil - 1, timeZone),
    from: tellDate(from, timeZone),
    to: tellLastDay(to, timeZone),
    rights: shownRights(rights, { admin, hidden: settings.hiddenFeatures }),
    ...worthOf(seen, caisse),
    acts: await actsOf(ctx, web, seen),
    past: past.map((state) => ({
      period: `du ${tellMoment(state.saidFrom, timeZone)} au ${tellMoment(state.saidTo, timeZone)}`,
      ...pastShown(state, caisse),
    })),
    since: tellMoment(delegation.changedAt, timeZone),
    followedBy: followedBy && linkToOther(place, followedBy, timeZone),
    follows: follows.map((one) => linkToOther(place, one, timeZone)),
    whyHref:
      isFirm(beneficiary) || beneficiary.accountId === null || delegation.status === 'awaiting_beneficiary'
        ? null
        : place.href(`${place.base}/pourquoi?personne=${beneficiary.accountId}`),
  });
}

const linkToOther = (
  { href, base }: SitePlace,
  { id, beneficiary, at }: Successive,
  timeZone: string,
): ViewLocals['follows'][number] => ({
  name: beneficiary,
  on: tellDate(at, timeZone),
  href: href(`${base}/delegations/${id}`),
});

/** Enrolments and colleagues are the list's; of a firm the policy says which of its delegations are the company's to see. */
function mayView({ enforcer }: Web, { delegation, givings, chain }: Seen): boolean {
  const [last] = chain.slice(-1);
  if (!last) return false;
  if (delegation.kind === 'enrolment') return true;
  const { caisseId, siteId } = last;
  const resource = { caisseId, siteId, ...giftOf(delegation) };
  return givings.some(({ holds }) => enforcer.mayDelegate({ caisseId, siteId, holds }, resource, 'view'));
}

/** Only of what is active: what waits or is over is worth nothing by itself, as its status says. */
function worthOf(
  { delegation, chain, now }: Seen,
  { timeZone, settings }: Caisse,
): Pick<ViewLocals, 'worth' | 'stop'> {
  const [first, ...rest] = chain;
  if (
    !first ||
    delegation.status !== 'active' ||
    standingOf(delegation, now) !== 'active' ||
    delegation.from > now
  )
    return { worth: null, stop: null };
  const holds = chainRights(chain, now);
  if (holds === null) {
    const { stop } = explain([first, ...rest], now, null);
    return { worth: null, stop: stop && `${tellLink(stop.link)} ${tellObstacle(stop.obstacle, timeZone)}.` };
  }
  if (sameVector(holds.vector, delegation.rights)) return { worth: null, stop: null };
  return { worth: shownRights(holds.vector, { admin: false, hidden: settings.hiddenFeatures }), stop: null };
}

async function actsOf(ctx: Context, web: Web, seen: Seen): Promise<ViewLocals['acts']> {
  const { delegation, account, base, href, givings, now } = seen;
  if (delegation.kind === 'enrolment') {
    const heads = givings.flatMap(({ chain: [head, ...below] }) =>
      head && below.length === 0 ? [head.id] : [],
    );
    const label = heads.includes(delegation.id)
      ? 'Céder ma place d’administrateur'
      : heads.includes(delegation.succeedsId ?? '') && delegation.status !== 'active'
        ? 'Suivre la succession'
        : null;
    return label === null
      ? []
      : [{ label, href: href(`${base}/ceder`), about: 'de ce site', look: 'secondary' }];
  }
  const gift = giftOf(delegation);
  const chain = seen.chain.slice(0, -1);
  const possible = await actsFor(scopeFor(ctx).store, web, { gift, chain, accountId: account.id, now });
  const standing = actsOn(standingOf(delegation, now));
  const on = {
    base,
    id: delegation.id,
    invitationId: delegation.invitation?.id ?? null,
    isFirm: delegation.kind === 'cabinet',
  };
  return ORDER.filter((act) => possible.includes(act) && standing.includes(act)).map((act) => {
    const { label, path } = linkTo(act, on);
    const look = act === 'confirm' || act === 'renew' ? 'primary' : 'secondary';
    return { label, href: href(path), about: `la délégation de ${nameOf(delegation.beneficiary)}`, look };
  });
}

function pastShown(
  { status, admin, rights, from, to, saidFrom }: Awaited<ReturnType<typeof readPast>>[number],
  { timeZone, settings }: Caisse,
): Omit<PastState, 'period'> {
  const { label, beside } = tellStanding(status, from, saidFrom);
  const end = tellLastDay(to, timeZone);
  return {
    standing: beside === null ? label : `${label}, ${beside}`,
    dates:
      end === null
        ? `à partir du ${tellDate(from, timeZone)}, sans fin`
        : `du ${tellDate(from, timeZone)} au ${end}`,
    rights: shownRights(rights, { admin, hidden: settings.hiddenFeatures }),
  };
}
