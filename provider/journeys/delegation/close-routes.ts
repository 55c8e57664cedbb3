/** A delegation is closed, put on standby or resumed by whoever stands above it: what it changes first, then the button. */
import type { Context } from 'koa';
import type { DelegationAction } from '../../../policies/requests.ts';
import { ending } from '../../domain/impact.ts';
import { isFirm } from '../../store/delegation-acts.ts';
import type { Scope } from '../../tenant/scope.ts';
import { goTo, localsOf } from '../delegation-place.ts';
import { previewImpact } from '../preview.ts';
import type { Taken } from '../taken.ts';
import { tellTaken } from '../taken.ts';
import { nameOf } from '../tell-delegation.ts';
import { closeDelegation, resumeDelegation, suspendDelegation, type Turning } from '../turn-delegation.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type ActPlace, enterAct, factsOf, stillPossible, turningOf } from './act-page.ts';

type Turn = {
  readonly act: 'close' | 'suspend' | 'resume';
  /** The last part of its address. */
  readonly path: string;
  /** Of a firm nothing but the deletion is anybody's to do (policies/policy.csv). */
  readonly needs?: DelegationAction;
  /** What the list then says. */
  readonly done: string;
  readonly perform: (scope: Scope, turning: Turning) => Promise<Taken>;
};

const TURNS: readonly Turn[] = [
  { act: 'close', path: 'cloturer', done: 'cloture', perform: closeDelegation },
  { act: 'suspend', path: 'mettre-en-veille', needs: 'close', done: 'veille', perform: suspendDelegation },
  {
    act: 'resume',
    path: 'reactiver',
    needs: 'close',
    done: 'reactivation',
    perform: (scope, turning) => resumeDelegation(scope, turning).then(() => []),
  },
];

export const closeRoutes: Routes = (router, web) => {
  for (const turn of TURNS) {
    const path = `/droits-d-acces/:siret/delegations/:id/${turn.path}`;
    router.get(path, (ctx) => show(ctx, web, turn));
    router.post(path, (ctx) => act(ctx, web, turn));
  }
};

async function show(ctx: Context, web: Web, turn: Turn): Promise<void> {
  const place = await enterAct(ctx, web, turn.needs);
  if (!place || !stillPossible(ctx, place, turn.act)) return;
  const { caisse } = scopeFor(ctx);
  web.send(ctx, 'delegation/turn', {
    ...localsOf(ctx, place),
    errors: [],
    act: turn.act,
    facts: factsOf(place, caisse),
    impact: turn.act === 'resume' ? null : await impactOf(ctx, place),
    action: place.href(`${place.page}/${turn.path}`),
    seen: place.delegation.changedAt,
    listHref: place.href(place.base),
    cancelHref: place.href(place.page),
  });
}

function impactOf(ctx: Context, { delegation: { id, beneficiary } }: ActPlace) {
  const accountId = isFirm(beneficiary) ? null : beneficiary.accountId;
  return previewImpact(scopeFor(ctx), {
    struck: { delegationIds: [id] },
    turn: ending([id]),
    beneficiary: accountId === null ? null : { accountId, name: nameOf(beneficiary) },
  });
}

async function act(ctx: Context, web: Web, { perform, needs, done }: Turn): Promise<void> {
  const place = await enterAct(ctx, web, needs);
  if (!place) return;
  const taken = await perform(scopeFor(ctx), turningOf(ctx, web, place));
  await tellTaken(ctx, web, taken);
  goTo(
    ctx,
    place,
    place.base,
    done === 'cloture' && isFirm(place.delegation.beneficiary) ? 'suppression' : done,
  );
}
