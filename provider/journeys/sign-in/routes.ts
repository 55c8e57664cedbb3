import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { lookOf } from '../../tenant/look.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { waysIn } from '../ways-in.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { signIn } from './sign-in.ts';

export const signInRoutes: Routes = (router, web) => {
  router.get('/connexion', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/connexion/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'login');
    if (interaction) show(ctx, web, interaction, { email: interaction.loginHint ?? '' });
  });
  router.post('/connexion/:uid', (ctx) => submit(ctx, web));
};

const MOST_EMAIL = 320;
/** Longer than any password that can be set; spares the hash from megabytes. */
const MOST_PASSWORD = 4096;

async function submit(ctx: Context, web: Web): Promise<void> {
  const interaction = await pending(ctx, web.interactions, 'login');
  if (!interaction) return;
  const email = field(ctx, 'email').trim().slice(0, MOST_EMAIL);
  const password = field(ctx, 'password');
  const errors = missing(email, password);
  if (errors.length > 0) return show(ctx, web, interaction, { email, errors });
  const outcome = await signIn(scopeFor(ctx), { email, password, clientId: interaction.clientId });
  if (outcome.kind === 'signed_in') {
    return finish(ctx, web.interactions, {
      kind: 'signed_in',
      accountId: outcome.accountId,
      methods: ['pwd'],
      at: outcome.at,
    });
  }
  if (outcome.kind === 'refused') return show(ctx, web, interaction, { email, errors: [REFUSED] });
  ctx.set('Retry-After', String(outcome.seconds));
  show(ctx, web, interaction, { email, status: 429, notice: throttled(outcome.seconds) });
}

const REFUSED: FieldError = {
  field: 'email',
  message:
    'L’adresse électronique ou le mot de passe est incorrect. Vérifiez votre saisie, majuscules comprises.',
};

function missing(email: string, password: string): FieldError[] {
  const errors: FieldError[] = [];
  if (email === '') errors.push({ field: 'email', message: 'Saisissez votre adresse électronique.' });
  if (password === '') errors.push({ field: 'password', message: 'Saisissez votre mot de passe.' });
  if (password.length > MOST_PASSWORD) {
    errors.push({ field: 'password', message: 'Ce mot de passe est trop long.' });
  }
  return errors;
}

function throttled(seconds: number): Notice {
  const minutes = Math.ceil(seconds / 60);
  const wait = minutes === 1 ? 'une minute' : `${minutes}\u00a0minutes`;
  return {
    kind: 'warning',
    title: 'Trop d’essais',
    text: `Par sécurité, la connexion est suspendue. Réessayez dans ${wait}.`,
  };
}

type Shown = {
  readonly email: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, interaction: Interaction, shown: Shown): void {
  const { email, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'sign-in/form',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors,
      notice,
      email,
      action: `${caisse.basePath}/connexion/${interaction.uid}`,
      links: waysIn(caisse.basePath),
    },
    { status, formTargets: formTargets(interaction) },
  );
}
