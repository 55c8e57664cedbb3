/** The administrator's last word (« Confirmer la délégation »), by the link of his mail or from the list. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { field } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount } from '../../store/accounts.ts';
import { goTo } from '../delegation-place.ts';
import { giverOf, standing } from '../invited.ts';
import { tell } from '../told.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Confirmed, confirm, deny } from './confirm.ts';
import { enterPending, type PendingPlace, pendingAct, pendingLocals, splitOf } from './pending-page.ts';
import { pendingActRoutes } from './pending-routes.ts';

const PATH = '/droits-d-acces/:siret/demandes/:invitation';

export const confirmRoutes: Routes = (router, web) => {
  const enter = (ctx: Context) => enterPending(ctx, web, () => String(ctx.params.invitation));
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx);
    if (place) await show(ctx, web, place);
  });
  router.post(PATH, async (ctx) => {
    const place = await enter(ctx);
    if (place) await decide(ctx, web, place);
  });
  pendingActRoutes(router, web);
};

async function show(ctx: Context, web: Web, place: PendingPlace): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const { invitation, invited } = place;
  const waiting = standing(invited, ['awaiting_confirmation'], now());
  if (waiting.length === 0) return tellAnswered(ctx, web, place);
  const split = await splitOf(ctx, web, place, waiting);
  const locals = pendingLocals(ctx, place, split);
  const who = invitation.accountId === null ? undefined : await findAccount(store, invitation.accountId);
  const first = split.his[0];
  const giver = first && (await giverOf(store, invitation, first));
  web.send(ctx, 'delegation/confirm', {
    ...locals,
    beneficiary: who ? { name: `${who.givenName} ${who.familyName}`, email: who.email } : locals.beneficiary,
    action: place.href(`${place.base}/demandes/${invitation.id}`),
    giver: giver ? `${giver.givenName} ${giver.familyName}` : '',
    acceptedOn: tellDate(invitation.acceptedAt ?? invitation.sentAt, caisse.timeZone),
    until: tellDate(invitation.expiresAt, caisse.timeZone),
  });
}

async function decide(ctx: Context, web: Web, place: PendingPlace): Promise<void> {
  const scope = scopeFor(ctx);
  const act = pendingAct(ctx, web, place);
  const decision = field(ctx, 'decision');
  if (decision === 'refuser') return conclude(ctx, web, place, await deny(scope, act), 'refus');
  if (decision !== 'accepter') throw new Refusal('bad_request');
  const signInHref = web.interactions.defaultService(ctx)?.href ?? null;
  return conclude(ctx, web, place, await confirm(scope, { ...act, signInHref }), 'confirmation');
}

async function conclude(
  ctx: Context,
  web: Web,
  place: PendingPlace,
  outcome: Confirmed,
  done: 'confirmation' | 'refus',
): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      return goTo(ctx, place, place.base, outcome.left ? `${done}-partie` : done);
    case 'changed':
      throw new Refusal('changed_meanwhile');
    case 'answered':
      return tellAnswered(ctx, web, place);
    case 'account_gone':
    case 'own_gift':
      return tell(ctx, web, { ...IMPOSSIBLE[outcome.kind], status: 409, next: toList(place) });
  }
}

const toList = ({ href, base }: PendingPlace) => ({
  label: 'Voir les droits d’accès',
  href: href(base),
});

const IMPOSSIBLE = {
  account_gone: {
    kind: 'warning',
    title: 'Cette délégation ne peut pas être confirmée',
    paragraphs: [
      'L’espace de la personne qui a accepté n’est plus actif. Rien n’a été changé\u00a0: vous pouvez refuser cette demande, ou attendre que l’espace soit de nouveau actif.',
    ],
  },
  own_gift: {
    kind: 'warning',
    title: 'Cette délégation ne peut pas être confirmée',
    paragraphs: [
      'L’adresse invitée est aujourd’hui celle d’une personne dont proviennent ces droits\u00a0: elle les détient déjà. Rien n’a été changé.',
    ],
  },
} as const;

const ANSWERED = {
  kind: 'success',
  title: 'Cette demande a déjà reçu une réponse',
  paragraphs: ['Il n’y a plus rien à confirmer. La liste des droits d’accès dit où en est la délégation.'],
} as const;

const UNANSWERED = {
  kind: 'sent',
  title: 'La personne invitée n’a pas encore répondu',
  paragraphs: [
    'Vous pourrez confirmer la délégation dès qu’elle l’aura acceptée\u00a0: un courriel vous préviendra.',
  ],
} as const;

const LAPSED = {
  kind: 'warning',
  title: 'Cette demande est restée trop longtemps sans réponse',
  paragraphs: ['Rouvrez-la depuis la délégation pour pouvoir la confirmer ou la refuser.'],
} as const;

async function tellAnswered(ctx: Context, web: Web, place: PendingPlace): Promise<void> {
  const { invitation, invited, site } = place;
  await splitOf(ctx, web, place, invited);
  if (invitation.state === 'awaiting_beneficiary') {
    return tell(ctx, web, { ...UNANSWERED, status: 409, next: toList(place) });
  }
  const here = invited.find((one) => one.site.id === site.id);
  if (invitation.state === 'lapsed' && here) {
    const href = place.href(`${place.base}/delegations/${here.id}`);
    return tell(ctx, web, { ...LAPSED, status: 410, next: { label: 'Voir la délégation', href } });
  }
  tell(ctx, web, { ...ANSWERED, status: 410, next: toList(place) });
}
