/** A new password, for whoever types the current one. `/.well-known/change-password` (W3C) leads here. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { newPasswordErrors, passwordHint } from '../new-password.ts';
import { scopeFor, type Web } from '../web.ts';
import { changePassword } from './change-password.ts';
import { enter, goHome, localsOf, type Place } from './place.ts';
import { proveIdentity } from './prove-identity.ts';

const PATH = '/mon-compte/mot-de-passe';

export function passwordRoutes(router: Router, web: Web): void {
  // Password managers ask the origin. A caisse with a host of its own answers there; one that shares a host answers
  // under its path, because the origin is no single caisse's.
  router.get('/.well-known/change-password', (ctx) => {
    ctx.status = 302;
    ctx.redirect(scopeFor(ctx).caisse.basePath + PATH);
  });
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx, web, PATH);
    if (place) show(ctx, web, place);
  });
  router.post(PATH, (ctx) => submit(ctx, web));
}

type Shown = {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, place: Place, shown: Shown = {}): void {
  const { errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const hint = passwordHint(scopeFor(ctx).caisse.settings.passwordRule);
  const locals = { action: place.href(PATH), email: place.account.email, hint, errors };
  web.send(ctx, 'account/password', { ...localsOf(ctx, place, notice), ...locals }, { status });
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  const scope = scopeFor(ctx);
  const { account, session } = place;
  const password = field(ctx, 'password');
  // What is wrong with the new one is told first: it costs no try of the current one.
  const errors = newErrors(ctx, place, password);
  if (errors.length > 0) return show(ctx, web, place, { errors });
  const typed = field(ctx, 'current');
  const proof = await proveIdentity(scope, {
    account,
    typed,
    field: 'current',
    failure: 'password_change_failed',
  });
  if (proof.kind !== 'proven') return show(ctx, web, place, proof.shown);
  const change = { account, sessionUid: session.uid, from: proof.passwordHash, password };
  const ended = await changePassword(scope, change);
  if (!ended) return show(ctx, web, place, { errors: [OVERTAKEN] });
  await web.interactions.renewSession(ctx);
  await web.interactions.tellServices(ctx, account.id, ended);
  goHome(ctx, place, 'mot-de-passe');
}

const OVERTAKEN: FieldError = {
  field: 'current',
  message: 'Votre mot de passe vient d’être changé ailleurs. Saisissez celui qui vaut maintenant.',
};

function newErrors(ctx: Context, { account }: Place, password: string): readonly FieldError[] {
  if (password === '') return [{ field: 'password', message: 'Saisissez un nouveau mot de passe.' }];
  if (password === field(ctx, 'current')) {
    return [{ field: 'password', message: 'Choisissez un mot de passe différent de l’actuel.' }];
  }
  const { caisse } = scopeFor(ctx);
  const known = [account.email, account.givenName, account.familyName];
  const errors = newPasswordErrors({ caisse, password, known, field: 'password' });
  if (errors.length > 0 || field(ctx, 'password_confirmation') === password) return errors;
  const message = 'Les deux mots de passe sont différents\u00a0: saisissez-les à nouveau.';
  return [{ field: 'password_confirmation', message }];
}
