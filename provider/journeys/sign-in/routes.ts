import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { lookOf } from '../../tenant/look.ts';
import { secondStepPathOf } from '../dispatch.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { waysIn } from '../ways-in.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { signIn } from './sign-in.ts';

export const signInRoutes: Routes = (router, web) => {
  router.get('/connexion', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/connexion/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'login');
    if (!interaction) return;
    if (owesCodeAlone(interaction) && ctx.query['mot-de-passe'] === undefined) {
      return leadTo(ctx, secondStepPathOf('code', interaction.uid));
    }
    show(ctx, web, interaction, { email: interaction.loginHint ?? '', notice: whyAgain(interaction) });
  });
  router.post('/connexion/:uid', (ctx) => submit(ctx, web));
};

/** Signed in by password already, and a second factor is at hand. */
const owesCodeAlone = ({ accountId, reasons }: Interaction): boolean =>
  accountId !== null && reasons.every((reason) => reason === 'second_factor_missing');

const whyAgain = ({ accountId, reasons }: Interaction): Notice | null =>
  accountId !== null && reasons.includes('second_factor_to_set_up') ? SET_UP_FIRST : null;

const SET_UP_FIRST: Notice = {
  kind: 'info',
  title: 'Connexion en deux étapes demandée',
  text: 'Saisissez à nouveau votre mot de passe : vous ajouterez ensuite une application de codes à votre compte.',
};

function leadTo(ctx: Context, path: string): void {
  seeOther(ctx, scopeFor(ctx).caisse.basePath + path);
}

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
  const { clientId, askedFactor, ownScreens } = interaction;
  const outcome = await signIn(scopeFor(ctx), { email, password, clientId, askedFactor, ownScreens });
  if (outcome.kind === 'first_step') {
    const { accountId, at, next } = outcome;
    await web.interactions.keepFirstStep(ctx, { accountId, at, proven: false });
    return leadTo(ctx, secondStepPathOf(next, interaction.uid));
  }
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
  show(ctx, web, interaction, { email, status: 429, notice: tooManyTries(outcome.seconds) });
}

const REFUSED: FieldError = {
  field: 'email',
  message:
    'L’adresse électronique ou le mot de passe est incorrect. Vérifiez votre saisie, majuscules comprises. Si vous venez de changer d’adresse, confirmez d’abord la nouvelle par le lien que vous y avez reçu.',
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

type Shown = {
  readonly email: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
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
      links: waysIn(caisse),
    },
    { status, formTargets: formTargets(interaction) },
  );
}
