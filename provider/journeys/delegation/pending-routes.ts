/** An invitation is sent again or taken back: what it is first, then the button. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import type { PendingActLocals } from '../../http/screens-invitation.ts';
import { Refusal } from '../../refusal.ts';
import { type Delegation, findDelegation } from '../../store/delegation-acts.ts';
import { goTo } from '../delegation-place.ts';
import { countInvitation } from '../invite.ts';
import { standing } from '../invited.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { enterPending, type PendingPlace, pendingAct, pendingLocals, splitOf } from './pending-page.ts';
import { type SentAgain, seenToSend, sendAgain, sendable, type Withdrawn, withdraw } from './send-again.ts';

const PAGE = '/droits-d-acces/:siret/delegations/:id';

type What = 'renvoyer' | 'retirer';

export function pendingActRoutes(router: Router, web: Web): void {
  for (const what of ['renvoyer', 'retirer'] as const) {
    router.get(`${PAGE}/${what}`, async (ctx) => {
      const place = await enter(ctx, web);
      if (place) await show(ctx, web, place, { what });
    });
  }
  router.post(`${PAGE}/renvoyer`, (ctx) => again(ctx, web));
  router.post(`${PAGE}/retirer`, async (ctx) => {
    const place = await enter(ctx, web);
    if (place) conclude(ctx, place, await withdraw(scopeFor(ctx), pendingAct(ctx, web, place)));
  });
}

const enter = (ctx: Context, web: Web): Promise<PendingPlace | null> =>
  enterPending(ctx, web, async ({ site }) => {
    const found = await findDelegation(scopeFor(ctx).store, String(ctx.params.id));
    return found?.site.id === site.id ? found.invitation?.id : undefined;
  });

async function again(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web);
  if (!place) return;
  const scope = scopeFor(ctx);
  const { account, invitation } = place;
  const seconds = await countInvitation(scope, { inviterId: account.id, email: invitation.email });
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return show(ctx, web, place, { what: 'renvoyer', seconds });
  }
  conclude(ctx, place, await sendAgain(scope, pendingAct(ctx, web, place)));
}

const pageOf = ({ base }: PendingPlace, ctx: Context): string => `${base}/delegations/${ctx.params.id}`;

function conclude(ctx: Context, place: PendingPlace, outcome: SentAgain | Withdrawn): void {
  if (outcome === 'changed') throw new Refusal('changed_meanwhile');
  if (typeof outcome === 'object') goTo(ctx, place, place.base, outcome.left ? 'retrait-partie' : 'retrait');
  else goTo(ctx, place, pageOf(place, ctx), DONE[outcome]);
}

/** The delegation's page tells where it stands. */
const DONE = { answered: undefined, sent: 'renvoi', reopened: 'reouverture' } as const;

type Asked = { readonly what: What; readonly seconds?: number };

async function show(ctx: Context, web: Web, place: PendingPlace, { what, seconds }: Asked): Promise<void> {
  const { now, caisse } = scopeFor(ctx);
  const { invitation, invited } = place;
  const waiting = waitingFor(what, invited, now());
  if (waiting.length === 0) return goTo(ctx, place, pageOf(place, ctx));
  const split = await splitOf(ctx, web, place, waiting);
  const drawn = pendingLocals(ctx, place, split);
  const locals: PendingActLocals = {
    ...drawn,
    seen: what === 'renvoyer' ? seenToSend(drawn.seen, invitation) : drawn.seen,
    ...(seconds !== undefined && { notice: tooManyTries(seconds) }),
    act: what === 'retirer' ? 'withdraw' : invitation.acceptedAt === null ? 'send_again' : 'reopen',
    action: place.href(`${pageOf(place, ctx)}/${what}`),
    sentOn: tellDate(invitation.sentAt, caisse.timeZone),
    days: caisse.settings.delegations.invitationDays,
    backHref: place.href(pageOf(place, ctx)),
  };
  web.send(ctx, 'delegation/pending-act', locals, { status: seconds === undefined ? 200 : 429 });
}

const waitingFor = (what: What, invited: readonly Delegation[], now: number): Delegation[] =>
  what === 'renvoyer'
    ? sendable(invited, now)
    : standing(invited, ['awaiting_beneficiary', 'awaiting_confirmation'], now);
