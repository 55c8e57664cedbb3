/** One client's site: what the firm holds there now, who of the staff serves it, and why. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { ending } from '../../domain/impact.ts';
import { field } from '../../http/forms.ts';
import type { DelegationFacts } from '../../http/screens-closing.ts';
import { Refusal } from '../../refusal.ts';
import { type Delegation, findDelegation, isFirm } from '../../store/delegation-acts.ts';
import type { Scope } from '../../tenant/scope.ts';
import { goTo, localsOf } from '../delegation-place.ts';
import { previewImpact } from '../preview.ts';
import { shownRights } from '../rights-shown.ts';
import { type Taken, tellTaken } from '../taken.ts';
import { nameOf } from '../tell-delegation.ts';
import { closeDelegation, resumeDelegation, suspendDelegation, type Turning } from '../turn-delegation.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { enterCabinet } from './cabinet-place.ts';
import { type ClientPlace, placeOfClient } from './client-place.ts';
import { FIRM } from './firm-page.ts';
import { showClient } from './show-client.ts';

type Turn = {
  readonly act: 'close' | 'suspend' | 'resume';
  readonly path: string;
  readonly done: string;
  readonly perform: (scope: Scope, turning: Turning) => Promise<Taken>;
};

const TURNS: readonly Turn[] = [
  { act: 'close', path: 'cloturer', done: 'cloture', perform: closeDelegation },
  { act: 'suspend', path: 'mettre-en-veille', done: 'veille', perform: suspendDelegation },
  {
    act: 'resume',
    path: 'reactiver',
    done: 'reactivation',
    perform: (scope, turning) => resumeDelegation(scope, turning).then(() => []),
  },
];

export const clientRoutes: Routes = (router, web) => {
  router.get(`${FIRM}/clients/:siret`, async (ctx) => {
    const place = await enterClient(ctx, web);
    if (place) await showClient(ctx, web, place);
  });
  for (const turn of TURNS) {
    const path = `${FIRM}/clients/:siret/delegations/:id/${turn.path}`;
    router.get(path, (ctx) => show(ctx, web, turn));
    router.post(path, (ctx) => act(ctx, web, turn));
  }
};

async function enterClient(ctx: Context, web: Web): Promise<ClientPlace | null> {
  const place = await enterCabinet(ctx, web);
  return place && placeOfClient(ctx, place);
}

/** One of this firm's delegations to its people on that site; any other is unknown here. */
async function enterEntrusted(ctx: Context, web: Web) {
  const place = await enterClient(ctx, web);
  if (!place) return null;
  const delegation = await findDelegation(scopeFor(ctx).store, String(ctx.params.id ?? ''));
  const giver = delegation?.giver;
  const isHis = giver && isFirm(giver) && giver.cabinetId === place.cabinet.id;
  if (!isHis || delegation.kind !== 'staff' || delegation.site.id !== place.site.siteId)
    throw new Refusal('not_found');
  return { ...place, delegation };
}

async function show(ctx: Context, web: Web, { act, path }: Turn): Promise<void> {
  const place = await enterEntrusted(ctx, web);
  if (!place) return;
  const { delegation } = place;
  web.send(ctx, 'delegation/turn', {
    ...localsOf(ctx, place),
    errors: [],
    act,
    facts: factsOf(delegation, scopeFor(ctx)),
    impact: act === 'resume' ? null : await impactOf(ctx, delegation),
    action: place.href(`${place.page}/delegations/${delegation.id}/${path}`),
    seen: delegation.changedAt,
    listHref: place.href(place.page),
    trail: place.site.raisonSociale,
    cancelHref: place.href(place.page),
  });
}

function impactOf(ctx: Context, { id, beneficiary }: Delegation) {
  const accountId = isFirm(beneficiary) ? null : beneficiary.accountId;
  return previewImpact(scopeFor(ctx), {
    struck: { delegationIds: [id] },
    turn: ending([id]),
    beneficiary: accountId === null ? null : { accountId, name: nameOf(beneficiary) },
  });
}

function factsOf(delegation: Delegation, { caisse }: Scope): DelegationFacts {
  const { site, beneficiary, giver, rights } = delegation;
  return {
    site,
    beneficiary: nameOf(beneficiary),
    beneficiaryEmail: isFirm(beneficiary) ? null : beneficiary.email,
    giver: giver ? nameOf(giver) : '',
    isFirm: false,
    from: tellDate(delegation.from, caisse.timeZone),
    to: tellLastDay(delegation.to, caisse.timeZone),
    rights: shownRights(rights, { admin: false, hidden: caisse.settings.hiddenFeatures }),
  };
}

async function act(ctx: Context, web: Web, { perform, done }: Turn): Promise<void> {
  const place = await enterEntrusted(ctx, web);
  if (!place) return;
  const seen = /^\d{1,15}$/.test(field(ctx, 'vu')) ? Number(field(ctx, 'vu')) : -1;
  const { account, delegation } = place;
  const turning = { enforcer: web.enforcer, actorId: account.id, delegationId: delegation.id, seen };
  await tellTaken(ctx, web, await perform(scopeFor(ctx), turning));
  goTo(ctx, place, place.page, done);
}
