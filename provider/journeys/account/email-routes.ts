/** The pages of a change of address: its form, which asks the password again, and what the two mails lead to. */

import type Router from '@koa/router';
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { leadsOn, linkGone, tell } from '../told.ts';
import { scopeFor, type Web } from '../web.ts';
import {
  askEmailChange,
  CANCEL_PATH,
  CONFIRM_PATH,
  cancelEmailChange,
  confirmAgain,
  confirmEmailChange,
  type LinkState,
  readChangeLink,
} from './change-email.ts';
import { enter, localsOf, type Place } from './place.ts';
import { proveIdentity } from './prove-identity.ts';

const PATH = '/mon-compte/adresse-electronique';
const AGAIN_PATH = `${CONFIRM_PATH}/renvoyer`;

export function emailRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx, web, PATH);
    if (place) show(ctx, web, place, { email: '' });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
  router.get(CONFIRM_PATH, (ctx) => showConfirmation(ctx, web));
  router.post(CONFIRM_PATH, (ctx) => confirm(ctx, web));
  router.post(AGAIN_PATH, (ctx) => sendAgain(ctx, web));
  router.get(CANCEL_PATH, (ctx) => showCancellation(ctx, web));
  router.post(CANCEL_PATH, (ctx) => cancel(ctx, web));
}

type Shown = {
  readonly email: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, place: Place, shown: Shown): void {
  const { email, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const locals = { action: place.href(PATH), currentEmail: place.account.email, email, errors };
  web.send(ctx, 'account/email', { ...localsOf(ctx, place, notice), ...locals }, { status });
}

const MOST_EMAIL = 320;

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  const email = field(ctx, 'email').trim().slice(0, MOST_EMAIL);
  const to = parseEmail(email);
  const errors = emailErrors(to, place);
  if (to === null || errors.length > 0) return show(ctx, web, place, { email, errors });
  const proof = await proveIdentity(scopeFor(ctx), {
    account: place.account,
    typed: field(ctx, 'password'),
    field: 'password',
    failure: 'email_change_failed',
  });
  if (proof.kind !== 'proven') return show(ctx, web, place, { email, ...proof.shown });
  const ended = await askEmailChange(scopeFor(ctx), {
    account: place.account,
    to,
    passwordHash: proof.passwordHash,
  });
  if (!ended) return tellOvertaken(ctx, web);
  await web.interactions.tellServices(ctx, place.account.id, ended);
  tell(ctx, web, {
    title: 'Confirmez votre nouvelle adresse',
    kind: 'sent',
    paragraphs: [
      `Un message vient de partir à ${to}. Ouvrez le lien qu’il contient dans les 24\u00a0heures\u00a0: d’ici là, votre espace est désactivé et vous ne pouvez pas vous y connecter.`,
      `Une erreur dans l’adresse\u00a0? Le message envoyé à ${place.account.email} permet d’annuler ce changement pendant 7\u00a0jours.`,
    ],
  });
}

function emailErrors(to: string | null, { account }: Place): FieldError[] {
  if (to === null) {
    const message = 'Saisissez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.';
    return [{ field: 'email', message }];
  }
  if (emailKey(to) !== emailKey(account.email)) return [];
  return [{ field: 'email', message: 'Cette adresse est déjà la vôtre. Saisissez la nouvelle.' }];
}

function tellOvertaken(ctx: Context, web: Web): void {
  tell(ctx, web, {
    title: 'Un autre changement vient d’être demandé',
    kind: 'warning',
    paragraphs: [
      'Votre adresse ou votre mot de passe ont changé entre-temps\u00a0: cette demande-ci n’a pas été prise en compte.',
    ],
    next: leadsOn(ctx, web, 'Se connecter'),
    status: 409,
  });
}

async function showConfirmation(ctx: Context, web: Web): Promise<void> {
  const token = queryField(ctx, 'jeton');
  const link = await readChangeLink(scopeFor(ctx), 'email_change', token);
  if (link.state !== 'live') return tellConfirmationGone(ctx, web, token, link.state);
  const { basePath } = scopeFor(ctx).caisse;
  tell(ctx, web, {
    title: 'Votre nouvelle adresse',
    kind: 'sent',
    paragraphs: [
      `Confirmez que ${link.email} est bien votre adresse électronique. Vous vous connecterez désormais avec elle.`,
    ],
    confirm: { action: basePath + CONFIRM_PATH, token, label: 'Confirmer cette adresse' },
  });
}

function tellConfirmationGone(ctx: Context, web: Web, token: string, state: LinkState): void {
  const { basePath } = scopeFor(ctx).caisse;
  const gone = linkGone(state === 'live' ? 'superseded' : state);
  if (state === 'expired') {
    const confirm = { action: basePath + AGAIN_PATH, token, label: 'Recevoir un nouveau lien' };
    tell(ctx, web, { ...gone, confirm, status: 410 });
  } else tell(ctx, web, { ...gone, next: leadsOn(ctx, web, 'Se connecter'), status: 410 });
}

async function confirm(ctx: Context, web: Web): Promise<void> {
  const token = field(ctx, 'jeton');
  const outcome = await confirmEmailChange(scopeFor(ctx), token);
  if (outcome === 'gone') {
    const { state } = await readChangeLink(scopeFor(ctx), 'email_change', token);
    return tellConfirmationGone(ctx, web, token, state);
  }
  if (outcome === 'taken') {
    return tell(ctx, web, {
      title: 'Cette adresse a déjà un espace',
      kind: 'warning',
      paragraphs: [
        'Un autre espace est ouvert avec cette adresse. Votre espace garde donc l’ancienne, et il est de nouveau actif.',
      ],
      next: leadsOn(ctx, web, 'Se connecter'),
      status: 409,
    });
  }
  tell(ctx, web, {
    title: 'Votre adresse est confirmée',
    kind: 'success',
    paragraphs: ['Votre espace est de nouveau actif. Connectez-vous avec votre nouvelle adresse.'],
    next: leadsOn(ctx, web, 'Se connecter'),
  });
}

async function sendAgain(ctx: Context, web: Web): Promise<void> {
  const token = field(ctx, 'jeton');
  const email = await confirmAgain(scopeFor(ctx), token);
  if (email === null) {
    const { state } = await readChangeLink(scopeFor(ctx), 'email_change', token);
    return tellConfirmationGone(ctx, web, token, state === 'expired' ? 'superseded' : state);
  }
  tell(ctx, web, {
    title: 'Consultez votre messagerie',
    kind: 'sent',
    paragraphs: [`Un nouveau lien vient de partir à ${email}. Il vaut 24\u00a0heures.`],
  });
}

async function showCancellation(ctx: Context, web: Web): Promise<void> {
  const token = queryField(ctx, 'jeton');
  const link = await readChangeLink(scopeFor(ctx), 'email_change_cancel', token);
  if (link.state !== 'live') return tellCancellationGone(ctx, web, link.state);
  const { basePath } = scopeFor(ctx).caisse;
  tell(ctx, web, {
    title: 'Annuler le changement d’adresse',
    kind: 'warning',
    paragraphs: [
      `Votre espace reviendra à l’adresse ${link.email} au lieu de ${link.newEmail}, et toutes ses connexions seront fermées.`,
      'Vous pourrez aussitôt choisir un nouveau mot de passe\u00a0: qui a demandé ce changement connaissait l’actuel.',
    ],
    confirm: { action: basePath + CANCEL_PATH, token, label: 'Annuler le changement' },
  });
}

function tellCancellationGone(ctx: Context, web: Web, state: LinkState): void {
  const gone = linkGone(state === 'live' ? 'superseded' : state);
  const paragraphs = [
    ...gone.paragraphs,
    'Si vous n’avez pas demandé ce changement d’adresse, appelez votre caisse sans attendre.',
  ];
  tell(ctx, web, { ...gone, paragraphs, next: leadsOn(ctx, web, 'Se connecter'), status: 410 });
}

function tellFormerTaken(ctx: Context, web: Web): void {
  tell(ctx, web, {
    title: 'Votre ancienne adresse a un autre espace',
    kind: 'warning',
    paragraphs: [
      'Un autre espace a été ouvert entre-temps avec votre ancienne adresse\u00a0: ce changement ne peut plus être annulé ici. Appelez votre caisse sans attendre si vous ne l’avez pas demandé.',
    ],
    status: 409,
  });
}

async function cancel(ctx: Context, web: Web): Promise<void> {
  const token = field(ctx, 'jeton');
  const outcome = await cancelEmailChange(scopeFor(ctx), token);
  if (outcome.kind === 'taken') return tellFormerTaken(ctx, web);
  if (outcome.kind !== 'cancelled') {
    const { state } = await readChangeLink(scopeFor(ctx), 'email_change_cancel', token);
    return tellCancellationGone(ctx, web, state);
  }
  await web.interactions.tellServices(ctx, outcome.accountId, outcome.ended);
  const { basePath } = scopeFor(ctx).caisse;
  tell(ctx, web, {
    title: 'Le changement d’adresse est annulé',
    kind: 'success',
    paragraphs: [
      'Votre espace est de nouveau actif avec votre adresse d’avant. Toutes ses connexions ont été fermées.',
      'Ce changement ne venait pas de vous\u00a0? Choisissez un nouveau mot de passe maintenant\u00a0: l’actuel est connu de quelqu’un d’autre.',
    ],
    next: {
      label: 'Choisir un nouveau mot de passe',
      href: `${basePath}/nouveau-mot-de-passe?jeton=${outcome.resetToken}`,
    },
  });
}
