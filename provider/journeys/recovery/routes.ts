/**
 * Getting back in: a forgotten password by mail, a lost confidential code by post. Owns these pages; what a code is and
 * how a password is judged are the domain's. Nothing here tells whether an address or an identifiant is known.
 */
import type { Context } from 'koa';
import { parseEmail } from '../../domain/email.ts';
import { count } from '../../http/format.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { lookOf } from '../../tenant/look.ts';
import { forgetTries } from '../credentials.ts';
import { atAnEvenPace } from '../even-pace.ts';
import { tooManyTries } from '../limits.ts';
import { newPasswordErrors, passwordHint } from '../new-password.ts';
import { leadsOn, linkGone, tell } from '../told.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { askLetter } from './ask-letter.ts';
import { askReset } from './ask-reset.ts';
import { readResetLink, resetPassword } from './reset-password.ts';

const PATHS = {
  choice: '/mot-de-passe-oublie',
  byEmail: '/mot-de-passe-oublie/espace-ouvert',
  byPost: '/mot-de-passe-oublie/code-perdu',
  newPassword: '/nouveau-mot-de-passe',
} as const;

export const recoveryRoutes: Routes = (router, web) => {
  router.get(PATHS.choice, (ctx) => showChoice(ctx, web));
  router.get(PATHS.byEmail, (ctx) => showByEmail(ctx, web, { email: '' }));
  router.post(PATHS.byEmail, (ctx) => submitEmail(ctx, web));
  router.get(PATHS.byPost, (ctx) => showByPost(ctx, web, { identifiant: '' }));
  router.post(PATHS.byPost, (ctx) => submitIdentifiant(ctx, web));
  router.get(PATHS.newPassword, (ctx) => openLink(ctx, web));
  router.post(PATHS.newPassword, (ctx) => submitPassword(ctx, web));
};

const common = (ctx: Context) => ({ look: lookOf(scopeFor(ctx).caisse), service: null });

function showChoice(ctx: Context, web: Web): void {
  const { basePath } = scopeFor(ctx).caisse;
  web.send(ctx, 'recovery/choice', {
    ...common(ctx),
    errors: [],
    byEmailHref: basePath + PATHS.byEmail,
    byPostHref: basePath + PATHS.byPost,
    back: leadsOn(ctx, web, 'Revenir à la connexion'),
  });
}

type ShownByEmail = {
  readonly email: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function showByEmail(ctx: Context, web: Web, shown: ShownByEmail): void {
  const { email, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { basePath } = scopeFor(ctx).caisse;
  const locals = { action: basePath + PATHS.byEmail, otherHref: basePath + PATHS.byPost };
  web.send(ctx, 'recovery/by-email', { ...common(ctx), ...locals, errors, email, notice }, { status });
}

const MOST_EMAIL = 320;

async function submitEmail(ctx: Context, web: Web): Promise<void> {
  const typed = field(ctx, 'email').trim().slice(0, MOST_EMAIL);
  const email = parseEmail(typed);
  if (email === null) {
    const message = 'Saisissez votre adresse électronique complète, par exemple prenom.nom@entreprise.fr.';
    return showByEmail(ctx, web, { email: typed, errors: [{ field: 'email', message }] });
  }
  const seconds = await atAnEvenPace(askReset(scopeFor(ctx), email));
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return showByEmail(ctx, web, { email: typed, status: 429, notice: tooManyTries(seconds) });
  }
  tell(ctx, web, {
    title: 'Consultez votre messagerie',
    kind: 'sent',
    paragraphs: [
      `Si un espace est ouvert avec l’adresse ${email}, un message vient d’y partir. Son lien permet de choisir un nouveau mot de passe pendant une heure.`,
      'Rien dans quelques minutes\u00a0? Regardez parmi les courriers indésirables, puis vérifiez que c’est bien avec cette adresse que vous vous connectez.',
      'Si vous venez de changer d’adresse, confirmez d’abord la nouvelle par le lien que vous y avez reçu.',
    ],
  });
}

type ShownByPost = {
  readonly identifiant: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function showByPost(ctx: Context, web: Web, shown: ShownByPost): void {
  const { identifiant, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { basePath } = scopeFor(ctx).caisse;
  const locals = {
    action: basePath + PATHS.byPost,
    otherHref: basePath + PATHS.byEmail,
    enrolmentHref: `${basePath}/premiere-connexion`,
  };
  web.send(ctx, 'recovery/by-post', { ...common(ctx), ...locals, errors, identifiant, notice }, { status });
}

const MOST_IDENTIFIANT = 40;

async function submitIdentifiant(ctx: Context, web: Web): Promise<void> {
  const identifiant = field(ctx, 'identifiant').trim().slice(0, MOST_IDENTIFIANT);
  if (identifiant === '') {
    const message = 'Saisissez l’identifiant CIBTP qui figure sur le courrier de bienvenue.';
    return showByPost(ctx, web, { identifiant, errors: [{ field: 'identifiant', message }] });
  }
  const seconds = await askLetter(scopeFor(ctx), identifiant);
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return showByPost(ctx, web, { identifiant, status: 429, notice: tooManyTries(seconds) });
  }
  const { perDay, perMonth } = scopeFor(ctx).caisse.settings.codeLetters;
  tell(ctx, web, {
    title: 'Votre demande est enregistrée',
    kind: 'sent',
    paragraphs: [
      `Si l’identifiant ${identifiant} est celui d’une entreprise dont un espace n’est pas encore ouvert, un nouveau code part par la poste, à l’adresse que votre caisse connaît.`,
      `Comptez quelques jours. Le code précédent ne servira plus. Un site reçoit au plus ${count(perDay, 'lettre', 'lettres')} par jour et ${count(perMonth, 'lettre', 'lettres')} par mois.`,
    ],
  });
}

async function openLink(ctx: Context, web: Web): Promise<void> {
  const token = queryField(ctx, 'jeton');
  const link = await readResetLink(scopeFor(ctx), token);
  if (link.state !== 'live') return tellLinkGone(ctx, web, link.state);
  showNewPassword(ctx, web, { token, email: link.email, isFirst: link.isFirst });
}

function tellLinkGone(ctx: Context, web: Web, state: 'used' | 'expired' | 'superseded' | 'unknown'): void {
  const { basePath } = scopeFor(ctx).caisse;
  tell(ctx, web, {
    ...linkGone(state),
    next: { label: 'Demander un nouveau lien', href: basePath + PATHS.byEmail },
    status: 410,
  });
}

type ShownNewPassword = {
  readonly token: string;
  readonly email: string;
  readonly isFirst: boolean;
  readonly errors?: readonly FieldError[];
};

function showNewPassword(ctx: Context, web: Web, shown: ShownNewPassword): void {
  const { token, email, isFirst, errors = [] } = shown;
  const { caisse } = scopeFor(ctx);
  const hint = passwordHint(caisse.settings.passwordRule);
  const action = caisse.basePath + PATHS.newPassword;
  const locals = { ...common(ctx), errors, token, email, isFirst, action, hint, notice: null };
  web.send(ctx, 'recovery/new-password', locals, { status: errors.length > 0 ? 422 : 200 });
}

async function submitPassword(ctx: Context, web: Web): Promise<void> {
  const scope = scopeFor(ctx);
  const token = field(ctx, 'jeton');
  const password = field(ctx, 'password');
  const link = await readResetLink(scope, token);
  if (link.state !== 'live') return tellLinkGone(ctx, web, link.state);
  const errors = typedErrors(ctx, password, link.known);
  if (errors.length > 0)
    return showNewPassword(ctx, web, { token, email: link.email, isFirst: link.isFirst, errors });
  const reset = await resetPassword(scope, token, password);
  if (!reset) return openAgain(ctx, web, token);
  await forgetTries(scope, reset.email);
  await web.interactions.tellServices(ctx, reset.accountId, reset.ended);
  const office = { label: 'Se connecter', href: `${scope.caisse.basePath}/gestion` };
  tell(ctx, web, {
    ...(link.isFirst ? CHOSEN : CHANGED),
    kind: 'success',
    next: reset.staffRole === null ? leadsOn(ctx, web, 'Se connecter') : office,
  });
}

const CHOSEN = {
  title: 'Votre mot de passe est enregistré',
  paragraphs: ['Connectez-vous avec cette adresse et ce mot de passe, que personne d’autre ne connaît.'],
};

const CHANGED = {
  title: 'Votre mot de passe est changé',
  paragraphs: [
    'Connectez-vous avec votre nouveau mot de passe.',
    'Par sécurité, toutes vos connexions ont été fermées et un message vous en informe.',
  ],
};

/** The link died between the look and the act: another one was faster. */
async function openAgain(ctx: Context, web: Web, token: string): Promise<void> {
  const link = await readResetLink(scopeFor(ctx), token);
  tellLinkGone(ctx, web, link.state === 'live' ? 'superseded' : link.state);
}

function typedErrors(ctx: Context, password: string, known: readonly string[]): readonly FieldError[] {
  if (password === '') return [{ field: 'password', message: 'Saisissez un nouveau mot de passe.' }];
  const { caisse } = scopeFor(ctx);
  const errors = newPasswordErrors({ caisse, password, known, field: 'password' });
  if (errors.length > 0 || field(ctx, 'password_confirmation') === password) return errors;
  return [
    {
      field: 'password_confirmation',
      message: 'Les deux mots de passe diffèrent. Saisissez-les de nouveau.',
    },
  ];
}
